package io.myriad.apiserver.http;

import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.codec.ByteArraySink;
import io.myriad.api.codec.Envelope;
import io.myriad.api.codec.JsonWriter;
import io.myriad.api.codec.ProtobufReader;
import io.myriad.api.codec.ProtobufWriter;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;
import io.myriad.apiserver.registry.Answer;
import io.myriad.apiserver.registry.ServedResource;
import io.myriad.apiserver.storage.CachedObject;

/** Writes what an operation came to, in the form that the client asked for. */
final class AnswerWriter {
    private final ObjectEncoder encoder;
    private final ListWriter lists;
    private final Tables tables;
    private final ObjectType statusType;

    AnswerWriter(Schema schema, Tables tables) {
        this.encoder = new ObjectEncoder(schema);
        this.lists = new ListWriter(encoder, schema);
        this.tables = tables;
        ObjectType status = schema.kind(StatusTree.KIND);
        if (status == null) {
            throw new IllegalStateException("the schema tables lack Status");
        }
        this.statusType = status;
    }

    ObjectEncoder encoder() {
        return encoder;
    }

    ObjectType statusType() {
        return statusType;
    }

    /** A bookmark as the kind's other objects look: with the fields that JSON always shows. */
    ObjectNode bookmark(ServedResource resource, ObjectNode bookmark, OutputFormat format) {
        if (format.view() == OutputFormat.View.METADATA) {
            return bookmark;
        }
        byte[] message = ProtobufWriter.write(bookmark, resource.type());
        ObjectNode shown = ProtobufReader.read(message, 0, message.length, resource.type());
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.set("kind", bookmark.get("kind"));
        tree.set("apiVersion", bookmark.get("apiVersion"));
        tree.setAll(shown);
        return tree;
    }

    void write(HttpCall call, Answer answer, OutputFormat format) {
        switch (answer) {
            case Answer.Listing listing -> writeList(call, listing, format);
            case Answer.Stored stored -> writeStored(call, stored, format);
            case Answer.Tree tree -> writeTree(call, tree, format);
            case Answer.Success success -> {
                int code = success.details() == null ? success.code() : 0;
                respond(call, success.code(), StatusTree.KIND, statusType,
                        StatusTree.success(success.details(), code), plain(format));
            }
        }
    }

    /** Answers with a failure. */
    void writeFailure(HttpCall call, Status status) {
        Status.Details details = status.details();
        if (details != null && details.retryAfterSeconds() > 0) {
            call.responseHeaders().setInt("Retry-After", details.retryAfterSeconds());
        }
        respond(call, status.code(), StatusTree.KIND, statusType, StatusTree.failure(status),
                OutputFormat.ofError(call));
    }

    private static OutputFormat plain(OutputFormat format) {
        return new OutputFormat(format.encoding(), OutputFormat.View.PLAIN, "v1", format.pretty());
    }

    /** Answers with a tree of a type that has a protobuf form. */
    void respond(HttpCall call, int code, GroupVersionKind kind, ObjectType type, ObjectNode tree,
            OutputFormat format) {
        byte[] body = format.encoding() == OutputFormat.Encoding.PROTOBUF
                ? ObjectEncoder.envelope(kind, type, tree)
                : json(tree);
        WholeBody.respond(call, code, body, format);
    }

    static byte[] json(JsonNode tree) {
        byte[] json = JsonWriter.write(tree);
        byte[] line = java.util.Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    private void writeStored(HttpCall call, Answer.Stored stored, OutputFormat format) {
        ServedResource resource = stored.resource();
        boolean protobuf = format.encoding() == OutputFormat.Encoding.PROTOBUF;
        switch (format.view()) {
            case TABLE -> WholeBody.respond(call, stored.code(),
                    json(table(call, resource, List.of(stored.object()), objectMeta(stored.object()),
                            format.viewVersion())),
                    format);
            case METADATA -> {
                byte[] body;
                if (protobuf) {
                    body = Envelope.wrap(ObjectEncoder.META_GROUP + "/" + format.viewVersion(), ObjectEncoder.PARTIAL,
                            encoder.partialMessage(resource, stored.object()));
                } else {
                    ByteArraySink out = new ByteArraySink(1024);
                    encoder.partialJson(resource, stored.object(), format.viewVersion(), out);
                    out.write('\n');
                    body = out.toByteArray();
                }
                WholeBody.respond(call, stored.code(), body, format);
            }
            case PLAIN -> {
                byte[] body;
                if (protobuf) {
                    body = Envelope.wrap(resource.kind().apiVersion(), resource.kind().kind(),
                            encoder.message(resource, stored.object()));
                } else {
                    ByteArraySink out = new ByteArraySink(stored.object().bytes().length * 3 + 256);
                    encoder.json(resource, stored.object(), true, out);
                    out.write('\n');
                    body = out.toByteArray();
                }
                WholeBody.respond(call, stored.code(), body, format);
            }
        }
    }

    private void writeTree(HttpCall call, Answer.Tree tree, OutputFormat format) {
        ObjectType type = tree.type();
        switch (format.view()) {
            case PLAIN -> {
                if (format.encoding() == OutputFormat.Encoding.PROTOBUF && type != null) {
                    respond(call, tree.code(), tree.kind(), type, tree.object(), format);
                } else {
                    WholeBody.respond(call, tree.code(), json(tree.object()), format);
                }
            }
            case METADATA -> {
                ObjectNode partial = encoder.partial(tree.object(), format.viewVersion());
                respond(call, tree.code(),
                        new GroupVersionKind(ObjectEncoder.META_GROUP, format.viewVersion(), ObjectEncoder.PARTIAL),
                        encoder.partialType(), partial, format);
            }
            case TABLE -> {
                ObjectNode table = tableHead(format.viewVersion());
                table.putObject("metadata").put("resourceVersion",
                        tree.object().path("metadata").path("resourceVersion").asString(""));
                if (tree.resource() == null) {
                    throw OutputFormat.notAcceptable(true);
                }
                tables.columns(tree.resource(), table.putArray("columnDefinitions"));
                addRow(call, tree.resource(), tree.object(), table.putArray("rows"), format.viewVersion());
                WholeBody.respond(call, tree.code(), json(table), format);
            }
        }
    }

    private void writeList(HttpCall call, Answer.Listing listing, OutputFormat format) {
        if (format.view() == OutputFormat.View.TABLE) {
            ObjectNode table = table(call, listing.resource(), listing.list().items(),
                    ListWriter.listMeta(listing.resource(), listing.list(), true), format.viewVersion());
            WholeBody.respond(call, 200, json(table), format);
        } else {
            lists.write(call, listing.resource(), listing.list(), format);
        }
    }

    private static ObjectNode objectMeta(CachedObject object) {
        return JsonNodeFactory.instance.objectNode().put("resourceVersion",
                Long.toString(object.resourceVersion()));
    }

    private static ObjectNode tableHead(String version) {
        return JsonNodeFactory.instance.objectNode().put("kind", "Table").put("apiVersion",
                ObjectEncoder.META_GROUP + "/" + version);
    }

    /** A table of objects. */
    ObjectNode table(HttpCall call, ServedResource resource, List<CachedObject> objects, ObjectNode metadata,
            String version) {
        ObjectNode table = tableHead(version);
        table.set("metadata", metadata);
        tables.columns(resource, table.putArray("columnDefinitions"));
        ArrayNode rows = table.putArray("rows");
        for (CachedObject object : objects) {
            addRow(call, resource, resource.form().decode(object), rows, version);
        }
        return table;
    }

    /** Answers with a table of objects of a built-in kind that are stored nowhere. */
    void respondTable(HttpCall call, GroupVersionKind kind, List<ObjectNode> objects, OutputFormat format) {
        ObjectNode table = tableHead(format.viewVersion());
        table.putObject("metadata");
        tables.columns(kind, table.putArray("columnDefinitions"));
        ArrayNode rows = table.putArray("rows");
        for (ObjectNode object : objects) {
            ObjectNode row = rows.addObject();
            tables.cells(kind, object, row.putArray("cells"));
            putObject(call, row, object, format.viewVersion());
        }
        WholeBody.respond(call, 200, json(table), format);
    }

    private void addRow(HttpCall call, ServedResource resource, ObjectNode object, ArrayNode rows, String version) {
        ObjectNode row = rows.addObject();
        tables.cells(resource, object, row.putArray("cells"));
        ArrayNode conditions = tables.conditions(resource, object);
        if (conditions != null && !conditions.isEmpty()) {
            row.set("conditions", conditions);
        }
        putObject(call, row, object, version);
    }

    private void putObject(HttpCall call, ObjectNode row, ObjectNode object, String version) {
        switch (call.query().text("includeObject")) {
            case "None" -> row.putNull("object");
            case "Object" -> row.set("object", object);
            default -> row.set("object", encoder.partial(object, version));
        }
    }

    /** Refuses a value of {@code includeObject} that is none. */
    static void checkTableOptions(HttpCall call, OutputFormat format) {
        String include = call.query().text("includeObject");
        if (format.view() == OutputFormat.View.TABLE
                && !List.of("", "None", "Metadata", "Object").contains(include)) {
            throw new StatusException(Status.badRequest("unrecognized includeObject value: \"" + include + "\""));
        }
    }
}
