package io.myriad.store.page;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What is in a run, as the first of its {@value #HEADER_BYTES} header bytes says. A run says enough of itself to find who refers to it: a node its level and, by its first entry, a key
 * below it; a value its key; a chunk its number.
 */
enum RunKind {
    /** Then level, 1 byte; number of entries, 2; zeros. See {@link NodePage}. */
    NODE,
    /** Then zero; length of the key, 2 bytes; zeros; behind the header the key and the value. */
    VALUE,
    /** Then zeros; number of the chunk, 4 bytes. See {@link PageMap}. */
    MAP_CHUNK,
    /** Then zeros; number of chunks, 4 bytes; behind the header where each lies. */
    MAP_INDEX;

    static final int HEADER_BYTES = 8;

    private static final RunKind[] KINDS = values();

    /** The first byte: never 0, so that zeros are no run. */
    byte code() {
        return (byte) (ordinal() + 1);
    }

    static RunKind of(ByteBuffer run, int page, Pages pages) throws IOException {
        int code = run.limit() < HEADER_BYTES ? 0 : run.get(0);
        if (code < 1 || code > KINDS.length) {
            throw pages.damaged(page, "no run begins with byte " + code);
        }
        return KINDS[code - 1];
    }

    /** Throws if a run, whose checksum is right, is of another kind: whoever wrote it or refers to it was wrong. */
    void expect(ByteBuffer run, int page, Pages pages) throws IOException {
        RunKind found = of(run, page, pages);
        if (found != this) {
            throw pages.damaged(page, "a " + found + " where a " + this + " should be");
        }
    }
}
