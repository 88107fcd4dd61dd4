package io.myriad.store.page;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A tree node that a transaction edits: entries in key order, in arrays that grow beyond what a page can hold; it is cut to pages when the transaction writes it. One thread.
 */
final class TreeNode implements Content {

    private final int level;
    private byte[][] keys;
    private Content[] values;
    private int count;
    /** What the entries take in a page. */
    private int entryBytes;

    TreeNode(int level) {
        this.level = level;
        keys = new byte[16][];
        values = new Content[16];
    }

    /** A copy of what lies in a page. */
    TreeNode(NodePage page) {
        level = page.level();
        count = page.count();
        keys = new byte[count + 4][];
        values = new Content[count + 4];
        for (int index = 0; index < count; index++) {
            keys[index] = page.key(index);
            values[index] = page.value(index);
            entryBytes += entryBytes(keys[index], values[index]);
        }
    }

    int level() {
        return level;
    }

    int count() {
        return count;
    }

    /** Bytes that all entries together take in pages, headers apart. */
    int entryBytes() {
        return entryBytes;
    }

    int entryBytes(int index) {
        return entryBytes(keys[index], values[index]);
    }

    private static int entryBytes(byte[] key, Content value) {
        return NodePage.ENTRY_OVERHEAD + key.length + value.encodedBytes();
    }

    byte[] key(int index) {
        return keys[index];
    }

    Content value(int index) {
        return values[index];
    }

    /** Index of a key, or {@code -(insertion point) - 1}. */
    int find(byte[] key) {
        return Arrays.binarySearch(keys, 0, count, key, Arrays::compareUnsigned);
    }

    /** The entry of an inner node that a key is below. */
    int childFor(byte[] key) {
        int found = find(key);
        return found >= 0 ? found : Math.max(-found - 2, 0);
    }

    void set(int index, Content value) {
        entryBytes += value.encodedBytes() - values[index].encodedBytes();
        values[index] = value;
    }

    void insert(int index, byte[] key, Content value) {
        replace(index, index, new byte[][]{key}, new Content[]{value}, 1);
    }

    void remove(int from, int to) {
        replace(from, to, new byte[0][], new Content[0], 0);
    }

    /** Puts entries in the place of those from an index to before another. */
    private void replace(int from, int to, byte[][] newKeys, Content[] newValues, int newCount) {
        for (int index = from; index < to; index++) {
            entryBytes -= entryBytes(index);
        }
        int newTotal = count - (to - from) + newCount;
        if (newTotal > keys.length) {
            int length = Math.max(newTotal, keys.length + (keys.length >> 1));
            keys = Arrays.copyOf(keys, length);
            values = Arrays.copyOf(values, length);
        }
        System.arraycopy(keys, to, keys, from + newCount, count - to);
        System.arraycopy(values, to, values, from + newCount, count - to);
        System.arraycopy(newKeys, 0, keys, from, newCount);
        System.arraycopy(newValues, 0, values, from, newCount);
        if (newTotal < count) {
            Arrays.fill(keys, newTotal, count, null);
            Arrays.fill(values, newTotal, count, null);
        }
        count = newTotal;
        for (int index = from; index < from + newCount; index++) {
            entryBytes += entryBytes(index);
        }
    }

    /** Puts all entries of a node in the place of those from an index to before another. */
    void replace(int from, int to, TreeNode by) {
        replace(from, to, by.keys, by.values, by.count);
    }

    /** Adds all entries of a node whose keys are greater. */
    void append(TreeNode right) {
        replace(count, count, right);
    }

    /** As long as an extent: what this node will be in the one above when it is written. */
    @Override
    public int encodedBytes() {
        return Extent.ENCODED_BYTES;
    }

    @Override
    public void encode(ByteBuffer target) {
        throw new IllegalStateException("a node that is edited has no place yet");
    }
}
