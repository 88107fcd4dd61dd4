package io.myriad.store.raft;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A file of the log: a header, then frames one after the other, then zeros that were written ahead so that forcing a frame to disk does not have to change the file's size.
 *
 * <p>A frame is what was forced to disk at once: magic, kind with a checksum of kind and length in its upper three bytes, length and checksum of the payload, payload, padding to
 * eight bytes. The last frame may have been in the middle of
 * being written when the machine stopped: nobody has counted on it, and the log ends before it. Disks write whole sectors, over zeros here, so of such a frame at least one sector is
 * still zero, as etcd tells it too. Any other damage came later, to something that may have been counted on: that is an error.
 */
final class LogSegment implements AutoCloseable {

    static final byte BEGIN = 0;
    static final byte ENTRIES = 1;
    static final byte TRUNCATE = 2;

    static final int HEADER_BYTES = 24;
    static final int FRAME_HEADER_BYTES = 16;
    private static final long FILE_MAGIC = 0x4D59524C4F470001L;
    private static final int FRAME_MAGIC = 0x4D46524D;
    private static final int SECTOR_BYTES = 512;
    private static final int MIN_AHEAD_BYTES = 256 << 10;
    private static final int MAX_AHEAD_BYTES = 4 << 20;

    private final Path path;
    private final FileChannel channel;
    private final long number;
    private final long nextIndex;
    private long end = HEADER_BYTES;
    private long allocated;

    private LogSegment(Path path, FileChannel channel, long number, long nextIndex) {
        this.path = path;
        this.channel = channel;
        this.number = number;
        this.nextIndex = nextIndex;
    }

    /** Receives frames in order; before them, as kind {@link #BEGIN}, the index that the segment begins with. */
    @FunctionalInterface
    interface FrameReader {
        /** {@code payloadOffset} is the payload's place in the file. The payload may be used only during the call. */
        void frame(byte kind, ByteBuffer payload, long payloadOffset);
    }

    /** Makes a segment whose first entry, if nothing is truncated, will be {@code nextIndex}. */
    static LogSegment create(Path directory, long number, long nextIndex) throws IOException {
        Path path = directory.resolve(String.format("%016x.log", number));
        FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        LogSegment segment = new LogSegment(path, channel, number, nextIndex);
        try {
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).putLong(FILE_MAGIC).putLong(number).putLong(nextIndex)
                    .flip();
            segment.allocated = HEADER_BYTES;
            writeFully(channel, header, 0);
            segment.allocate(MIN_AHEAD_BYTES);
            return segment;
        } catch (IOException e) {
            channel.close();
            Files.deleteIfExists(path);
            throw e;
        }
    }

    /** Opens a segment and hands over its frames. */
    static LogSegment open(Path path, boolean last, FrameReader reader) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer content = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena).asByteBuffer();
            if (content.remaining() < HEADER_BYTES || content.getLong(0) != FILE_MAGIC) {
                throw new IOException(path + " is not a log file of this version");
            }
            LogSegment segment = new LogSegment(path, channel, content.getLong(8), content.getLong(16));
            segment.allocated = content.limit();
            reader.frame(BEGIN, content.slice(16, Long.BYTES), 16);
            segment.end = segment.readFrames(content, last, reader);
            return segment;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private long readFrames(ByteBuffer content, boolean last, FrameReader reader) throws IOException {
        int at = HEADER_BYTES;
        while (isFrame(content, at)) {
            int length = content.getInt(at + 8);
            reader.frame((byte) content.getInt(at + 4), content.slice(at + FRAME_HEADER_BYTES, length),
                    at + FRAME_HEADER_BYTES);
            at += frameSize(length);
        }
        for (int next = at + 8; next + FRAME_HEADER_BYTES <= content.limit(); next += 8) {
            if (content.getInt(next) == FRAME_MAGIC && isFrame(content, next)) {
                throw new IOException(path + " is damaged at byte " + at + ": a valid part follows at byte " + next);
            }
        }
        boolean nothing = at + Long.BYTES > content.limit() || content.getLong(at) == 0;
        if (!last && !nothing) {
            throw new IOException(path + " is damaged at byte " + at + ", and it is not the last file of the log");
        }
        if (!nothing && !isTorn(content, at)) {
            throw new IOException(path + " is damaged at byte " + at);
        }
        return at;
    }

    /** Whether the frame that should be here was not written to its end: a sector of it is still zero. */
    private static boolean isTorn(ByteBuffer content, int at) {
        if (content.getInt(at) != FRAME_MAGIC) {
            return false;
        }
        if (at + FRAME_HEADER_BYTES <= content.limit() && content.getLong(at + 8) == 0) {
            return true; // the sector ended in the middle of the header
        }
        int length = content.getInt(at + 8);
        // A length that was turned into a larger one would reach into the zeros behind the frame.
        if (length < 0 || length > content.limit() - at - FRAME_HEADER_BYTES
                || content.getInt(at + 4) != checkedKind((byte) content.getInt(at + 4), length)) {
            return false;
        }
        int end = at + FRAME_HEADER_BYTES + length;
        for (int from = at; from < end;) {
            int to = Math.min(end, (from / SECTOR_BYTES + 1) * SECTOR_BYTES);
            if (isZero(content, from, to)) {
                return true;
            }
            from = to;
        }
        return false;
    }

    private static boolean isZero(ByteBuffer content, int from, int to) {
        for (int at = from; at < to; at++) {
            if (content.get(at) != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFrame(ByteBuffer content, int at) {
        if (at + FRAME_HEADER_BYTES > content.limit() || content.getInt(at) != FRAME_MAGIC) {
            return false;
        }
        int length = content.getInt(at + 8);
        return length >= 0 && length <= content.limit() - at - FRAME_HEADER_BYTES
                && checksum(content.getInt(at + 4), content.slice(at + FRAME_HEADER_BYTES, length)) == content
                        .getInt(at + 12);
    }

    private static int checkedKind(byte kind, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(ByteBuffer.allocate(Integer.BYTES).putInt(length).flip());
        checksum.update(kind);
        return (int) checksum.getValue() << 8 | kind;
    }

    private static int checksum(int kind, ByteBuffer payload) {
        CRC32C checksum = new CRC32C();
        checksum.update(kind);
        checksum.update(payload);
        return (int) checksum.getValue();
    }

    static int frameSize(int payloadLength) {
        return (FRAME_HEADER_BYTES + payloadLength + 7) & ~7;
    }

    /**
     * Writes a frame at the end and returns the place of its payload. Not on disk before {@link #force}.
     *
     * @param frame room for the frame's header, then the payload, from 0 to its limit
     */
    long append(byte kind, ByteBuffer frame) throws IOException {
        int length = frame.limit() - FRAME_HEADER_BYTES;
        int size = frameSize(length);
        int checksum = checksum(kind, frame.slice(FRAME_HEADER_BYTES, length));
        frame.putInt(0, FRAME_MAGIC).putInt(4, checkedKind(kind, length)).putInt(8, length).putInt(12, checksum);
        if (end + size > allocated) {
            allocate(size);
        }
        frame.position(0);
        writeFully(channel, frame, end);
        long payload = end + FRAME_HEADER_BYTES;
        end += size;
        return payload;
    }

    private void allocate(int needed) throws IOException {
        long ahead = Math.clamp(end, MIN_AHEAD_BYTES, MAX_AHEAD_BYTES);
        long target = Math.max(end + needed, allocated) + ahead;
        ByteBuffer zeros = ByteBuffer.allocateDirect(MIN_AHEAD_BYTES);
        for (long at = allocated; at < target;) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), target - at));
            int length = zeros.remaining();
            writeFully(channel, zeros, at);
            at += length;
        }
        channel.force(true);
        allocated = target;
    }

    /** Cuts off what follows the last valid frame, so that it is never taken for a frame. */
    void clearTail() throws IOException {
        if (allocated > end) {
            channel.truncate(end);
            allocated = end;
            allocate(0);
        }
    }

    void force() throws IOException {
        channel.force(false);
    }

    ByteBuffer read(long offset, int length) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(length);
        while (target.hasRemaining()) {
            if (channel.read(target, offset + target.position()) < 0) {
                throw new IOException(path + " ends before byte " + (offset + length));
            }
        }
        return target.flip();
    }

    private static void writeFully(FileChannel channel, ByteBuffer source, long offset) throws IOException {
        long at = offset;
        while (source.hasRemaining()) {
            at += channel.write(source, at);
        }
    }

    long number() {
        return number;
    }

    long nextIndex() {
        return nextIndex;
    }

    long end() {
        return end;
    }

    void delete() throws IOException {
        channel.close();
        Files.deleteIfExists(path);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
