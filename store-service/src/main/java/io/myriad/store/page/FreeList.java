package io.myriad.store.page;

import java.util.Arrays;

/**
 * The free pages of a file, as runs of neighbours, in a <em>segregated free list</em>.
 *
 * <p><b>Idea.</b> Runs shorter than {@value #LONG} pages have a bucket for each length; a bitmap of two words says which buckets hold any, so the first length that fits is an
 * instruction or two away. A bucket is a {@link PageSet}, which gives its lowest page at once. Longer runs are in an ordered map ({@link LongRuns}). What is allocated is always the lowest of the
 * shortest runs that fit; the rest of the run goes back to the bucket of its new length. Low addresses fill first, so the end of the file empties, and can be cut off.
 *
 * <p><b>Merging.</b> One byte a page, the <em>tag</em>, tells a run's length at its first and its last page and is 0 elsewhere. The pages before and after a run that is released are in use or
 * the end of a free run, so two tags decide what it grows together with.
 *
 * <p><b>Invariants.</b> Every free page is in just one run; no two runs touch; a tag is not 0 only at the ends of a free run; the buckets' bitmap has a bit for each bucket that holds a run.
 *
 * <p><b>Cost.</b> Allocating and releasing touch a few words, whatever the file's size or its fragmentation: O(1) for short runs, O(log of the number of long runs) for long ones. Memory:
 * a byte for each page of the file (a four-thousandth), and the buckets' blocks. One thread.
 *
 * <p><b>Example.</b> Of ten pages 2, 3, 4 and 7 are free: tags {@code 0 0 3 0 3 0 0 1 0 0}, bucket 3 holds page 2, bucket 1 page 7, bitmap {@code 1010}. Allocating two pages finds bucket 3
 * (the first bit from bit 2 on), gives 2 and leaves {@code 0 0 0 0 1 0 0 1 0 0}: bucket 1 holds 4 and 7. Releasing 5 and 6 meets the tags of 4 and 7 and makes one run of four pages
 * that begins at 4.
 *
 * <p>Pages that a reader may still look at are not given to this list: {@link PinnedRuns} keeps them until then.
 *
 * <p>Segregated fits are described in Wilson, Johnstone, Neely, Boles: Dynamic Storage Allocation, A Survey and Critical Review (1995); tags at both ends are Knuth's (The Art of Computer
 * Programming 1, 2.5).
 */
public final class FreeList {

    /** Runs of so many pages and more have no bucket of their own. */
    static final int LONG = 127;

    /** The longest file, in pages: 8 TiB. */
    public static final int MAX_PAGES = Integer.MAX_VALUE - 8;

    /** Allocating gives this when no run is long enough. */
    public static final int NONE = -1;

    private final PageSet[] buckets = new PageSet[LONG];
    private final LongRuns longRuns = new LongRuns();
    /** Bit n: bucket n holds a run; those from 64 on are in the second word. */
    private long filled;
    private long filledHigh;
    private byte[] tags;
    private int pages;
    private long freePages;

    /** No page of a file of so many pages is free. */
    public FreeList(int pages) {
        this.pages = pages;
        this.tags = new byte[Math.max(pages, 1024)];
        Arrays.setAll(buckets, length -> new PageSet());
    }

    /** How many pages the file has, free or not. */
    public int pages() {
        return pages;
    }

    public long freePages() {
        return freePages;
    }

    /** Number of free runs. */
    public int runs() {
        int runs = longRuns.size();
        for (PageSet bucket : buckets) {
            runs += bucket.size();
        }
        return runs;
    }

    /** The file has got longer; its new pages are in use. At most {@link #MAX_PAGES}. */
    public void extend(int newPages) {
        if (newPages < pages || newPages > MAX_PAGES) {
            throw new IllegalArgumentException(
                    newPages + " pages are fewer than " + pages + " or more than " + MAX_PAGES);
        }
        if (newPages > tags.length) {
            tags = Arrays.copyOf(tags, Math.clamp(newPages + (newPages >> 2L), newPages, MAX_PAGES));
        }
        pages = newPages;
    }

    /**
     * Takes a run of pages.
     *
     * @return its first page, or {@link #NONE} when no free run is that long
     */
    public int allocate(int length) {
        checkLength(length);
        int bucket = firstFilled(length);
        int start = bucket == LONG ? longRuns.firstFitting(length) : buckets[bucket].first();
        return start == NONE ? NONE : take(start, length);
    }

    /** Takes a run of pages as low as the buckets know one, if it begins before {@code limit}, or gives {@link #NONE}: for moving what lies high in the file down. */
    public int allocateBelow(int length, int limit) {
        checkLength(length);
        int lowest = lowest(length);
        return lowest >= limit ? NONE : take(lowest, length);
    }

    /** The lowest run among the lowest of each bucket and the shortest long one that fits; the highest number if there is none. */
    private int lowest(int length) {
        int longRun = longRuns.firstFitting(length);
        int lowest = longRun == NONE ? Integer.MAX_VALUE : longRun;
        for (int bucket = firstFilled(length); bucket < LONG; bucket = firstFilled(bucket + 1)) {
            lowest = Math.min(lowest, buckets[bucket].first());
        }
        return lowest;
    }

    /** Whether {@link #allocateBelow} would find a run. */
    boolean fitsBelow(int length, int limit) {
        return lowest(length) < limit;
    }

    /** The first bucket that holds a run at least so long; {@link #LONG} if none does. */
    private int firstFilled(int length) {
        if (length >= LONG) {
            return LONG;
        }
        long low = length < Long.SIZE ? filled & -1L << length : 0;
        if (low != 0) {
            return Long.numberOfTrailingZeros(low);
        }
        long high = length < Long.SIZE ? filledHigh : filledHigh & -1L << length;
        return high == 0 ? LONG : Long.SIZE + Long.numberOfTrailingZeros(high);
    }

    /** Says whether a bucket holds a run. */
    private void mark(int bucket, boolean isFilled) {
        long bit = 1L << bucket;
        if (bucket < Long.SIZE) {
            filled = isFilled ? filled | bit : filled & ~bit;
        } else {
            filledHigh = isFilled ? filledHigh | bit : filledHigh & ~bit;
        }
    }

    /** Takes the first pages of the free run that begins here, which has as many. */
    private int take(int start, int length) {
        int found = remove(start);
        if (found > length) {
            insert(start + length, found - length);
        }
        freePages -= length;
        return start;
    }

    /**
     * Gives back a run of pages that are in use; it need not be a run as it was allocated.
     *
     * @throws IllegalStateException if it begins or ends at an end of a free run; pages within a free run are not noticed, the caller's books are to rule that out
     */
    public void release(int start, int length) {
        checkLength(length);
        if (start < 0 || start > pages - length) {
            throw new IllegalArgumentException(
                    "pages " + start + " to " + (start + length - 1) + " of a file of " + pages);
        }
        if (tags[start] != 0 || tags[start + length - 1] != 0) {
            throw new IllegalStateException("pages " + start + " to " + (start + length - 1) + " are free already");
        }
        int from = start;
        int to = start + length;
        if (from > 0 && tags[from - 1] != 0) {
            int tag = tags[from - 1];
            from = tag == LONG ? longRuns.startOfRunEndingAt(from - 1) : from - tag;
            remove(from);
        }
        if (to < pages && tags[to] != 0) {
            to += remove(to);
        }
        insert(from, to - from);
        freePages += length;
    }

    /** Cuts free pages off the end of the file; returns how many pages it has now. */
    public int cutTail() {
        if (pages > 0 && tags[pages - 1] != 0) {
            int tag = tags[pages - 1];
            int start = tag == LONG ? longRuns.startOfRunEndingAt(pages - 1) : pages - tag;
            freePages -= remove(start);
            pages = start;
        }
        return pages;
    }

    /** Receives runs. */
    @FunctionalInterface
    public interface RunConsumer {
        void accept(int start, int length);
    }

    /** Hands over all free runs, lowest first. */
    public void forEach(RunConsumer consumer) {
        for (int page = 0; page < pages;) {
            int length = lengthAt(page);
            if (length > 0) {
                consumer.accept(page, length);
            }
            page += Math.max(length, 1);
        }
    }

    /** The length of the free run that begins here; 0 if none does. */
    private int lengthAt(int start) {
        return tags[start] == LONG ? longRuns.lengthAt(start) : tags[start];
    }

    private int remove(int start) {
        int tag = tags[start];
        if (tag == LONG) {
            return removeLong(start);
        }
        removeShort(start, tag);
        return tag;
    }

    private void removeShort(int start, int length) {
        PageSet bucket = buckets[length];
        bucket.remove(start);
        if (bucket.isEmpty()) {
            mark(length, false);
        }
        untag(start, length);
    }

    private int removeLong(int start) {
        int length = longRuns.removeStartingAt(start);
        untag(start, length);
        return length;
    }

    private void untag(int start, int length) {
        tags[start] = 0;
        tags[start + length - 1] = 0;
    }

    private void insert(int start, int length) {
        byte tag = (byte) Math.min(length, LONG);
        tags[start] = tag;
        tags[start + length - 1] = tag;
        if (tag == LONG) {
            longRuns.add(start, length);
        } else {
            buckets[length].add(start);
            mark(length, true);
        }
    }

    /** Throws unless tags, buckets and bitmap agree and no two runs touch. For tests: looks at every page. */
    void checkInvariants() {
        long found = 0;
        int runs = 0;
        int lastEnd = -1;
        for (int page = 0; page < pages;) {
            int length = lengthAt(page);
            if (length == 0) {
                page++;
                continue;
            }
            boolean known = length >= LONG || buckets[length].contains(page) && firstFilled(length) == length;
            if (page == lastEnd || tags[page + length - 1] != tags[page] || !known) {
                throw new IllegalStateException("free run of " + length + " pages at " + page);
            }
            for (int inner = page + 1; inner < page + length - 1; inner++) {
                if (tags[inner] != 0) {
                    throw new IllegalStateException("tag within the free run of " + length + " pages at " + page);
                }
            }
            found += length;
            runs++;
            page += length;
            lastEnd = page;
        }
        if (found != freePages || runs != runs()) {
            throw new IllegalStateException(
                    found + " free pages in " + runs + " runs, counted " + freePages + " in " + runs());
        }
        for (int length = 1; length < LONG; length++) {
            if (buckets[length].isEmpty() == (firstFilled(length) == length)) {
                throw new IllegalStateException("bit of bucket " + length);
            }
        }
    }

    private static void checkLength(int length) {
        if (length <= 0) {
            throw new IllegalArgumentException("a run of " + length + " pages");
        }
    }
}
