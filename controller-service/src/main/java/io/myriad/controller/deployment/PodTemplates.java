package io.myriad.controller.deployment;

import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.value.JsonValues;

/**
 * Compares and names pod templates.
 *
 * <p>A ReplicaSet is recognised by its template being equal to the Deployment's, as upstream does, and not by its name: so
 * ReplicaSets that upstream's controller made are taken over as they are. Only the name of a new one comes from the hash,
 * which is our own: upstream hashes the printed form of a Go structure, which changes with every release of that structure
 * and cannot be had without it. See {@code docs/decisions/0090-pod-template-hash.md}.
 */
final class PodTemplates {
    static final String HASH_LABEL = "pod-template-hash";
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
    private static final int FNV_OFFSET = 0x811c9dc5;
    private static final int FNV_PRIME = 0x01000193;

    private PodTemplates() {}

    /** Whether two templates are the same but for the hash label. */
    static boolean equal(JsonNode left, JsonNode right) {
        return JsonValues.equal(comparable(left), comparable(right));
    }

    private static JsonNode comparable(JsonNode template) {
        JsonNode copy = template.deepCopy();
        if (copy.path("metadata") instanceof ObjectNode metadata) {
            if (metadata.path("labels") instanceof ObjectNode labels) {
                labels.remove(HASH_LABEL);
            }
            if (metadata.path("labels").isEmpty()) {
                metadata.remove("labels");
            }
            if (metadata.path("creationTimestamp").isNull()) {
                metadata.remove("creationTimestamp");
            }
        }
        withoutEmptyLists(copy);
        return copy;
    }

    /** Nothing and an empty list are the same thing to the API. */
    private static void withoutEmptyLists(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties().removeIf(entry -> entry.getValue().isArray() && entry.getValue().isEmpty()
                    || entry.getValue().isNull());
        }
        node.forEach(PodTemplates::withoutEmptyLists);
    }

    /**
     * The hash that names a ReplicaSet: FNV-1a, 32 bits, over the template as JSON with sorted keys, then over the count of
     * collisions, as decimal digits in an alphabet that spells no words.
     *
     * @param collisions the Deployment's {@code status.collisionCount}, null while there was none
     */
    static String hash(JsonNode template, @Nullable Integer collisions) {
        StringBuilder text = new StringBuilder(1024);
        canonical(comparable(template), text);
        int hash = FNV_OFFSET;
        for (byte b : text.toString().getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 0xff) * FNV_PRIME;
        }
        if (collisions != null) {
            for (int i = 0; i < 8; i++) {
                hash = (hash ^ (i < 4 ? collisions >>> 8 * i & 0xff : 0)) * FNV_PRIME;
            }
        }
        StringBuilder safe = new StringBuilder(10);
        Integer.toUnsignedString(hash).chars().forEach(c -> safe.append(ALPHABET.charAt(c % ALPHABET.length())));
        return safe.toString();
    }

    private static void canonical(JsonNode node, StringBuilder out) {
        if (node instanceof ObjectNode object) {
            TreeMap<String, JsonNode> sorted = new TreeMap<>();
            object.properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
            out.append('{');
            sorted.forEach((key, value) -> {
                out.append('"').append(key).append("\":");
                canonical(value, out);
                out.append(',');
            });
            out.append('}');
        } else if (node instanceof ArrayNode array) {
            out.append('[');
            array.forEach(element -> {
                canonical(element, out);
                out.append(',');
            });
            out.append(']');
        } else {
            out.append(node);
        }
    }
}
