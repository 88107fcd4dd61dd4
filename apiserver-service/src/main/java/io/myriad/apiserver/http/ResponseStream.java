package io.myriad.apiserver.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;

/**
 * A response body that is written piece by piece: all that LISTs and WATCHes know of the protocol below. {@link #write}
 * and {@link #end} may be called from any thread, in order; what is written leaves with the next {@link #flush} of this
 * or any other stream of the same connection.
 */
public interface ResponseStream {
    /** The event loop that owns the connection; callbacks come from it. */
    EventLoop loop();

    /** Whether more may be written now without memory growing. */
    boolean writable();

    /** Whether the client or the connection is gone; what is written then is dropped. */
    boolean closed();

    /** Hands over a piece; {@code data} belongs to the stream from now on. */
    void write(ByteBuf data);

    /** As {@link #write}, and runs {@code sent} on the event loop when the piece has left or was dropped. */
    void write(ByteBuf data, Runnable sent);

    /** Sends what this stream's connection has been given. */
    void flush();

    /** Sends what is left and ends the body in good order. */
    void end();

    /** Ends the body in a way that tells the client that it is not whole. */
    void abort();

    /** What identifies the connection: streams with the same one share a {@link #flush}. */
    Object connection();

    /** Runs on the event loop whenever the stream becomes writable again. At most one. */
    void onWritable(Runnable action);

    /** Runs once on the event loop when the client goes away before {@link #end}; at once if it is gone already. */
    void onClosed(Runnable action);
}
