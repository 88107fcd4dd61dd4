package io.myriad.api.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Puts a resource version into an object's bytes. In protobuf the new field changes the length of metadata, and the
 * lengths of metadata, message and envelope may each take another number of bytes, so the copy is made piece by piece:
 *
 * <pre>
 * k8s\0 typeMeta raw-tag | raw-length | fields before metadata, its tag | metadata-length | fields before | resourceVersion | fields behind | rest
 * </pre>
 */
final class ResourceVersionSplice {
    private static final int MAX_DIGITS = 20;

    private ResourceVersionSplice() {}

    static byte[] protobuf(byte[] data, int messageOffset, int messageLength, int metadataOffset, int metadataLength,
            int number, long resourceVersion) {
        if (metadataOffset == 0) {
            throw new MalformedException("the object has no metadata");
        }
        int fieldFrom = metadataOffset + metadataLength;
        int fieldTo = fieldFrom;
        WireReader wire = new WireReader(data, metadataOffset, metadataLength);
        while (wire.next()) {
            if (wire.fieldNumber() >= number) {
                fieldFrom = wire.fieldOffset();
                fieldTo = wire.fieldNumber() == number ? wire.end() : fieldFrom;
                break;
            }
        }
        byte[] digits = new byte[MAX_DIGITS];
        int from = digits(resourceVersion, digits);
        int fieldLength = resourceVersion == 0 ? 2 : 2 + MAX_DIGITS - from;
        int newMetadataLength = metadataLength - (fieldTo - fieldFrom) + fieldLength;
        int metadataLengthAt = metadataOffset - ReverseBuffer.varintLength(metadataLength);
        int newMessageLength = messageLength + newMetadataLength - metadataLength
                + ReverseBuffer.varintLength(newMetadataLength) - ReverseBuffer.varintLength(metadataLength);
        int messageLengthAt = messageOffset - ReverseBuffer.varintLength(messageLength);
        int total = data.length + newMessageLength - messageLength + ReverseBuffer.varintLength(newMessageLength)
                - ReverseBuffer.varintLength(messageLength);
        byte[] out = new byte[total];
        int at = copy(data, 0, messageLengthAt, out, 0);
        at = varint(newMessageLength, out, at);
        at = copy(data, messageOffset, metadataLengthAt, out, at);
        at = varint(newMetadataLength, out, at);
        at = copy(data, metadataOffset, fieldFrom, out, at);
        out[at++] = (byte) (number << 3 | WireReader.LENGTH_DELIMITED);
        out[at++] = (byte) (fieldLength - 2);
        at = copy(digits, MAX_DIGITS - (fieldLength - 2), MAX_DIGITS, out, at);
        copy(data, fieldTo, data.length, out, at);
        return out;
    }

    static byte[] json(byte[] data, int metadataOffset, int metadataLength, byte[] name, long resourceVersion) {
        if (metadataLength < 2 || data[metadataOffset] != '{') {
            throw new MalformedException("the object has no metadata");
        }
        byte[] quoted = ('"' + Long.toString(resourceVersion) + '"').getBytes(StandardCharsets.US_ASCII);
        long place = JsonScanner.find(data, metadataOffset, metadataLength, name);
        if (place >= 0) {
            int from = (int) (place >>> 32);
            return replace(data, from, from + (int) place, quoted);
        }
        boolean empty = true;
        for (int i = metadataOffset + 1; i < metadataOffset + metadataLength - 1; i++) {
            empty &= data[i] <= ' ';
        }
        String member = '"' + new String(name, StandardCharsets.US_ASCII) + "\":\"" + resourceVersion + '"'
                + (empty ? "" : ",");
        return replace(data, metadataOffset + 1, metadataOffset + 1, member.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] replace(byte[] data, int from, int to, byte[] content) {
        byte[] out = Arrays.copyOf(data, data.length - (to - from) + content.length);
        int at = copy(content, 0, content.length, out, from);
        copy(data, to, data.length, out, at);
        return out;
    }

    private static int copy(byte[] source, int from, int to, byte[] into, int at) {
        System.arraycopy(source, from, into, at, to - from);
        return at + to - from;
    }

    private static int varint(int value, byte[] into, int offset) {
        int at = offset;
        int rest = value;
        while (rest > 0x7f) {
            into[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        into[at++] = (byte) rest;
        return at;
    }

    /** Writes the digits at the array's end; returns where they begin. */
    private static int digits(long value, byte[] into) {
        if (value < 0) {
            throw new IllegalArgumentException("resource version " + value);
        }
        int at = into.length;
        long rest = value;
        do {
            into[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
        return at;
    }
}
