package io.myriad.store.bolt;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Reads a database that may have been damaged or made to do harm: every offset is checked against the page it is on, every page against the file, no byte is handed over twice, so
 * that any file is read in a time that its length gives. The file must not become shorter meanwhile.
 */
public final class BoltReader implements AutoCloseable {

    private static final int MIN_PAGE_BYTES = 512;
    private static final int MAX_PAGE_BYTES = 1 << 20;
    /** Far more levels than a tree in any file can have. */
    private static final int MAX_DEPTH = 64;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment file;
    private final BoltMeta meta;
    private final BitSet visited = new BitSet();
    private final Map<String, ByteBuffer> buckets = new TreeMap<>();

    /** Receives entries; key and value are read-only, and no more than views of the file while it is open. */
    @FunctionalInterface
    public interface Visitor {
        void accept(ByteBuffer key, ByteBuffer value) throws IOException;
    }

    /** @param bytes how much of the file is the database: a hash may be behind it */
    public BoltReader(Path path, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            file = channel.map(FileChannel.MapMode.READ_ONLY, 0, Math.min(bytes, channel.size()), arena);
            meta = meta();
            visit(page(meta.root()), 0, (flags, key, value) -> {
                if ((flags & BoltLayout.BUCKET) == 0) {
                    throw new DamagedBoltException(meta.root(), "an entry outside of buckets");
                }
                buckets.put(StandardCharsets.UTF_8.decode(key).toString(), value);
            });
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** What is done with a leaf's element. */
    @FunctionalInterface
    private interface Elements {
        void accept(int flags, ByteBuffer key, ByteBuffer value) throws IOException;
    }

    private BoltMeta meta() throws DamagedBoltException {
        BoltMeta newest = metaAt(0);
        // Were the first page not whole, the size of pages would not be known.
        for (int bytes = MIN_PAGE_BYTES; bytes <= MAX_PAGE_BYTES; bytes *= 2) {
            BoltMeta second = metaAt(bytes);
            if (second != null && second.pageBytes() == bytes
                    && (newest == null || second.transaction() > newest.transaction())) {
                newest = second;
            }
        }
        if (newest == null) {
            throw new DamagedBoltException("neither of its first two pages is whole");
        }
        long pages = file.byteSize() / newest.pageBytes();
        if (newest.pages() < BoltMeta.PAGES || newest.pages() > pages || pages > Integer.MAX_VALUE) {
            throw new DamagedBoltException("it is to have " + newest.pages() + " pages and has " + pages);
        }
        return newest;
    }

    private @Nullable BoltMeta metaAt(long offset) {
        int bytes = 128;
        if (offset + bytes > file.byteSize()) {
            return null;
        }
        BoltMeta found = BoltMeta.decode(buffer(offset, bytes));
        return found == null || found.pageBytes() < MIN_PAGE_BYTES || found.pageBytes() > MAX_PAGE_BYTES
                || Integer.bitCount(found.pageBytes()) != 1 ? null : found;
    }

    private ByteBuffer buffer(long offset, long bytes) {
        return file.asSlice(offset, bytes).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Names of the buckets. */
    public Iterable<String> buckets() {
        return buckets.keySet();
    }

    /** Hands over a bucket's entries in order; none if there is no such bucket. */
    public void visit(String name, Visitor visitor) throws IOException {
        ByteBuffer bucket = buckets.get(name);
        if (bucket == null) {
            return;
        }
        visited.clear();
        if (bucket.remaining() < BoltLayout.BUCKET_HEADER_BYTES) {
            throw new DamagedBoltException("bucket " + name + " has no header");
        }
        long root = bucket.order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        Page page = root != 0
                ? page(root)
                : new Page(0, bucket.slice(BoltLayout.BUCKET_HEADER_BYTES,
                        bucket.remaining() - BoltLayout.BUCKET_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN));
        byte[][] last = {null};
        visit(page, 0, (flags, key, value) -> {
            if ((flags & BoltLayout.BUCKET) != 0) {
                throw new DamagedBoltException("bucket " + name + " has another in it");
            }
            byte[] bytes = new byte[key.remaining()];
            key.get(0, bytes);
            if (last[0] != null && Arrays.compareUnsigned(last[0], bytes) >= 0) {
                throw new DamagedBoltException("the keys of bucket " + name + " are not in order");
            }
            last[0] = bytes;
            visitor.accept(key, value);
        });
    }

    /** A page and what of the file belongs to it. */
    private record Page(long id, ByteBuffer bytes) {}

    private Page page(long id) throws DamagedBoltException {
        long size = meta.pageBytes();
        long pages = meta.pages();
        if (id < BoltMeta.PAGES || id >= pages) {
            throw new DamagedBoltException(id, "there are " + pages + " pages");
        }
        long overflow = Integer.toUnsignedLong(buffer(id * size, size).getInt(BoltLayout.PAGE_OVERFLOW_OFFSET));
        long bytes = (overflow + 1) * size;
        if (overflow >= pages - id || bytes > Integer.MAX_VALUE) {
            throw new DamagedBoltException(id, "it goes on for " + overflow + " pages");
        }
        for (long each = id; each <= id + overflow; each++) {
            if (visited.get((int) each)) {
                throw new DamagedBoltException(each, "it is used twice");
            }
            visited.set((int) each);
        }
        ByteBuffer content = buffer(id * size, bytes);
        if (content.getLong(0) != id) {
            throw new DamagedBoltException(id, "it says it is page " + content.getLong(0));
        }
        return new Page(id, content);
    }

    private void visit(Page page, int depth, Elements elements) throws IOException {
        ByteBuffer bytes = page.bytes;
        if (depth > MAX_DEPTH || bytes.remaining() < BoltLayout.PAGE_HEADER_BYTES) {
            throw new DamagedBoltException(page.id, depth > MAX_DEPTH ? "too many levels" : "it has no header");
        }
        int flags = Short.toUnsignedInt(bytes.getShort(BoltLayout.PAGE_FLAGS_OFFSET));
        int count = Short.toUnsignedInt(bytes.getShort(BoltLayout.PAGE_COUNT_OFFSET));
        if (flags != BoltLayout.LEAF && (flags != BoltLayout.BRANCH || count == 0)) {
            throw new DamagedBoltException(page.id, "flags " + flags + " and " + count + " elements");
        }
        if (BoltLayout.PAGE_HEADER_BYTES + count * BoltLayout.ELEMENT_BYTES > bytes.remaining()) {
            throw new DamagedBoltException(page.id, "it says that it has " + count + " elements");
        }
        long left = bytes.remaining();
        for (int i = 0; i < count; i++) {
            int at = BoltLayout.PAGE_HEADER_BYTES + i * BoltLayout.ELEMENT_BYTES;
            if (flags == BoltLayout.BRANCH) {
                visit(page(bytes.getLong(at + 8)), depth + 1, elements);
            } else {
                long key = at + Integer.toUnsignedLong(bytes.getInt(at + 4));
                long value = key + Integer.toUnsignedLong(bytes.getInt(at + 8));
                long end = value + Integer.toUnsignedLong(bytes.getInt(at + 12));
                left -= end - key;
                if (end > bytes.limit() || left < 0) {
                    throw new DamagedBoltException(page.id, "element " + i + " has bytes that are not its own");
                }
                elements.accept(bytes.getInt(at), bytes.slice((int) key, (int) (value - key)),
                        bytes.slice((int) value, (int) (end - value)));
            }
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
