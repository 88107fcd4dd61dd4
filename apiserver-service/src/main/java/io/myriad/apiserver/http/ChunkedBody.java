package io.myriad.apiserver.http;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

import io.myriad.api.codec.ByteSink;

/**
 * Writes a large body from a virtual thread: bytes are gathered into pooled chunks, and only so many chunks are under way
 * that a slow client holds a few megabytes at most. A client that takes nothing for too long is dropped.
 */
final class ChunkedBody implements ByteSink {
    /** What ends the writing when the client is gone. */
    static final class ClientGoneException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ClientGoneException(String message) {
            super(message, null, false, false);
        }
    }

    static final int CHUNK_BYTES = 256 << 10;
    private static final int CHUNKS_UNDER_WAY = 8;
    private static final int STALL_TIMEOUT_SECONDS = 60;

    private final ResponseStream stream;
    private final Semaphore permits = new Semaphore(CHUNKS_UNDER_WAY);
    private @Nullable ByteBuf chunk;

    ChunkedBody(ResponseStream stream) {
        this.stream = stream;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        int from = offset;
        int left = length;
        while (left > 0) {
            ByteBuf into = chunk();
            int taken = Math.min(left, into.writableBytes());
            into.writeBytes(bytes, from, taken);
            from += taken;
            left -= taken;
            sendIfFull(into);
        }
    }

    @Override
    public void write(int b) {
        ByteBuf into = chunk();
        into.writeByte(b);
        sendIfFull(into);
    }

    private ByteBuf chunk() {
        ByteBuf current = chunk;
        if (current == null) {
            current = ByteBufAllocator.DEFAULT.directBuffer(CHUNK_BYTES, CHUNK_BYTES);
            chunk = current;
        }
        return current;
    }

    private void sendIfFull(ByteBuf full) {
        if (full.writableBytes() == 0) {
            send(full);
        }
    }

    private void send(ByteBuf full) {
        chunk = null;
        try {
            if (!permits.tryAcquire(STALL_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                full.release();
                throw new ClientGoneException("the client has read nothing for " + STALL_TIMEOUT_SECONDS + " s");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            full.release();
            throw new ClientGoneException("interrupted");
        }
        if (stream.closed()) {
            full.release();
            throw new ClientGoneException("the client is gone");
        }
        stream.write(full, permits::release);
        stream.flush();
    }

    /** Sends what has been gathered so far. */
    void flush() {
        ByteBuf gathered = chunk;
        if (gathered != null && gathered.isReadable()) {
            send(gathered);
        }
    }

    /** Sends what is left and ends the body. */
    void end() {
        ByteBuf last = chunk;
        if (last != null && last.isReadable()) {
            send(last);
        } else if (last != null) {
            last.release();
            chunk = null;
        }
        stream.end();
    }

    /** Gives up: the client sees a body that is not whole. */
    void abort() {
        if (chunk != null) {
            chunk.release();
            chunk = null;
        }
        stream.abort();
    }
}
