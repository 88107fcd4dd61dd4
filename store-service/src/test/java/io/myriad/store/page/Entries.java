package io.myriad.store.page;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;

/** What a page file should hold, and random changes to both. */
final class Entries {

    /** Bytes unsigned. */
    final TreeMap<byte[], byte[]> map = new TreeMap<>(Arrays::compareUnsigned);

    Entries() {}

    Entries(Entries other) {
        map.putAll(other.map);
    }

    static byte[] key(long number) {
        return ByteBuffer.allocate(12).putLong(number).putInt((int) number % 3).array();
    }

    /** Keys of all lengths, or revisions. */
    private byte[] randomKey(Random random, int keys) {
        if (random.nextInt(10) == 0) {
            byte[] key = new byte[random.nextInt(random.nextInt(4) == 0 ? PageTransaction.MAX_KEY_BYTES : 4)];
            random.nextBytes(key);
            return key;
        }
        return key(random.nextInt(keys));
    }

    private static byte[] randomValue(Random random, int longest) {
        byte[] value = new byte[random.nextInt(6) == 0 ? random.nextInt(longest) : random.nextInt(200)];
        random.nextBytes(value);
        return value;
    }

    /** Does the same to a transaction and to this. */
    void change(PageTransaction transaction, Random random, int keys, int longestValue) throws IOException {
        int choice = random.nextInt(40);
        if (choice == 0) {
            byte[] from = randomKey(random, keys);
            byte[] to = random.nextInt(10) == 0 ? null : randomKey(random, keys);
            transaction.deleteRange(from, to);
            if (to == null) {
                map.tailMap(from, true).clear();
            } else if (Arrays.compareUnsigned(from, to) < 0) {
                map.subMap(from, true, to, false).clear();
            }
        } else if (choice < 14) {
            byte[] key = random.nextInt(4) > 0 && !map.isEmpty() ? existing(random, keys) : randomKey(random, keys);
            boolean deleted = transaction.delete(key);
            if (deleted != (map.remove(key) != null)) {
                throw new AssertionError("deleted: " + deleted);
            }
        } else if (choice < 18) {
            byte[] key = randomKey(random, keys);
            requireSame(map.get(key), transaction.get(key));
        } else {
            byte[] key = randomKey(random, keys);
            byte[] value = randomValue(random, longestValue);
            transaction.put(key, value);
            map.put(key, value);
        }
    }

    private byte[] existing(Random random, int keys) {
        byte[] near = map.ceilingKey(randomKey(random, keys));
        return near != null ? near : map.firstKey();
    }

    static void requireSame(byte[] expected, ByteBuffer found) {
        boolean same = expected == null
                ? found == null
                : found != null && ByteBuffer.wrap(expected).equals(found);
        if (!same) {
            throw new AssertionError("value " + found + ", should have been " + Arrays.toString(expected));
        }
    }

    /** Throws unless a reader finds just these entries, in a range of them. */
    void requireSame(PageReader reader, byte[] from, byte[] to) throws IOException {
        var expected = (to == null ? map.tailMap(from, true) : map.subMap(from, true, to, false)).entrySet().iterator();
        reader.visit(from, to, (key, value) -> {
            var entry = expected.hasNext() ? expected.next() : null;
            if (entry == null || !ByteBuffer.wrap(entry.getKey()).equals(key)) {
                throw new AssertionError("key " + key + ", should have been " + entry);
            }
            requireSame(entry.getValue(), value);
            return true;
        });
        if (expected.hasNext()) {
            throw new AssertionError("entries are missing from " + Arrays.toString(expected.next().getKey()));
        }
    }

    void requireSame(PageReader reader) throws IOException {
        requireSame(reader, new byte[0], null);
    }
}
