package io.myriad.management;

import java.io.IOException;

/** What a process is there for. Making one only prepares it; nothing runs, and nobody else is asked, before {@link #start}. */
public interface Service extends AutoCloseable {
    /**
     * Starts to work; called once.
     *
     * @throws IOException when a file or a port cannot be used; the message is for the user
     */
    void start() throws IOException;

    /** Stops, whether it was started or not; called once. */
    @Override
    void close();
}
