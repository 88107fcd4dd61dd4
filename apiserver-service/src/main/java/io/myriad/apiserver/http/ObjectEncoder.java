package io.myriad.apiserver.http;

import java.nio.charset.StandardCharsets;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.codec.ByteArraySink;
import io.myriad.api.codec.ByteSink;
import io.myriad.api.codec.Envelope;
import io.myriad.api.codec.JsonWriter;
import io.myriad.api.codec.ProtobufToJson;
import io.myriad.api.codec.ProtobufWriter;
import io.myriad.api.codec.WireReader;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;
import io.myriad.apiserver.registry.ServedResource;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.StoredKind.Encoding;

/**
 * Encodes stored objects for the wire. Where the stored bytes are what is served, nothing is decoded: protobuf goes out
 * as it is and JSON is transcoded from it. Safe for any thread.
 */
final class ObjectEncoder {
    static final String META_GROUP = "meta.k8s.io";
    static final String PARTIAL = "PartialObjectMetadata";
    private static final int METADATA_FIELD = 1;

    private final ObjectType partialType;

    ObjectEncoder(Schema schema) {
        ObjectType type = schema.kind(new GroupVersionKind(META_GROUP, "v1", PARTIAL));
        if (type == null) {
            throw new IllegalStateException("the schema tables lack " + PARTIAL);
        }
        this.partialType = type;
    }

    ObjectType partialType() {
        return partialType;
    }

    /**
     * Writes an object as JSON.
     *
     * @param typed whether {@code apiVersion} and {@code kind} are written; items of lists of built-in kinds have
     *     none
     */
    void json(ServedResource resource, CachedObject object, boolean typed, ByteSink out) {
        boolean asStored = resource.form().servesStoredBytes();
        if (asStored && resource.form().encoding() == Encoding.PROTOBUF) {
            ProtobufToJson.transcode(object.bytes(), 0, object.bytes().length, resource.type(),
                    typed ? resource.kind().apiVersion() : "", typed ? resource.kind().kind() : "", out);
        } else if (asStored && (typed || resource.custom())) {
            out.write(object.bytes(), 0, object.bytes().length);
        } else {
            ObjectNode tree = resource.form().decode(object);
            if (!typed && !resource.custom()) {
                tree.remove("kind");
                tree.remove("apiVersion");
            }
            write(tree, out);
        }
    }

    /** Writes an object's metadata alone as JSON. */
    void partialJson(ServedResource resource, CachedObject object, String version, ByteSink out) {
        if (resource.form().encoding() == Encoding.PROTOBUF) {
            ProtobufToJson.transcode(object.bytes(), 0, object.bytes().length, partialType,
                    META_GROUP + "/" + version, PARTIAL, out);
        } else {
            write(partial(resource.form().decode(object), version), out);
        }
    }

    /** The tree of an object's metadata alone. */
    ObjectNode partial(ObjectNode object, String version) {
        ObjectNode tree = tools.jackson.databind.node.JsonNodeFactory.instance.objectNode();
        tree.put("kind", PARTIAL).put("apiVersion", META_GROUP + "/" + version);
        JsonNode metadata = object.get("metadata");
        if (metadata != null) {
            tree.set("metadata", metadata);
        }
        return tree;
    }

    /** The protobuf message of an object in the served version, without envelope. */
    byte[] message(ServedResource resource, CachedObject object) {
        return resource.form().servesStoredBytes() && resource.form().encoding() == Encoding.PROTOBUF
                ? object.bytes()
                : ProtobufWriter.write(resource.form().decode(object), resource.type());
    }

    /** The protobuf message of an object's metadata alone. */
    byte[] partialMessage(ServedResource resource, CachedObject object) {
        if (resource.form().encoding() != Encoding.PROTOBUF) {
            return ProtobufWriter.write(partial(resource.form().decode(object), "v1"), partialType);
        }
        byte[] bytes = object.bytes();
        WireReader.Slice metadata = WireReader.find(bytes, 0, bytes.length, METADATA_FIELD);
        ByteArraySink out = new ByteArraySink((metadata == null ? 0 : metadata.length()) + 8);
        if (metadata != null) {
            out.write(Protobuf.lengthDelimitedTag(METADATA_FIELD));
            Protobuf.varint(metadata.length(), out);
            out.write(bytes, metadata.offset(), metadata.length());
        }
        return out.toByteArray();
    }

    /** A tree as protobuf in its envelope. */
    static byte[] envelope(GroupVersionKind kind, ObjectType type, ObjectNode object) {
        return Envelope.wrap(kind.apiVersion(), kind.kind(), ProtobufWriter.write(object, type));
    }

    static void write(JsonNode tree, ByteSink out) {
        byte[] json = JsonWriter.write(tree);
        out.write(json, 0, json.length);
    }

    static void text(String text, ByteSink out) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write(bytes, 0, bytes.length);
    }
}
