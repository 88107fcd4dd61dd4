package io.myriad.store.raft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.alipay.sofa.jraft.error.RetryAgainException;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.snapshot.Snapshot;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotMetaTable;
import com.alipay.sofa.jraft.storage.snapshot.local.SnapshotFileReader;
import com.alipay.sofa.jraft.util.ByteBufferCollector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a snapshot as another member reads them. What only other members need is made when the first of them asks for a file, on a thread of its own: it takes as long as reading the whole
 * state. Who asks meanwhile is told to ask again.
 */
final class LentFiles extends SnapshotFileReader {

    /** How long an answer waits for files that are about to be there; a member that has to ask again does so a second later. */
    private static final long PATIENCE_MILLIS = 2000;
    private static final Logger LOG = LoggerFactory.getLogger(LentFiles.class);

    private final Path directory;
    private final ReplicatedState state;
    private final TransferPace pace;
    private @Nullable CompletableFuture<Void> lent;

    private LentFiles(Path directory, ReplicatedState state, TransferPace pace) {
        super(directory.toString(), null);
        this.directory = directory;
        this.state = state;
        this.pace = pace;
    }

    /** The files of a snapshot's directory; null, and a line in the log, if it cannot be read. */
    static @Nullable LentFiles open(Path directory, RaftOptions options, ReplicatedState state, TransferPace pace) {
        LocalSnapshotMetaTable table = new LocalSnapshotMetaTable(options);
        try {
            if (!table.loadFromFile(directory.resolve(Snapshot.JRAFT_SNAPSHOT_META_FILE).toString())) {
                LOG.error("The list of files in {} cannot be read", directory);
                return null;
            }
        } catch (IOException e) {
            LOG.error("The list of files in {} cannot be read: {}", directory, e.toString());
            return null;
        }
        LentFiles files = new LentFiles(directory, state, pace);
        files.setMetaTable(table);
        return files;
    }

    @Override
    public int readFile(ByteBufferCollector target, String file, long offset, long maxCount)
            throws IOException, RetryAgainException {
        if (!file.equals(Snapshot.JRAFT_SNAPSHOT_META_FILE)) {
            awaitLent();
            pace.await(maxCount);
        }
        return super.readFile(target, file, offset, maxCount);
    }

    private void awaitLent() throws IOException, RetryAgainException {
        try {
            lend().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new RetryAgainException("the state is being written");
        } catch (ExecutionException e) {
            throw new IOException("the state cannot be sent: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private synchronized CompletableFuture<Void> lend() {
        CompletableFuture<Void> begun = lent;
        if (begun == null || begun.isCompletedExceptionally()) {
            begun = CompletableFuture.runAsync(() -> {
                try {
                    state.lend(directory);
                } catch (IOException e) {
                    throw new CompletionException(e);
                }
            }, task -> Thread.ofPlatform().name("store-snapshot-lender").daemon().start(task));
            lent = begun;
        }
        return begun;
    }
}
