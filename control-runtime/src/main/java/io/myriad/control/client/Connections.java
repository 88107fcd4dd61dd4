package io.myriad.control.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * The HTTP clients behind an {@link ApiClient}. The JDK's client keeps one HTTP/2 connection per server and fails when
 * the server's stream limit is reached, so several are kept, each with a count of its streams; more are opened when all
 * are full. One that stopped answering is replaced, which leaves its other streams to their own timeouts. Thread-safe.
 *
 * <p>The JDK's client opens a connection for each request that comes before the first connection is there, and keeps
 * those for that one request: a burst of a hundred is a hundred TLS handshakes. So one request goes first, and others
 * follow it when a server has answered.
 */
final class Connections implements AutoCloseable {
    /** Requests that may wait for a free stream; more are refused at once. */
    private static final int WAITING_MAX = 100_000;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** The JDK's client closes a connection that was idle for 30 s, and servers do it after some time too. */
    private static final long IDLE_MAX_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Room for a request to a server. Given back by {@link #release} exactly once per {@link #acquire}. */
    static final class Stream {
        final Connection connection;
        private final URI server;

        private Stream(Connection connection, URI server) {
            this.connection = connection;
            this.server = server;
        }
    }

    /** A client with its streams. */
    static final class Connection {
        final HttpClient http;
        private int streams;
        private boolean replaced;
        /** The server that is known to be connected. */
        private @Nullable URI connected;
        /** The request that goes first, while it waits for its answer. */
        private @Nullable Stream first;
        private long idleSinceNanos;

        private Connection(HttpClient http) {
            this.http = http;
        }
    }

    private final ClientOptions options;
    private final Executor executor;
    private final LongSupplier nanoTime;
    private final List<Connection> open = new ArrayList<>();
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private boolean closed;

    Connections(ClientOptions options, Executor executor, LongSupplier nanoTime) {
        this.options = options;
        this.executor = executor;
        this.nanoTime = nanoTime;
    }

    /**
     * The connection with the fewest streams of those that have room; a new one when fewer are open than wanted, or all
     * are full. Null when no more may be opened, or one that is being opened will do: then {@code whenFree} is called
     * once later, to ask again.
     */
    synchronized @Nullable Stream acquire(URI server, Runnable whenFree) {
        if (closed) {
            throw new TransportException("client is closed", false, null);
        }
        Connection best = null;
        boolean opening = false;
        for (Connection one : open) {
            if (!isConnected(one, server) && one.first != null) {
                opening = true;
            } else if (one.streams < options.streamsPerConnection() && (best == null || one.streams < best.streams)) {
                best = one;
            }
        }
        boolean more = open.size() < options.connections() && (best == null || best.streams > 0);
        if (best == null && !more && (opening || open.size() >= options.connectionsMax())) {
            if (waiting.size() >= WAITING_MAX) {
                throw new TransportException("over " + WAITING_MAX + " requests wait for a connection", false, null);
            }
            waiting.add(whenFree);
            return null;
        }
        if (best == null || more) {
            best = connect();
            open.add(best);
        }
        Stream stream = new Stream(best, server);
        if (!isConnected(best, server)) {
            best.connected = null;
            best.first = stream;
        }
        best.streams++;
        return stream;
    }

    private boolean isConnected(Connection connection, URI server) {
        return server.equals(connection.connected)
                && (connection.streams > 0 || nanoTime.getAsLong() - connection.idleSinceNanos < IDLE_MAX_NANOS);
    }

    /** The server has begun to answer: others may use the connection. */
    void answered(Stream stream) {
        List<Runnable> next = new ArrayList<>();
        synchronized (this) {
            Connection connection = stream.connection;
            if (connection.first != stream) {
                return;
            }
            connection.first = null;
            connection.connected = stream.server;
            // As many as there is room for, and one that opens the next connection.
            for (int room = options.streamsPerConnection() - connection.streams; room >= 0
                    && !waiting.isEmpty(); room--) {
                next.add(waiting.remove());
            }
        }
        next.forEach(executor::execute);
    }

    /** The request is over. */
    void release(Stream stream) {
        Runnable next;
        synchronized (this) {
            Connection connection = stream.connection;
            connection.streams--;
            if (connection.first == stream) {
                connection.first = null; // no answer: another one may go first
            }
            if (connection.streams == 0) {
                connection.idleSinceNanos = nanoTime.getAsLong();
                if (connection.replaced) {
                    connection.http.shutdownNow();
                }
            }
            next = waiting.poll();
        }
        if (next != null) {
            executor.execute(next);
        }
    }

    /** The request broke: the connection may be gone, so that again one has to go first. */
    synchronized void broke(Stream stream) {
        stream.connection.connected = null;
    }

    /** Takes a connection that does not answer out of use. */
    synchronized void replace(Connection connection) {
        if (open.remove(connection)) {
            connection.replaced = true;
        }
    }

    synchronized int count() {
        return open.size();
    }

    synchronized int waiting() {
        return waiting.size();
    }

    synchronized int streams() {
        int sum = 0;
        for (Connection one : open) {
            sum += one.streams;
        }
        return sum;
    }

    private Connection connect() {
        HttpClient sibling = options.servers().size() == 1 ? sibling(options.servers().getFirst()) : null;
        return sibling == null ? overTheNetwork() : new Connection(sibling);
    }

    private @Nullable HttpClient sibling(URI server) {
        for (SiblingServers siblings : ServiceLoader.load(SiblingServers.class)) {
            HttpClient client = siblings.client(server, options.credentials());
            if (client != null) {
                return client;
            }
        }
        return null;
    }

    private Connection overTheNetwork() {
        boolean secure = options.servers().getFirst().getScheme().equals("https");
        return new Connection(HttpClient.newBuilder()
                .version(secure ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                .sslContext(options.credentials().tls())
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(executor)
                .build());
    }

    @Override
    public synchronized void close() {
        closed = true;
        open.forEach(one -> one.http.shutdownNow());
        open.clear();
        waiting.forEach(executor::execute); // they find the client closed
        waiting.clear();
    }
}
