package io.myriad.store.server;

/**
 * What clients may take of a member.
 *
 * @param maxConnections open connections to all client and metrics addresses; one more is closed at once
 * @param maxCalls concurrent calls of a connection
 * @param maxResets calls that a client may reset within {@link #RESET_WINDOW_SECONDS}
 * @param greetingMillis from the connection to the first bytes that tell the protocol, a TLS handshake included, and from
 *     there to the end of a first HTTP/1.1 request
 * @param idleMillis from the end of one HTTP/1.1 request to the end of the next
 * @param pingMillis how often a gRPC client may ask whether the member is still there; 0: as gRPC has it, every five minutes and
 *     while there are calls
 * @param silenceMillis after how long a silence a gRPC client is asked whether it is still there; gRPC makes it at least ten
 *     seconds; 0: never
 * @param silenceTimeoutMillis how long it may take to answer; 0: it is not asked
 */
public record ClientLimits(int maxConnections, int maxCalls, int maxResets, long greetingMillis, long idleMillis,
        long pingMillis, long silenceMillis, long silenceTimeoutMillis) {
    /** Over how long resets are counted. */
    static final int RESET_WINDOW_SECONDS = 30;

    private static final long SHORTEST_SILENCE_MILLIS = 10_000;

    /** The limits of a store, with etcd's keep-alive. API servers keep a few connections; what is counted here is a defence, not a size. */
    public static ClientLimits standard() {
        return new ClientLimits(20_000, 10_000, 20_000, 10_000, 90_000, 5_000, 7_200_000, 20_000);
    }

    /** The same with another keep-alive. A silence that gRPC makes longer is made so here too, or who was not asked would be closed. */
    public ClientLimits withKeepAlive(long pings, long silence, long silenceTimeout) {
        return new ClientLimits(maxConnections, maxCalls, maxResets, greetingMillis, idleMillis, pings,
                silence == 0 ? 0 : Math.max(silence, SHORTEST_SILENCE_MILLIS), silenceTimeout);
    }

    /** Whether silent clients are asked. */
    boolean asksSilent() {
        return silenceMillis > 0 && silenceTimeoutMillis > 0;
    }
}
