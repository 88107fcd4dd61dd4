package io.myriad.store.page;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A tree node as it lies in its page, read in place. After the header (see {@link RunKind}) comes an array of two bytes an entry, where the entry begins, for searching; then the entries,
 * ascending by key: length of the key, 2 bytes; length of the value, 4, of which the highest bit says that a run's {@link Extent} lies in the value's place; key; value. Entries of inner
 * nodes are extents of the nodes below, with a key that no key below is less than.
 *
 * <p>Reading it makes no objects beside those it returns. Immutable; any thread.
 */
final class NodePage {

    /** Bytes that an entry takes beside its key and value. */
    static final int ENTRY_OVERHEAD = 2 + 2 + 4;

    private static final int KEY_OFFSET = 6;
    private static final int RUN_FLAG = 1 << 31;

    private final ByteBuffer content;
    private final int level;
    private final int count;

    private NodePage(ByteBuffer content) {
        this.content = content;
        this.level = content.get(1);
        this.count = Short.toUnsignedInt(content.getShort(2));
    }

    static NodePage read(Pages pages, Extent extent) throws IOException {
        ByteBuffer content = pages.read(extent);
        RunKind.NODE.expect(content, extent.page(), pages);
        return new NodePage(content);
    }

    /** 0 for a leaf. */
    int level() {
        return level;
    }

    int count() {
        return count;
    }

    private int at(int index) {
        return Short.toUnsignedInt(content.getShort(RunKind.HEADER_BYTES + 2 * index));
    }

    private int keyLength(int at) {
        return Short.toUnsignedInt(content.getShort(at));
    }

    byte[] key(int index) {
        int at = at(index);
        return Arrays.copyOfRange(content.array(), at + KEY_OFFSET, at + KEY_OFFSET + keyLength(at));
    }

    /** Order of an entry's key relative to another, bytes unsigned. */
    int compareKey(int index, byte[] key) {
        int at = at(index);
        return Arrays.compareUnsigned(content.array(), at + KEY_OFFSET, at + KEY_OFFSET + keyLength(at), key, 0,
                key.length);
    }

    /** Whether the entry's value lies in a run. */
    boolean isRun(int index) {
        return content.getInt(at(index) + 2) < 0;
    }

    /** Where the entry's run lies. */
    Extent extent(int index) {
        int at = at(index);
        return Extent.decode(content, at + KEY_OFFSET + keyLength(at));
    }

    /** Sets buffers over this node's content to an entry's key and what is in its value's place. */
    void view(int index, ByteBuffer key, ByteBuffer value) {
        int at = at(index);
        int valueAt = at + KEY_OFFSET + keyLength(at);
        key.clear().position(at + KEY_OFFSET).limit(valueAt);
        value.clear().position(valueAt).limit(valueAt + (content.getInt(at + 2) & ~RUN_FLAG));
    }

    /** A buffer for {@link #view}. */
    ByteBuffer buffer() {
        return content.asReadOnlyBuffer();
    }

    /** An entry's value or extent, as a copy. */
    Content value(int index) {
        if (isRun(index)) {
            return extent(index);
        }
        int at = at(index);
        int valueAt = at + KEY_OFFSET + keyLength(at);
        return new Content.Inline(Arrays.copyOfRange(content.array(), valueAt, valueAt + content.getInt(at + 2)));
    }

    /** Index of a key, or {@code -(insertion point) - 1}. */
    int find(byte[] key) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = compareKey(middle, key);
            if (order < 0) {
                low = middle + 1;
            } else if (order > 0) {
                high = middle - 1;
            } else {
                return middle;
            }
        }
        return -low - 1;
    }

    /** The entry of an inner node that a key is below. */
    int childFor(byte[] key) {
        int found = find(key);
        return found >= 0 ? found : Math.max(-found - 2, 0);
    }

    /** The page of some entries of a node that is edited; none of them is a node itself any more. */
    static ByteBuffer encode(TreeNode node, int from, int to, int bytes) {
        ByteBuffer page = ByteBuffer.allocate(bytes);
        page.put(RunKind.NODE.code()).put((byte) node.level()).putShort((short) (to - from)).putInt(0);
        int at = RunKind.HEADER_BYTES + 2 * (to - from);
        for (int index = from; index < to; index++) {
            page.putShort((short) at);
            byte[] key = node.key(index);
            Content value = node.value(index);
            ByteBuffer entry = page.duplicate().position(at);
            int length = value.encodedBytes();
            entry.putShort((short) key.length).putInt(value instanceof Extent ? length | RUN_FLAG : length).put(key);
            value.encode(entry);
            at = entry.position();
        }
        return page.position(at).flip();
    }
}
