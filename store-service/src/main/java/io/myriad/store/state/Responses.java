package io.myriad.store.state;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.myriad.store.mvcc.KeyVersion;
import io.myriad.store.mvcc.RangeResult;
import io.myriad.store.wire.Wire;
import io.myriad.store.wire.WireMessage;

/** Builds responses on keys. Key-values go out as the bytes that are stored; field numbers are those of {@code rpc.proto}. */
public final class Responses {

    private static final int KEY_VALUES_FIELD = 2;
    private static final int PREVIOUS_KEY_VALUES_FIELD = 3;
    private static final byte[] NOTHING = new byte[0];

    private Responses() {}

    /** A {@code RangeResponse}. {@code header} is a whole header field, or empty. */
    public static WireMessage range(byte[] header, RangeResult result, boolean keysOnly, boolean leaseWithKeys) {
        byte[] tail = new byte[(result.more() ? 2 : 0) + Wire.varintFieldSize(result.count())];
        int at = Wire.putVarintField(tail, 0, 3, result.more() ? 1 : 0);
        Wire.putVarintField(tail, at, 4, result.count());
        if (!keysOnly) {
            return new KeyValues(header, KEY_VALUES_FIELD, result.versions(), result.size(), tail);
        }
        byte[][] stripped = new byte[result.size()][];
        for (int i = 0; i < stripped.length; i++) {
            stripped[i] = result.versions()[i].withoutValue(leaseWithKeys);
        }
        return new Parts(header, KEY_VALUES_FIELD, stripped, tail);
    }

    /** A {@code PutResponse}. */
    public static WireMessage put(byte[] header, @Nullable KeyVersion previous) {
        if (previous == null) {
            return WireMessage.of(header);
        }
        return new KeyValues(header, KEY_VALUES_FIELD, new KeyVersion[]{previous}, 1, NOTHING);
    }

    /** A {@code DeleteRangeResponse}. {@code deleted} is filled up to its first null, and given away. */
    public static WireMessage deleteRange(byte[] header, KeyVersion[] deleted, boolean previous) {
        int count = 0;
        while (count < deleted.length && deleted[count] != null) {
            count++;
        }
        byte[] head = java.util.Arrays.copyOf(header, header.length + Wire.varintFieldSize(count));
        Wire.putVarintField(head, header.length, 2, count);
        if (!previous) {
            return WireMessage.of(head);
        }
        KeyVersion.load(deleted, count);
        return new KeyValues(head, PREVIOUS_KEY_VALUES_FIELD, deleted, count, NOTHING);
    }

    /** A {@code TxnResponse}; each response is named by its field in {@code ResponseOp}. */
    static WireMessage txn(byte[] header, boolean succeeded, List<TxnPart> parts) {
        return new Txn(header, succeeded, parts.toArray(new TxnPart[0]));
    }

    /** A response that is a header alone. */
    public static WireMessage headerOnly(byte[] header) {
        return WireMessage.of(header);
    }

    /** One response of a transaction: its field in {@code ResponseOp} and what it holds. */
    record TxnPart(int field, WireMessage message) {}

    /** A head, stored key-values as a repeated field, and a tail. */
    private static final class KeyValues implements WireMessage {
        private final byte[] head;
        private final int field;
        /** Taken once: a version may lose its value between sizing and writing. */
        private final byte[][] keyValues;
        private final byte[] tail;
        private final int size;

        KeyValues(byte[] head, int field, KeyVersion[] versions, int count, byte[] tail) {
            this.head = head;
            this.field = field;
            this.keyValues = new byte[count][];
            this.tail = tail;
            long total = head.length + tail.length;
            for (int i = 0; i < count; i++) {
                keyValues[i] = versions[i].keyValue();
                total += Wire.bytesFieldSize(keyValues[i].length);
            }
            this.size = Math.toIntExact(total);
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(head);
            byte[] prefix = new byte[6];
            for (byte[] keyValue : keyValues) {
                out.write(prefix, 0, Wire.putLengthPrefix(prefix, 0, field, keyValue.length));
                out.write(keyValue);
            }
            out.write(tail);
        }
    }

    /** A head, byte arrays as a repeated field, and a tail. */
    private record Parts(byte[] head, int field, byte[][] parts, byte[] tail) implements WireMessage {
        @Override
        public int size() {
            int total = head.length + tail.length;
            for (byte[] part : parts) {
                total += Wire.bytesFieldSize(part.length);
            }
            return total;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(head);
            byte[] prefix = new byte[6];
            for (byte[] part : parts) {
                out.write(prefix, 0, Wire.putLengthPrefix(prefix, 0, field, part.length));
                out.write(part);
            }
            out.write(tail);
        }
    }

    private record Txn(byte[] header, boolean succeeded, TxnPart[] parts) implements WireMessage {
        @Override
        public int size() {
            int total = header.length + (succeeded ? 2 : 0);
            for (TxnPart part : parts) {
                total += Wire.bytesFieldSize(Wire.bytesFieldSize(part.message.size()));
            }
            return total;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(header);
            byte[] prefix = new byte[12];
            out.write(prefix, 0, Wire.putVarintField(prefix, 0, 2, succeeded ? 1 : 0));
            for (TxnPart part : parts) {
                int partSize = part.message.size();
                int at = Wire.putLengthPrefix(prefix, 0, 3, Wire.bytesFieldSize(partSize));
                at = Wire.putLengthPrefix(prefix, at, part.field, partSize);
                out.write(prefix, 0, at);
                part.message.writeTo(out);
            }
        }
    }
}
