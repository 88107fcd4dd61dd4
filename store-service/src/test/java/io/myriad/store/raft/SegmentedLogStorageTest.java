package io.myriad.store.raft;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/** The log's files against a list, with restarts, torn writes and damage. */
final class SegmentedLogStorageTest {

    @TempDir
    Path directory;

    private ConfigurationManager configurations = new ConfigurationManager();

    static java.util.stream.LongStream seeds() {
        return new Random(20260813).longs(20);
    }

    private SegmentedLogStorage open() {
        SegmentedLogStorage storage = new SegmentedLogStorage(directory, false, nanos -> {});
        assertThat(init(storage)).isTrue();
        return storage;
    }

    private boolean init(SegmentedLogStorage storage) {
        configurations = new ConfigurationManager();
        LogStorageOptions options = new LogStorageOptions();
        options.setConfigurationManager(configurations);
        return storage.init(options);
    }

    private static LogEntry entry(long index, long term, Random random) {
        boolean configuration = random.nextInt(20) == 0;
        LogEntry entry = new LogEntry(configuration ? EntryType.ENTRY_TYPE_CONFIGURATION : EntryType.ENTRY_TYPE_DATA);
        entry.setId(new LogId(index, term));
        if (configuration) {
            entry.setPeers(List.of(PeerId.parsePeer("127.0.0.1:1"), PeerId.parsePeer("127.0.0.1:2")));
        } else {
            byte[] data = new byte[random.nextInt(3) == 0 ? random.nextInt(300_000) : random.nextInt(200)];
            random.nextBytes(data);
            entry.setData(ByteBuffer.wrap(data));
        }
        return entry;
    }

    /** Other members are sent what is in the log while the disk takes its time. */
    @Test
    void entriesAreReadWhileOthersAreForced() {
        List<Optional<LogEntry>> read = new ArrayList<>();
        SegmentedLogStorage[] storage = new SegmentedLogStorage[1];
        // Called when the force has ended and the entries are not in the log yet.
        storage[0] = new SegmentedLogStorage(directory, true, nanos -> read.add(CompletableFuture
                .supplyAsync(() -> Optional.ofNullable(storage[0].getEntry(1)))
                .completeOnTimeout(Optional.empty(), 30, TimeUnit.SECONDS).join()));
        assertThat(init(storage[0])).isTrue();
        Random random = new Random(1);
        storage[0].appendEntry(entry(1, 1, random));
        storage[0].appendEntry(entry(2, 1, random));
        assertThat(read).hasSize(2);
        assertThat(read.getFirst()).isEmpty();
        assertThat(read.getLast()).isPresent();
        storage[0].shutdown();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agreesWithList(long seed) {
        Random random = new Random(seed);
        SegmentedLogStorage storage = open();
        List<LogEntry> model = new ArrayList<>();
        long first = 1;
        for (int step = 0; step < 150; step++) {
            long last = first + model.size() - 1;
            switch (random.nextInt(12)) {
                case 0 -> {
                    long kept = Math.max(first - 1, last - random.nextInt(5));
                    assertThat(storage.truncateSuffix(kept)).isTrue();
                    model = new ArrayList<>(model.subList(0, (int) (kept - first + 1)));
                }
                case 1 -> {
                    long kept = first + random.nextInt(Math.max(1, model.size()));
                    assertThat(storage.truncatePrefix(kept)).isTrue();
                    model = new ArrayList<>(model.subList((int) (kept - first), model.size()));
                    first = kept;
                }
                case 2 -> {
                    storage.shutdown();
                    storage = open();
                    assertThat(storage.getFirstLogIndex()).isLessThanOrEqualTo(first);
                    storage.truncatePrefix(first);
                }
                case 3 -> {
                    if (random.nextInt(5) == 0) {
                        first = last + 1 + random.nextInt(100);
                        assertThat(storage.reset(first)).isTrue();
                        model = new ArrayList<>();
                        storage.shutdown();
                        storage = open();
                    }
                }
                default -> {
                    List<LogEntry> added = new ArrayList<>();
                    for (int i = random.nextInt(6); i >= 0; i--) {
                        added.add(entry(first + model.size() + added.size(), 1 + step / 50, random));
                    }
                    assertThat(storage.appendEntries(added)).isEqualTo(added.size());
                    model.addAll(added);
                }
            }
            compare(storage, model, first);
        }
        storage.shutdown();
        storage = open();
        storage.truncatePrefix(first);
        compare(storage, model, first);
        assertThat(configurations.getLastConfiguration().getConf().isEmpty())
                .isEqualTo(model.stream().noneMatch(each -> each.getType() == EntryType.ENTRY_TYPE_CONFIGURATION)
                        && configurations.getLastConfiguration().getConf().isEmpty());
        storage.shutdown();
    }

    private static void compare(SegmentedLogStorage storage, List<LogEntry> model, long first) {
        assertThat(storage.getFirstLogIndex()).isEqualTo(first);
        assertThat(storage.getLastLogIndex()).isEqualTo(first + model.size() - 1);
        for (int i = 0; i < model.size(); i += 1 + model.size() / 10) {
            LogEntry read = requireNonNull(storage.getEntry(first + i));
            assertThat(read.getId()).isEqualTo(model.get(i).getId());
            assertThat(read.getType()).isEqualTo(model.get(i).getType());
            assertThat(read.getPeers()).isEqualTo(model.get(i).getPeers());
            assertThat(read.getData()).isEqualTo(model.get(i).getData());
        }
        assertThat(storage.getEntry(first + model.size())).isNull();
        assertThat(storage.getEntry(first - 1)).isNull();
    }

    private Path write(int frames) throws IOException {
        SegmentedLogStorage storage = open();
        Random random = new Random(5);
        for (long index = 1; index <= frames; index++) {
            LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_DATA);
            entry.setId(new LogId(index, 1));
            byte[] data = new byte[100];
            random.nextBytes(data);
            entry.setData(ByteBuffer.wrap(data));
            assertThat(storage.appendEntry(entry)).isTrue();
        }
        storage.shutdown();
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".log")).findFirst().orElseThrow();
        }
    }

    private static void flip(Path file, long offset) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(offset);
            int old = bytes.read();
            bytes.seek(offset);
            bytes.write(old ^ 0x40);
        }
    }

    private static final int FRAME = LogSegment.frameSize(8 + 8 + 9 + 100);

    /** A frame over several sectors, of which one was not written before the machine stopped. */
    @ParameterizedTest(name = "sector {0} of the last frame is missing")
    @ValueSource(ints = {0, 1, 3})
    void tornLastFrameIsDroppedAndWrittenOver(int sector) throws IOException {
        Path file = write(9);
        SegmentedLogStorage storage = open();
        LogEntry large = new LogEntry(EntryType.ENTRY_TYPE_DATA);
        large.setId(new LogId(10, 1));
        byte[] data = new byte[2000];
        new Random(6).nextBytes(data);
        large.setData(ByteBuffer.wrap(data));
        assertThat(storage.appendEntry(large)).isTrue();
        storage.shutdown();
        int frame = LogSegment.HEADER_BYTES + 9 * FRAME;
        int from = sector == 0 ? frame : (frame / 512 + sector) * 512;
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(from);
            bytes.write(new byte[(from / 512 + 1) * 512 - from]);
        }
        storage = open();
        assertThat(storage.getLastLogIndex()).isEqualTo(9);
        LogEntry next = entry(10, 2, new Random(1));
        assertThat(storage.appendEntry(next)).isTrue();
        storage.shutdown();
        storage = open();
        assertThat(storage.getLastLogIndex()).isEqualTo(10);
        assertThat(requireNonNull(storage.getEntry(10)).getId().getTerm()).isEqualTo(2);
        storage.shutdown();
    }

    @Test
    void damageInTheLastFrameIsRefusedForItMayHaveBeenCountedOn() throws IOException {
        Path file = write(10);
        flip(file, LogSegment.HEADER_BYTES + 9 * FRAME + 60);
        assertThat(init(new SegmentedLogStorage(directory, false, nanos -> {}))).isFalse();
    }

    /** Whatever bit of the file is turned: the log is refused, or everything is still there. */
    @Test
    void noTurnedBitChangesTheLogUnnoticed() throws IOException {
        Path file = write(12);
        byte[] whole = Files.readAllBytes(file);
        int end = LogSegment.HEADER_BYTES + 12 * FRAME;
        SegmentedLogStorage sound = open();
        List<ByteBuffer> model = new ArrayList<>();
        for (long index = 1; index <= 12; index++) {
            model.add(requireNonNull(sound.getEntry(index)).getData());
        }
        sound.shutdown();
        int refused = 0;
        int tried = 0;
        for (int at = 0; at < end; at += 5, tried++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            Files.write(file, damaged);
            SegmentedLogStorage storage = new SegmentedLogStorage(directory, false, nanos -> {});
            if (!init(storage)) {
                refused++;
            } else {
                for (int i = 0; i < model.size(); i++) {
                    assertThat(requireNonNull(storage.getEntry(i + 1)).getData()).as("byte %s, entry %s", at, i + 1)
                            .isEqualTo(model.get(i));
                }
            }
            storage.shutdown();
        }
        assertThat(refused).as("bytes of %s that matter", tried).isGreaterThan(tried * 9 / 10);
    }

    @Test
    void damageBeforeAValidFrameIsRefused() throws IOException {
        Path file = write(10);
        flip(file, LogSegment.HEADER_BYTES + 4 * FRAME + 60);
        assertThat(init(new SegmentedLogStorage(directory, false, nanos -> {}))).isFalse();
    }

    @Test
    void damagedLengthBeforeAValidFrameIsRefused() throws IOException {
        Path file = write(10);
        flip(file, LogSegment.HEADER_BYTES + 4 * FRAME + 8);
        assertThat(init(new SegmentedLogStorage(directory, false, nanos -> {}))).isFalse();
    }
}
