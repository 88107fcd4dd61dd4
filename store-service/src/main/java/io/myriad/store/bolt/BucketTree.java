package io.myriad.store.bolt;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The tree of one bucket, from the leaves up, while its entries come in order. A page is written when the next element does not fit any more; of each level only the page that is being
 * filled is in memory.
 */
final class BucketTree {

    private static final byte[] NOTHING = new byte[0];
    /** bbolt takes for granted that a branch page has as many children. */
    private static final int MIN_CHILDREN = 2;

    private final PageSequence pages;
    private BoltPage leaf = new BoltPage(BoltLayout.LEAF);
    /** From the leaves' parents up. */
    private final List<BoltPage> branches = new ArrayList<>();

    BucketTree(PageSequence pages) {
        this.pages = pages;
    }

    void add(int flags, byte[] key, byte[] value) throws IOException {
        BoltPage.Element element = new BoltPage.Element(flags, key, value);
        if (leaf.count() > 0 && !leaf.hasRoomFor(element)) {
            addChild(0, leaf);
            leaf = new BoltPage(BoltLayout.LEAF);
        }
        leaf.add(element);
    }

    private void addChild(int level, BoltPage child) throws IOException {
        if (level == branches.size()) {
            branches.add(new BoltPage(BoltLayout.BRANCH));
        }
        BoltPage branch = branches.get(level);
        BoltPage.Element element = new BoltPage.Element(pages.append(child), child.firstKey(), NOTHING);
        boolean full = !branch.hasRoomFor(element);
        branch.add(element);
        if (full && branch.count() >= 2 * MIN_CHILDREN) {
            // So that the level's last page has enough of them whenever the entries end.
            branches.set(level, branch.split(MIN_CHILDREN));
            addChild(level + 1, branch);
        }
    }

    /** Writes what is left, and returns the root page. */
    long finish() throws IOException {
        if (branches.isEmpty()) {
            return pages.append(leaf);
        }
        addChild(0, leaf);
        for (int level = 0; level < branches.size() - 1; level++) {
            addChild(level + 1, branches.get(level));
        }
        return pages.append(branches.getLast());
    }
}
