package io.myriad.apiserver.http;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.codec.ByteArraySink;
import io.myriad.api.codec.Envelope;
import io.myriad.api.codec.ProtobufWriter;
import io.myriad.api.schema.ObjectType;
import io.myriad.apiserver.registry.ServedResource;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.WatchCursor.Event;
import io.myriad.apiserver.storage.WatchCursor.EventType;

/**
 * Makes the frames of one watch: lines of JSON, or protobuf messages, which have their length in four bytes in front
 * unless something else tells them apart. Used by one event loop.
 */
final class WatchFrames {
    private static final String INITIAL_EVENTS_END = "k8s.io/initial-events-end";
    private static final int TYPE_FIELD = 1;
    private static final int OBJECT_FIELD = 2;
    private static final int RAW_FIELD = 1;

    private final ServedResource resource;
    private final OutputFormat format;
    private final AnswerWriter answers;
    private final HttpCall call;
    private final boolean delimited;
    private final ObjectType statusType;
    private boolean columnsSent;

    WatchFrames(ServedResource resource, OutputFormat format, AnswerWriter answers, HttpCall call, boolean delimited) {
        this.resource = resource;
        this.format = format;
        this.answers = answers;
        this.call = call;
        this.delimited = delimited;
        this.statusType = answers.statusType();
    }

    /** Appends the frame of an event. */
    void append(Event event, ByteArraySink out) {
        boolean protobuf = format.encoding() == OutputFormat.Encoding.PROTOBUF;
        CachedObject object = event.object();
        if (protobuf) {
            appendProtobuf(event.type(), object != null ? objectMessage(object) : treeMessage(event), out);
            return;
        }
        ObjectEncoder.text("{\"type\":\"" + event.type().name() + "\",\"object\":", out);
        if (object != null) {
            appendJson(object, out);
        } else {
            ObjectEncoder.write(tree(event), out);
        }
        out.write('}');
        out.write('\n');
    }

    private void appendJson(CachedObject object, ByteArraySink out) {
        switch (format.view()) {
            case PLAIN -> answers.encoder().json(resource, object, true, out);
            case METADATA -> answers.encoder().partialJson(resource, object, format.viewVersion(), out);
            case TABLE -> {
                ObjectNode table = answers.table(call, resource, java.util.List.of(object),
                        JsonNodeFactory.instance.objectNode().put("resourceVersion",
                                Long.toString(object.resourceVersion())),
                        format.viewVersion());
                if (columnsSent) {
                    table.putNull("columnDefinitions");
                }
                columnsSent = true;
                ObjectEncoder.write(table, out);
            }
        }
    }

    private byte[] objectMessage(CachedObject object) {
        return format.view() == OutputFormat.View.METADATA
                ? Envelope.wrap(ObjectEncoder.META_GROUP + "/" + format.viewVersion(), ObjectEncoder.PARTIAL,
                        answers.encoder().partialMessage(resource, object))
                : Envelope.wrap(resource.kind().apiVersion(), resource.kind().kind(),
                        answers.encoder().message(resource, object));
    }

    private byte[] treeMessage(Event event) {
        if (event.type() == EventType.ERROR) {
            return ObjectEncoder.envelope(StatusTree.KIND, statusType, tree(event));
        }
        boolean partial = format.view() == OutputFormat.View.METADATA;
        return Envelope.wrap(partial ? ObjectEncoder.META_GROUP + "/" + format.viewVersion() : apiVersion(),
                partial ? ObjectEncoder.PARTIAL : resource.kind().kind(), ProtobufWriter.write(tree(event),
                        partial ? answers.encoder().partialType() : resource.type()));
    }

    private String apiVersion() {
        return resource.kind().apiVersion();
    }

    /** The object of a bookmark or an error. */
    private ObjectNode tree(Event event) {
        Status status = event.status();
        if (event.type() == EventType.ERROR && status != null) {
            return StatusTree.failure(status);
        }
        GroupVersionKind kind = format.view() == OutputFormat.View.METADATA
                ? new GroupVersionKind(ObjectEncoder.META_GROUP, format.viewVersion(), ObjectEncoder.PARTIAL)
                : resource.kind();
        ObjectNode bookmark = JsonNodeFactory.instance.objectNode();
        bookmark.put("kind", kind.kind()).put("apiVersion", kind.apiVersion());
        ObjectNode metadata = bookmark.putObject("metadata");
        metadata.put("resourceVersion", Long.toString(event.resourceVersion()));
        if (event.initialEventsEnd()) {
            metadata.putObject("annotations").put(INITIAL_EVENTS_END, "true");
        }
        if (format.view() == OutputFormat.View.TABLE) {
            return bookmarkTable(bookmark);
        }
        return resource.custom() ? bookmark : answers.bookmark(resource, bookmark, format);
    }

    private ObjectNode bookmarkTable(ObjectNode bookmark) {
        ObjectNode table = JsonNodeFactory.instance.objectNode();
        table.put("kind", "Table").put("apiVersion", ObjectEncoder.META_GROUP + "/" + format.viewVersion());
        table.putObject("metadata").set("resourceVersion", bookmark.path("metadata").get("resourceVersion"));
        table.putNull("columnDefinitions");
        ArrayNode rows = table.putArray("rows");
        ObjectNode row = rows.addObject();
        row.putArray("cells");
        row.set("object", answers.encoder().partial(bookmark, format.viewVersion()));
        return table;
    }

    private void appendProtobuf(EventType type, byte[] object, ByteArraySink out) {
        byte[] name = type.name().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        long raw = Protobuf.fieldSize(object.length);
        long length = Protobuf.fieldSize(name.length) + Protobuf.fieldSize(raw);
        if (delimited) {
            out.write((int) (length >>> 24));
            out.write((int) (length >>> 16));
            out.write((int) (length >>> 8));
            out.write((int) length);
        }
        out.write(Protobuf.lengthDelimitedTag(TYPE_FIELD));
        Protobuf.varint(name.length, out);
        out.write(name, 0, name.length);
        out.write(Protobuf.lengthDelimitedTag(OBJECT_FIELD));
        Protobuf.varint(raw, out);
        out.write(Protobuf.lengthDelimitedTag(RAW_FIELD));
        Protobuf.varint(object.length, out);
        out.write(object, 0, object.length);
    }
}
