package io.myriad.apiserver.storage;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.apiserver.storage.KeyValueStore.Change;
import io.myriad.apiserver.storage.KeyValueStore.CompactedException;
import io.myriad.apiserver.storage.KeyValueStore.Page;
import io.myriad.apiserver.storage.testing.StoreServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the client does with every server of the protocol. */
abstract class EtcdStoreContract {
    private static final int PATIENCE_SECONDS = 30;

    @TempDir
    private Path directory;
    private StoreServer server;
    private EtcdStore store;
    private final ExecutorService writer = Executors.newSingleThreadExecutor();

    /** Starts an empty server. */
    abstract StoreServer start(Path directory) throws Exception;

    @BeforeEach
    void open() throws Exception {
        server = start(directory);
        store = new EtcdStore(new EtcdConnection(endpoints(server), null, null, null, 20_000));
    }

    /** Where the client is to look for the server. */
    List<URI> endpoints(StoreServer started) {
        return List.of(URI.create("http://127.0.0.1:1"), started.endpoint());
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null) {
            store.close();
            server.close();
        }
        writer.shutdownNow();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What a watch receives: a change, progress, or the end. */
    private final class Recorder implements KeyValueStore.Listener {
        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        long complete;

        @Override
        public void changes(List<Change> changes, long upTo) {
            assertThat(upTo).isGreaterThan(complete);
            for (Change change : changes) {
                assertThat(change.revision()).isGreaterThan(complete).isLessThanOrEqualTo(upTo);
                byte[] value = change.value();
                seen.add(change.key() + "=" + (value == null
                        ? "-"
                        : value.length > 100
                                ? value.length
                                : new String(value, StandardCharsets.UTF_8)));
            }
            complete = upTo;
        }

        @Override
        public void progress(long upTo) {
            complete = Math.max(complete, upTo);
            seen.add("progress " + upTo);
        }

        @Override
        public void compacted() {
            seen.add("compacted");
        }

        String next() throws InterruptedException {
            String next = seen.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(next).as("something seen").isNotNull();
            return next;
        }

        String nextChange() throws InterruptedException {
            String next = next();
            while (next.startsWith("progress")) {
                next = next();
            }
            return next;
        }
    }

    @Test
    void readsAndWritesByRevision() throws Exception {
        long first = store.create("/r/a", bytes("1"), 0);
        assertThat(first).isPositive();
        assertThat(store.create("/r/a", bytes("2"), 0)).isZero();
        long second = store.replace("/r/a", first, bytes("2"), 0);
        assertThat(second).isGreaterThan(first);
        assertThat(store.replace("/r/a", first, bytes("3"), 0)).isZero();
        assertThat(store.get("/r/a").revision()).isEqualTo(second);
        assertThat(store.get("/r/a").value()).isEqualTo(bytes("2"));
        assertThat(store.revisions().revision()).isEqualTo(second);
        assertThat(store.remove("/r/a", first)).isZero();
        assertThat(store.remove("/r/a", second)).isGreaterThan(second);
        assertThat(store.get("/r/a")).isNull();
        assertThat(store.replace("/r/a", second, bytes("3"), 0)).isZero();
    }

    @Test
    void readsRangesInPagesAtARevision() throws Exception {
        for (int i = 0; i < 25; i++) {
            store.create("/r/%02d".formatted(i), bytes("1"), 0);
        }
        Page page = store.range("/r/", "/r0", 0, 10);
        assertThat(page.items()).hasSize(10);
        assertThat(page.more()).isTrue();
        assertThat(page.count()).isEqualTo(25);
        long revision = page.revision();
        store.create("/r/105", bytes("new"), 0);
        page = store.range(page.items().getLast().key() + "\0", "/r0", revision, 100);
        assertThat(page.items()).hasSize(15);
        assertThat(page.more()).isFalse();
        server.compact(store.revisions().revision());
        assertThatThrownBy(() -> store.range("/r/", "/r0", revision, 10)).isInstanceOf(CompactedException.class);
        assertThat(store.revisions().compactedRevision()).isEqualTo(revision + 1);
        assertThatThrownBy(() -> store.range("/r/", "/r0", 999_999, 10)).isInstanceOf(StatusException.class);
    }

    @Test
    void manyCallersShareARequestForTheRevision() throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Long>> answers = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                String key = "/r/" + i;
                answers.add(callers.submit((Callable<Long>) () -> {
                    long written = store.create(key, bytes("1"), 0);
                    assertThat(store.revisions().revision()).isGreaterThanOrEqualTo(written);
                    return written;
                }));
            }
            for (Future<Long> answer : answers) {
                assertThat(answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isPositive();
            }
        }
    }

    @Test
    void tooLargeAValueIsRefused() {
        for (int size : new int[]{1_700_000, 3_000_000}) {
            assertThatThrownBy(() -> store.create("/r/large", new byte[size], 0)).isInstanceOfSatisfying(
                    StatusException.class, failure -> assertThat(failure.status().reason())
                            .isEqualTo(StatusReason.REQUEST_ENTITY_TOO_LARGE));
        }
    }

    @Test
    void aWatchSeesEveryWriteAndProgress() throws Exception {
        store.create("/r/early", bytes("0"), 0);
        long from = store.revisions().revision() + 1;
        long first = store.create("/r/a", bytes("1"), 0);
        store.create("/s/elsewhere", bytes("1"), 0);
        Recorder recorder = new Recorder();
        try (KeyValueStore.Watch watch = store.watch("/r/", "/r0", from, writer, recorder)) {
            assertThat(recorder.nextChange()).isEqualTo("/r/a=1");
            store.remove("/r/a", first);
            assertThat(recorder.nextChange()).isEqualTo("/r/a=-");
            long elsewhere = store.create("/s/more", bytes("1"), 0);
            String next = "";
            while (!next.equals("progress " + elsewhere)) {
                watch.requestProgress();
                next = recorder.next();
            }
        }
    }

    @Test
    void largeHistoriesComeInFragments() throws Exception {
        long from = store.revisions().revision() + 1;
        for (int i = 0; i < 12; i++) {
            store.create("/r/" + i, new byte[1 << 20], 0);
        }
        Recorder recorder = new Recorder();
        try (KeyValueStore.Watch watch = store.watch("/r/", "/r0", from, writer, recorder)) {
            for (int i = 0; i < 12; i++) {
                assertThat(recorder.nextChange()).isEqualTo("/r/" + i + "=" + (1 << 20));
            }
        }
    }

    @Test
    void aWatchGoesOnAfterTheStoreWasAway() throws Exception {
        long from = store.revisions().revision() + 1;
        Recorder recorder = new Recorder();
        try (KeyValueStore.Watch watch = store.watch("/r/", "/r0", from, writer, recorder)) {
            store.create("/r/a", bytes("1"), 0);
            assertThat(recorder.nextChange()).isEqualTo("/r/a=1");
            server.restart();
            assertThat(store.create("/r/b", bytes("2"), 0)).as("waits for the store").isPositive();
            assertThat(recorder.nextChange()).isEqualTo("/r/b=2");
            store.create("/r/c", bytes("3"), 0);
            assertThat(recorder.nextChange()).isEqualTo("/r/c=3");
        }
    }

    @Test
    void aWatchFromACompactedRevisionEnds() throws Exception {
        long from = store.create("/r/a", bytes("1"), 0);
        store.create("/r/b", bytes("1"), 0);
        store.create("/r/c", bytes("1"), 0);
        server.compact(store.revisions().revision());
        Recorder recorder = new Recorder();
        store.watch("/r/", "/r0", from, writer, recorder);
        assertThat(recorder.nextChange()).isEqualTo("compacted");
    }

    @Test
    void objectsWithATimeToLiveEnd() throws Exception {
        long from = store.revisions().revision() + 1;
        Recorder recorder = new Recorder();
        try (KeyValueStore.Watch watch = store.watch("/r/", "/r0", from, writer, recorder)) {
            store.create("/r/a", bytes("1"), 1);
            assertThat(recorder.nextChange()).isEqualTo("/r/a=1");
            assertThat(recorder.nextChange()).isEqualTo("/r/a=-");
            store.create("/r/b", bytes("1"), 1);
            assertThat(recorder.nextChange()).as("with a new lease, the old one being gone").isEqualTo("/r/b=1");
        }
    }

    @Test
    void anAbsentStoreFailsInTime() throws Exception {
        try (EtcdStore absent = new EtcdStore(
                new EtcdConnection(List.of(URI.create("http://127.0.0.1:1")), null, null, null, 300))) {
            for (Runnable call : List.<Runnable>of(() -> absent.get("/x"), absent::revisions,
                    () -> absent.create("/x", bytes("1"), 0), () -> absent.create("/x", bytes("1"), 60))) {
                assertThatThrownBy(call::run).isInstanceOfSatisfying(StatusException.class,
                        failure -> assertThat(failure.status().code()).isIn(503, 504));
            }
        }
    }

    @Test
    void compactorsTakeTurns() throws Exception {
        Compactor one = store.compactor();
        Compactor two = store.compactor();
        long before = store.create("/r/a", bytes("1"), 0);
        assertThat(one.turn()).as("the first turn only learns the revision").isZero();
        assertThat(two.turn()).as("the turn is taken").isZero();
        long middle = store.replace("/r/a", before, bytes("2"), 0);
        long compacted = one.turn();
        assertThat(compacted).isBetween(before, middle - 1);
        assertThat(two.turn()).as("another's").isEqualTo(compacted);
        assertThat(store.range("/r/", "/r0", compacted, 10).items()).hasSize(1);
        assertThatThrownBy(() -> store.range("/r/", "/r0", compacted - 1, 10)).isInstanceOf(CompactedException.class);
        assertThat(store.revisions().compactedRevision()).isEqualTo(compacted);
        assertThat(two.turn()).as("the first has stopped").isGreaterThan(compacted);
    }
}
