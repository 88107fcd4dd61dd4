package io.myriad.store.page;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Edits a tree within one transaction: the nodes that it touches become {@link TreeNode}s in memory, and give up their pages, the first time; {@link TreeWriter} gives them new ones. What
 * it does not touch stays where it is. Values that are runs are written at once, so that a transaction holds nodes in memory and no large values. One thread.
 */
final class TreeEditor {

    /** What an entry takes in a leaf at most, so that two always fit; a value that would take more lies in a run. */
    static final int MAX_INLINE_ENTRY_BYTES = TreeWriter.CAPACITY / 2;

    private final Pages pages;
    private final PageSpace space;
    private Content root;
    /** Nodes that the transaction read or made, and bytes that it put into leaves, since the tree was written last. */
    private int nodes;
    private long putBytes;

    TreeEditor(Pages pages, PageSpace space, Extent root) {
        this.pages = pages;
        this.space = space;
        this.root = root;
    }

    Content root() {
        return root;
    }

    void root(Content written) {
        root = written;
        nodes = 0;
        putBytes = 0;
    }

    /** Nodes that will have to be written, roughly. */
    int nodes() {
        return nodes;
    }

    /** Memory that the edited nodes take, roughly. */
    long editedBytes() {
        return (long) nodes * Pages.PAGE_BYTES + putBytes;
    }

    private TreeNode editRoot() throws IOException {
        if (root instanceof TreeNode node) {
            return node;
        }
        Extent extent = (Extent) root;
        TreeNode node;
        if (extent.isNone()) {
            node = new TreeNode(0);
            nodes++;
        } else {
            node = load(extent);
        }
        root = node;
        return node;
    }

    /** The node below an entry, to be edited. */
    TreeNode child(TreeNode node, int index) throws IOException {
        if (node.value(index) instanceof TreeNode child) {
            return child;
        }
        TreeNode child = load((Extent) node.value(index));
        node.set(index, child);
        return child;
    }

    private TreeNode load(Extent extent) throws IOException {
        TreeNode node = new TreeNode(read(extent));
        giveUp(extent);
        nodes++;
        return node;
    }

    private NodePage read(Extent extent) throws IOException {
        flushIfFresh(extent);
        return NodePage.read(pages, extent);
    }

    private void flushIfFresh(Extent extent) throws IOException {
        if (space.isFresh(extent.page())) {
            pages.flush();
        }
    }

    private void giveUp(Extent extent) {
        space.giveUp(extent.page(), extent.pages());
    }

    private TreeNode leafFor(byte[] key) throws IOException {
        TreeNode node = editRoot();
        while (node.level() > 0) {
            node = child(node, node.childFor(key));
        }
        return node;
    }

    /** The value of a key as the transaction sees it: a buffer from its position to its limit, not to be modified; null if there is none. */
    @Nullable
    ByteBuffer get(byte[] key) throws IOException {
        Content at = root;
        while (at instanceof TreeNode node && node.level() > 0) {
            at = node.value(node.childFor(key));
        }
        if (at instanceof TreeNode leaf) {
            int found = leaf.find(key);
            return found < 0 ? null : value(leaf.value(found));
        }
        Extent extent = (Extent) at;
        if (extent.isNone()) {
            return null;
        }
        flushIfFresh(extent);
        return TreeReader.get(pages, extent, key, this::flushIfFresh);
    }

    private ByteBuffer value(Content content) throws IOException {
        return switch (content) {
            case Content.Inline inline -> ByteBuffer.wrap(inline.bytes()).asReadOnlyBuffer();
            case Extent extent -> {
                flushIfFresh(extent);
                yield TreeReader.value(pages, extent);
            }
            case TreeNode node -> throw new IllegalStateException("a node in a leaf");
        };
    }

    void put(byte[] key, ByteBuffer value) throws IOException {
        TreeNode leaf = leafFor(key);
        int found = leaf.find(key);
        if (found >= 0 && leaf.value(found) instanceof Extent before) {
            giveUp(before);
        }
        Content content;
        if (NodePage.ENTRY_OVERHEAD + key.length + value.remaining() > MAX_INLINE_ENTRY_BYTES) {
            content = writeValue(key, value);
        } else {
            byte[] bytes = new byte[value.remaining()];
            value.get(bytes);
            content = new Content.Inline(bytes);
        }
        if (found >= 0) {
            leaf.set(found, content);
        } else {
            leaf.insert(-found - 1, key, content);
        }
        putBytes += NodePage.ENTRY_OVERHEAD + key.length + content.encodedBytes();
    }

    private Extent writeValue(byte[] key, ByteBuffer value) throws IOException {
        ByteBuffer run = ByteBuffer.allocate(RunKind.HEADER_BYTES + key.length + value.remaining());
        run.put(RunKind.VALUE.code()).put((byte) 0).putShort((short) key.length).putInt(0).put(key).put(value).flip();
        return pages.write(space.take(Extent.pagesFor(run.limit())), run, false);
    }

    /** Returns whether the key was there. */
    boolean delete(byte[] key) throws IOException {
        TreeNode leaf = leafFor(key);
        int found = leaf.find(key);
        if (found < 0) {
            return false;
        }
        if (leaf.value(found) instanceof Extent run) {
            giveUp(run);
        }
        leaf.remove(found, found + 1);
        return true;
    }

    /** Deletes the keys from one (inclusive) to another (exclusive; null for all). Leaves that lie within are not read, unless they have values in runs. */
    void deleteRange(byte[] from, byte @Nullable [] to) throws IOException {
        if (root instanceof TreeNode || !((Extent) root).isNone()) {
            TreeNode top = editRoot();
            deleteRange(top, null, null, from, to);
            if (top.count() == 0) {
                root = Extent.NONE;
            }
        }
    }

    /** {@code low} and {@code high} bound the keys below the node; null for no bound. */
    private void deleteRange(TreeNode node, byte @Nullable [] low, byte @Nullable [] high, byte[] from,
            byte @Nullable [] to) throws IOException {
        if (node.level() == 0) {
            int begin = insertionPoint(node, from);
            int end = to == null ? node.count() : Math.max(begin, insertionPoint(node, to));
            for (int index = begin; index < end; index++) {
                if (node.value(index) instanceof Extent run) {
                    giveUp(run);
                }
            }
            node.remove(begin, end);
            return;
        }
        boolean first = true;
        for (int index = node.childFor(from); index < node.count()
                && (first || to == null || compare(node.key(index), to) < 0); first = false) {
            byte @Nullable [] childLow = index == 0 ? low : node.key(index);
            byte @Nullable [] childHigh = index + 1 < node.count() ? node.key(index + 1) : high;
            if (isAfter(childLow, from) && (to == null || childHigh != null && compare(childHigh, to) <= 0)) {
                giveUpBelow(node.value(index), node.level() - 1);
                node.remove(index, index + 1);
                continue;
            }
            TreeNode child = child(node, index);
            deleteRange(child, childLow, childHigh, from, to);
            if (child.count() == 0) {
                node.remove(index, index + 1);
            } else {
                index++;
            }
        }
    }

    /** Whether keys that a bound bounds below are in a range that begins so. */
    private static boolean isAfter(byte @Nullable [] low, byte[] from) {
        return from.length == 0 || low != null && compare(low, from) >= 0;
    }

    private static int insertionPoint(TreeNode node, byte[] key) {
        int found = node.find(key);
        return found >= 0 ? found : -found - 1;
    }

    private static int compare(byte[] a, byte[] b) {
        return Arrays.compareUnsigned(a, b);
    }

    /** Gives up a node and all that is below it. */
    private void giveUpBelow(Content content, int level) throws IOException {
        switch (content) {
            case Content.Inline inline -> {}
            case Extent extent -> giveUpBelow(extent, level);
            case TreeNode node -> {
                for (int index = 0; index < node.count(); index++) {
                    giveUpBelow(node.value(index), level - 1);
                }
            }
        }
    }

    /** {@code level} is -1 for a value. A leaf is read only if it has values in runs. */
    private void giveUpBelow(Extent extent, int level) throws IOException {
        if (level > 0 || level == 0 && extent.values()) {
            NodePage node = read(extent);
            for (int index = 0; index < node.count(); index++) {
                if (node.isRun(index)) {
                    giveUpBelow(node.extent(index), level - 1);
                }
            }
        }
        giveUp(extent);
    }

    /** Makes a node, known by a key below it, move: it will be written to another page. False if it does not lie at that page. */
    boolean moveNode(byte[] key, int level, int page) throws IOException {
        if (root instanceof Extent extent && extent.page() == page) {
            editRoot();
            return true;
        }
        TreeNode node = editRoot();
        while (node.level() > level + 1) {
            node = child(node, node.childFor(key));
        }
        int index = node.childFor(key);
        if (node.level() != level + 1 || !(node.value(index) instanceof Extent found) || found.page() != page) {
            return false;
        }
        child(node, index);
        return true;
    }

    /** Moves a key's value to another run. False if it does not lie at that page. */
    boolean moveValue(byte[] key, int page) throws IOException {
        TreeNode leaf = leafFor(key);
        int index = leaf.find(key);
        if (index < 0 || !(leaf.value(index) instanceof Extent found) || found.page() != page) {
            return false;
        }
        ByteBuffer run = pages.read(found);
        RunKind.VALUE.expect(run, page, pages);
        giveUp(found);
        leaf.set(index, pages.write(space.take(found.pages()), run, false));
        return true;
    }
}
