package io.myriad.control.client;

/**
 * How to watch.
 *
 * @param resourceVersion events after this version; empty with {@code sendInitialEvents} for the newest state first
 * @param sendInitialEvents whether the server first sends what exists, ended by a bookmark (watch-list)
 * @param timeoutSeconds after which the server ends the watch; 0 for the server's choice
 */
public record WatchOptions(String resourceVersion, boolean sendInitialEvents, int timeoutSeconds) {}
