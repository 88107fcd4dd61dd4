package io.myriad.store.bolt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is written is read again, and no bytes make reading do anything but end or be refused. */
final class BoltFileTest {

    private static final Comparator<byte[]> BYTES = Arrays::compareUnsigned;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @TempDir
    Path directory = Path.of("");

    private Path write(SortedMap<String, SortedMap<byte[], byte[]>> buckets) throws IOException {
        Path path = Files.createTempFile(directory, "bolt", "");
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            BoltWriter writer = new BoltWriter(file);
            for (var bucket : buckets.entrySet()) {
                writer.bucket(bucket.getKey());
                for (var entry : bucket.getValue().entrySet()) {
                    writer.put(entry.getKey(), entry.getValue());
                }
            }
            writer.finish();
        }
        return path;
    }

    private static SortedMap<byte[], byte[]> read(BoltReader reader, String bucket) throws IOException {
        SortedMap<byte[], byte[]> entries = new TreeMap<>(BYTES);
        reader.visit(bucket, (key, value) -> entries.put(bytes(key), bytes(value)));
        return entries;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private SortedMap<byte[], byte[]> entries(int count, int maxKey, int maxValue) {
        SortedMap<byte[], byte[]> entries = new TreeMap<>(BYTES);
        for (int i = 0; i < count; i++) {
            byte[] key = new byte[1 + random.nextInt(maxKey)];
            byte[] value = new byte[random.nextInt(maxValue + 1)];
            random.nextBytes(key);
            random.nextBytes(value);
            entries.put(key, value);
        }
        return entries;
    }

    private void assertReads(Path path, Map<String, SortedMap<byte[], byte[]>> buckets) throws IOException {
        try (BoltReader reader = new BoltReader(path, Files.size(path))) {
            assertThat(reader.buckets()).as("seed %d", seed).containsExactlyElementsOf(buckets.keySet());
            for (var bucket : buckets.entrySet()) {
                SortedMap<byte[], byte[]> read = read(reader, bucket.getKey());
                assertThat(Arrays.deepEquals(read.keySet().toArray(), bucket.getValue().keySet().toArray())
                        && Arrays.deepEquals(read.values().toArray(), bucket.getValue().values().toArray()))
                        .as("bucket %s, seed %d", bucket.getKey(), seed).isTrue();
            }
            assertThat(read(reader, "no such bucket")).isEmpty();
        }
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        SortedMap<String, SortedMap<byte[], byte[]>> buckets = new TreeMap<>();
        buckets.put("empty", new TreeMap<>(BYTES));
        buckets.put("few", entries(3, 20, 100));
        buckets.put("large", entries(40, 20, 30_000));
        buckets.put("long keys", entries(300, 9000, 10));
        buckets.put("many", entries(20_000, 40, 60));
        Path path = write(buckets);
        assertThat(Files.size(path) % 4096).isZero();
        assertReads(path, buckets);
    }

    @Test
    void anyNumberOfEntriesMakesATree() throws Exception {
        for (int count = 0; count < 100; count += 1 + random.nextInt(4)) {
            SortedMap<String, SortedMap<byte[], byte[]>> buckets = new TreeMap<>();
            buckets.put("b", entries(count, 700, 1500));
            assertReads(write(buckets), buckets);
        }
    }

    @Test
    void entriesHaveToAscend() throws Exception {
        try (FileChannel file = FileChannel.open(directory.resolve("f"), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
            BoltWriter writer = new BoltWriter(file);
            writer.bucket("b");
            writer.put(new byte[]{2}, new byte[0]);
            assertThatThrownBy(() -> writer.put(new byte[]{2}, new byte[0]))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> writer.bucket("a")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void damageIsRefusedOrHarmless() throws Exception {
        SortedMap<String, SortedMap<byte[], byte[]>> buckets = new TreeMap<>();
        buckets.put("a", entries(150, 30, 200));
        buckets.put("b", entries(3, 20, 20_000));
        byte[] whole = Files.readAllBytes(write(buckets));
        Path path = directory.resolve("damaged");
        int refused = 0;
        for (int i = 0; i < 400; i++) {
            byte[] damaged = whole.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                // Half of the changes in the first bytes of a page, where its structure is.
                int at = random.nextBoolean()
                        ? random.nextInt(damaged.length)
                        : random.nextInt(damaged.length / 4096) * 4096 + random.nextInt(64);
                damaged[at] = (byte) random.nextInt();
            }
            int length = random.nextInt(4) == 0 ? random.nextInt(damaged.length) : damaged.length;
            Files.write(path, Arrays.copyOf(damaged, length));
            long[] handedOver = {0};
            try (BoltReader reader = new BoltReader(path, length)) {
                for (String bucket : reader.buckets()) {
                    reader.visit(bucket, (key, value) -> handedOver[0] += key.remaining() + value.remaining());
                }
            } catch (DamagedBoltException e) {
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
            assertThat(handedOver[0]).as("seed %d", seed).isLessThan(100L * whole.length);
        }
        assertThat(refused).as("seed %d", seed).isGreaterThan(50);
    }

    @Test
    void noDatabaseIsRefused() throws Exception {
        Path path = directory.resolve("text");
        Files.write(path, new byte[0]);
        assertThatThrownBy(() -> new BoltReader(path, 0)).isInstanceOf(DamagedBoltException.class);
        byte[] noise = new byte[20_000];
        random.nextBytes(noise);
        Files.write(path, noise);
        assertThatThrownBy(() -> new BoltReader(path, noise.length)).isInstanceOf(DamagedBoltException.class)
                .hasMessage("no bbolt database, or a damaged one: neither of its first two pages is whole");
    }
}
