package io.myriad.store.page;

import java.io.IOException;

/**
 * Gives the nodes that a transaction edited their pages, from the leaves up, since a node holds the checksums of those below.
 *
 * <p>First nodes that have got thin are merged with a neighbour and empty ones dropped ({@link #settle}), then each is cut into as many pages as it fills. A node in the middle of the tree
 * is cut into equal parts, so that there is room in each; the last of a level into full ones: where keys ascend, as revisions do, nothing is ever put before it again.
 */
final class TreeWriter {

    /** What the entries of one node may take. */
    static final int CAPACITY = Pages.PAGE_BYTES - RunKind.HEADER_BYTES;

    /** A node whose entries take less is merged with a neighbour. */
    private static final int THIN_BYTES = CAPACITY / 4;

    private final Pages pages;
    private final PageSpace space;
    private final TreeEditor editor;

    TreeWriter(Pages pages, PageSpace space, TreeEditor editor) {
        this.pages = pages;
        this.space = space;
        this.editor = editor;
    }

    /** Writes all that was edited; the editor goes on with the written tree. */
    Extent write() throws IOException {
        Extent written = editor.root() instanceof TreeNode node ? writeRoot(node) : (Extent) editor.root();
        editor.root(written);
        pages.flush();
        return written;
    }

    private Extent writeRoot(TreeNode root) throws IOException {
        settle(root);
        TreeNode top = root;
        while (top.level() > 0 && top.count() == 1) {
            if (!(top.value(0) instanceof TreeNode child)) {
                return (Extent) top.value(0);
            }
            top = child;
        }
        if (top.count() == 0) {
            return Extent.NONE;
        }
        writeBelow(top, true);
        TreeNode parts = cut(top, true);
        while (parts.count() > 1) {
            parts = cut(parts, true);
        }
        return (Extent) parts.value(0);
    }

    /** Drops the empty among the nodes below and merges the thin ones with a neighbour. */
    private void settle(TreeNode node) throws IOException {
        if (node.level() == 0) {
            return;
        }
        for (int index = 0; index < node.count(); index++) {
            if (node.value(index) instanceof TreeNode child) {
                settle(child);
            }
        }
        for (int index = 0; index < node.count();) {
            if (!(node.value(index) instanceof TreeNode child)) {
                index++;
            } else if (child.count() == 0) {
                node.remove(index, index + 1);
            } else if (child.entryBytes() < THIN_BYTES && node.count() > 1) {
                index = Math.max(index - 1, 0);
                editor.child(node, index).append(editor.child(node, index + 1));
                node.remove(index + 1, index + 2);
            } else {
                index++;
            }
        }
    }

    private void writeBelow(TreeNode node, boolean last) throws IOException {
        if (node.level() == 0) {
            return;
        }
        for (int index = 0; index < node.count();) {
            int parts = 1;
            if (node.value(index) instanceof TreeNode child) {
                boolean lastChild = last && index == node.count() - 1;
                writeBelow(child, lastChild);
                TreeNode written = cut(child, lastChild);
                node.replace(index, index + 1, written);
                parts = written.count();
            }
            index += parts;
        }
    }

    /** Writes a node, as many pages as it fills; returns their entries for the node above, as a node. */
    private TreeNode cut(TreeNode node, boolean last) throws IOException {
        TreeNode above = new TreeNode(node.level() + 1);
        int parts = (node.entryBytes() + CAPACITY - 1) / CAPACITY;
        int wanted = last ? CAPACITY : (node.entryBytes() + parts - 1) / parts;
        int from = 0;
        int bytes = 0;
        for (int index = 0; index < node.count(); index++) {
            int entryBytes = node.entryBytes(index);
            if (bytes >= wanted || bytes + entryBytes > CAPACITY) {
                above.insert(above.count(), node.key(from), writePart(node, from, index, bytes));
                from = index;
                bytes = 0;
            }
            bytes += entryBytes;
        }
        above.insert(above.count(), node.key(from), writePart(node, from, node.count(), bytes));
        return above;
    }

    private Extent writePart(TreeNode node, int from, int to, int entryBytes) throws IOException {
        boolean values = false;
        for (int index = from; index < to && !values; index++) {
            values = node.value(index) instanceof Extent extent && (node.level() == 0 || extent.values());
        }
        return pages.write(space.take(1), NodePage.encode(node, from, to, RunKind.HEADER_BYTES + entryBytes), values);
    }
}
