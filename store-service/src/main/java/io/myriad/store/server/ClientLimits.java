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
 * @param silenceMillis after how long a silence a gRPC client is asked whether it is still there; gRPC makes it at least ten
 *     seconds
 * @param silenceTimeoutMillis how long it may take to answer
 */
public record ClientLimits(int maxConnections, int maxCalls, int maxResets, long greetingMillis, long idleMillis,
        long silenceMillis, long silenceTimeoutMillis) {
    /** Over how long resets are counted. */
    static final int RESET_WINDOW_SECONDS = 30;

    /** The limits of a store. API servers keep a few connections; what is counted here is a defence, not a size. */
    public static ClientLimits standard() {
        return new ClientLimits(20_000, 10_000, 20_000, 10_000, 90_000, 60_000, 20_000);
    }
}
