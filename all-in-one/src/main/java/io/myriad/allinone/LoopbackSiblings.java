package io.myriad.allinone;

import java.net.URI;
import java.net.http.HttpClient;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.myriad.apiserver.http.LocalCalls;
import io.myriad.control.client.Credentials;
import io.myriad.control.client.SiblingServers;

/** The API server of this process, when that is who listens on a loopback address. */
public final class LoopbackSiblings implements SiblingServers {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

    @Override
    public @Nullable HttpClient client(URI server, Credentials credentials) {
        return "https".equals(server.getScheme()) && LOOPBACK.contains(server.getHost())
                && LocalCalls.served(server.getPort()) ? new SiblingHttpClient(credentials) : null;
    }
}
