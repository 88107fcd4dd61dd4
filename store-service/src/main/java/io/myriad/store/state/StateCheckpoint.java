package io.myriad.store.state;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.myriad.store.failpoint.Failpoint;
import io.myriad.store.mvcc.SnapshotSource;
import io.myriad.store.mvcc.ValueBudget;
import io.myriad.store.page.PageFile;
import io.myriad.store.page.PageReader;
import io.myriad.store.page.PageTransaction;
import io.myriad.store.value.ExternalValues;

/**
 * Keeps a machine's state in a page file, by difference: what was written and what compaction removed since the last time.
 *
 * <p>{@link #capture} is cheap and runs on the apply thread; {@link Captured#write} may run anywhere while the machine goes on, one at a time. What no checkpoint holds yet stays in
 * the machine's history meanwhile ({@link #keptRevision}), and what is removed from it is noted. The whole state is written when the file holds none that the machine's is the
 * continuation of: the first time, and after a write of which nobody knows whether it happened.
 *
 * <p>Threads: {@link #keptRevision}, {@link #export} and {@link #moveTail} any; {@link Captured#write} its own; everything else the apply thread's. Captures do not overlap.
 */
public final class StateCheckpoint implements AutoCloseable {

    /** Below this part of the file in use it is sparse, in percent. */
    private static final int DENSE_PERCENT = 75;
    /** What removing a version writes at most, roughly: the page that it was in. */
    private static final long BYTES_A_REMOVAL = 4096;

    private final Path path;
    private final Opener opener;
    private final StoreMachine machine;
    private final CheckpointValues values;
    /** Held by whoever changes the file. */
    private final Object changes = new Object();
    private volatile PageFile file;
    /** The revision that the file holds; -1 if the machine's state is no continuation of what the file holds. */
    private volatile long writtenRevision = -1;
    private volatile long keptRevision = Long.MAX_VALUE;
    private volatile boolean recording;
    /** Changes whenever what the file holds is not what captures before were made for. */
    private volatile int lineage;
    private RemovedVersions removed = new RemovedVersions();

    /** Opens a page file, which is an empty one the first time. */
    @FunctionalInterface
    public interface Opener {
        PageFile open(Path path) throws IOException;
    }

    /** Opens the file, or makes an empty one. The machine's state stays as it is. */
    public StateCheckpoint(Path path, StoreMachine machine, ValueBudget budget, @Nullable ExternalValues values)
            throws IOException {
        this(path, PageFile::open, machine, budget, values);
    }

    /**
     * @param path what the opener opens; a file in the file system or a name for what lies elsewhere
     * @param budget how much of the machine's state may be in memory beside the file
     * @param values where values are to be that are long enough; null: in the file. Not closed with this
     */
    public StateCheckpoint(Path path, Opener opener, StoreMachine machine, ValueBudget budget,
            @Nullable ExternalValues values) throws IOException {
        this.path = path;
        this.opener = opener;
        this.machine = machine;
        this.values = values == null ? new CheckpointValues.InFile() : new CheckpointValues.Elsewhere(values);
        file = opener.open(path);
        if (appliedIndex() == 0) {
            this.values.clear();
        }
        machine.keepValuesIn(this::readValues, budget);
        machine.onRemoval((modRevision, subRevision) -> {
            if (recording) {
                removed.add(modRevision, subRevision);
            }
        });
    }

    /** Events after this revision are to stay in the machine's history; the highest number for none. */
    public long keptRevision() {
        return keptRevision;
    }

    /** Place in the log of the last entry that the file's state is the result of; 0 if it holds no state. */
    public long appliedIndex() {
        try (PageReader reader = file.read()) {
            return reader.appliedIndex();
        }
    }

    /** Captures the machine's state, which is the result of the log up to an entry. */
    public Captured capture(long appliedIndex, long appliedTerm) {
        List<StoredLease> leases = StoredLease.allOf(machine.leases());
        // First, because it may remove versions that were kept until now.
        SnapshotSource source = new SnapshotSource(machine.store());
        RemovedVersions taken = removed;
        removed = new RemovedVersions();
        if (writtenRevision < 0) {
            keptRevision = source.revision();
            recording = true;
        }
        return new Captured(source, leases, StateSections.capture(machine),
                taken, writtenRevision, appliedIndex, appliedTerm);
    }

    /** A captured state. Compaction removes nothing until it is closed. */
    public final class Captured implements AutoCloseable {
        private final SnapshotSource source;
        private final List<StoredLease> leases;
        private final StateSections sections;
        private final RemovedVersions taken;
        private final int captured = lineage;
        private final long since;
        private final long appliedIndex;
        private final long appliedTerm;
        private boolean written;

        Captured(SnapshotSource source, List<StoredLease> leases, StateSections sections,
                RemovedVersions taken, long since, long appliedIndex, long appliedTerm) {
            this.source = source;
            this.leases = leases;
            this.sections = sections;
            this.taken = taken;
            this.since = since;
            this.appliedIndex = appliedIndex;
            this.appliedTerm = appliedTerm;
        }

        /** Bytes that writing it takes on the disk before it frees others, roughly. */
        public long bytesToWrite() throws IOException {
            if (since < 0) {
                long stateBytes = source.footprint().keyValueBytes();
                return stateBytes + stateBytes / 2;
            }
            long[] bytes = {taken.size() * BYTES_A_REMOVAL};
            source.forEachAfter(since, version -> bytes[0] += 2L * version.size());
            return bytes[0];
        }

        /** Writes it to the file, forced to disk. Then memory need not hold all values. */
        public void write() throws IOException {
            synchronized (changes) {
                Failpoint.BEFORE_START_DB_TXN.hit();
                try (PageTransaction transaction = begin()) {
                    Failpoint.AFTER_START_DB_TXN.hit();
                    if (lineage != captured) {
                        throw new IOException("since this was captured " + path + " has got another state");
                    }
                    put(transaction);
                    values.flush();
                    Failpoint.BEFORE_COMMIT.hit();
                    transaction.commit(appliedIndex, appliedTerm);
                    Failpoint.AFTER_COMMIT.hit();
                } catch (IOException | RuntimeException e) {
                    reopenAfter(e);
                    throw e;
                }
            }
            values.deleted(taken);
            written = true;
            writtenRevision = source.revision();
            keptRevision = source.revision();
            source.evict();
        }

        private void put(PageTransaction transaction) throws IOException {
            SnapshotSource.Sink put = version -> values.put(transaction, version.modRevision(), version.subRevision(),
                    version.keyValue(), version.isTombstone());
            if (since < 0) {
                transaction.deleteRange(new byte[0], null);
            } else {
                transaction.deleteRange(StateEntries.firstLease(), StateEntries.firstVersion());
            }
            Failpoint.COMPACT_BEFORE_SET_FINISHED_COMPACT.hit();
            transaction.put(StateEntries.revisionsKey(),
                    StateEntries.revisions(source.revision(), source.compactedRevision()));
            Failpoint.COMPACT_AFTER_SET_FINISHED_COMPACT.hit();
            for (StoredLease lease : leases) {
                transaction.put(StateEntries.leaseKey(lease.id()), StateEntries.lease(lease));
            }
            sections.forEach((number, bytes) -> transaction.put(StateEntries.sectionKey(number), bytes));
            if (since < 0) {
                source.forEach(put);
                return;
            }
            taken.forEach((modRevision, subRevision) -> transaction
                    .delete(StateEntries.versionKey(modRevision, subRevision)));
            source.forEachAfter(since, put);
        }

        /** Lets compaction go on. What was not written is to be written the next time. */
        @Override
        public void close() {
            if (!written && lineage == captured) {
                if (since < 0) {
                    forget();
                } else {
                    removed = taken;
                }
            }
            source.close();
        }
    }

    /** A file that could not be opened anew when a write had failed may be now. */
    private PageTransaction begin() throws IOException {
        if (file.hasFailed()) {
            reopen();
        }
        return file.begin();
    }

    private void reopenAfter(Exception failure) {
        try {
            reopen();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** A file that could not be written is read anew: it has the state before, or the new one without anybody having been told. */
    private void reopen() throws IOException {
        PageFile before = file;
        long index = appliedIndex();
        file = opener.open(path);
        before.close();
        if (appliedIndex() != index) {
            forget();
        }
    }

    /** Values that memory does not hold. */
    private byte[][] readValues(long[] modRevisions, int[] subRevisions) throws IOException {
        PageFile from = file;
        try (PageReader reader = from.read()) {
            return values.read(reader, modRevisions, subRevisions);
        } catch (ClosedChannelException e) {
            // Was it opened anew?
            synchronized (changes) {
                if (file == from) {
                    throw e;
                }
            }
            return readValues(modRevisions, subRevisions);
        }
    }

    private void forget() {
        lineage++;
        writtenRevision = -1;
        keptRevision = Long.MAX_VALUE;
        recording = false;
        removed = new RemovedVersions();
    }

    /** Whether so much of the file is holes that it should be made shorter. Any thread. */
    public boolean isSparse() {
        synchronized (changes) {
            return file.usedBytes() < file.fileBytes() / 100 * DENSE_PERCENT;
        }
    }

    /** See {@link PageFile#moveTail}. Any thread; a checkpoint waits until it has ended. */
    public int moveTail(int maxPages) throws IOException {
        synchronized (changes) {
            return file.moveTail(maxPages);
        }
    }

    /** Makes the file's state the machine's; returns the place in the log of the last entry that it is the result of. */
    public long restore() throws IOException {
        StateEntries.Collector collector = new StateEntries.Collector(machine, usedBytes(),
                values.knowReferences());
        try (PageReader reader = file.read()) {
            reader.visit(new byte[0], null, (key, value) -> {
                collector.add(key, value);
                return true;
            });
            forget();
            writtenRevision = collector.restore();
            keptRevision = writtenRevision;
            recording = true;
            return reader.appliedIndex();
        }
    }

    /** Where a state comes from. */
    @FunctionalInterface
    private interface Source {
        /** Hands over its entries, in any order; returns the place in the log of the last entry that it is the result of. */
        long read(StateExport.Sink entries) throws IOException;
    }

    /**
     * Makes the state that another member exported the file's, and then the machine's, which may have no room for all of it at once. Returns the place in the log of the last entry that
     * it is the result of.
     */
    public long restore(Path exported) throws IOException {
        Failpoint.APPLY_BEFORE_OPEN_SNAPSHOT.hit();
        return restore(entries -> StateExport.read(exported, entries));
    }

    /**
     * Makes the state that etcd's database holds the file's, and then the machine's, in the same way.
     *
     * @param appliedIndex place in the log of the entry that the state is to be the result of
     * @throws IOException if the database cannot be used: the message says what is wrong with it, and file and machine keep their state
     */
    public void restoreEtcd(Path database, long appliedIndex) throws IOException {
        restore(entries -> {
            EtcdImport.read(database, entries);
            return appliedIndex;
        });
    }

    private long restore(Source source) throws IOException {
        synchronized (changes) {
            forget();
            try (PageReader before = file.read()) {
                replace(source);
                try (PageReader after = file.read()) {
                    values.replaced(before, after);
                }
            }
        }
        return restore();
    }

    private void replace(Source source) throws IOException {
        try (PageTransaction transaction = begin()) {
            transaction.deleteRange(new byte[0], null);
            long appliedIndex = source.read((key, value) -> {
                if (StateEntries.isVersion(key)) {
                    values.put(transaction, StateEntries.modRevision(key), StateEntries.subRevision(key),
                            StateEntries.keyValue(value), StateEntries.isTombstone(value));
                } else {
                    transaction.put(StateEntries.bytes(key), value);
                }
            });
            values.flush();
            Failpoint.APPLY_AFTER_OPEN_SNAPSHOT.hit();
            transaction.commit(appliedIndex, 0);
        } catch (IOException | RuntimeException e) {
            reopenAfter(e);
            throw e;
        }
    }

    private long usedBytes() {
        synchronized (changes) {
            return file.usedBytes();
        }
    }

    /** Writes the file's state, which does not change meanwhile, for another member, forced to disk. */
    public void export(Path target) throws IOException {
        try (PageReader reader = file.read()) {
            StateExport.write(reader, values, target);
        }
    }

    /** Length of the file. Any thread. */
    public long bytesOnDisk() throws IOException {
        return file.bytesOnDisk();
    }

    /** Reads the whole file and throws if something is wrong with it. Not while a capture is written. */
    public void checkInvariants() throws IOException {
        file.checkInvariants();
    }

    /** Where the file is, for messages. */
    public Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        synchronized (changes) {
            file.close();
        }
    }
}
