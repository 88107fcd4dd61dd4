package io.myriad.control.client;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An object as the server sent it, before anybody has decided what to keep of it. Used by one thread, and only during
 * the call that hands it over: what should live longer is copied out.
 */
public final class ApiObject {
    private final byte[] bytes;
    private final int offset;
    private final int length;
    private @Nullable ObjectNode tree;

    private ApiObject(byte[] bytes, int offset, int length, @Nullable ObjectNode tree) {
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
        this.tree = tree;
    }

    /** An object that is a tree already. */
    public static ApiObject of(ObjectNode tree) {
        return new ApiObject(new byte[0], 0, 0, tree);
    }

    /** An object that is JSON; decoded when first needed. */
    static ApiObject ofJson(byte[] bytes, int offset, int length) {
        return new ApiObject(bytes, offset, length, null);
    }

    /** The object as a tree, decoded at the first call. Callers share it and do not change it. */
    public ObjectNode tree() {
        ObjectNode known = tree;
        if (known == null) {
            known = Json.read(bytes, offset, length);
            tree = known;
        }
        return known;
    }

    public String kind() {
        return tree().path("kind").asString("");
    }

    public String namespace() {
        return metadata().path("namespace").asString("");
    }

    public String name() {
        return metadata().path("name").asString("");
    }

    public String uid() {
        return metadata().path("uid").asString("");
    }

    public String resourceVersion() {
        return metadata().path("resourceVersion").asString("");
    }

    /** The value of an annotation, or null. */
    public @Nullable String annotation(String key) {
        JsonNode value = metadata().path("annotations").path(key);
        return value.isString() ? value.asString() : null;
    }

    private JsonNode metadata() {
        return tree().path("metadata");
    }
}
