package io.myriad.store.page;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** Looks up keys in a tree that nobody changes. It keeps the nodes on the way to the last key, so that keys near to each other, ascending, cost a page a leaf. One thread. */
final class TreeCursor {

    /** A node and where it lies. */
    private record Step(Extent extent, NodePage node) {}

    private final Pages pages;
    private final Extent root;
    private final List<Step> path = new ArrayList<>();

    TreeCursor(Pages pages, Extent root) {
        this.pages = pages;
        this.root = root;
    }

    /** The value of a key, from the buffer's position to its limit, read-only; null if there is none. */
    @Nullable
    ByteBuffer get(byte[] key) throws IOException {
        if (root.isNone()) {
            return null;
        }
        Extent at = root;
        for (int depth = 0;; depth++) {
            NodePage node = node(depth, at);
            if (node.level() > 0) {
                at = node.extent(node.childFor(key));
                continue;
            }
            int found = node.find(key);
            if (found < 0) {
                return null;
            }
            if (node.isRun(found)) {
                return TreeReader.value(pages, node.extent(found));
            }
            ByteBuffer value = node.buffer();
            node.view(found, node.buffer(), value);
            return value;
        }
    }

    private NodePage node(int depth, Extent extent) throws IOException {
        if (depth < path.size()) {
            Step known = path.get(depth);
            if (known.extent.page() == extent.page()) {
                return known.node;
            }
            path.subList(depth, path.size()).clear();
        }
        NodePage node = NodePage.read(pages, extent);
        path.add(new Step(extent, node));
        return node;
    }
}
