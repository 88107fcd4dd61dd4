package io.myriad.control.events;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Names an object precisely, for events.
 *
 * @param apiVersion such as {@code apps/v1}
 * @param kind such as {@code Deployment}
 * @param namespace the namespace, or empty
 * @param name the name
 * @param uid the uid, or empty
 * @param resourceVersion the version, or empty
 * @param fieldPath the part meant, such as {@code spec.containers{web}}, or empty
 */
public record ObjectReference(String apiVersion, String kind, String namespace, String name, String uid,
        String resourceVersion, String fieldPath) {
    /** A whole object. */
    public static ObjectReference of(String apiVersion, String kind, String namespace, String name, String uid,
            String resourceVersion) {
        return new ObjectReference(apiVersion, kind, namespace, name, uid, resourceVersion, "");
    }

    /** The object that a tree is. */
    public static ObjectReference of(String apiVersion, String kind, ObjectNode object) {
        JsonNode metadata = object.path("metadata");
        return of(apiVersion, kind, metadata.path("namespace").asString(""), metadata.path("name").asString(""),
                metadata.path("uid").asString(""), metadata.path("resourceVersion").asString(""));
    }

    ObjectNode tree() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode().put("kind", kind);
        put(tree, "namespace", namespace);
        put(tree, "name", name);
        put(tree, "uid", uid);
        put(tree, "apiVersion", apiVersion);
        put(tree, "resourceVersion", resourceVersion);
        put(tree, "fieldPath", fieldPath);
        return tree;
    }

    private static void put(ObjectNode tree, String field, String value) {
        if (!value.isEmpty()) {
            tree.put(field, value);
        }
    }
}
