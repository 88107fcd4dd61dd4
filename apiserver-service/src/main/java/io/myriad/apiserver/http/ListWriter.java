package io.myriad.apiserver.http;

import java.util.List;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.codec.ByteArraySink;
import io.myriad.api.codec.ByteSink;
import io.myriad.api.codec.ProtobufWriter;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;
import io.myriad.apiserver.registry.CustomKind;
import io.myriad.apiserver.registry.ServedResource;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.ObjectStorage.ListResult;
import io.myriad.apiserver.storage.StoredKind.Encoding;

/**
 * Writes lists. A protobuf list is gathered from the stored bytes: its length is added up first, so that the envelope can
 * be written before the items. A JSON list is transcoded item by item. Neither ever exists as a whole.
 */
final class ListWriter {
    /** Lists that are surely smaller go out in one piece. */
    private static final int SMALL_LIST_BYTES = 64 << 10;
    /** JSON of a protobuf object is about this many times as long. */
    private static final int JSON_FACTOR = 3;
    private static final int METADATA_FIELD = 1;
    private static final int ITEMS_FIELD = 2;
    private static final int TYPE_META_FIELD = 1;
    private static final int RAW_FIELD = 2;
    private static final int CONTENT_ENCODING_FIELD = 3;
    private static final int CONTENT_TYPE_FIELD = 4;

    private final ObjectEncoder encoder;
    private final ObjectType listMetaType;

    ListWriter(ObjectEncoder encoder, Schema schema) {
        this.encoder = encoder;
        this.listMetaType = schema.type("io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta");
    }

    /** The kind of a resource's lists. */
    static GroupVersionKind listKind(ServedResource resource) {
        CustomKind custom = resource.customKind();
        if (custom != null) {
            return new GroupVersionKind(resource.kind().group(), resource.kind().version(), custom.listKind());
        }
        return new GroupVersionKind(resource.kind().group(), resource.kind().version(),
                resource.kind().kind() + "List");
    }

    /** Writes the list and ends the answer. */
    void write(HttpCall call, ServedResource resource, ListResult list, OutputFormat format) {
        call.responseHeaders().set("Content-Type", format.encoding().mediaType());
        long bytes = 0;
        for (CachedObject item : list.items()) {
            bytes += item.bytes().length + 16;
        }
        boolean protobuf = format.encoding() == OutputFormat.Encoding.PROTOBUF;
        long estimate = protobuf || resource.form().encoding() == Encoding.JSON ? bytes : bytes * JSON_FACTOR;
        if (format.encoding() == OutputFormat.Encoding.YAML || format.pretty() || estimate < SMALL_LIST_BYTES) {
            ByteArraySink out = new ByteArraySink((int) Math.min(Math.max(estimate, 512), 1 << 24));
            writeTo(resource, list, format, out);
            WholeBody.respond(call, 200, out.toByteArray(), format);
            return;
        }
        stream(call, resource, list, format);
    }

    private void stream(HttpCall call, ServedResource resource, ListResult list, OutputFormat format) {
        boolean gzip = Gzip.accepted(call);
        long length = -1;
        if (gzip) {
            call.responseHeaders().set("Content-Encoding", "gzip").set("Vary", "Accept-Encoding");
        } else if (format.encoding() == OutputFormat.Encoding.PROTOBUF
                && format.view() == OutputFormat.View.PLAIN && resource.form().servesStoredBytes()) {
            length = new Layout(resource, list).totalLength();
        }
        ChunkedBody body = new ChunkedBody(call.stream(200, length));
        boolean whole = false;
        try {
            if (gzip) {
                Gzip.Sink compressed = new Gzip.Sink(body);
                writeTo(resource, list, format, compressed);
                compressed.finish();
            } else {
                writeTo(resource, list, format, body);
            }
            body.end();
            whole = true;
        } finally {
            if (!whole) {
                body.abort();
            }
        }
    }

    private void writeTo(ServedResource resource, ListResult list, OutputFormat format, ByteSink out) {
        if (format.encoding() != OutputFormat.Encoding.PROTOBUF) {
            writeJson(resource, list, format, out);
        } else if (format.view() == OutputFormat.View.PLAIN && resource.form().servesStoredBytes()) {
            gather(resource, list, out);
        } else {
            writeConverted(resource, list, format, out);
        }
    }

    private void writeJson(ServedResource resource, ListResult list, OutputFormat format, ByteSink out) {
        boolean partial = format.view() == OutputFormat.View.METADATA;
        GroupVersionKind kind = partial
                ? new GroupVersionKind(ObjectEncoder.META_GROUP, format.viewVersion(), "PartialObjectMetadataList")
                : listKind(resource);
        ObjectEncoder.text("{\"kind\":\"" + kind.kind() + "\",\"apiVersion\":\"" + kind.apiVersion()
                + "\",\"metadata\":", out);
        ObjectEncoder.write(listMeta(resource, list, partial), out);
        if (partial && list.items().isEmpty()) {
            // Go's empty slice that nobody made.
            ObjectEncoder.text(",\"items\":null}", out);
        } else {
            ObjectEncoder.text(",\"items\":[", out);
            boolean first = true;
            ByteArraySink item = new ByteArraySink(4096);
            for (CachedObject object : list.items()) {
                if (!first) {
                    out.write(',');
                }
                first = false;
                item.size(0);
                if (partial) {
                    encoder.partialJson(resource, object, format.viewVersion(), item);
                } else {
                    encoder.json(resource, object, resource.custom(), item);
                }
                out.write(item.array(), 0, item.size());
            }
            ObjectEncoder.text("]}", out);
        }
        out.write('\n');
    }

    /** A list's metadata; lists of custom resources always have a {@code continue}, as Go's maps have it. */
    static ObjectNode listMeta(ServedResource resource, ListResult list, boolean typed) {
        ObjectNode metadata = JsonNodeFactory.instance.objectNode();
        boolean custom = resource.form().encoding() == Encoding.JSON && !typed && resource.custom();
        if (!list.continueToken().isEmpty() || custom) {
            metadata.put("continue", list.continueToken());
        }
        metadata.put("resourceVersion", Long.toString(list.resourceVersion()));
        Long remaining = list.remainingItemCount();
        if (remaining != null) {
            metadata.put("remainingItemCount", remaining.longValue());
        }
        return metadata;
    }

    /** Adds up the lengths of a protobuf list. */
    private final class Layout {
        private final byte[] metadata;
        private final byte[] apiVersion;
        private final byte[] kind;
        private final long rawLength;
        private final long typeMetaLength;

        Layout(ServedResource resource, ListResult list) {
            metadata = ProtobufWriter.write(listMeta(resource, list, true), listMetaType);
            apiVersion = ascii(listKind(resource).apiVersion());
            kind = ascii(listKind(resource).kind());
            long raw = Protobuf.fieldSize(metadata.length);
            for (CachedObject item : list.items()) {
                raw += Protobuf.fieldSize(item.bytes().length);
            }
            rawLength = raw;
            typeMetaLength = Protobuf.fieldSize(apiVersion.length) + Protobuf.fieldSize(kind.length);
        }

        long totalLength() {
            return 4 + Protobuf.fieldSize(typeMetaLength) + Protobuf.fieldSize(rawLength) + 4;
        }

        private static byte[] ascii(String text) {
            return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        }
    }

    private void gather(ServedResource resource, ListResult list, ByteSink out) {
        Layout layout = new Layout(resource, list);
        head(layout.apiVersion, layout.kind, layout.rawLength, out);
        field(METADATA_FIELD, layout.metadata, out);
        for (CachedObject item : list.items()) {
            field(ITEMS_FIELD, item.bytes(), out);
        }
        tail(out);
    }

    /** A list whose items have to be made first: partial metadata, or another version than the stored one. */
    private void writeConverted(ServedResource resource, ListResult list, OutputFormat format, ByteSink out) {
        boolean partial = format.view() == OutputFormat.View.METADATA;
        List<byte[]> items = list.items().stream().map(
                item -> partial ? encoder.partialMessage(resource, item) : encoder.message(resource, item)).toList();
        byte[] metadata = ProtobufWriter.write(listMeta(resource, list, true), listMetaType);
        GroupVersionKind kind = partial
                ? new GroupVersionKind(ObjectEncoder.META_GROUP, format.viewVersion(), "PartialObjectMetadataList")
                : listKind(resource);
        long raw = Protobuf.fieldSize(metadata.length);
        for (byte[] item : items) {
            raw += Protobuf.fieldSize(item.length);
        }
        head(Layout.ascii(kind.apiVersion()), Layout.ascii(kind.kind()), raw, out);
        field(METADATA_FIELD, metadata, out);
        items.forEach(item -> field(ITEMS_FIELD, item, out));
        tail(out);
    }

    private static void head(byte[] apiVersion, byte[] kind, long rawLength, ByteSink out) {
        out.write(new byte[]{'k', '8', 's', 0}, 0, 4);
        out.write(Protobuf.lengthDelimitedTag(TYPE_META_FIELD));
        Protobuf.varint(Protobuf.fieldSize(apiVersion.length) + Protobuf.fieldSize(kind.length), out);
        field(1, apiVersion, out);
        field(2, kind, out);
        out.write(Protobuf.lengthDelimitedTag(RAW_FIELD));
        Protobuf.varint(rawLength, out);
    }

    private static void tail(ByteSink out) {
        out.write(Protobuf.lengthDelimitedTag(CONTENT_ENCODING_FIELD));
        out.write(0);
        out.write(Protobuf.lengthDelimitedTag(CONTENT_TYPE_FIELD));
        out.write(0);
    }

    private static void field(int number, byte[] value, ByteSink out) {
        out.write(Protobuf.lengthDelimitedTag(number));
        Protobuf.varint(value.length, out);
        out.write(value, 0, value.length);
    }
}
