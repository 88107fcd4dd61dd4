package io.myriad.store.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.failpoint.Failpoint;

/**
 * JRaft's log in files of this store's own ({@link LogSegment}), in the place of RocksDB: one write and one force for all entries that JRaft appends at once, nothing else
 * running, and it opens in a few milliseconds.
 *
 * <p><b>Layout.</b> Files are numbered and only ever appended to. An entry lies where its index says it was last written: taking entries back ({@link #truncateSuffix}) appends a
 * frame that says so, so no crash can leave a part of it done. Dropping the beginning ({@link #truncatePrefix}) deletes files that hold nothing newer; a file is deleted whole or not
 * at all.
 *
 * <p><b>Memory.</b> Eight bytes an entry: file and offset. Entries themselves are read from the files, and checked, when a member that fell behind needs them.
 *
 * <p><b>Failure.</b> After one write or force has failed nothing is written any more: what reached the disk is unknown then, and only a restart can tell.
 */
final class SegmentedLogStorage implements LogStorage {

    /** A file is full when it has grown to this. */
    static final int SEGMENT_BYTES = 64 << 20;

    private static final int ENTRY_HEADER_BYTES = 8;
    private static final int OFFSET_BITS = 32;
    private static final int INITIAL_BUFFER_BYTES = 64 << 10;
    private static final int KEPT_BUFFER_BYTES = 4 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(SegmentedLogStorage.class);

    private final Path directory;
    private final boolean sync;
    private final LongConsumer forceNanos;
    private final Consumer<String> onProblem;
    /** Held by whoever changes the log, also while it is forced to disk: others read meanwhile. Taken before {@link #lock}. */
    private final ReentrantLock changing = new ReentrantLock();
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final ArrayDeque<LogSegment> segments = new ArrayDeque<>();
    private final Map<Integer, LogSegment> byNumber = new HashMap<>();
    private long[] places = new long[1024];
    private int begin;
    private int count;
    private long firstIndex = 1;
    /** While opening: which entries are configurations. */
    private final List<Long> configurationIndexes = new ArrayList<>();
    private ByteBuffer buffer = ByteBuffer.allocateDirect(INITIAL_BUFFER_BYTES);
    private boolean broken;

    SegmentedLogStorage(Path directory, boolean sync, LongConsumer forceNanos) {
        this(directory, sync, forceNanos, reason -> {});
    }

    /**
     * @param forceNanos told how long each force to disk took
     * @param onProblem told why the files cannot be read or written, once each
     */
    SegmentedLogStorage(Path directory, boolean sync, LongConsumer forceNanos, Consumer<String> onProblem) {
        this.onProblem = onProblem;
        this.directory = directory;
        this.sync = sync;
        this.forceNanos = forceNanos;
    }

    @Override
    public boolean init(LogStorageOptions options) {
        lock.writeLock().lock();
        try {
            Files.createDirectories(directory);
            load();
            ConfigurationManager configurations = options.getConfigurationManager();
            for (long index : configurationIndexes) {
                addConfiguration(index, configurations);
            }
            configurationIndexes.clear();
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.error("The log in {} cannot be opened: {}", directory, e.getMessage());
            onProblem.accept("the log cannot be opened: " + e.getMessage());
            return false;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void load() throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(directory)) {
            files = listed.filter(file -> file.getFileName().toString().endsWith(".log")).sorted().toList();
        }
        for (int i = 0; i < files.size(); i++) {
            boolean last = i == files.size() - 1;
            if (last && i > 0 && Files.size(files.get(i)) < LogSegment.HEADER_BYTES) {
                // The process ended while it made this file.
                Files.delete(files.get(i));
                break;
            }
            long number = Long.parseLong(files.get(i).getFileName().toString().substring(0, 16), 16);
            LogSegment segment = LogSegment.open(files.get(i), last,
                    (kind, payload, offset) -> replay(number, kind, payload, offset));
            if (segment.number() != number || !segments.isEmpty() && segments.getLast().number() + 1 != number) {
                throw new IOException(files.get(i) + " does not follow the file before it");
            }
            add(segment);
        }
        if (segments.isEmpty()) {
            roll();
        } else {
            segments.getLast().clearTail();
        }
    }

    private void replay(long number, byte kind, ByteBuffer payload, long offset) {
        long index = payload.getLong();
        if (kind == LogSegment.BEGIN) {
            if (index != firstIndex + count) {
                // The log was emptied before this file was made.
                firstIndex = index;
                count = 0;
            }
            return;
        }
        if (kind == LogSegment.TRUNCATE) {
            keepUntil(index);
            configurationIndexes.removeIf(each -> each > index);
            return;
        }
        if (count == 0) {
            firstIndex = index;
        } else if (index != firstIndex + count) {
            throw new IllegalStateException("entry " + index + " follows entry " + (firstIndex + count - 1));
        }
        while (payload.hasRemaining()) {
            addPlace(number, offset + payload.position());
            int length = payload.getInt();
            if (payload.get(payload.position() + Integer.BYTES) == EntryType.ENTRY_TYPE_CONFIGURATION.getNumber()) {
                configurationIndexes.add(firstIndex + count - 1);
            }
            payload.position(payload.position() + Integer.BYTES + length);
        }
    }

    private void addConfiguration(long index, ConfigurationManager configurations) throws IOException {
        LogEntry entry = read(index);
        ConfigurationEntry configuration = new ConfigurationEntry();
        configuration.setId(new LogId(entry.getId().getIndex(), entry.getId().getTerm()));
        configuration.setConf(new Configuration(entry.getPeers(), entry.getLearners()));
        if (entry.getOldPeers() != null) {
            configuration.setOldConf(new Configuration(entry.getOldPeers(), entry.getOldLearners()));
        }
        configurations.add(configuration);
    }

    private void add(LogSegment segment) {
        segments.add(segment);
        byNumber.put((int) segment.number(), segment);
    }

    private void roll() throws IOException {
        long number = segments.isEmpty() ? 1 : segments.getLast().number() + 1;
        add(LogSegment.create(directory, number, firstIndex + count));
        forceDirectory();
    }

    private void forceDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private void addPlace(long segmentNumber, long offset) {
        if (begin + count == places.length) {
            places = begin > places.length / 2
                    ? Arrays.copyOfRange(places, begin, begin + places.length)
                    : Arrays.copyOfRange(places, begin, begin + 2 * places.length);
            begin = 0;
        }
        places[begin + count++] = segmentNumber << OFFSET_BITS | offset;
    }

    private void keepUntil(long lastKept) {
        count = (int) Math.clamp(lastKept - firstIndex + 1, 0, count);
    }

    private long placeOf(long index) {
        return places[begin + (int) (index - firstIndex)];
    }

    private LogSegment segmentOf(long place) {
        return java.util.Objects.requireNonNull(byNumber.get((int) (place >>> OFFSET_BITS)));
    }

    private LogEntry read(long index) throws IOException {
        long place = placeOf(index);
        LogSegment segment = segmentOf(place);
        long offset = place & 0xFFFF_FFFFL;
        ByteBuffer header = segment.read(offset, ENTRY_HEADER_BYTES);
        ByteBuffer body = segment.read(offset + ENTRY_HEADER_BYTES, header.getInt(0));
        CRC32C checksum = new CRC32C();
        checksum.update(body.duplicate());
        if ((int) checksum.getValue() != header.getInt(4)) {
            throw new IOException("log entry " + index + " is damaged on disk");
        }
        return LogEntryCodec.read(index, body);
    }

    @Override
    public long getFirstLogIndex() {
        lock.readLock().lock();
        try {
            return firstIndex;
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public long getLastLogIndex() {
        lock.readLock().lock();
        try {
            return firstIndex + count - 1;
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public @Nullable LogEntry getEntry(long index) {
        lock.readLock().lock();
        try {
            return index < firstIndex || index >= firstIndex + count ? null : read(index);
        } catch (IOException e) {
            LOG.error("{}", e.getMessage());
            return null;
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    @Deprecated
    public long getTerm(long index) {
        LogEntry entry = getEntry(index);
        return entry == null ? 0 : entry.getId().getTerm();
    }

    @Override
    public boolean appendEntry(LogEntry entry) {
        return appendEntries(List.of(entry)) == 1;
    }

    @Override
    public int appendEntries(List<LogEntry> entries) {
        if (entries.isEmpty()) {
            return 0;
        }
        changing.lock();
        try {
            if (broken) {
                return 0;
            }
            Failpoint.RAFT_BEFORE_SAVE.hit();
            append(entries);
            Failpoint.RAFT_AFTER_SAVE.hit();
            return entries.size();
        } catch (IOException | RuntimeException e) {
            fail(e);
            return 0;
        } finally {
            changing.unlock();
        }
    }

    private void append(List<LogEntry> entries) throws IOException {
        long index = entries.getFirst().getId().getIndex();
        prepareFor(index);
        int size = LogSegment.FRAME_HEADER_BYTES + Long.BYTES;
        for (LogEntry entry : entries) {
            size += ENTRY_HEADER_BYTES + LogEntryCodec.size(entry);
        }
        ByteBuffer frame = frame(size);
        frame.putLong(index);
        int[] starts = new int[entries.size()];
        CRC32C checksum = new CRC32C();
        for (int i = 0; i < starts.length; i++) {
            starts[i] = frame.position() - LogSegment.FRAME_HEADER_BYTES;
            int header = frame.position();
            frame.position(header + ENTRY_HEADER_BYTES);
            LogEntryCodec.write(entries.get(i), frame);
            int length = frame.position() - header - ENTRY_HEADER_BYTES;
            checksum.reset();
            checksum.update(frame.slice(header + ENTRY_HEADER_BYTES, length));
            frame.putInt(header, length).putInt(header + 4, (int) checksum.getValue());
        }
        LogSegment segment = segments.getLast();
        long payload = segment.append(LogSegment.ENTRIES, frame.flip());
        force(segment);
        lock.writeLock().lock();
        try {
            for (int start : starts) {
                addPlace(segment.number(), payload + start);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void prepareFor(long index) throws IOException {
        lock.writeLock().lock();
        try {
            if (count == 0) {
                firstIndex = index;
            } else if (index != firstIndex + count) {
                throw new IllegalStateException("entry " + index + " cannot follow entry " + (firstIndex + count - 1));
            }
            if (segments.getLast().end() >= SEGMENT_BYTES) {
                roll();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** The buffer, positioned behind the room for the frame's header. */
    private ByteBuffer frame(int size) {
        if (buffer.capacity() < size || buffer.capacity() > KEPT_BUFFER_BYTES && size <= KEPT_BUFFER_BYTES) {
            buffer = ByteBuffer.allocateDirect(Math.max(size, INITIAL_BUFFER_BYTES));
        }
        return buffer.clear().limit(size).position(LogSegment.FRAME_HEADER_BYTES);
    }

    private void force(LogSegment segment) throws IOException {
        if (sync) {
            long start = System.nanoTime();
            Failpoint.WAL_BEFORE_SYNC.hit();
            segment.force();
            Failpoint.WAL_AFTER_SYNC.hit();
            forceNanos.accept(System.nanoTime() - start);
        }
    }

    private void fail(Exception e) {
        broken = true;
        LOG.error("The log in {} cannot be written: {}", directory, e.getMessage());
        onProblem.accept("the log in " + directory + " cannot be written: " + e.getMessage());
    }

    @Override
    public boolean truncatePrefix(long firstIndexKept) {
        changing.lock();
        lock.writeLock().lock();
        try {
            if (firstIndexKept > firstIndex) {
                int dropped = (int) Math.min(firstIndexKept - firstIndex, count);
                begin += dropped;
                count -= dropped;
                firstIndex = firstIndexKept;
            }
            deleteUnused();
            return true;
        } catch (IOException e) {
            fail(e);
            return false;
        } finally {
            lock.writeLock().unlock();
            changing.unlock();
        }
    }

    private void deleteUnused() throws IOException {
        if (count == 0 && segments.getLast().nextIndex() != firstIndex) {
            // After a restart the log has to begin at the right index.
            roll();
        }
        long oldest = count == 0 ? segments.getLast().number() : places[begin] >>> OFFSET_BITS;
        while (segments.getFirst().number() < oldest) {
            LogSegment unused = segments.removeFirst();
            byNumber.remove((int) unused.number());
            unused.delete();
        }
        if (count == 0) {
            Failpoint.RAFT_AFTER_WAL_RELEASE.hit();
        }
    }

    @Override
    public boolean truncateSuffix(long lastIndexKept) {
        changing.lock();
        lock.writeLock().lock();
        try {
            if (broken) {
                return false;
            }
            ByteBuffer frame = frame(LogSegment.FRAME_HEADER_BYTES + Long.BYTES);
            frame.putLong(lastIndexKept);
            segments.getLast().append(LogSegment.TRUNCATE, frame.flip());
            force(segments.getLast());
            keepUntil(lastIndexKept);
            return true;
        } catch (IOException e) {
            fail(e);
            return false;
        } finally {
            lock.writeLock().unlock();
            changing.unlock();
        }
    }

    @Override
    public boolean reset(long nextLogIndex) {
        changing.lock();
        lock.writeLock().lock();
        try {
            count = 0;
            firstIndex = nextLogIndex;
            roll();
            deleteUnused();
            return true;
        } catch (IOException e) {
            fail(e);
            return false;
        } finally {
            lock.writeLock().unlock();
            changing.unlock();
        }
    }

    @Override
    public void shutdown() {
        changing.lock();
        lock.writeLock().lock();
        try {
            broken = true;
            for (LogSegment segment : segments) {
                segment.close();
            }
        } catch (IOException e) {
            LOG.warn("A log file did not close: {}", e.getMessage());
        } finally {
            lock.writeLock().unlock();
            changing.unlock();
        }
    }
}
