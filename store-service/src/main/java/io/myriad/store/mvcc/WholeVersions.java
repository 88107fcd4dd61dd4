package io.myriad.store.mvcc;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Versions with their values, of which those that are not in memory are read several at once while somebody walks over them: memory needs room for a few, however many there are. A page is
 * read once if they are in the order of their revisions. What can happen while a value is read is said at {@link KeyVersion#keyValue}.
 */
final class WholeVersions implements Iterable<KeyVersion> {

    private static final int MAX_VERSIONS = 512;
    /** A batch ends with the version that makes it as large. */
    private static final int MAX_BYTES = 4 << 20;

    private final List<KeyVersion> versions;

    WholeVersions(List<KeyVersion> versions) {
        this.versions = versions;
    }

    @Override
    public Iterator<KeyVersion> iterator() {
        return new Batches();
    }

    private final class Batches implements Iterator<KeyVersion> {
        private final KeyVersion[] batch = new KeyVersion[Math.min(MAX_VERSIONS, versions.size())];
        private int taken;
        private int count;
        private int next;

        @Override
        public boolean hasNext() {
            return next < count || taken < versions.size();
        }

        @Override
        public KeyVersion next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            if (next == count) {
                load();
            }
            return batch[next++];
        }

        private void load() {
            next = 0;
            count = 0;
            for (long bytes = 0; count < batch.length && taken < versions.size() && bytes < MAX_BYTES;) {
                KeyVersion version = versions.get(taken++);
                bytes += version.isWhole() ? 0 : version.size();
                batch[count++] = version;
            }
            KeyVersion.load(batch, count);
        }
    }
}
