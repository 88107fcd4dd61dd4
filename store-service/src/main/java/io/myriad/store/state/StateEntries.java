package io.myriad.store.state;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.myriad.store.lease.LeaseTable;
import io.myriad.store.mvcc.MvccStore;

/**
 * The store's state as entries of a page file. A key's first byte says what it is; numbers are big-endian, so that versions are in the order of their revisions.
 *
 * <table>
 * <caption>Entries</caption>
 * <tr><td>1</td><td>revision 8, compacted revision 8</td></tr>
 * <tr><td>2, lease 8</td><td>time to live in seconds 8; if a leader wrote down what is left of it, that, in seconds 8</td></tr>
 * <tr><td>4, number 1</td><td>a section of {@link StateSections}</td></tr>
 * <tr><td>5, revision 8, place within the revision 4</td><td>flags 1 (1: a tombstone; 2: the value is in the value store), {@code mvccpb.KeyValue} or what is kept of
 * it</td></tr>
 * </table>
 */
final class StateEntries {

    private static final byte REVISIONS = 1;
    private static final byte LEASE = 2;
    private static final byte SECTION = 4;
    private static final byte VERSION = 5;
    private static final byte TOMBSTONE_FLAG = 1;
    private static final byte REFERENCE_FLAG = 2;

    private StateEntries() {}

    static byte[] revisionsKey() {
        return new byte[]{REVISIONS};
    }

    static byte[] revisions(long revision, long compactedRevision) {
        return ByteBuffer.allocate(2 * Long.BYTES).putLong(revision).putLong(compactedRevision).array();
    }

    static byte[] leaseKey(long id) {
        return ByteBuffer.allocate(1 + Long.BYTES).put(LEASE).putLong(id).array();
    }

    static byte[] lease(StoredLease lease) {
        return lease.remainingSeconds() == 0
                ? ByteBuffer.allocate(Long.BYTES).putLong(lease.ttlSeconds()).array()
                : ByteBuffer.allocate(2 * Long.BYTES).putLong(lease.ttlSeconds()).putLong(lease.remainingSeconds())
                        .array();
    }

    private static StoredLease lease(long id, ByteBuffer value) {
        return new StoredLease(id, value.getLong(), value.hasRemaining() ? value.getLong() : 0);
    }

    static byte[] sectionKey(byte number) {
        return new byte[]{SECTION, number};
    }

    /** Where the keys of leases begin, behind which are those of sections. */
    static byte[] firstLease() {
        return new byte[]{LEASE};
    }

    /** Where the keys of versions begin, behind all others. */
    static byte[] firstVersion() {
        return new byte[]{VERSION};
    }

    static byte[] versionKey(long modRevision, int subRevision) {
        return ByteBuffer.allocate(1 + Long.BYTES + Integer.BYTES).put(VERSION).putLong(modRevision).putInt(subRevision)
                .array();
    }

    /** A version's value, in a buffer of which every call may take another part. */
    static ByteBuffer version(byte[] keyValue, boolean tombstone, ByteBuffer buffer) {
        return flagged(tombstone ? TOMBSTONE_FLAG : 0, keyValue, buffer);
    }

    /** The value of a version whose value is in the value store. */
    static ByteBuffer reference(byte[] reference, ByteBuffer buffer) {
        return flagged(REFERENCE_FLAG, reference, buffer);
    }

    private static ByteBuffer flagged(byte flags, byte[] bytes, ByteBuffer buffer) {
        ByteBuffer value = buffer.capacity() > bytes.length ? buffer : ByteBuffer.allocate(1 + bytes.length);
        return value.clear().put(flags).put(bytes).flip();
    }

    /** Whether an entry is of a version. */
    static boolean isVersion(ByteBuffer key) {
        return key.get(key.position()) == VERSION;
    }

    /** Whether an entry is a version's that only refers to its value. */
    static boolean isReference(ByteBuffer key, ByteBuffer value) {
        return isVersion(key) && isReference(value);
    }

    /** Whether a version's entry only refers to its value. */
    static boolean isReference(ByteBuffer value) {
        return (value.get(value.position()) & REFERENCE_FLAG) != 0;
    }

    /** Whether a version's entry is of a deletion. */
    static boolean isTombstone(ByteBuffer value) {
        return (value.get(value.position()) & TOMBSTONE_FLAG) != 0;
    }

    static long modRevision(ByteBuffer versionKey) {
        return versionKey.getLong(versionKey.position() + 1);
    }

    static int subRevision(ByteBuffer versionKey) {
        return versionKey.getInt(versionKey.position() + 1 + Long.BYTES);
    }

    /** A version's key-value, or what is kept of it, in its entry's value. */
    static byte[] keyValue(ByteBuffer value) {
        return bytes(value.slice(value.position() + 1, value.remaining() - 1));
    }

    /** A copy of what is between a buffer's position and its limit. */
    static byte[] bytes(ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        return bytes;
    }

    /** Collects entries in key order and makes them a machine's state. */
    static final class Collector {
        private final LeaseTable leases = new LeaseTable();
        private final StoreMachine machine;
        private final long storedBytes;
        private StateSections sections = StateSections.NONE;
        private MvccStore.@Nullable Loader loader;

        private final boolean knowReferences;

        /**
         * @param storedBytes what the versions take that will come, roughly
         * @param knowReferences whether values may lie elsewhere
         */
        Collector(StoreMachine machine, long storedBytes, boolean knowReferences) {
            this.machine = machine;
            this.storedBytes = storedBytes;
            this.knowReferences = knowReferences;
        }

        /** Takes an entry from the buffers' positions to their limits. */
        void add(ByteBuffer key, ByteBuffer value) throws IOException {
            switch (key.get()) {
                case REVISIONS -> loader = machine.loader(value.getLong(), value.getLong(), storedBytes);
                case LEASE -> lease(key.getLong(), value).addTo(leases);
                case SECTION -> sections = sections.with(key.get(), bytes(value));
                case VERSION -> {
                    byte flags = value.get();
                    if ((flags & REFERENCE_FLAG) != 0) {
                        if (!knowReferences) {
                            throw new IOException("its values lie in a value store, which --value-store is to name");
                        }
                        started().addReference(bytes(value), key.getLong(), key.getInt());
                    } else {
                        started().add(bytes(value), key.getLong(), key.getInt(), (flags & TOMBSTONE_FLAG) != 0);
                    }
                }
                default -> throw new IOException("an entry of a kind that this version does not know");
            }
        }

        private MvccStore.Loader started() throws IOException {
            if (loader == null) {
                throw new IOException("the store's revision is missing");
            }
            return loader;
        }

        /** Replaces the machine's state; returns the revision. */
        long restore() throws IOException {
            MvccStore store = started().build();
            if (leases.size() > 0) {
                store.forEachLeasedKey((key, lease) -> leases.move(key, 0, lease));
            }
            machine.restore(store, leases, sections);
            return store.view().revision();
        }
    }
}
