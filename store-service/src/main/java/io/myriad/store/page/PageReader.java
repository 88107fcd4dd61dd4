package io.myriad.store.page;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

/**
 * One state of a page file, which does not change while transactions go on. Takes no lock and holds nobody up; but pages that later states do not need stay taken until it is closed.
 * Any thread, also several at once.
 */
public final class PageReader implements AutoCloseable {

    private final Pages pages;
    private final FileState state;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** {@code state} has let this reader in. */
    PageReader(Pages pages, FileState state) {
        this.pages = pages;
        this.state = state;
    }

    /** Receives entries. */
    @FunctionalInterface
    public interface Visitor {
        /** Key and value from the buffers' positions to their limits, for the duration of the call. Returns false to end the visit. */
        boolean visit(ByteBuffer key, ByteBuffer value) throws IOException;
    }

    /** Place in the log of the last entry that this state is the result of. */
    public long appliedIndex() {
        return state.meta().appliedIndex();
    }

    /** Term of that entry. */
    public long appliedTerm() {
        return state.meta().appliedTerm();
    }

    /** The value of a key, from the buffer's position to its limit, read-only; null if there is none. */
    public @Nullable ByteBuffer get(byte[] key) throws IOException {
        checkOpen();
        Extent root = state.meta().root();
        return root.isNone() ? null : TreeReader.get(pages, root, key, extent -> {});
    }

    /** Hands over the entries from a key (inclusive) to another (exclusive; null for all), in key order, keys unsigned. */
    public void visit(byte[] from, byte @Nullable [] to, Visitor visitor) throws IOException {
        checkOpen();
        Extent root = state.meta().root();
        if (!root.isNone()) {
            TreeReader.visit(pages, root, from, to, visitor);
        }
    }

    /** Receives values. */
    @FunctionalInterface
    public interface Values {
        /** A value from the buffer's position to its limit, null if there is none; {@code index} is that of its key. */
        void accept(int index, @Nullable ByteBuffer value) throws IOException;
    }

    /** Hands over the values of keys; a page is read once if the keys ascend. */
    public void getAll(byte[][] keys, Values values) throws IOException {
        checkOpen();
        TreeCursor cursor = new TreeCursor(pages, state.meta().root());
        for (int index = 0; index < keys.length; index++) {
            values.accept(index, cursor.get(keys[index]));
        }
    }

    private void checkOpen() {
        if (closed.get()) {
            throw new IllegalStateException("the reader is closed: its pages may be another state's by now");
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            state.leave();
        }
    }
}
