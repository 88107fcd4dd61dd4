package io.myriad.store.page;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Makes the last runs of the file move into free pages before them.
 *
 * <p>The page map says where the last run begins, and the run itself what it is and a key by which whoever refers to it is found ({@link RunKind}); so a step costs what it moves, and no
 * pass over the tree. What the run says of itself counts only if the reference that is found so leads back to it.
 *
 * <p>Nodes move by being edited without a change: the transaction writes them, and the nodes above, to other pages. It stops before it would need more pages than are free below the runs
 * that it moves: otherwise it would make the file longer to make it shorter.
 */
final class TailMover {

    /** Most pages of a run that the tree's height can cost: the nodes above, and chunks of the page map that describe old and new pages. */
    private static final int PAGES_ABOVE_A_RUN = 16;

    private final Pages pages;
    private final PageSpace space;
    private final MapPages mapPages;
    private final TreeEditor editor;

    TailMover(Pages pages, PageSpace space, MapPages mapPages, TreeEditor editor) {
        this.pages = pages;
        this.space = space;
        this.mapPages = mapPages;
        this.editor = editor;
    }

    /** Moves so many pages, or one run; returns how many. */
    int move(int maxPages) throws IOException {
        PageMap map = space.map();
        int moved = 0;
        int before = space.pages();
        while (true) {
            int start = map.lastRun(before);
            int length = map.runLength(start);
            if (start < MetaPage.PAGES || moved > 0 && moved + length > maxPages || !isWorthwhile(start, length)) {
                return moved;
            }
            before = start;
            if (!space.isFresh(start)) {
                space.takeBefore(start);
                moveRun(start, length);
                moved += length;
            }
        }
    }

    /** Whether there is a place for the run, and for what has to be written because it moves. */
    private boolean isWorthwhile(int start, int length) {
        long above = space.pages() - start;
        long needed = length + editor.nodes() + mapPages.pagesToSave(space.map()) + PAGES_ABOVE_A_RUN;
        return space.fitsBefore(length, start) && space.freePages() - above >= needed;
    }

    private void moveRun(int start, int length) throws IOException {
        ByteBuffer run = pages.readUnchecked(start, length * Pages.PAGE_BYTES);
        boolean found = switch (RunKind.of(run, start, pages)) {
            case NODE -> {
                int at = run.getShort(RunKind.HEADER_BYTES);
                yield editor.moveNode(bytes(run, at + 6, run.getShort(at)), run.get(1), start);
            }
            case VALUE -> editor.moveValue(bytes(run, RunKind.HEADER_BYTES, run.getShort(2)), start);
            case MAP_CHUNK -> {
                int chunk = run.getInt(4);
                boolean lies = chunk >= 0 && mapPages.chunk(chunk).page() == start;
                if (lies) {
                    space.map().changed().set(chunk);
                }
                yield lies;
            }
            // It is written with each transaction.
            case MAP_INDEX -> mapPages.index().page() == start;
        };
        if (!found) {
            throw pages.damaged(start, "nothing refers to what it says that it is");
        }
    }

    private byte[] bytes(ByteBuffer run, int offset, int length) throws IOException {
        if (offset < 0 || length < 0 || length > run.limit() - offset) {
            throw pages.damaged(run.limit(), "a key of " + length + " bytes at byte " + offset);
        }
        return Arrays.copyOfRange(run.array(), offset, offset + length);
    }
}
