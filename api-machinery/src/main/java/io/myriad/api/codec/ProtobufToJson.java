package io.myriad.api.codec;

import java.util.Objects;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.schema.ObjectType;

/**
 * Turns a protobuf message into JSON while walking it once; nothing is built in between and nothing allocated per field.
 * The result is what {@link ProtobufReader} and {@link JsonWriter} give, except that raw JSON within the object keeps its
 * spelling of numbers and texts, as upstream's does.
 *
 * <p>
 * <b>Irregular messages</b> (fields out of order, a single field twice, unsorted maps, groups, wrong wire types, depth)
 * are given up at the first sign, what was written is taken back, and the tree's reader decides: it either reads them as
 * protobuf demands or says what is wrong. Encoders that follow upstream write none.
 */
public final class ProtobufToJson {
    private static final byte[] KIND_KEY = {',', '"', 'k', 'i', 'n', 'd', '"', ':'};
    private static final byte[] API_VERSION_KEY = {',', '"', 'a', 'p', 'i', 'V', 'e', 'r', 's', 'i', 'o', 'n', '"',
            ':'};
    /** A scratch buffer that grew larger than this is not kept. */
    private static final int MAX_KEPT_SCRATCH_BYTES = 1 << 20;
    private static final int FIRST_SCRATCH_BYTES = 16 << 10;
    private static final ThreadLocal<ByteArraySink> SCRATCH = ThreadLocal
            .withInitial(() -> new ByteArraySink(FIRST_SCRATCH_BYTES));

    private ProtobufToJson() {}

    /**
     * Writes the message as a JSON object.
     *
     * @param apiVersion written into the object unless empty, as for the items of lists
     * @param kind written into the object unless empty
     * @param out takes the whole object, or nothing
     * @throws MalformedException when the bytes are no such message
     */
    public static void transcode(byte[] message, int offset, int length, ObjectType type, String apiVersion,
            String kind,
            ByteSink out) {
        if (out instanceof ByteArraySink array) {
            write(message, offset, length, type, apiVersion, kind, array);
            return;
        }
        ByteArraySink scratch = SCRATCH.get();
        scratch.size(0);
        write(message, offset, length, type, apiVersion, kind, scratch);
        out.write(scratch.array(), 0, scratch.size());
        if (scratch.array().length > MAX_KEPT_SCRATCH_BYTES) {
            SCRATCH.remove();
        }
    }

    private static void write(byte[] message, int offset, int length, ObjectType type, String apiVersion, String kind,
            ByteArraySink out) {
        Objects.checkFromIndexSize(offset, length, message.length);
        int start = out.size();
        try {
            if (!writeRegular(message, offset, length, type, apiVersion, kind, out)) {
                out.size(start);
                writeViaTree(message, offset, length, type, apiVersion, kind, out);
            }
        } catch (RuntimeException failure) {
            out.size(start);
            throw failure;
        }
    }

    /** Returns whether the message was regular; otherwise the output is of no use. */
    private static boolean writeRegular(byte[] message, int offset, int length, ObjectType type, String apiVersion,
            String kind, ByteArraySink out) {
        int start = out.size();
        try {
            head(apiVersion, kind, out);
            MessageTranscoder transcoder = new MessageTranscoder(message, out);
            transcoder.members(type.layout(), offset, offset + length, 0);
            transcoder.close(start, '{', '}');
            return true;
        } catch (RegularWire.IrregularException irregular) {
            return false;
        }
    }

    private static void writeViaTree(byte[] message, int offset, int length, ObjectType type, String apiVersion,
            String kind, ByteArraySink out) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        if (!kind.isEmpty()) {
            object.put("kind", kind);
        }
        if (!apiVersion.isEmpty()) {
            object.put("apiVersion", apiVersion);
        }
        object.setAll(ProtobufReader.read(message, offset, length, type));
        JsonWriter.writeNode(object, out, 0);
    }

    private static void head(String apiVersion, String kind, ByteArraySink out) {
        if (!kind.isEmpty()) {
            out.write(KIND_KEY, 0, KIND_KEY.length);
            JsonText.writeString(kind, out);
        }
        if (!apiVersion.isEmpty()) {
            out.write(API_VERSION_KEY, 0, API_VERSION_KEY.length);
            JsonText.writeString(apiVersion, out);
        }
    }
}
