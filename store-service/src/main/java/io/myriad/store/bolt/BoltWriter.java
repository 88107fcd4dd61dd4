package io.myriad.store.bolt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Writes a database into an empty file: buckets in the order of their names, in each its entries in the order of their keys, bytes unsigned. Memory is needed for a few pages, whatever
 * comes. The file is a database when {@link #finish} has returned.
 */
public final class BoltWriter {

    private static final byte[] NOTHING = new byte[0];

    private final FileChannel file;
    private final PageSequence pages;
    private final BucketTree buckets;
    private byte[] lastName = NOTHING;
    private byte[] lastKey = NOTHING;
    private @Nullable BucketTree bucket;

    /** @param file empty; it is the caller's to close */
    public BoltWriter(FileChannel file) {
        this.file = file;
        this.pages = new PageSequence(file);
        this.buckets = new BucketTree(pages);
    }

    /** Begins the next bucket. */
    public void bucket(String name) throws IOException {
        endBucket();
        lastName = ascending(lastName, name.getBytes(StandardCharsets.UTF_8));
        lastKey = NOTHING;
        bucket = new BucketTree(pages);
    }

    /** Adds the next entry of the bucket. The arrays are kept for a while. */
    public void put(byte[] key, byte[] value) throws IOException {
        if (bucket == null) {
            throw new IllegalStateException("an entry without a bucket");
        }
        lastKey = ascending(lastKey, key);
        bucket.add(0, key, value);
    }

    private static byte[] ascending(byte[] before, byte[] next) {
        if (Arrays.compareUnsigned(before, next) >= 0) {
            throw new IllegalArgumentException("keys do not ascend");
        }
        return next;
    }

    private void endBucket() throws IOException {
        if (bucket != null) {
            ByteBuffer header = ByteBuffer.allocate(BoltLayout.BUCKET_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            buckets.add(BoltLayout.BUCKET, lastName, header.putLong(bucket.finish()).putLong(0).array());
            bucket = null;
        }
    }

    /** Makes the file a database. */
    public void finish() throws IOException {
        endBucket();
        long root = buckets.finish();
        pages.flush();
        // The page of the newer transaction is the one whose number is the transaction's lowest bit.
        for (long page = 0; page < BoltMeta.PAGES; page++) {
            ByteBuffer meta = new BoltMeta(BoltLayout.PAGE_BYTES, root, pages.next(), BoltMeta.PAGES + page)
                    .encode(page);
            while (meta.hasRemaining()) {
                file.write(meta, page * BoltLayout.PAGE_BYTES + meta.position());
            }
        }
    }
}
