package io.myriad.control.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.codec.Envelope;
import io.myriad.api.codec.MalformedException;
import io.myriad.api.codec.WireReader;

/**
 * One page of a list.
 *
 * @param items the objects, each with {@code apiVersion} and {@code kind}, which lists of built-in types leave out
 * @param resourceVersion the version of the list
 * @param continueToken asks for the next page, or empty on the last one
 */
public record ListPage(List<ApiObject> items, String resourceVersion, String continueToken) {
    /** Every list message has its metadata and items under these numbers, and its metadata these fields. */
    private static final int METADATA = 1;
    private static final int ITEMS = 2;
    private static final int RESOURCE_VERSION = 2;
    private static final int CONTINUE = 3;

    static ListPage of(ApiResponse response) {
        return response.isProtobuf() ? ofProtobuf(response.body()) : ofJson(response.tree());
    }

    private static String itemKind(String listKind) {
        return listKind.endsWith("List") ? listKind.substring(0, listKind.length() - 4) : listKind;
    }

    private static ListPage ofJson(ObjectNode list) {
        JsonNode metadata = list.path("metadata");
        String apiVersion = list.path("apiVersion").asString("");
        String kind = itemKind(list.path("kind").asString(""));
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

    private static ListPage ofProtobuf(byte[] body) {
        try {
            Envelope envelope = Envelope.parse(body);
            String kind = itemKind(envelope.kind());
            List<ApiObject> items = new ArrayList<>();
            String resourceVersion = "";
            String continueToken = "";
            WireReader list = new WireReader(body, envelope.offset(), envelope.length());
            while (list.next()) {
                if (list.fieldNumber() == ITEMS) {
                    list.require(WireReader.LENGTH_DELIMITED);
                    byte[] message = Arrays.copyOfRange(body, list.offset(), list.offset() + list.length());
                    items.add(ApiObject.of(Envelope.wrap(envelope.apiVersion(), kind, message)));
                } else if (list.fieldNumber() == METADATA) {
                    list.require(WireReader.LENGTH_DELIMITED);
                    WireReader metadata = new WireReader(body, list.offset(), list.length());
                    while (metadata.next()) {
                        if (metadata.fieldNumber() == RESOURCE_VERSION) {
                            resourceVersion = text(body, metadata);
                        } else if (metadata.fieldNumber() == CONTINUE) {
                            continueToken = text(body, metadata);
                        }
                    }
                }
            }
            return new ListPage(items, resourceVersion, continueToken);
        } catch (MalformedException e) {
            throw new TransportException("broken list: " + e.getMessage(), true, null);
        }
    }

    private static String text(byte[] body, WireReader at) {
        at.require(WireReader.LENGTH_DELIMITED);
        return new String(body, at.offset(), at.length(), StandardCharsets.UTF_8);
    }
}
