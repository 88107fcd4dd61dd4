package io.myriad.store.page;

import java.io.IOException;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/** Reads a whole state and holds it against the page map: each page in use belongs to one run that something refers to, and keys are in order. */
final class TreeChecker {

    private final Pages pages;
    private final PageMap map;
    private final PageSet seen = new PageSet();
    private int seenPages;
    private byte @Nullable [] lastKey;

    TreeChecker(Pages pages, PageMap map) {
        this.pages = pages;
        this.map = map;
    }

    void check(MetaPage meta, MapPages mapPages) throws IOException {
        see(0, MetaPage.PAGES);
        if (!meta.root().isNone()) {
            NodePage root = NodePage.read(pages, meta.root());
            checkNode(meta.root(), root.level(), null, null);
        }
        if (!mapPages.index().isNone()) {
            see(mapPages.index().page(), mapPages.index().pages());
            for (int chunk = 0; !mapPages.chunk(chunk).isNone(); chunk++) {
                see(mapPages.chunk(chunk).page(), 1);
            }
        }
        if (seenPages != map.usedPages()) {
            throw new IllegalStateException(map.usedPages() + " pages in use, " + seenPages + " referred to");
        }
    }

    private void see(int page, int length) {
        if (map.runLength(page) != length) {
            throw new IllegalStateException(
                    "a run of " + length + " pages at " + page + ", the map says " + map.runLength(page));
        }
        seen.add(page);
        seenPages += length;
    }

    private void checkNode(Extent extent, int level, byte @Nullable [] low, byte @Nullable [] high)
            throws IOException {
        see(extent.page(), extent.pages());
        NodePage node = NodePage.read(pages, extent);
        if (node.level() != level || node.count() == 0) {
            throw pages.damaged(extent.page(),
                    node.count() + " entries, level " + node.level() + ", should be " + level);
        }
        boolean values = false;
        for (int index = 0; index < node.count(); index++) {
            byte[] key = node.key(index);
            if (low != null && Arrays.compareUnsigned(key, low) < 0
                    || high != null && Arrays.compareUnsigned(key, high) >= 0) {
                throw pages.damaged(extent.page(), "entry " + index + " is out of the node's bounds");
            }
            if (level > 0) {
                values |= node.extent(index).values();
                checkNode(node.extent(index), level - 1, index == 0 ? low : key,
                        index + 1 < node.count() ? node.key(index + 1) : high);
                continue;
            }
            if (lastKey != null && Arrays.compareUnsigned(key, lastKey) <= 0) {
                throw pages.damaged(extent.page(), "entry " + index + " is out of order");
            }
            lastKey = key;
            if (node.isRun(index)) {
                values = true;
                see(node.extent(index).page(), node.extent(index).pages());
                TreeReader.value(pages, node.extent(index));
            }
        }
        if (values != extent.values()) {
            throw pages.damaged(extent.page(), "values in runs below it: " + values);
        }
    }
}
