package io.myriad.store.page;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * Changes to a page file that all happen or none. Each page that is touched is written once, when the transaction commits, however often it was changed; a transaction that edits more than
 * {@link #SPILL_BYTES} writes what it has before, to pages that belong to no state yet, so that it may be of any size. One thread.
 */
public final class PageTransaction implements AutoCloseable {

    /** The longest key in bytes: an inner node always holds several. */
    public static final int MAX_KEY_BYTES = 512;

    /** The longest value in bytes. */
    public static final int MAX_VALUE_BYTES = 256 << 20;

    /** Edited nodes are kept in memory up to so many bytes, roughly. */
    static final long SPILL_BYTES = 32L << 20;

    private final PageFile file;
    private final TreeEditor editor;
    private final TreeWriter writer;
    private final long spillBytes;
    private boolean open = true;

    PageTransaction(PageFile file, TreeEditor editor, TreeWriter writer, long spillBytes) {
        this.file = file;
        this.editor = editor;
        this.writer = writer;
        this.spillBytes = spillBytes;
    }

    TreeEditor editor() {
        return editor;
    }

    /** The value of a key as this transaction sees it, from the buffer's position to its limit, read-only; null if there is none. */
    public @Nullable ByteBuffer get(byte[] key) throws IOException {
        checkOpen();
        return editor.get(key);
    }

    /** Sets a key's value. The key is kept, not copied. */
    public void put(byte[] key, byte[] value) throws IOException {
        put(key, ByteBuffer.wrap(value));
    }

    /** Sets a key's value to what lies from a buffer's position to its limit, which is copied. The key is kept, not copied. */
    public void put(byte[] key, ByteBuffer value) throws IOException {
        checkOpen();
        if (key.length > MAX_KEY_BYTES || value.remaining() > MAX_VALUE_BYTES) {
            throw new IllegalArgumentException("a key of " + key.length + " bytes (at most " + MAX_KEY_BYTES
                    + ") with a value of " + value.remaining() + " (at most " + MAX_VALUE_BYTES + ")");
        }
        editor.put(key, value.duplicate());
        spill();
    }

    /** Deletes a key; returns whether it was there. */
    public boolean delete(byte[] key) throws IOException {
        checkOpen();
        boolean deleted = editor.delete(key);
        spill();
        return deleted;
    }

    /**
     * Deletes the keys from one (inclusive) to another (exclusive; null for all). Reads the edges of the range and the nodes above it; of the leaves within only those that have values in
     * runs of their own.
     */
    public void deleteRange(byte[] from, byte @Nullable [] to) throws IOException {
        checkOpen();
        editor.deleteRange(from, to);
        spill();
    }

    private void spill() throws IOException {
        if (editor.editedBytes() > spillBytes) {
            writer.write();
        }
    }

    /**
     * Makes the changes the file's state, and the state the result of the log up to an entry; it is on the disk when this returns.
     *
     * @throws IOException if the disk fails: the state may be the old or the new one when the file is opened again, and until then nothing more can be changed
     */
    public void commit(long appliedIndex, long appliedTerm) throws IOException {
        checkOpen();
        open = false;
        file.commit(writer, appliedIndex, appliedTerm);
    }

    private void checkOpen() {
        if (!open) {
            throw new IllegalStateException("the transaction has ended");
        }
    }

    /** Ends the transaction; if it was not committed, nothing happened. */
    @Override
    public void close() {
        if (open) {
            open = false;
            file.rollback();
        }
    }
}
