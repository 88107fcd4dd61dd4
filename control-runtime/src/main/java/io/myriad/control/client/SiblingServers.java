package io.myriad.control.client;

import java.net.URI;
import java.net.http.HttpClient;

import org.jspecify.annotations.Nullable;

/**
 * API servers that run in this JVM, which need no network to be reached. A process that has such servers provides one for
 * {@link java.util.ServiceLoader}; others have none.
 */
public interface SiblingServers {
    /** A client of the server at this address, or null when it is not in this JVM, or not now. */
    @Nullable
    HttpClient client(URI server, Credentials credentials);
}
