package io.myriad.store.page;

/**
 * The pages of the file as a transaction sees them: takes runs, gives runs up, and either all of it happens or nothing.
 *
 * <p>Three books agree at any time: the {@link PageMap} says what the newest state uses, the {@link FreeList} what can be taken, and {@link PinnedRuns} what is neither: used = not free
 * and not pinned. A run that was taken and given up within one transaction is in no state that anybody reads, so it is free again at once. One thread.
 */
final class PageSpace {

    private final FreeList free;
    private final PageMap map;
    private final PinnedRuns pinned = new PinnedRuns();
    /** First pages of the runs that the running transaction took. */
    private final PageSet fresh = new PageSet();
    /** New runs lie before this page if there is room; 0 for anywhere. */
    private int limit;

    /** Takes over a map; its free pages can be taken. */
    PageSpace(PageMap map) {
        this.map = map;
        free = new FreeList(map.pages());
        map.forEachFree(free::release);
        cut();
    }

    PageMap map() {
        return map;
    }

    int pages() {
        return free.pages();
    }

    /** Pages that can be taken without making the file longer, now. */
    long freePages() {
        return free.freePages();
    }

    /** Pages that wait for readers. */
    long pinnedPages() {
        return pinned.pages();
    }

    /** From now on until the transaction ends runs are taken low, before this page if they fit. */
    void takeBefore(int page) {
        limit = page;
    }

    boolean fitsBefore(int length, int page) {
        return free.fitsBelow(length, page);
    }

    /** Takes a run and returns its first page; the file gets longer if it has to. */
    int take(int length) {
        int start = limit > 0 ? free.allocateBelow(length, limit) : FreeList.NONE;
        if (start == FreeList.NONE) {
            start = free.allocate(length);
        }
        if (start == FreeList.NONE) {
            start = free.pages();
            if (length > FreeList.MAX_PAGES - start) {
                throw new IllegalStateException("the page file would get longer than " + FreeList.MAX_PAGES + " pages");
            }
            free.extend(start + length);
            map.resize(start + length);
        }
        map.use(start, length);
        fresh.add(start);
        return start;
    }

    /** Whether the running transaction took the run that begins here. */
    boolean isFresh(int start) {
        return fresh.contains(start);
    }

    /** Gives up a run, as it was taken. */
    void giveUp(int start, int length) {
        map.free(start, length);
        if (fresh.contains(start)) {
            fresh.remove(start);
            free.release(start, length);
        } else {
            pinned.add(start, length);
        }
    }

    /** The transaction is in the file, forced to disk. */
    void commit(long transaction) {
        pinned.commit(transaction);
        while (!fresh.isEmpty()) {
            fresh.remove(fresh.first());
        }
        limit = 0;
    }

    /** The transaction will not happen. */
    void rollback() {
        while (!fresh.isEmpty()) {
            int start = fresh.first();
            giveUp(start, map.runLength(start));
        }
        pinned.rollback(map::use);
        limit = 0;
    }

    /** Frees what only states before a transaction's use, and cuts free pages off the end. Not within a transaction. */
    void release(long oldestInUse) {
        pinned.release(oldestInUse, free::release);
        cut();
    }

    private void cut() {
        map.resize(free.cutTail());
    }

    /** Throws unless free, used and pinned pages are the whole file, each page in just one. For tests: looks at every page. */
    void checkInvariants() {
        free.checkInvariants();
        long[] freeAndEnd = {0, -1};
        free.forEach((start, length) -> {
            if (start <= freeAndEnd[1]) {
                throw new IllegalStateException("free pages " + start + " touch those that end at " + freeAndEnd[1]);
            }
            for (int page = start; page < start + length; page++) {
                if (map.isUsed(page)) {
                    throw new IllegalStateException("page " + page + " is both free and in use");
                }
            }
            freeAndEnd[0] += length;
            freeAndEnd[1] = start + length;
        });
        if (freeAndEnd[0] != free.freePages() || map.pages() != free.pages()
                || freeAndEnd[0] + map.usedPages() + pinned.pages() != free.pages()) {
            throw new IllegalStateException(freeAndEnd[0] + " free, " + map.usedPages() + " used and " + pinned.pages()
                    + " pinned pages of " + free.pages());
        }
    }
}
