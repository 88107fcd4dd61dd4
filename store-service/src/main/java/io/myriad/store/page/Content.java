package io.myriad.store.page;

import java.nio.ByteBuffer;

/** What an entry of a tree node has beside its key: a value, or where a value or the node below lies; or, while a transaction edits it, the node below itself. */
sealed interface Content permits Content.Inline, Extent, TreeNode {

    /** Bytes that it takes in its node's page. */
    int encodedBytes();

    void encode(ByteBuffer target);

    /** A value that is short enough to lie in its leaf. Not copied, never modified. */
    record Inline(byte[] bytes) implements Content {
        @Override
        public int encodedBytes() {
            return bytes.length;
        }

        @Override
        public void encode(ByteBuffer target) {
            target.put(bytes);
        }
    }
}
