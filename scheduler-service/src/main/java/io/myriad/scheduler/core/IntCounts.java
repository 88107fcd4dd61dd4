package io.myriad.scheduler.core;

import java.util.Arrays;

/**
 * Counts by small non-negative numbers (node ids), of which most are zero: an open-addressing table that holds the
 * others. A workload's pods lie on few of many nodes, so a table is a hundredth of an array.
 */
final class IntCounts {
    private static final int INITIAL_SLOTS = 8;
    private static final int FREE = -1;

    private int[] keys = newKeys(INITIAL_SLOTS);
    private int[] counts = new int[INITIAL_SLOTS];
    private int size;

    /** Receives the entries. */
    interface Visitor {
        void entry(int key, int count);
    }

    int get(int key) {
        int mask = keys.length - 1;
        int slot = spread(key) & mask;
        while (keys[slot] != FREE) {
            if (keys[slot] == key) {
                return counts[slot];
            }
            slot = slot + 1 & mask;
        }
        return 0;
    }

    /** Adds to a count, which must not become negative. */
    void add(int key, int delta) {
        int mask = keys.length - 1;
        int slot = spread(key) & mask;
        while (keys[slot] != FREE && keys[slot] != key) {
            slot = slot + 1 & mask;
        }
        int count = (keys[slot] == FREE ? 0 : counts[slot]) + delta;
        if (count < 0) {
            throw new IllegalStateException("count of " + key + " became " + count);
        }
        if (keys[slot] == FREE) {
            if (count > 0) {
                keys[slot] = key;
                counts[slot] = count;
                if (++size * 2 > keys.length) {
                    grow();
                }
            }
        } else if (count == 0) {
            remove(slot);
        } else {
            counts[slot] = count;
        }
    }

    boolean isEmpty() { return size == 0; }

    void forEach(Visitor visitor) {
        for (int slot = 0; slot < keys.length; slot++) {
            if (keys[slot] != FREE) {
                visitor.entry(keys[slot], counts[slot]);
            }
        }
    }

    void clear() {
        keys = newKeys(INITIAL_SLOTS);
        counts = new int[INITIAL_SLOTS];
        size = 0;
    }

    /** Closes the gap, so that no probe for a later entry stops early. */
    private void remove(int slot) {
        int mask = keys.length - 1;
        int gap = slot;
        int next = gap + 1 & mask;
        while (keys[next] != FREE) {
            int home = spread(keys[next]) & mask;
            if ((next - home & mask) >= (next - gap & mask)) {
                keys[gap] = keys[next];
                counts[gap] = counts[next];
                gap = next;
            }
            next = next + 1 & mask;
        }
        keys[gap] = FREE;
        size--;
    }

    private void grow() {
        int[] oldKeys = keys;
        int[] oldCounts = counts;
        keys = newKeys(oldKeys.length * 2);
        counts = new int[keys.length];
        int mask = keys.length - 1;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != FREE) {
                int slot = spread(oldKeys[i]) & mask;
                while (keys[slot] != FREE) {
                    slot = slot + 1 & mask;
                }
                keys[slot] = oldKeys[i];
                counts[slot] = oldCounts[i];
            }
        }
    }

    private static int[] newKeys(int slots) {
        int[] keys = new int[slots];
        Arrays.fill(keys, FREE);
        return keys;
    }

    private static int spread(int key) {
        int hash = key * 0x9E3779B9;
        return hash ^ hash >>> 15;
    }
}
