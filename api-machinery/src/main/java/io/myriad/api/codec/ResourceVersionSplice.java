package io.myriad.api.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Puts a resource version into an object's bytes. In protobuf the new field changes the length of metadata, and the
 * lengths of metadata, message and envelope may each take another number of bytes, so the copy is made piece by piece:
 *
 * <pre>
 * k8s\0 typeMeta | raw: tag, length | fields before metadata | metadata: tag, length | fields before |
 *     resourceVersion | fields behind, message's rest, envelope's rest
 * </pre>
 */
final class ResourceVersionSplice {
    private ResourceVersionSplice() {}

    static byte[] protobuf(ObjectBytes object, long resourceVersion) {
        if (object.metadataField() == 0) {
            throw new MalformedException("the object has no metadata");
        }
        byte[] data = object.bytes();
        int metadataEnd = object.metadataOffset() + object.metadataLength();
        int fieldFrom = metadataEnd;
        int fieldTo = metadataEnd;
        WireReader wire = new WireReader(data, object.metadataOffset(), object.metadataLength());
        while (wire.next()) {
            if (wire.fieldNumber() == ObjectBytes.RESOURCE_VERSION) {
                fieldFrom = wire.fieldOffset();
                fieldTo = wire.end();
            } else if (wire.fieldNumber() > ObjectBytes.RESOURCE_VERSION && fieldFrom == metadataEnd) {
                fieldFrom = wire.fieldOffset();
                fieldTo = fieldFrom;
            }
        }
        int digits = decimalDigits(resourceVersion);
        int metadataLength = object.metadataLength() - (fieldTo - fieldFrom) + 2 + digits;
        int metadataLengthBytes = ReverseBuffer.varintLength(metadataLength);
        int messageEnd = object.messageOffset() + object.messageLength();
        int messageLength = object.metadataField() - object.messageOffset() + 1 + metadataLengthBytes + metadataLength
                + messageEnd - metadataEnd;
        byte[] out = new byte[object.messageField() + 1 + ReverseBuffer.varintLength(messageLength) + messageLength
                + data.length - messageEnd];
        int at = copy(data, 0, object.messageField(), out, 0);
        out[at++] = Envelope.RAW << 3 | WireReader.LENGTH_DELIMITED;
        at = varint(messageLength, out, at);
        at = copy(data, object.messageOffset(), object.metadataField(), out, at);
        out[at++] = ObjectBytes.METADATA << 3 | WireReader.LENGTH_DELIMITED;
        at = varint(metadataLength, out, at);
        at = copy(data, object.metadataOffset(), fieldFrom, out, at);
        out[at++] = ObjectBytes.RESOURCE_VERSION << 3 | WireReader.LENGTH_DELIMITED;
        out[at++] = (byte) digits;
        at = decimal(resourceVersion, digits, out, at);
        copy(data, fieldTo, data.length, out, at);
        return out;
    }

    static byte[] json(ObjectBytes object, byte[] name, long resourceVersion) {
        byte[] data = object.bytes();
        int metadataOffset = object.metadataOffset();
        int metadataLength = object.metadataLength();
        if (metadataLength < 2 || data[metadataOffset] != '{') {
            throw new MalformedException("the object has no metadata");
        }
        byte[] quoted = ('"' + (resourceVersion == 0 ? "" : Long.toString(resourceVersion)) + '"')
                .getBytes(StandardCharsets.US_ASCII);
        long place = JsonScanner.find(data, metadataOffset, metadataLength, name);
        if (place >= 0) {
            int from = (int) (place >>> 32);
            return replace(data, from, from + (int) place, quoted);
        }
        boolean empty = true;
        for (int i = metadataOffset + 1; i < metadataOffset + metadataLength - 1; i++) {
            empty &= data[i] <= ' ';
        }
        byte[] member = new byte[name.length + 3 + quoted.length + (empty ? 0 : 1)];
        member[0] = '"';
        int at = copy(name, 0, name.length, member, 1);
        member[at] = '"';
        member[at + 1] = ':';
        at = copy(quoted, 0, quoted.length, member, at + 2);
        if (!empty) {
            member[at] = ',';
        }
        return replace(data, metadataOffset + 1, metadataOffset + 1, member);
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

    /** How many digits the number has; none for 0, which is "not set". */
    private static int decimalDigits(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("resource version " + value);
        }
        int digits = 0;
        for (long rest = value; rest > 0; rest /= 10) {
            digits++;
        }
        return digits;
    }

    private static int decimal(long value, int digits, byte[] into, int offset) {
        long rest = value;
        for (int i = digits - 1; i >= 0; i--) {
            into[offset + i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return offset + digits;
    }
}
