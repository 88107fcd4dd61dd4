package io.myriad.control.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.codec.Envelope;
import io.myriad.api.codec.JsonWriter;
import io.myriad.api.codec.MalformedException;
import io.myriad.api.codec.ObjectBytes;
import io.myriad.api.codec.ProtobufReader;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;

/**
 * An object as the server sent it, protobuf or JSON. Metadata are read out of the bytes; {@link #tree} decodes the whole.
 * Bytes and tree are shared, so they must not be changed. May be kept: it is no larger than its bytes until the tree is
 * asked for, and {@link #snapshot} drops that again. The tree is made by one thread; everything else is safe to share.
 */
public final class ApiObject {
    private static final ObjectType MANAGED_FIELDS = Schema.builtin()
            .type("io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry");

    private @Nullable ObjectBytes bytes;
    private @Nullable ObjectNode tree;

    private ApiObject(@Nullable ObjectBytes bytes, @Nullable ObjectNode tree) {
        this.bytes = bytes;
        this.tree = tree;
    }

    /** An object that is a tree. */
    public static ApiObject of(ObjectNode tree) {
        return new ApiObject(null, tree);
    }

    /** An object that is bytes: protobuf in its envelope, or JSON. The array is kept. */
    public static ApiObject of(byte[] data) {
        return new ApiObject(ObjectBytes.of(data), null);
    }

    /** The bytes, to read single fields from. */
    public ObjectBytes bytes() {
        ObjectBytes known = bytes;
        if (known == null) {
            known = ObjectBytes.of(JsonWriter.write(tree()));
            bytes = known;
        }
        return known;
    }

    /** The same object as bytes only, for keeping. */
    public ApiObject snapshot() {
        return new ApiObject(bytes(), null);
    }

    /** The object as a tree, decoded at the first call. */
    public ObjectNode tree() {
        ObjectNode known = tree;
        if (known == null) {
            known = decode(bytes());
            tree = known;
        }
        return known;
    }

    /** The object as a tree of the caller's own, to be changed. */
    public ObjectNode copy() {
        ObjectBytes known = bytes;
        return known == null ? tree().deepCopy() : decode(known);
    }

    /**
     * What the object says, as a tree of the caller's own: it lacks the managed fields, which are as long as the rest and
     * concern servers alone.
     */
    public ObjectNode content() {
        ObjectBytes known = bytes;
        if (known != null && !known.isJson()) {
            return decode(known, MANAGED_FIELDS);
        }
        ObjectNode content = copy();
        if (content.path("metadata") instanceof ObjectNode metadata) {
            metadata.remove("managedFields");
        }
        return content;
    }

    private static ObjectNode decode(ObjectBytes bytes) {
        return bytes.isJson() ? Json.read(bytes.bytes()) : decode(bytes, null);
    }

    private static ObjectNode decode(ObjectBytes bytes, @Nullable ObjectType leftOut) {
        try {
            Envelope envelope = Envelope.parse(bytes.bytes());
            ObjectType type = Schema.builtin().kind(GroupVersionKind.of(envelope.apiVersion(), envelope.kind()));
            if (type == null) {
                throw new TransportException("protobuf of unknown kind " + envelope.kind(), true, null);
            }
            ObjectNode tree = ProtobufReader.read(bytes.bytes(), envelope.offset(), envelope.length(), type,
                    leftOut);
            return tree.put("apiVersion", envelope.apiVersion()).put("kind", envelope.kind());
        } catch (MalformedException e) {
            throw new TransportException("broken protobuf: " + e.getMessage(), true, null);
        }
    }

    public String apiVersion() {
        ObjectNode known = tree;
        return known != null ? known.path("apiVersion").asString("") : bytes().apiVersion();
    }

    public String kind() {
        ObjectNode known = tree;
        return known != null ? known.path("kind").asString("") : bytes().kind();
    }

    public String namespace() {
        ObjectNode known = tree;
        return known != null ? known.path("metadata").path("namespace").asString("") : bytes().namespace();
    }

    public String name() {
        ObjectNode known = tree;
        return known != null ? known.path("metadata").path("name").asString("") : bytes().name();
    }

    public String uid() {
        ObjectNode known = tree;
        return known != null ? known.path("metadata").path("uid").asString("") : bytes().uid();
    }

    public String resourceVersion() {
        ObjectNode known = tree;
        return known != null
                ? known.path("metadata").path("resourceVersion").asString("")
                : bytes().resourceVersion();
    }

    /** The labels; immutable. */
    public Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        bytes().labels(labels::put);
        return Map.copyOf(labels);
    }

    /** The annotations; immutable. */
    public Map<String, String> annotations() {
        Map<String, String> annotations = new LinkedHashMap<>();
        bytes().annotations(annotations::put);
        return Map.copyOf(annotations);
    }

    /** The finalizers. */
    public List<String> finalizers() {
        List<String> finalizers = new ArrayList<>(2);
        bytes().finalizers(finalizers::add);
        return List.copyOf(finalizers);
    }

    /** The owner references. */
    public List<ObjectBytes.OwnerReference> ownerReferences() {
        List<ObjectBytes.OwnerReference> owners = new ArrayList<>(1);
        bytes().ownerReferences(owners::add);
        return List.copyOf(owners);
    }

    @Override
    public String toString() {
        return kind() + " " + (namespace().isEmpty() ? "" : namespace() + "/") + name();
    }
}
