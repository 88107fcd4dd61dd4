package io.myriad.store.page;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;

import org.jspecify.annotations.Nullable;

import io.myriad.store.failpoint.Failpoint;

/**
 * Keys and values in a file: a checkpoint of the state that a log leads to, with the place in the log that it is the result of.
 *
 * <p><b>Idea.</b> The file is a copy-on-write B+tree in pages of 4 KiB. A transaction never overwrites a page that the file's state uses: it writes what it changes to free pages, from the
 * leaves to the root, then one of two meta pages, which makes the new root the file's state. Values that are too long for a leaf lie in runs of pages of their own. Which pages are free is in
 * the file too ({@link PageMap}), and part of the state as the tree is.
 *
 * <p><b>Crashes.</b> Data, force, meta page, force. Until the meta page is whole the state is the one before, of which nothing was touched: what a transaction gives up is taken again by
 * the next one at the earliest, when its own state is on the disk. States go to the two meta pages in turn, so a torn meta page leaves the other. On opening, the newest whole one
 * counts. (So a meta page that goes bad later leaves the state before, of which pages may be others' by then: these are found when they are read, and whoever knows the log sees that
 * the state's place in it is too old.)
 *
 * <p><b>Damage.</b> Whatever refers to a page holds the checksum of its content, up to the meta page, which holds its own. What is read is checked before it is handed out: a flipped, torn,
 * lost or misplaced write is an error that names file and page ({@link DamagedPageException}).
 *
 * <p><b>Readers</b> hold a root ({@link PageReader}), take no lock and see one state as long as they like. Its pages are not taken for others meanwhile.
 *
 * <p><b>Reading</b> goes through a file channel into memory of the reader, not through a mapping: what was checked cannot change afterwards, a failing disk is an exception where the page
 * is asked for and not an error in whatever code touches it, and the file can be cut at its end, where a mapping would trap. It costs a copy, which is cheap here: nobody waits for
 * a page of a checkpoint, it is read from one end to the other when a member starts, and by transactions that keep what they read until they end.
 *
 * <p><b>Cost.</b> A transaction reads and writes the pages on the paths to what it changes, once each, and the chunks of the page map that describe them; that does not grow with the file
 * but for the tree's height, and 12 bytes for each 64 MiB of file. Taking and giving up pages is O(1) ({@link FreeList}).
 *
 * <p><b>Threads.</b> One at a time for transactions and {@link #moveTail}; any for {@link #read}.
 *
 * <p>Shadow paging with two roots is in Gray and others: The Recovery Manager of the System R Database Manager (1981); LMDB and bbolt are trees of this kind. Checksums at the
 * reference are those of ZFS.
 */
public final class PageFile implements AutoCloseable {

    /** Length of a page. */
    public static final int PAGE_BYTES = Pages.PAGE_BYTES;

    private final PageDisk disk;
    private final Pages pages;
    private final MapPages mapPages;
    private final PageSpace space;
    private final long spillBytes;
    /** States that readers may still look at, and the newest, which is the last. */
    private final ArrayDeque<FileState> states = new ArrayDeque<>();
    private volatile FileState newest;
    private boolean inTransaction;
    private @Nullable String failure;

    private PageFile(PageDisk disk, long spillBytes) throws IOException {
        this.disk = disk;
        this.spillBytes = spillBytes;
        pages = new Pages(disk);
        MetaPage meta = newestMeta();
        // It may be in the system's memory only, because a force failed or the process ended before. It has to be on the disk before pages of the state before it are taken; and it is
        // written again because a force that failed may have given up what it did not write.
        pages.writePage(meta.page(), meta.encode());
        pages.force();
        mapPages = new MapPages(pages);
        space = new PageSpace(mapPages.load(meta));
        if (disk.size() < Pages.offset(space.pages())) {
            throw pages.damaged((int) (disk.size() / Pages.PAGE_BYTES),
                    "the file ends, it should have " + space.pages() + " pages");
        }
        newest = new FileState(meta);
        states.add(newest);
    }

    /** Opens a file; makes an empty one if there is none. The caller sees to it that nobody else has it open. */
    public static PageFile open(Path path) throws IOException {
        return open(FileDisk.open(path, PageFile::format), PageTransaction.SPILL_BYTES);
    }

    /** Opens what lies on a disk, and closes the disk if that fails. */
    static PageFile open(PageDisk disk, long spillBytes) throws IOException {
        try {
            return new PageFile(disk, spillBytes);
        } catch (IOException | RuntimeException e) {
            disk.close();
            throw e;
        }
    }

    /** Writes the empty state. */
    static void format(PageDisk disk) throws IOException {
        disk.write(ByteBuffer.allocate(MetaPage.PAGES * Pages.PAGE_BYTES), 0);
        MetaPage empty = new MetaPage(0, 0, 0, Extent.NONE, Extent.NONE, MetaPage.PAGES);
        disk.write(empty.encode(), Pages.offset(empty.page()));
        disk.force();
    }

    private MetaPage newestMeta() throws IOException {
        MetaPage found = null;
        for (int page = 0; page < MetaPage.PAGES; page++) {
            MetaPage meta = MetaPage.decode(pages.readUnchecked(page, Pages.PAGE_BYTES));
            if (meta != null && (found == null || meta.transaction() > found.transaction())) {
                found = meta;
            }
        }
        if (found == null) {
            throw pages.damaged(0, MetaPage.problem(pages.readUnchecked(0, Pages.PAGE_BYTES)));
        }
        return found;
    }

    /** Looks at the newest state. Any thread. */
    public PageReader read() {
        FileState state = newest;
        while (!state.enter()) {
            state = newest;
        }
        return new PageReader(pages, state);
    }

    /** Whether a write failed, after which nothing is written until the file is opened anew. The writing thread. */
    public boolean hasFailed() {
        return failure != null;
    }

    /** Begins to change the file. The transaction before must have ended. */
    public PageTransaction begin() throws IOException {
        if (failure != null) {
            throw new IOException(disk.name() + " cannot be changed since a write failed: " + failure);
        }
        if (inTransaction) {
            throw new IllegalStateException("a transaction has begun already");
        }
        release();
        inTransaction = true;
        TreeEditor editor = new TreeEditor(pages, space, newest.meta().root());
        return new PageTransaction(this, editor, new TreeWriter(pages, space, editor), spillBytes);
    }

    void commit(TreeWriter writer, long appliedIndex, long appliedTerm) throws IOException {
        // What a failed write or force has left on the disk nobody knows: after one nothing is written on top of it.
        failure = "it did not end";
        try {
            Extent root = writer.write();
            Extent mapIndex = mapPages.save(space);
            pages.force();
            MetaPage meta = new MetaPage(newest.meta().transaction() + 1, appliedIndex, appliedTerm, root, mapIndex,
                    space.pages());
            Failpoint.COMMIT_BEFORE_PRE_COMMIT_HOOK.hit();
            pages.writePage(meta.page(), meta.encode());
            Failpoint.COMMIT_AFTER_PRE_COMMIT_HOOK.hit();
            pages.force();
            space.commit(meta.transaction());
            FileState state = new FileState(meta);
            states.add(state);
            newest = state;
            inTransaction = false;
            release();
            failure = null;
        } catch (IOException | RuntimeException e) {
            failure = e.toString();
            throw e;
        }
    }

    void rollback() {
        pages.discard();
        space.rollback();
        inTransaction = false;
    }

    /** Frees what no reader needs any more and cuts off what lies behind the last page in use: free pages, and what a transaction left that did not come to its end. */
    private void release() throws IOException {
        while (states.size() > 1 && states.getFirst().retire()) {
            states.removeFirst();
        }
        space.release(states.getFirst().meta().transaction());
        if (disk.size() > Pages.offset(space.pages())) {
            disk.truncate(Pages.offset(space.pages()));
        }
    }

    /**
     * A step of defragmentation: moves runs from the end of the file into free pages before, and cuts the end off. Nobody waits for it but the caller, who sees to the pace; the state does
     * not change, but its pages do, in a transaction of their own.
     *
     * @param maxPages pages to move at most, except that one run is always moved; the nodes above them and the page map's chunks come on top
     * @return how many pages were moved; 0 if there is nothing to gain, or not while readers pin what is free
     */
    public int moveTail(int maxPages) throws IOException {
        try (PageTransaction transaction = begin()) {
            int moved = new TailMover(pages, space, mapPages, transaction.editor()).move(maxPages);
            Failpoint.DEFRAG_BEFORE_RENAME.hit();
            if (moved > 0) {
                transaction.commit(newest.meta().appliedIndex(), newest.meta().appliedTerm());
            }
            return moved;
        }
    }

    /** Length of the file in bytes. The writing thread. */
    public long fileBytes() {
        return Pages.offset(space.pages());
    }

    /** Length of the file as it is on the disk, which may be longer for a while. Any thread. */
    public long bytesOnDisk() throws IOException {
        return disk.size();
    }

    /** Bytes of the pages that the newest state uses. The writing thread. */
    public long usedBytes() {
        return Pages.offset(space.map().usedPages());
    }

    /** Bytes of the pages that only readers of older states still need. The writing thread. */
    public long pinnedBytes() {
        return space.pinnedPages() * Pages.PAGE_BYTES;
    }

    /** Reads everything and compares it with the page map. Throws if something is wrong. Not within a transaction. */
    public void checkInvariants() throws IOException {
        space.checkInvariants();
        new TreeChecker(pages, space.map()).check(newest.meta(), mapPages);
    }

    /** Closes the file. A transaction that has not ended did not happen. */
    @Override
    public void close() throws IOException {
        disk.close();
    }
}
