package io.myriad.store.page;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/** Reads a tree that nobody changes. Any thread. */
final class TreeReader {

    private TreeReader() {}

    /** Told of each run before it is read. */
    @FunctionalInterface
    interface BeforeRead {
        void reading(Extent extent) throws IOException;
    }

    /** The value of a key: a read-only buffer from its position to its limit; null if there is none. */
    static @Nullable ByteBuffer get(Pages pages, Extent root, byte[] key, BeforeRead before) throws IOException {
        Extent at = root;
        while (true) {
            before.reading(at);
            NodePage node = NodePage.read(pages, at);
            if (node.level() > 0) {
                at = node.extent(node.childFor(key));
                continue;
            }
            int found = node.find(key);
            if (found < 0) {
                return null;
            }
            if (node.isRun(found)) {
                Extent run = node.extent(found);
                before.reading(run);
                return value(pages, run);
            }
            ByteBuffer value = node.buffer();
            node.view(found, node.buffer(), value);
            return value;
        }
    }

    /** The value in a run. */
    static ByteBuffer value(Pages pages, Extent extent) throws IOException {
        ByteBuffer run = pages.read(extent);
        RunKind.VALUE.expect(run, extent.page(), pages);
        return run.position(RunKind.HEADER_BYTES + Short.toUnsignedInt(run.getShort(2))).asReadOnlyBuffer();
    }

    /** Hands over entries in key order. Returns false if the visitor ended it. */
    static boolean visit(Pages pages, Extent extent, byte[] from, byte @Nullable [] to, PageReader.Visitor visitor)
            throws IOException {
        NodePage node = NodePage.read(pages, extent);
        int index;
        if (node.level() > 0) {
            for (index = node.childFor(from); index < node.count() && !isAtEnd(node, index, from, to); index++) {
                if (!visit(pages, node.extent(index), from, to, visitor)) {
                    return false;
                }
            }
            return true;
        }
        ByteBuffer key = node.buffer();
        ByteBuffer value = node.buffer();
        int found = node.find(from);
        for (index = found >= 0 ? found : -found - 1; index < node.count(); index++) {
            if (to != null && node.compareKey(index, to) >= 0) {
                return false;
            }
            node.view(index, key, value);
            if (!visitor.visit(key, node.isRun(index) ? value(pages, node.extent(index)) : value)) {
                return false;
            }
        }
        return true;
    }

    /** Whether no key below an inner node's entry is before the end. The first is always looked at: a key may be less than its entry's. */
    private static boolean isAtEnd(NodePage node, int index, byte[] from, byte @Nullable [] to) {
        return to != null && (index > 0 ? node.compareKey(index, to) >= 0 : Arrays.compareUnsigned(from, to) >= 0);
    }
}
