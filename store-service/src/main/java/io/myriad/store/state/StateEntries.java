package io.myriad.store.state;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.myriad.store.lease.LeaseTable;
import io.myriad.store.mvcc.KeyVersion;
import io.myriad.store.mvcc.MvccStore;

/**
 * The store's state as entries of a page file. A key's first byte says what it is; numbers are big-endian, so that versions are in the order of their revisions.
 *
 * <table>
 * <caption>Entries</caption>
 * <tr><td>1</td><td>revision 8, compacted revision 8</td></tr>
 * <tr><td>2, lease 8</td><td>time to live in seconds 8</td></tr>
 * <tr><td>4, number 1</td><td>a section of {@link StateSections}</td></tr>
 * <tr><td>5, revision 8, place within the revision 4</td><td>flags 1, {@code mvccpb.KeyValue}</td></tr>
 * </table>
 */
final class StateEntries {

    private static final byte REVISIONS = 1;
    private static final byte LEASE = 2;
    private static final byte SECTION = 4;
    private static final byte VERSION = 5;
    private static final byte TOMBSTONE_FLAG = 1;

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

    static byte[] lease(long ttlSeconds) {
        return ByteBuffer.allocate(Long.BYTES).putLong(ttlSeconds).array();
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
    static ByteBuffer version(KeyVersion version, ByteBuffer buffer) {
        byte[] keyValue = version.keyValue();
        ByteBuffer value = buffer.capacity() > keyValue.length ? buffer : ByteBuffer.allocate(1 + keyValue.length);
        return value.clear().put(version.isTombstone() ? TOMBSTONE_FLAG : 0).put(keyValue).flip();
    }

    /** A version's key-value in its entry's value, which is read from the buffer's position. */
    static byte[] keyValue(ByteBuffer value) {
        value.get();
        return bytes(value);
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

        /** @param storedBytes what the versions take that will come, roughly */
        Collector(StoreMachine machine, long storedBytes) {
            this.machine = machine;
            this.storedBytes = storedBytes;
        }

        /** Takes an entry from the buffers' positions to their limits. */
        void add(ByteBuffer key, ByteBuffer value) throws IOException {
            switch (key.get()) {
                case REVISIONS -> loader = machine.loader(value.getLong(), value.getLong(), storedBytes);
                case LEASE -> leases.grant(key.getLong(), value.getLong());
                case SECTION -> sections = sections.with(key.get(), bytes(value));
                case VERSION -> {
                    boolean tombstone = (value.get() & TOMBSTONE_FLAG) != 0;
                    started().add(bytes(value), key.getLong(), key.getInt(), tombstone);
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
