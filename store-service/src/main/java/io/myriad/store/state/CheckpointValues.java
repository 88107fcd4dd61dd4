package io.myriad.store.state;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.mvcc.KeyVersion;
import io.myriad.store.page.PageReader;
import io.myriad.store.page.PageTransaction;
import io.myriad.store.value.ExternalValues;

/**
 * Where the values of a checkpoint are: in the page file's own entries, or in a value store, of which the entries only say that.
 *
 * <p>What a value store is given is there before the page file refers to it, and taken away after the page file has ceased to. Values are never changed, and what is taken away
 * twice or was not there does no harm; so whatever happens in between leaves values that nothing refers to, at worst, and they go with the next checkpoint if this process sees it.
 *
 * <p>One thread at a time; {@link #read} any.
 */
interface CheckpointValues {

    /** Puts a version's entry. */
    void put(PageTransaction transaction, long modRevision, int subRevision, byte[] keyValue, boolean tombstone)
            throws IOException;

    /** What was put is where it belongs; to be called before the transaction commits. */
    void flush() throws IOException;

    /** The file does not refer to versions any more. */
    void deleted(RemovedVersions versions);

    /** The file has got another state. */
    void replaced(PageReader before, PageReader after) throws IOException;

    /** The file holds no state: no value belongs to anything. */
    void clear() throws IOException;

    /** Whether entries may be read that only refer to values. */
    boolean knowReferences();

    /** Whole key-values; null for versions that are not there. */
    byte[][] read(PageReader file, long[] modRevisions, int[] subRevisions) throws IOException;

    /** Values are in the page file. */
    final class InFile implements CheckpointValues {
        private static final int BUFFER_BYTES = 64 << 10;

        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

        @Override
        public void put(PageTransaction transaction, long modRevision, int subRevision, byte[] keyValue,
                boolean tombstone) throws IOException {
            transaction.put(StateEntries.versionKey(modRevision, subRevision),
                    StateEntries.version(keyValue, tombstone, buffer));
        }

        @Override
        public void flush() {}

        @Override
        public void deleted(RemovedVersions versions) {}

        @Override
        public void replaced(PageReader before, PageReader after) {}

        @Override
        public void clear() {}

        @Override
        public boolean knowReferences() {
            return false;
        }

        @Override
        public byte[][] read(PageReader file, long[] modRevisions, int[] subRevisions) throws IOException {
            byte[][] keys = new byte[modRevisions.length][];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = StateEntries.versionKey(modRevisions[i], subRevisions[i]);
            }
            byte[][] values = new byte[keys.length][];
            file.getAll(keys, (index, value) -> {
                if (value != null) {
                    values[index] = StateEntries.keyValue(value);
                }
            });
            return values;
        }
    }

    /** Values that are long enough are in a value store. */
    final class Elsewhere implements CheckpointValues {
        private static final Logger LOG = LoggerFactory.getLogger(CheckpointValues.class);

        private final ExternalValues values;
        private final InFile file = new InFile();
        private final ByteBuffer buffer = ByteBuffer.allocate(InFile.BUFFER_BYTES);
        private RemovedVersions toDelete = new RemovedVersions();

        Elsewhere(ExternalValues values) {
            this.values = values;
        }

        @Override
        public void put(PageTransaction transaction, long modRevision, int subRevision, byte[] keyValue,
                boolean tombstone) throws IOException {
            byte[] reference = tombstone ? keyValue : KeyVersion.reference(keyValue);
            if (reference == keyValue) {
                file.put(transaction, modRevision, subRevision, keyValue, tombstone);
                return;
            }
            values.put(modRevision, subRevision, keyValue);
            transaction.put(StateEntries.versionKey(modRevision, subRevision),
                    StateEntries.reference(reference, buffer));
        }

        @Override
        public void flush() throws IOException {
            values.flush();
        }

        @Override
        public void deleted(RemovedVersions versions) {
            try {
                versions.forEach(toDelete::add);
                toDelete.forEach(values::delete);
                values.flush();
                toDelete = new RemovedVersions();
            } catch (IOException e) {
                LOG.warn("{} values that nothing needs any more are still in the value store: {}", toDelete.size(),
                        e.getMessage());
            }
        }

        @Override
        public void replaced(PageReader before, PageReader after) throws IOException {
            RemovedVersions removed = new RemovedVersions();
            before.visit(StateEntries.firstVersion(), null, (key, value) -> {
                long modRevision = StateEntries.modRevision(key);
                int subRevision = StateEntries.subRevision(key);
                if (StateEntries.isReference(key, value)
                        && after.get(StateEntries.versionKey(modRevision, subRevision)) == null) {
                    removed.add(modRevision, subRevision);
                }
                return true;
            });
            deleted(removed);
        }

        @Override
        public void clear() throws IOException {
            values.clear();
        }

        @Override
        public boolean knowReferences() {
            return true;
        }

        /** What was written before there was a value store is still in the file. */
        @Override
        public byte[][] read(PageReader from, long[] modRevisions, int[] subRevisions) throws IOException {
            byte[][] found = values.getAll(modRevisions, subRevisions);
            for (int i = 0; i < found.length; i++) {
                ByteBuffer entry = found[i] != null
                        ? null
                        : from.get(StateEntries.versionKey(modRevisions[i], subRevisions[i]));
                if (entry != null && !StateEntries.isReference(entry)) {
                    found[i] = StateEntries.keyValue(entry);
                }
            }
            return found;
        }
    }
}
