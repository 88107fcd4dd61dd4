package io.myriad.apiserver.registry;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.codec.JsonReader;
import io.myriad.api.codec.JsonWriter;
import io.myriad.api.codec.ProtobufReader;
import io.myriad.api.codec.ProtobufWriter;
import io.myriad.api.schema.ObjectType;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.StoredKind.Encoding;

/**
 * How the objects of a resource are stored, and the way between the stored bytes and the tree of the version in which
 * they are served. Immutable and safe for any thread.
 */
public final class ObjectForm {
    private static final String MANAGED_FIELDS = "managedFields";

    private final Encoding encoding;
    private final GroupVersionKind storedKind;
    private final @Nullable ObjectType storedType;
    private final GroupVersionKind servedKind;
    private final @Nullable Conversion conversion;

    /**
     * @param encoding how objects are stored
     * @param storedKind in which version
     * @param storedType the type of that version; null for kinds stored as JSON
     * @param servedKind the version in which they are served
     * @param conversion between the two, or null when only {@code apiVersion} and {@code kind} differ
     */
    public ObjectForm(Encoding encoding, GroupVersionKind storedKind, @Nullable ObjectType storedType,
            GroupVersionKind servedKind, @Nullable Conversion conversion) {
        if (encoding == Encoding.PROTOBUF && storedType == null) {
            throw new IllegalArgumentException("protobuf needs a type: " + storedKind);
        }
        this.encoding = encoding;
        this.storedKind = storedKind;
        this.storedType = storedType;
        this.servedKind = servedKind;
        this.conversion = conversion;
    }

    public Encoding encoding() {
        return encoding;
    }

    /** Between the stored and the served version, or null when they have the same fields. */
    public @Nullable Conversion conversion() {
        return conversion;
    }

    /** Whether decoding waits for something outside this process. */
    public boolean convertingBlocks() {
        return conversion != null && conversion.blocks();
    }

    /** The version in which objects are stored. */
    public GroupVersionKind storedKind() {
        return storedKind;
    }

    /** The version in which objects are served. */
    public GroupVersionKind servedKind() {
        return servedKind;
    }

    /** Whether the stored message or text is what is served, but for {@code apiVersion} and {@code kind}. */
    public boolean servesStoredBytes() {
        return conversion == null && (encoding == Encoding.PROTOBUF || storedKind.equals(servedKind));
    }

    /** The object as a tree in the served version, with {@code apiVersion} and {@code kind}. A new tree at each call. */
    public ObjectNode decode(CachedObject object) {
        byte[] bytes = object.bytes();
        ObjectNode stored = encoding == Encoding.PROTOBUF && storedType != null
                ? ProtobufReader.read(bytes, 0, bytes.length, storedType)
                : JsonReader.read(bytes, null).object();
        ObjectNode served = conversion == null ? stored : conversion.read(stored);
        return withKind(served, servedKind);
    }

    /** The bytes to store for a tree in the served version. */
    public byte[] encode(ObjectNode served) {
        ObjectNode stored = conversion == null ? served : conversion.toStored(served.deepCopy());
        if (encoding == Encoding.PROTOBUF && storedType != null) {
            return ProtobufWriter.write(stored, storedType);
        }
        return JsonWriter.write(withKind(stored, storedKind));
    }

    /**
     * The tree as a reader would get it: what has no place in the stored form is gone, and equal objects are equal trees.
     * Its resource version is kept, and its managed fields, which this server has made and which are as long as the rest.
     */
    ObjectNode canonical(ObjectNode served) {
        if (encoding == Encoding.JSON) {
            return served;
        }
        JsonNode managed = served.path("metadata") instanceof ObjectNode metadata
                ? metadata.remove(MANAGED_FIELDS)
                : null;
        ObjectNode canonical = decode(new CachedObject("", "", encode(served), 0));
        if (managed != null && !managed.isEmpty() && canonical.path("metadata") instanceof ObjectNode metadata) {
            metadata.set(MANAGED_FIELDS, managed);
        }
        return canonical;
    }

    /** A tree in this form's served version of one in another's; the argument is used up. */
    ObjectNode convert(ObjectNode object, ObjectForm from) {
        ObjectNode stored = from.conversion == null ? object : from.conversion.toStored(object);
        return withKind(conversion == null ? stored : conversion.toServed(stored), servedKind);
    }

    /** The bytes to store, without a resource version. The tree is not changed. */
    public byte[] encodeWithoutVersion(ObjectNode served) {
        JsonNode metadata = served.get("metadata");
        if (!(metadata instanceof ObjectNode present) || !present.has("resourceVersion")) {
            return encode(served);
        }
        JsonNode version = present.remove("resourceVersion");
        byte[] bytes = encode(served);
        present.set("resourceVersion", version);
        return bytes;
    }

    /** A tree that begins with {@code kind} and {@code apiVersion}, as Go writes objects. */
    static ObjectNode withKind(ObjectNode object, GroupVersionKind kind) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        result.put("kind", kind.kind());
        result.put("apiVersion", kind.apiVersion());
        object.forEachEntry((name, value) -> {
            if (!name.equals("kind") && !name.equals("apiVersion")) {
                result.set(name, value);
            }
        });
        return result;
    }
}
