package io.myriad.control.client;

import org.jspecify.annotations.Nullable;

/**
 * Receives a watch. Calls come one after the other, never two at once, with memory effects of each visible to the next,
 * but on changing threads. A slow listener slows the stream of its watch and nothing else.
 */
public interface WatchListener {
    /** What happened to an object. */
    enum EventType {
        ADDED,
        MODIFIED,
        DELETED,
        /** Nothing happened up to the version of the object, which carries nothing else. */
        BOOKMARK
    }

    /** The server accepted the watch. */
    default void opened() {}

    /** An event. An exception thrown here ends the watch with it. */
    void event(EventType type, ApiObject object);

    /**
     * The watch is over; called once, last.
     *
     * @param why null when the server ended it in good order; a {@link io.myriad.api.StatusException} when it refused or
     *            ended it with an error; {@link TransportException} when the connection broke
     */
    void closed(@Nullable Throwable why);
}
