package io.myriad.apiserver.registry;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.value.Timestamps;

/** Reads and changes the {@code metadata} of an object's tree. Empty values are kept out of the tree. */
final class Metadata {
    private final ObjectNode node;

    private Metadata(ObjectNode node) {
        this.node = node;
    }

    /** The metadata of {@code object}, made if there is none. */
    static Metadata of(ObjectNode object) {
        JsonNode metadata = object.get("metadata");
        return new Metadata(metadata instanceof ObjectNode present ? present : object.putObject("metadata"));
    }

    ObjectNode node() {
        return node;
    }

    String name() {
        return text("name");
    }

    void name(String name) {
        text("name", name);
    }

    String generateName() {
        return text("generateName");
    }

    String namespace() {
        return text("namespace");
    }

    void namespace(String namespace) {
        text("namespace", namespace);
    }

    String uid() {
        return text("uid");
    }

    void uid(String uid) {
        text("uid", uid);
    }

    String resourceVersion() {
        return text("resourceVersion");
    }

    void resourceVersion(String version) {
        text("resourceVersion", version);
    }

    long generation() {
        return node.path("generation").longValue(0);
    }

    void generation(long generation) {
        if (generation == 0) {
            node.remove("generation");
        } else {
            node.put("generation", generation);
        }
    }

    boolean isDeleting() { return node.has("deletionTimestamp"); }

    @Nullable
    Instant deletionTimestamp() {
        JsonNode value = node.get("deletionTimestamp");
        return value == null || value.isNull() ? null : Timestamps.parse(value.asString());
    }

    void deletionTimestamp(Instant time) {
        node.put("deletionTimestamp", Timestamps.format(time));
    }

    @Nullable
    Long deletionGracePeriodSeconds() {
        JsonNode value = node.get("deletionGracePeriodSeconds");
        return value == null || value.isNull() ? null : value.longValue();
    }

    void deletionGracePeriodSeconds(long seconds) {
        node.put("deletionGracePeriodSeconds", seconds);
    }

    List<String> finalizers() {
        List<String> result = new ArrayList<>();
        for (JsonNode finalizer : node.path("finalizers")) {
            result.add(finalizer.asString());
        }
        return result;
    }

    void finalizers(List<String> finalizers) {
        if (finalizers.isEmpty()) {
            node.remove("finalizers");
        } else {
            ArrayNode array = node.putArray("finalizers");
            finalizers.forEach(array::add);
        }
    }

    /** Takes the value of {@code field} from {@code other}, or removes it where that has none. */
    void copyFrom(Metadata other, String field) {
        JsonNode value = other.node.get(field);
        if (value == null) {
            node.remove(field);
        } else {
            node.set(field, value.deepCopy());
        }
    }

    private String text(String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? "" : value.asString();
    }

    private void text(String field, String value) {
        if (value.isEmpty()) {
            node.remove(field);
        } else {
            node.put(field, value);
        }
    }
}
