package io.myriad.store.mvcc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import io.myriad.store.wire.Wire;
import io.myriad.store.wire.WireReader;

/**
 * One version of a key: what one put or one delete left. It is kept as the bytes of the {@code mvccpb.KeyValue} that clients receive, so that serving it is a
 * copy and nothing else; key, revisions and lease are read out of those bytes where they are needed.
 *
 * <p>Versions of a key form a chain from the newest to the oldest that is still kept. Compaction cuts the chain behind a version by clearing its link; what the
 * version says never changes. Example: put(1) put(2) delete(3) put(4) gives {@code 4 -> 3† -> 2 -> 1}; compaction at 3 clears the links of 1, 2 and 3, which
 * leaves {@code 4 -> 3†}, and a compaction at 4 leaves {@code 4}.
 *
 * <p>A value that lies somewhere else too may be let go ({@link ValueCache}). Then the bytes are those of another message: the key in field 15 (14 when the version is none any more),
 * revisions and lease where they were, and the value's length in field 13. Either message can be swapped for the other at any time; whoever reads takes the bytes once. Both have the key at the same
 * place, so what orders versions does not need to know.
 */
public final class KeyVersion {

    private static final int TOMBSTONE = 1 << 31;
    /** Somebody asked for the value since the cache's hand passed. May get lost: it is set without care for others that set or take it. */
    private static final int MARKED = 1 << 30;
    private static final byte KEY_TAG = (byte) Wire.tag(1, Wire.LENGTH_DELIMITED);
    private static final byte EVICTED_KEY_TAG = (byte) Wire.tag(15, Wire.LENGTH_DELIMITED);
    private static final byte REMOVED_KEY_TAG = (byte) Wire.tag(14, Wire.LENGTH_DELIMITED);
    private static final int VALUE_LENGTH_FIELD = 13;
    /** Shorter values stay: letting them go would save next to nothing. */
    private static final int MIN_EVICTED_BYTES = 64;
    private static final VarHandle BYTES;

    static {
        try {
            BYTES = MethodHandles.lookup().findVarHandle(KeyVersion.class, "bytes", byte[].class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private byte[] bytes;
    private final long modRevision;
    private int order;
    private @Nullable KeyVersion previous;
    /** Where the value is when it is not here. Written before the bytes that say so. */
    private @Nullable ValueCache cache;

    KeyVersion(byte[] keyValue, long modRevision, int subRevision, boolean tombstone, @Nullable KeyVersion previous) {
        this.bytes = keyValue;
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

    private byte[] bytes() {
        return (byte[]) BYTES.getAcquire(this);
    }

    private static boolean isWhole(byte[] bytes) {
        return bytes[0] == KEY_TAG;
    }

    /**
     * The {@code mvccpb.KeyValue} on the wire. Shared, never to be modified. A value that is not in memory is read, each time; throws {@link CompactedException} if it was compacted, and
     * {@link java.io.UncheckedIOException} if it cannot be read.
     */
    public byte[] keyValue() {
        byte[] now = bytes();
        return isWhole(now) ? now : cache().read(this);
    }

    /** Length of {@link #keyValue}, which need not be in memory for that. */
    public int size() {
        byte[] now = bytes();
        return isWhole(now) ? now.length : sizeOf(now);
    }

    /** Replaces versions whose values are not in memory by copies that have them, to read them all at once; see {@link #keyValue} for what can happen. */
    public static void load(KeyVersion[] versions, int count) {
        ValueCache.load(versions, count, false);
    }

    /** The {@code mvccpb.KeyValue} without its value. */
    public byte[] withoutValue(boolean withLease) {
        return withoutValue(bytes(), withLease);
    }

    private static byte[] withoutValue(byte[] now, boolean withLease) {
        int head = now.length;
        long lease = 0;
        WireReader reader = new WireReader(now);
        for (int at = 0, field; (field = reader.nextField()) != 0; at = reader.position()) {
            if (field == 6) {
                lease = reader.varint();
            } else {
                reader.skip();
            }
            if (field == 5 || field == 6 || field == VALUE_LENGTH_FIELD) {
                head = Math.min(head, at);
            }
        }
        byte[] stripped = Arrays.copyOf(now, head + (withLease ? Wire.varintFieldSize(lease) : 0));
        stripped[0] = KEY_TAG;
        if (withLease) {
            Wire.putVarintField(stripped, head, 6, lease);
        }
        return stripped;
    }

    /** The value. Read if it is not in memory, as {@link #keyValue} is. */
    public Slice value() {
        byte[] whole = keyValue();
        WireReader reader = new WireReader(whole);
        for (int field; (field = reader.nextField()) != 0;) {
            if (field == 5) {
                return new Slice(whole, reader.contentOffset(), reader.contentLength());
            }
            reader.skip();
        }
        return Slice.EMPTY;
    }

    boolean isWhole() { return isWhole(bytes()); }

    boolean isMarked() { return (order & MARKED) != 0; }

    void mark() {
        if ((order & MARKED) == 0) {
            order |= MARKED;
        }
    }

    /** Takes the mark; false if there was none. */
    boolean unmark() {
        if ((order & MARKED) == 0) {
            return false;
        }
        order &= ~MARKED;
        return true;
    }

    ValueCache cache() {
        ValueCache known = cache;
        if (known == null) {
            throw new IllegalStateException(this + " has no value");
        }
        return known;
    }

    /** What memory saves without a value of a length. */
    static int saving(int valueLength) {
        return valueLength < MIN_EVICTED_BYTES
                ? 0
                : Wire.bytesFieldSize(valueLength) - Wire.varintFieldSize(valueLength);
    }

    /** What memory saves, or would save, without the value. */
    int saving() {
        return isTombstone() ? 0 : saving(valueLength(bytes()));
    }

    private static int valueLength(byte[] bytes) {
        WireReader reader = new WireReader(bytes);
        for (int field; (field = reader.nextField()) != 0;) {
            if (field == 5) {
                return reader.contentLength();
            }
            if (field == VALUE_LENGTH_FIELD) {
                return (int) reader.varint();
            }
            reader.skip();
        }
        return 0;
    }

    /** Lets the value go, if it is here and large enough; returns what that saves. */
    int evict(ValueCache from) {
        byte[] whole = bytes();
        byte[] rest = isTombstone() || !isWhole(whole) ? whole : reference(whole);
        if (rest == whole) {
            return 0;
        }
        cache = from;
        return BYTES.compareAndSet(this, whole, rest) ? whole.length - rest.length : 0;
    }

    /** What is kept of a key-value whose value lies elsewhere; the key-value itself if its value is too short to lie elsewhere. */
    public static byte[] reference(byte[] keyValue) {
        int valueLength = valueLength(keyValue);
        int saved = saving(valueLength);
        if (saved == 0) {
            return keyValue;
        }
        byte[] rest = Arrays.copyOf(withoutValue(keyValue, true), keyValue.length - saved);
        rest[0] = EVICTED_KEY_TAG;
        Wire.putVarintField(rest, rest.length - Wire.varintFieldSize(valueLength), VALUE_LENGTH_FIELD, valueLength);
        return rest;
    }

    /** Length of the key-value that a reference is kept of. */
    public static int sizeOf(byte[] reference) {
        return reference.length + saving(valueLength(reference));
    }

    /** A version of which a reference was kept on disk; not linked to others yet. */
    static KeyVersion referred(byte[] reference, long modRevision, int subRevision, ValueCache cache) {
        if (reference.length < 3 || reference[0] != EVICTED_KEY_TAG || saving(valueLength(reference)) == 0) {
            throw new IllegalStateException("a reference of the snapshot does not begin with its key");
        }
        KeyVersion version = new KeyVersion(reference, modRevision, subRevision, false, null);
        version.cache = cache;
        return version;
    }

    /** Takes the value back, unless it is here or the version is none any more; returns what that costs. */
    int admit(byte[] whole) {
        byte[] rest = bytes();
        return rest[0] == EVICTED_KEY_TAG && BYTES.compareAndSet(this, rest, whole) ? whole.length - rest.length : 0;
    }

    /** Keeps the value from coming back; returns what its absence saves. */
    int leaveCache() {
        byte[] rest;
        byte[] last;
        do {
            rest = bytes();
            if (rest[0] != EVICTED_KEY_TAG) {
                return 0;
            }
            last = rest.clone();
            last[0] = REMOVED_KEY_TAG;
        } while (!BYTES.compareAndSet(this, rest, last));
        return saving(valueLength(rest));
    }

    /** The same version, whole. */
    KeyVersion with(byte[] whole) {
        return new KeyVersion(whole, modRevision, subRevision(), isTombstone(), previous);
    }

    /** The revision that wrote this version. */
    public long modRevision() {
        return modRevision;
    }

    /** Order within the revision, from 0. */
    public int subRevision() {
        return order & ~(TOMBSTONE | MARKED);
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

    private static int keyOffset(byte[] bytes) {
        int at = 1;
        while (bytes[at++] < 0) {}
        return at;
    }

    private static int keyLength(byte[] bytes) {
        int length = 0;
        int shift = 0;
        int at = 1;
        byte next;
        do {
            next = bytes[at++];
            length |= (next & 0x7F) << shift;
            shift += 7;
        } while (next < 0);
        return length;
    }

    /** The key, without a copy. */
    Slice keySlice() {
        byte[] now = bytes();
        return new Slice(now, keyOffset(now), keyLength(now));
    }

    /** A copy of the key. */
    public byte[] key() {
        return keySlice().toBytes();
    }

    /** Order of this version's key relative to {@code key}, bytes unsigned. */
    public int compareKey(byte[] key) {
        byte[] now = bytes();
        int offset = keyOffset(now);
        return Arrays.compareUnsigned(now, offset, offset + keyLength(now), key, 0, key.length);
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
        WireReader reader = new WireReader(bytes());
        for (int field; (field = reader.nextField()) != 0;) {
            switch (field) {
                case 2 -> create = reader.varint();
                case 4 -> version = reader.varint();
                case 6 -> lease = reader.varint();
                default -> reader.skip();
            }
        }
        return new Fields(create, modRevision, version, lease);
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
        return a.keySlice().compareTo(b.keySlice());
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

    /** The numbers of a key-value. */
    public record Fields(long createRevision, long modRevision, long version, long lease) {
        /** What a comparison sees of a key that does not exist. */
        public static final Fields ABSENT = new Fields(0, 0, 0, 0);
    }
}
