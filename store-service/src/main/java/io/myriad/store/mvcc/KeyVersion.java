package io.myriad.store.mvcc;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import io.myriad.store.wire.Wire;
import io.myriad.store.wire.WireReader;

/**
 * One version of a key: what one put or one delete left. It is kept as the bytes of the {@code mvccpb.KeyValue} that clients receive, so that serving it is a
 * copy and nothing else; key, revisions and lease are read out of those bytes where they are needed.
 *
 * <p>Versions of a key form a chain from the newest to the oldest that is still kept. Compaction cuts the chain behind a version by clearing its link; the
 * version itself never changes. Example: put(1) put(2) delete(3) put(4) gives {@code 4 -> 3† -> 2 -> 1}; compaction at 3 clears the links of 1, 2 and 3, which
 * leaves {@code 4 -> 3†}, and a compaction at 4 leaves {@code 4}.
 */
public final class KeyVersion {

    private static final int TOMBSTONE = 1 << 31;
    private static final byte KEY_TAG = (byte) Wire.tag(1, Wire.LENGTH_DELIMITED);

    private final byte[] keyValue;
    private final long modRevision;
    private final int order;
    private @Nullable KeyVersion previous;

    KeyVersion(byte[] keyValue, long modRevision, int subRevision, boolean tombstone, @Nullable KeyVersion previous) {
        this.keyValue = keyValue;
        this.modRevision = modRevision;
        this.order = tombstone ? subRevision | TOMBSTONE : subRevision;
        this.previous = previous;
    }

    /** A version that holds a value. {@code lease} 0 is none. */
    static KeyVersion value(byte[] key, long createRevision, long modRevision, int subRevision, long version,
            Slice value, long lease,
            @Nullable KeyVersion previous) {
        int size = Wire.bytesFieldSize(key.length) + Wire.varintFieldSize(createRevision)
                + Wire.varintFieldSize(modRevision)
                + Wire.varintFieldSize(version) + (value.length() == 0 ? 0 : Wire.bytesFieldSize(value.length()))
                + Wire.varintFieldSize(lease);
        byte[] bytes = new byte[size];
        int at = Wire.putBytesField(bytes, 0, 1, key, 0, key.length);
        at = Wire.putVarintField(bytes, at, 2, createRevision);
        at = Wire.putVarintField(bytes, at, 3, modRevision);
        at = Wire.putVarintField(bytes, at, 4, version);
        if (value.length() > 0) {
            at = Wire.putBytesField(bytes, at, 5, value.array(), value.offset(), value.length());
        }
        Wire.putVarintField(bytes, at, 6, lease);
        return new KeyVersion(bytes, modRevision, subRevision, false, previous);
    }

    /** A version that marks a deletion: key and revision only, as watchers receive it. */
    static KeyVersion tombstone(byte[] key, long modRevision, int subRevision, KeyVersion previous) {
        byte[] bytes = new byte[Wire.bytesFieldSize(key.length) + Wire.varintFieldSize(modRevision)];
        int at = Wire.putBytesField(bytes, 0, 1, key, 0, key.length);
        Wire.putVarintField(bytes, at, 3, modRevision);
        return new KeyVersion(bytes, modRevision, subRevision, true, previous);
    }

    /** The {@code mvccpb.KeyValue} on the wire. Shared, never to be modified. */
    public byte[] keyValue() {
        return keyValue;
    }

    /** The revision that wrote this version. */
    public long modRevision() {
        return modRevision;
    }

    /** Order within the revision, from 0. */
    public int subRevision() {
        return order & ~TOMBSTONE;
    }

    /** Whether this version says that the key was deleted. */
    public boolean isTombstone() { return order < 0; }

    /** The version before this one, null when it was the first or was compacted away. */
    public @Nullable KeyVersion previous() {
        return previous;
    }

    void cut() {
        previous = null;
    }

    int keyOffset() {
        int at = 1;
        while (keyValue[at++] < 0) {}
        return at;
    }

    int keyLength() {
        int length = 0;
        int shift = 0;
        int at = 1;
        byte next;
        do {
            next = keyValue[at++];
            length |= (next & 0x7F) << shift;
            shift += 7;
        } while (next < 0);
        return length;
    }

    /** A copy of the key. */
    public byte[] key() {
        int offset = keyOffset();
        return Arrays.copyOfRange(keyValue, offset, offset + keyLength());
    }

    /** Order of this version's key relative to {@code key}, bytes unsigned. */
    public int compareKey(byte[] key) {
        int offset = keyOffset();
        return Arrays.compareUnsigned(keyValue, offset, offset + keyLength(), key, 0, key.length);
    }

    /** The newest version of this chain that is not newer than {@code revision}; null if the key did not exist then or was compacted away. */
    @Nullable
    KeyVersion at(long revision) {
        KeyVersion candidate = this;
        while (candidate != null && candidate.modRevision > revision) {
            candidate = candidate.previous;
        }
        return candidate;
    }

    /** All numbers of the key-value read in one pass. */
    public Fields fields() {
        long create = 0;
        long version = 0;
        long lease = 0;
        int valueOffset = 0;
        int valueLength = 0;
        WireReader reader = new WireReader(keyValue);
        for (int field; (field = reader.nextField()) != 0;) {
            switch (field) {
                case 2 -> create = reader.varint();
                case 4 -> version = reader.varint();
                case 5 -> {
                    valueOffset = reader.contentOffset();
                    valueLength = reader.contentLength();
                    reader.advance();
                }
                case 6 -> lease = reader.varint();
                default -> reader.skip();
            }
        }
        return new Fields(create, modRevision, version, lease, new Slice(keyValue, valueOffset, valueLength));
    }

    /** Builds a version from bytes that were kept on disk; not linked to others yet. */
    static KeyVersion restored(byte[] keyValue, long modRevision, int subRevision, boolean tombstone) {
        if (keyValue.length < 3 || keyValue[0] != KEY_TAG) {
            throw new IllegalStateException("a key-value of the snapshot does not begin with its key");
        }
        return new KeyVersion(keyValue, modRevision, subRevision, tombstone, null);
    }

    /** Sets the version before this one, of the same key, when a store is restored. */
    void follow(KeyVersion before) {
        previous = before;
    }

    /** Order by key, bytes unsigned. */
    static int compareKeys(KeyVersion a, KeyVersion b) {
        int aOffset = a.keyOffset();
        int bOffset = b.keyOffset();
        return Arrays.compareUnsigned(a.keyValue, aOffset, aOffset + a.keyLength(), b.keyValue, bOffset,
                bOffset + b.keyLength());
    }

    /** Order by revision, and within one as they were written. */
    static int compareRevisions(KeyVersion a, KeyVersion b) {
        int order = Long.compare(a.modRevision, b.modRevision);
        return order != 0 ? order : Integer.compare(a.subRevision(), b.subRevision());
    }

    @Override
    public String toString() {
        return new String(key(), java.nio.charset.StandardCharsets.UTF_8) + "@" + modRevision + "." + subRevision()
                + (isTombstone() ? "†" : "");
    }

    /** The numbers of a key-value and where its value lies. */
    public record Fields(long createRevision, long modRevision, long version, long lease, Slice value) {
        /** What a comparison sees of a key that does not exist. */
        public static final Fields ABSENT = new Fields(0, 0, 0, 0, Slice.EMPTY);
    }
}
