package io.myriad.apiserver.openapi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BiConsumer;

import tools.jackson.databind.JsonNode;

/**
 * A v2 document as protobuf: {@code openapi.v2.Document} of the gnostic project, which is what clients ask for that read
 * this document with every use, kubectl among them. Written from the JSON form, with what {@link OpenApi} puts there;
 * extensions are embedded as JSON, which is YAML as well.
 */
final class ProtobufDocument {
    /** The fields of a path item, by method. */
    private static final Map<String, Integer> METHODS = Map.of("get", 2, "put", 3, "post", 4, "delete", 5, "options",
            6, "head", 7, "patch", 8);
    private static final String EXTENSION = "x-";

    private ProtobufDocument() {}

    static byte[] write(JsonNode document) {
        Message message = new Message();
        message.text(1, document.path("swagger"));
        message.message(2, info -> info.text(1, document.path("info").path("title")).text(2,
                document.path("info").path("version")));
        message.message(8, paths -> document.path("paths").forEachEntry(
                named(paths, 2, ProtobufDocument::pathItem)));
        message.message(9, definitions -> document.path("definitions").forEachEntry(
                named(definitions, 1, ProtobufDocument::schema)));
        for (JsonNode requirement : document.path("security")) {
            message.message(12, all -> requirement.forEachEntry(named(all, 1, (scopes, into) -> {})));
        }
        message.message(13, all -> document.path("securityDefinitions").forEachEntry(named(all, 1,
                (definition, into) -> into.message(2, key -> key.text(1, definition.path("type"))
                        .text(2, definition.path("name")).text(3, definition.path("in"))))));
        return message.bytes();
    }

    /** Entries of a map, as gnostic has them: messages of a name and a value. */
    private static BiConsumer<String, JsonNode> named(Message into, int field, BiConsumer<JsonNode, Message> value) {
        return (name, node) -> into.message(field,
                entry -> entry.text(1, name).message(2, content -> value.accept(node, content)));
    }

    private static void pathItem(JsonNode item, Message into) {
        METHODS.entrySet().stream().sorted(Map.Entry.comparingByValue()).forEach(method -> {
            JsonNode operation = item.path(method.getKey());
            if (operation.isObject()) {
                into.message(method.getValue(), content -> operation(operation, content));
            }
        });
        for (JsonNode parameter : item.path("parameters")) {
            into.message(9, content -> parameter(parameter, content));
        }
    }

    private static void operation(JsonNode operation, Message into) {
        into.text(5, operation.path("operationId"));
        operation.path("produces").forEach(media -> into.text(6, media));
        operation.path("consumes").forEach(media -> into.text(7, media));
        for (JsonNode parameter : operation.path("parameters")) {
            into.message(8, content -> parameter(parameter, content));
        }
        into.message(9, responses -> operation.path("responses").forEachEntry(named(responses, 1,
                (response, content) -> content.message(1, answer -> {
                    answer.text(1, response.path("description"));
                    if (response.has("schema")) {
                        answer.message(2, item -> item.message(1, schema -> schema(response.path("schema"), schema)));
                    }
                }))));
        operation.path("schemes").forEach(scheme -> into.text(10, scheme));
        extensions(13, operation, into);
    }

    private static void parameter(JsonNode parameter, Message into) {
        into.message(1, either -> {
            switch (parameter.path("in").stringValue("")) {
                case "body" -> either.message(1, body -> body.text(2, parameter.path("name"))
                        .text(3, parameter.path("in")).flag(4, parameter.path("required"))
                        .message(5, schema -> schema(parameter.path("schema"), schema)));
                case "query" -> either.message(2, other -> other.message(3, query -> query
                        .flag(1, parameter.path("required")).text(2, parameter.path("in"))
                        .text(4, parameter.path("name")).text(6, parameter.path("type"))
                        .flag(20, parameter.path("uniqueItems"))));
                case "path" -> either.message(2, other -> other.message(4, path -> path
                        .flag(1, parameter.path("required")).text(2, parameter.path("in"))
                        .text(4, parameter.path("name")).text(5, parameter.path("type"))
                        .flag(19, parameter.path("uniqueItems"))));
                default -> throw new IllegalStateException("a parameter that is nowhere: " + parameter);
            }
        });
    }

    private static void schema(JsonNode schema, Message into) {
        into.text(1, schema.path("$ref")).text(2, schema.path("format")).text(4, schema.path("description"));
        if (schema.has("default")) {
            into.message(5, value -> value.text(2, schema.get("default").toString()));
        }
        schema.path("required").forEach(name -> into.text(19, name));
        for (JsonNode value : schema.path("enum")) {
            into.message(20, any -> any.text(2, value.toString()));
        }
        JsonNode more = schema.path("additionalProperties");
        if (more.isObject()) {
            into.message(21, either -> either.message(1, content -> schema(more, content)));
        } else if (more.isBoolean()) {
            into.message(21, either -> either.flag(2, more));
        }
        if (schema.path("type").isString()) {
            into.message(22, type -> type.text(1, schema.path("type")));
        }
        if (schema.path("items").isObject()) {
            into.message(23, items -> items.message(1, content -> schema(schema.path("items"), content)));
        }
        for (JsonNode part : schema.path("allOf")) {
            into.message(24, content -> schema(part, content));
        }
        if (schema.path("properties").isObject()) {
            into.message(25, properties -> schema.path("properties").forEachEntry(
                    named(properties, 1, ProtobufDocument::schema)));
        }
        extensions(31, schema, into);
    }

    private static void extensions(int field, JsonNode node, Message into) {
        node.forEachEntry((name, value) -> {
            if (name.startsWith(EXTENSION)) {
                into.message(field, entry -> entry.text(1, name).message(2, any -> any.text(2, value.toString())));
            }
        });
    }

    /** A message that is being written. */
    private static final class Message {
        private static final int VARINT = 0;
        private static final int LENGTH_DELIMITED = 2;

        /** Writes the content of a message. */
        private interface Content {
            void write(Message into);
        }

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message message(int field, Content content) {
            Message inner = new Message();
            content.write(inner);
            return delimited(field, inner.bytes());
        }

        /** A text, unless it is absent or empty. */
        Message text(int field, JsonNode text) {
            return text(field, text.stringValue(""));
        }

        Message text(int field, String text) {
            return text.isEmpty() ? this : delimited(field, text.getBytes(StandardCharsets.UTF_8));
        }

        /** A flag, unless it is absent or false. */
        Message flag(int field, JsonNode flag) {
            if (flag.booleanValue(false)) {
                varint(field << 3 | VARINT);
                out.write(1);
            }
            return this;
        }

        private Message delimited(int field, byte[] bytes) {
            varint(field << 3 | LENGTH_DELIMITED);
            varint(bytes.length);
            out.writeBytes(bytes);
            return this;
        }

        private void varint(int value) {
            int left = value;
            while (left > 0x7f) {
                out.write(left & 0x7f | 0x80);
                left >>>= 7;
            }
            out.write(left);
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
