package io.myriad.store.value;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What everything that keeps values outside has to do. */
abstract class ExternalValuesContract {

    /** Values with nothing in them. */
    abstract ExternalValues create() throws IOException;

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatWasPutIsThereAfterAFlush() throws IOException {
        try (ExternalValues values = create()) {
            assertThat(values.get(7, 0)).isNull();
            values.put(7, 0, bytes("a"));
            values.put(7, 1, bytes("b"));
            values.put(Long.MAX_VALUE, Integer.MAX_VALUE, bytes("last"));
            values.put(8, 0, new byte[0]);
            values.flush();
            assertThat(values.get(7, 0)).isEqualTo(bytes("a"));
            assertThat(values.get(7, 1)).isEqualTo(bytes("b"));
            assertThat(values.get(Long.MAX_VALUE, Integer.MAX_VALUE)).isEqualTo(bytes("last"));
            assertThat(values.get(8, 0)).isEmpty();
            assertThat(values.get(7, 2)).isNull();
            values.flush();
        }
    }

    @Test
    void theLastOfSeveralCounts() throws IOException {
        try (ExternalValues values = create()) {
            values.put(1, 0, bytes("a"));
            values.put(1, 0, bytes("b"));
            values.put(2, 0, bytes("c"));
            values.delete(2, 0);
            values.delete(3, 0);
            values.put(3, 0, bytes("d"));
            values.flush();
            assertThat(values.get(1, 0)).isEqualTo(bytes("b"));
            assertThat(values.get(2, 0)).isNull();
            assertThat(values.get(3, 0)).isEqualTo(bytes("d"));
            values.delete(4, 0);
            values.delete(1, 0);
            values.flush();
            assertThat(values.get(1, 0)).isNull();
        }
    }

    @Test
    void severalComeInTheOrderThatTheyAreAskedFor() throws IOException {
        try (ExternalValues values = create()) {
            int count = 3 * RedisValues.BATCH_COMMANDS + 7;
            for (int i = 0; i < count; i += 2) {
                values.put(i, 0, bytes("v" + i));
            }
            values.flush();
            long[] modRevisions = new long[count];
            for (int i = 0; i < count; i++) {
                modRevisions[i] = count - 1 - i;
            }
            byte[][] found = values.getAll(modRevisions, new int[count]);
            assertThat(found.length).isEqualTo(count);
            for (int i = 0; i < count; i++) {
                assertThat(found[i]).as("place %d", i)
                        .isEqualTo(modRevisions[i] % 2 == 0 ? bytes("v" + modRevisions[i]) : null);
            }
            assertThat(values.getAll(new long[0], new int[0]).length).isZero();
        }
    }

    @Test
    void clearForgetsAlsoWhatWasNotFlushed() throws IOException {
        try (ExternalValues values = create()) {
            for (int i = 0; i < 3000; i++) {
                values.put(i, i, bytes("v" + i));
            }
            values.flush();
            values.put(9000, 0, bytes("not flushed"));
            values.clear();
            values.flush();
            assertThat(values.get(0, 0)).isNull();
            assertThat(values.get(2999, 2999)).isNull();
            assertThat(values.get(9000, 0)).isNull();
            values.put(1, 1, bytes("again"));
            values.flush();
            assertThat(values.get(1, 1)).isEqualTo(bytes("again"));
        }
    }

    @Test
    void valuesAreAsLongAsTheyAre() throws IOException {
        try (ExternalValues values = create()) {
            byte[] large = new byte[3 * RedisValues.BATCH_BYTES];
            new Random(1).nextBytes(large);
            values.put(1, 0, bytes("before"));
            values.put(2, 0, large);
            values.put(3, 0, bytes("after"));
            values.flush();
            assertThat(values.getAll(new long[]{1, 2, 3}, new int[3])).isDeepEqualTo(
                    new byte[][]{bytes("before"), large, bytes("after")});
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void agreesWithAMap(long seed) throws IOException {
        Random random = new Random(seed);
        Map<Long, byte[]> expected = new HashMap<>();
        try (ExternalValues values = create()) {
            for (int step = 0; step < 3000; step++) {
                long revision = random.nextInt(200);
                switch (random.nextInt(40)) {
                    case 0 -> {
                        values.flush();
                        long[] all = expected.keySet().stream().mapToLong(Long::longValue).toArray();
                        byte[][] found = values.getAll(all, new int[all.length]);
                        for (int i = 0; i < all.length; i++) {
                            assertThat(found[i]).as("step %d, revision %d", step, all[i])
                                    .isEqualTo(expected.get(all[i]));
                        }
                    }
                    case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 -> {
                        values.delete(revision, 0);
                        expected.remove(revision);
                    }
                    default -> {
                        byte[] value = new byte[random.nextInt(2000)];
                        random.nextBytes(value);
                        values.put(revision, 0, value);
                        expected.put(revision, value);
                    }
                }
            }
            values.flush();
            for (long revision = 0; revision < 200; revision++) {
                assertThat(values.get(revision, 0)).as("revision %d", revision).isEqualTo(expected.get(revision));
            }
        }
    }

    @Test
    void manyThreadsGetWhileOnePuts() throws IOException, InterruptedException, ExecutionException {
        try (ExternalValues values = create();
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            values.put(1, 0, bytes("there"));
            values.flush();
            Future<?>[] reading = new Future<?>[50];
            for (int i = 0; i < reading.length; i++) {
                reading[i] = readers.submit(() -> {
                    for (int times = 0; times < 50; times++) {
                        assertThat(values.get(1, 0)).isEqualTo(bytes("there"));
                    }
                    return null;
                });
            }
            for (int i = 2; i < 2000; i++) {
                values.put(i, 0, bytes("v" + i));
            }
            values.flush();
            for (Future<?> each : reading) {
                each.get();
            }
        }
    }
}
