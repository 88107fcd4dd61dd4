package io.myriad.apiserver.cache;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/** The numbers of the objects that have one value: a sorted array while they are few, a bitmap otherwise. Immutable. */
final class Posting {
    private static final int MAX_FEW = 32;
    static final Posting EMPTY = new Posting(new int[0], null);

    private final int[] few;
    private final @Nullable RoaringBitmap many;

    private Posting(int[] few, @Nullable RoaringBitmap many) {
        this.few = few;
        this.many = many;
    }

    /** The numbers in a bitmap, which nobody changes any more. */
    static Posting of(RoaringBitmap ordinals) {
        if (ordinals.getCardinality() <= MAX_FEW) {
            return new Posting(ordinals.toArray(), null);
        }
        ordinals.runOptimize();
        ordinals.trim();
        return new Posting(EMPTY.few, ordinals);
    }

    int cardinality() {
        return many == null ? few.length : many.getCardinality();
    }

    Posting with(int ordinal) {
        if (many != null) {
            RoaringBitmap copy = many.clone();
            copy.add(ordinal);
            return new Posting(few, copy);
        }
        int at = Arrays.binarySearch(few, ordinal);
        if (at >= 0) {
            return this;
        }
        int[] copy = new int[few.length + 1];
        System.arraycopy(few, 0, copy, 0, -at - 1);
        copy[-at - 1] = ordinal;
        System.arraycopy(few, -at - 1, copy, -at, few.length + at + 1);
        return copy.length > MAX_FEW ? new Posting(EMPTY.few, RoaringBitmap.bitmapOf(copy)) : new Posting(copy, null);
    }

    Posting without(int ordinal) {
        if (many != null) {
            RoaringBitmap copy = many.clone();
            copy.remove(ordinal);
            return copy.getCardinality() <= MAX_FEW / 2
                    ? new Posting(copy.toArray(), null)
                    : new Posting(few, copy);
        }
        int at = Arrays.binarySearch(few, ordinal);
        if (at < 0) {
            return this;
        }
        int[] copy = new int[few.length - 1];
        System.arraycopy(few, 0, copy, 0, at);
        System.arraycopy(few, at + 1, copy, at, copy.length - at);
        return new Posting(copy, null);
    }

    /** Adds the numbers to a set. */
    void addTo(RoaringBitmap set) {
        if (many != null) {
            set.or(many);
        } else {
            set.add(few);
        }
    }
}
