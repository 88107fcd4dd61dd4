package io.myriad.store.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import com.alipay.sofa.jraft.entity.LocalFileMetaOutter.LocalFileMeta;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.error.RetryAgainException;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.io.FileReader;
import com.alipay.sofa.jraft.storage.snapshot.Snapshot;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotMetaTable;
import com.alipay.sofa.jraft.util.ByteBufferCollector;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class LentFilesTest {

    private static final String FILE = "state";

    @TempDir
    Path directory = Path.of("");

    private final CountDownLatch permitted = new CountDownLatch(1);
    private final AtomicInteger lent = new AtomicInteger();
    private volatile boolean fails;

    @BeforeEach
    void list() throws IOException {
        LocalSnapshotMetaTable table = new LocalSnapshotMetaTable(new RaftOptions());
        table.setMeta(SnapshotMeta.newBuilder().setLastIncludedIndex(7).setLastIncludedTerm(1).build());
        table.addFile(FILE, LocalFileMeta.getDefaultInstance());
        assertThat(table.saveToFile(directory.resolve(Snapshot.JRAFT_SNAPSHOT_META_FILE).toString())).isTrue();
    }

    private LentFiles open() {
        return Objects.requireNonNull(LentFiles.open(directory, new RaftOptions(), new Lender(), new TransferPace(0)));
    }

    private static int read(LentFiles files, String name) throws IOException, RetryAgainException {
        return files.readFile(ByteBufferCollector.allocate(), name, 0, 1 << 20);
    }

    @Test
    void whoAsksBeforeTheStateIsWrittenAsksAgain() throws Exception {
        LentFiles files = open();
        assertThat(lent).as("made before anybody asks").hasValue(0);
        assertThat(read(files, Snapshot.JRAFT_SNAPSHOT_META_FILE)).isEqualTo(FileReader.EOF);
        assertThatThrownBy(() -> read(files, FILE)).isInstanceOf(RetryAgainException.class);
        assertThatThrownBy(() -> read(files, FILE)).isInstanceOf(RetryAgainException.class);
        permitted.countDown();
        assertThat(readPatiently(files)).isEqualTo(FileReader.EOF);
        assertThat(lent).as("how often it was made").hasValue(1);
    }

    @Test
    void whatCouldNotBeWrittenIsTriedAgain() throws Exception {
        LentFiles files = open();
        permitted.countDown();
        fails = true;
        assertThatThrownBy(() -> readPatiently(files)).isInstanceOf(IOException.class).hasMessageContaining("no room");
        fails = false;
        assertThat(readPatiently(files)).isEqualTo(FileReader.EOF);
    }

    @Test
    void withoutAListThereIsNothing() throws Exception {
        Files.delete(directory.resolve(Snapshot.JRAFT_SNAPSHOT_META_FILE));
        assertThat(LentFiles.open(directory, new RaftOptions(), new Lender(), new TransferPace(0))).isNull();
    }

    private static int readPatiently(LentFiles files) throws IOException {
        while (true) {
            try {
                return read(files, FILE);
            } catch (RetryAgainException e) {
                // It has waited itself.
            }
        }
    }

    /** Makes the file when it may. */
    private final class Lender implements ReplicatedState {
        @Override
        public void lend(Path target) throws IOException {
            try {
                permitted.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (fails) {
                throw new IOException("no room");
            }
            lent.incrementAndGet();
            Files.writeString(target.resolve(FILE), "all of it");
        }

        @Override
        public void apply(long index, long term, ByteBuffer entry) {
            throw new AssertionError();
        }

        @Override
        public void batchEnd() {
            throw new AssertionError();
        }

        @Override
        public ReplicatedState.Snapshot snapshot() {
            throw new AssertionError();
        }

        @Override
        public void load(Path from) {
            throw new AssertionError();
        }

        @Override
        public void leading(long term) {
            throw new AssertionError();
        }

        @Override
        public void following() {
            throw new AssertionError();
        }

        @Override
        public void failed(String reason) {
            throw new AssertionError();
        }
    }
}
