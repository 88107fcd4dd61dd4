package io.myriad.store.raft;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * How operations are packed into a log entry: a format byte, the proposing member and its number for the batch (so that it finds who waits for the answers), the number of
 * operations, then each as command, length and payload. Big-endian.
 */
final class EntryFormat {

    static final byte FORMAT = 1;
    static final int HEADER_BYTES = 1 + 8 + 8 + 4;
    static final int OPERATION_OVERHEAD_BYTES = 1 + 4;

    private EntryFormat() {}

    static byte[] pack(long memberId, long batchId, List<Proposal> proposals) {
        int size = HEADER_BYTES;
        for (Proposal proposal : proposals) {
            size += OPERATION_OVERHEAD_BYTES + proposal.payload().length;
        }
        ByteBuffer entry = ByteBuffer.allocate(size);
        entry.put(FORMAT).putLong(memberId).putLong(batchId).putInt(proposals.size());
        for (Proposal proposal : proposals) {
            entry.put(proposal.command()).putInt(proposal.payload().length).put(proposal.payload());
        }
        return entry.array();
    }

    /** Checks an entry's format byte and leaves the buffer behind it. */
    static void checkFormat(ByteBuffer entry) {
        byte format = entry.get();
        if (format != FORMAT) {
            throw new IllegalStateException("log entry of format " + format + ", this version reads " + FORMAT);
        }
    }
}
