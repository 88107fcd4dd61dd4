package io.myriad.api.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a tree as compact JSON in the way Go's encoder does: keys in the tree's order, {@code < > &} and the two line
 * separators escaped, numbers in their shortest form.
 */
public final class JsonWriter {
    private JsonWriter() {}

    /** The tree as UTF-8. */
    public static byte[] write(JsonNode node) {
        ByteArraySink out = new ByteArraySink(1024);
        writeNode(node, out, 0);
        return out.toByteArray();
    }

    /** Writes the tree as UTF-8. */
    public static void write(JsonNode node, OutputStream out) {
        ByteArraySink sink = new ByteArraySink(1024);
        writeNode(node, sink, 0);
        try {
            out.write(sink.array(), 0, sink.size());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static void writeNode(JsonNode node, ByteArraySink out, int depth) {
        switch (node.getNodeType()) {
            case OBJECT -> writeObject((ObjectNode) node, out, depth);
            case ARRAY -> writeArray((ArrayNode) node, out, depth);
            case STRING -> JsonText.writeString(node.stringValue(), out);
            case NUMBER -> writeNumber(node, out);
            case BOOLEAN -> JsonText.writeAscii(node.booleanValue() ? "true" : "false", out);
            case NULL, MISSING -> JsonText.writeAscii("null", out);
            case BINARY, POJO -> throw new IllegalArgumentException("not a JSON value: " + node.getNodeType());
        }
    }

    private static void writeObject(ObjectNode node, ByteArraySink out, int depth) {
        checkDepth(depth);
        out.write('{');
        boolean first = true;
        for (Map.Entry<String, JsonNode> property : node.properties()) {
            if (!first) {
                out.write(',');
            }
            first = false;
            JsonText.writeString(property.getKey(), out);
            out.write(':');
            writeNode(property.getValue(), out, depth + 1);
        }
        out.write('}');
    }

    private static void writeArray(ArrayNode node, ByteArraySink out, int depth) {
        checkDepth(depth);
        out.write('[');
        for (int i = 0; i < node.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            writeNode(node.get(i), out, depth + 1);
        }
        out.write(']');
    }

    private static void writeNumber(JsonNode node, ByteArraySink out) {
        if (node.isIntegralNumber()) {
            if (node.canConvertToLong()) {
                JsonText.writeLong(node.longValue(), out);
            } else {
                JsonText.writeAscii(node.bigIntegerValue().toString(), out);
            }
        } else {
            JsonText.writeDouble(node.doubleValue(), out);
        }
    }

    private static void checkDepth(int depth) {
        if (depth > CodecLimits.MAX_DEPTH) {
            throw MalformedException.tooDeep();
        }
    }
}
