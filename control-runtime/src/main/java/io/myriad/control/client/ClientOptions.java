package io.myriad.control.client;

import java.net.URI;
import java.util.List;

/**
 * How a client reaches the API.
 *
 * @param servers API servers of one cluster, at least one; any of them will do for any request
 * @param credentials who we are and whom we trust
 * @param userAgent the User-Agent, which is also the manager name of fields we write: {@code myriad-controller/0.1}
 * @param connections connections opened at once per server; requests are spread over them
 * @param connectionsMax connections opened at most when those are full
 * @param streamsPerConnection requests and watches at a time on one connection; servers refuse more than they announce,
 *            kube-apiserver announces 100
 * @param requestTimeoutMillis until the whole answer of a request must be there, retries included; not for watches
 * @param retriesMax how often a request is sent again at most
 * @param watchSilenceMillis a watch that carries nothing for so long counts as broken; bookmarks come every minute
 */
public record ClientOptions(List<URI> servers, Credentials credentials, String userAgent, int connections,
        int connectionsMax, int streamsPerConnection, long requestTimeoutMillis, int retriesMax,
        long watchSilenceMillis) {
    public ClientOptions {
        servers = List.copyOf(servers);
        if (servers.isEmpty() || connections < 1 || connectionsMax < connections || streamsPerConnection < 1) {
            throw new IllegalArgumentException("client needs servers, connections and streams");
        }
    }

    /** The defaults with these servers, or with the kubeconfig's own when the list is empty. */
    public static ClientOptions of(KubeConfig config, List<URI> servers, String userAgent) {
        return new ClientOptions(servers.isEmpty() ? List.of(config.server()) : servers, config.credentials(),
                userAgent, 2, 16, 90, 30_000, 5, 180_000);
    }

    public ClientOptions withUserAgent(String newUserAgent) {
        return new ClientOptions(servers, credentials, newUserAgent, connections, connectionsMax,
                streamsPerConnection, requestTimeoutMillis, retriesMax, watchSilenceMillis);
    }

    public ClientOptions withConnections(int newConnections, int newConnectionsMax) {
        return new ClientOptions(servers, credentials, userAgent, newConnections, newConnectionsMax,
                streamsPerConnection, requestTimeoutMillis, retriesMax, watchSilenceMillis);
    }

    public ClientOptions withStreamsPerConnection(int newStreamsPerConnection) {
        return new ClientOptions(servers, credentials, userAgent, connections, connectionsMax,
                newStreamsPerConnection, requestTimeoutMillis, retriesMax, watchSilenceMillis);
    }

    public ClientOptions withRequestTimeoutMillis(long newRequestTimeoutMillis) {
        return new ClientOptions(servers, credentials, userAgent, connections, connectionsMax, streamsPerConnection,
                newRequestTimeoutMillis, retriesMax, watchSilenceMillis);
    }

    public ClientOptions withRetriesMax(int newRetriesMax) {
        return new ClientOptions(servers, credentials, userAgent, connections, connectionsMax, streamsPerConnection,
                requestTimeoutMillis, newRetriesMax, watchSilenceMillis);
    }

    public ClientOptions withWatchSilenceMillis(long newWatchSilenceMillis) {
        return new ClientOptions(servers, credentials, userAgent, connections, connectionsMax, streamsPerConnection,
                requestTimeoutMillis, retriesMax, newWatchSilenceMillis);
    }
}
