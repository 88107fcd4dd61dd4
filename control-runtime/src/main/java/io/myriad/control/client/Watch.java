package io.myriad.control.client;

/** A running watch. */
public interface Watch extends AutoCloseable {
    /** Ends it; the listener's {@code closed} follows soon, if it has not been called before. */
    @Override
    void close();
}
