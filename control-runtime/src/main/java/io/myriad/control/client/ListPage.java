package io.myriad.control.client;

import java.util.ArrayList;
import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One page of a list.
 *
 * @param items the objects, each with {@code apiVersion} and {@code kind}, which lists of built-in types leave out
 * @param resourceVersion the version of the list
 * @param continueToken asks for the next page, or empty on the last one
 */
public record ListPage(List<ApiObject> items, String resourceVersion, String continueToken) {
    static ListPage of(ApiResponse response) {
        ObjectNode list = response.tree();
        JsonNode metadata = list.path("metadata");
        String apiVersion = list.path("apiVersion").asString("");
        String listKind = list.path("kind").asString("");
        String kind = listKind.endsWith("List") ? listKind.substring(0, listKind.length() - 4) : listKind;
        List<ApiObject> items = new ArrayList<>(list.path("items").size());
        for (JsonNode item : list.path("items")) {
            if (item instanceof ObjectNode object) {
                if (!object.has("kind")) {
                    object.put("apiVersion", apiVersion).put("kind", kind);
                }
                items.add(ApiObject.of(object));
            }
        }
        return new ListPage(items, metadata.path("resourceVersion").asString(""),
                metadata.path("continue").asString(""));
    }
}
