package io.myriad.apiserver.cache;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

import io.myriad.apiserver.storage.CachedObject;

/**
 * Gives each object name a small number, so that sets of objects can be bitmaps. Numbers of objects that are gone are given
 * again. An open hash table of numbers beside an array of objects: some 12 bytes an object.
 *
 * <p>One writer. Readers may ask {@link #object} only: what it answers was the number's object at some moment after the
 * set was read in which they found the number.
 */
final class OrdinalMap {
    private static final int MIN_CAPACITY = 64;

    /** Numbers plus one by hash of the name, 0 for none; linear probing, at most half full. */
    private int[] table = new int[2 * MIN_CAPACITY];
    private volatile AtomicReferenceArray<CachedObject> objects = new AtomicReferenceArray<>(MIN_CAPACITY);
    private int[] free = new int[0];
    private int freeCount;
    private int used;
    private int size;

    int size() {
        return size;
    }

    /** The object that has this number now, perhaps an older version of it; null when there is none. */
    @Nullable
    CachedObject object(int ordinal) {
        AtomicReferenceArray<CachedObject> current = objects;
        return ordinal < current.length() ? current.getAcquire(ordinal) : null;
    }

    /** The number of the object's name, or -1. */
    int find(CachedObject object) {
        int slot = slotOf(object);
        return table[slot] - 1;
    }

    /** The number of the object's name, a new one where it has none; remembers this version. */
    int assign(CachedObject object) {
        int slot = slotOf(object);
        int ordinal = table[slot] - 1;
        if (ordinal < 0) {
            ordinal = freeCount > 0 ? free[--freeCount] : used++;
            table[slot] = ordinal + 1;
            size++;
        }
        if (ordinal >= objects.length()) {
            grow();
        }
        objects.setRelease(ordinal, object);
        if (2 * size > table.length) {
            rehash(2 * table.length);
        }
        return ordinal;
    }

    /** Takes the name's number back. */
    void release(CachedObject object) {
        int slot = slotOf(object);
        int ordinal = table[slot] - 1;
        if (ordinal < 0) {
            return;
        }
        objects.setRelease(ordinal, null);
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, Math.max(MIN_CAPACITY, 2 * freeCount));
        }
        free[freeCount++] = ordinal;
        size--;
        closeGap(slot);
    }

    /** Moves later entries of the probe sequence up, so that a search never ends too early. */
    private void closeGap(int emptied) {
        int mask = table.length - 1;
        int gap = emptied;
        table[gap] = 0;
        for (int slot = (gap + 1) & mask; table[slot] != 0; slot = (slot + 1) & mask) {
            int home = hash(at(table[slot] - 1)) & mask;
            if (((slot - home) & mask) >= ((slot - gap) & mask)) {
                table[gap] = table[slot];
                table[slot] = 0;
                gap = slot;
            }
        }
    }

    private CachedObject at(int ordinal) {
        CachedObject object = objects.getPlain(ordinal);
        if (object == null) {
            throw new IllegalStateException("ordinal " + ordinal + " of " + used + " has no object");
        }
        return object;
    }

    private int slotOf(CachedObject object) {
        int mask = table.length - 1;
        int slot = hash(object) & mask;
        while (table[slot] != 0) {
            CachedObject other = at(table[slot] - 1);
            if (other.name().equals(object.name()) && other.namespace().equals(object.namespace())) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        AtomicReferenceArray<CachedObject> larger = new AtomicReferenceArray<>(2 * objects.length());
        for (int i = 0; i < objects.length(); i++) {
            larger.setPlain(i, objects.getPlain(i));
        }
        objects = larger;
    }

    private void rehash(int capacity) {
        int[] old = table;
        table = new int[capacity];
        for (int entry : old) {
            if (entry != 0) {
                table[slotOf(at(entry - 1))] = entry;
            }
        }
    }

    private static int hash(CachedObject object) {
        int hash = 31 * object.namespace().hashCode() + object.name().hashCode();
        return hash * 0x9E3779B1 >>> 7;
    }
}
