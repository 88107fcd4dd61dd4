package io.myriad.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.DefragmentRequest;

import static io.myriad.store.Requests.delete;
import static io.myriad.store.Requests.get;
import static io.myriad.store.Requests.put;
import static org.assertj.core.api.Assertions.assertThat;

/** The page file gets shorter, on request and by itself, while the store is written to. */
final class DefragmentApiTest {

    private static final int KEYS = 600;
    private static final String VALUE = "x".repeat(20_000);

    @TempDir
    Path directory = Path.of("");

    private long fileBytes() throws IOException {
        return Files.size(directory.resolve("raft/state.pages"));
    }

    private static void defragment(TestStore store) {
        store.maintenance().defragment(DefragmentRequest.getDefaultInstance());
    }

    /** Leaves a tenth of the keys, at the end of the file. */
    private static void fillAndEmpty(TestStore store) {
        for (int key = 0; key < KEYS; key++) {
            store.kv().put(put("key" + (1000 + key), VALUE));
        }
        defragment(store);
        long revision = store.kv().deleteRange(delete("key1000", "key" + (1000 + KEYS * 9 / 10))).getHeader()
                .getRevision();
        store.kv().compact(CompactionRequest.newBuilder().setRevision(revision).build());
    }

    @Test
    void onRequestWhileOthersWrite() throws IOException {
        try (TestStore store = TestStore.start(directory, "--defragmentation-rate=0")) {
            fillAndEmpty(store);
            long before = fileBytes();
            CompletableFuture<Void> defragmented = CompletableFuture.runAsync(() -> {
                // What was removed is in the file until a checkpoint after the one that has let go of it.
                defragment(store);
                defragment(store);
            });
            int written = 0;
            while (!defragmented.isDone()) {
                store.kv().put(put("other", Integer.toString(written++)));
            }
            defragmented.join();
            assertThat(fileBytes()).isLessThan(before / 4);
            check(store);
        }
        try (TestStore store = TestStore.start(directory)) {
            check(store);
        }
    }

    @Test
    void byItself() throws IOException {
        try (TestStore store = TestStore.start(directory, "--snapshot-count=10", "--defragmentation-rate=100000000")) {
            fillAndEmpty(store);
            long before = fileBytes();
            for (int written = 0; fileBytes() > before / 4; written++) {
                store.kv().put(put("other", Integer.toString(written)));
            }
            check(store);
        }
    }

    private static void check(TestStore store) {
        for (int key = 0; key < KEYS; key++) {
            assertThat(store.kv().range(get("key" + (1000 + key))).getKvsCount())
                    .isEqualTo(key < KEYS * 9 / 10 ? 0 : 1);
        }
        assertThat(store.kv().range(get("key" + (1000 + KEYS - 1))).getKvs(0).getValue())
                .isEqualTo(Requests.bytes(VALUE));
    }
}
