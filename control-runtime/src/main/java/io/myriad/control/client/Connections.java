package io.myriad.control.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * The HTTP clients behind an {@link ApiClient}. The JDK's client keeps one HTTP/2 connection per server and fails when
 * the server's stream limit is reached, so several are kept, each with a count of its streams; more are opened when all
 * are full. One that stopped answering is replaced, which leaves its other streams to their own timeouts. Thread-safe.
 *
 * <p>Asked for many things before it is connected, that client connects as often, and closes all but one again: at a start
 * or at a move to another server, when all informers ask at once, handshakes would cost more than the answers. So the
 * first to use a connection to a server has it opened with one small request, and the others wait for that.
 */
final class Connections implements AutoCloseable {
    /** Requests that may wait for a free stream; more are refused at once. */
    private static final int WAITING_MAX = 100_000;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** What it answers does not matter. */
    private static final String ANSWERED_TO_EVERYBODY = "/version";

    /** A client with its streams. Given back by {@link #release} exactly once per {@link #acquire}. */
    static final class Connection {
        final HttpClient http;
        private final Duration openTimeout;
        private final Map<URI, CompletableFuture<Void>> opened = new ConcurrentHashMap<>();
        private int streams;
        private boolean replaced;

        private Connection(HttpClient http, Duration openTimeout) {
            this.http = http;
            this.openTimeout = openTimeout;
        }

        /** Completes, never with a failure, when there is a connection to the server or there can be none now. */
        CompletableFuture<Void> open(URI server) {
            if (http.version() != HttpClient.Version.HTTP_2) {
                return CompletableFuture.completedFuture(null);
            }
            CompletableFuture<Void> mine = new CompletableFuture<>();
            CompletableFuture<Void> first = opened.putIfAbsent(server, mine);
            if (first != null) {
                return first;
            }
            http.sendAsync(HttpRequest.newBuilder(server.resolve(ANSWERED_TO_EVERYBODY)).timeout(openTimeout).build(),
                    HttpResponse.BodyHandlers.discarding()).whenComplete((answer, error) -> {
                        if (error != null) {
                            opened.remove(server, mine);
                        }
                        mine.complete(null);
                    });
            return mine;
        }
    }

    private final ClientOptions options;
    private final Executor executor;
    private final List<Connection> open = new ArrayList<>();
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private boolean closed;

    Connections(ClientOptions options, Executor executor) {
        this.options = options;
        this.executor = executor;
    }

    /**
     * The connection with the fewest streams; a new one when fewer are open than wanted, or all are full. Null when no
     * more may be opened: then {@code whenFree} is called once later, to ask again.
     */
    synchronized @Nullable Connection acquire(Runnable whenFree) {
        if (closed) {
            throw new TransportException("client is closed", false, null);
        }
        Connection best = open.isEmpty() ? null : open.getFirst();
        for (Connection one : open) {
            if (best != null && one.streams < best.streams) {
                best = one;
            }
        }
        boolean full = best == null || best.streams >= options.streamsPerConnection();
        if (full && open.size() >= options.connectionsMax()) {
            if (waiting.size() >= WAITING_MAX) {
                throw new TransportException("over " + WAITING_MAX + " requests wait for a connection", false, null);
            }
            waiting.add(whenFree);
            return null;
        }
        if (best == null || full || best.streams > 0 && open.size() < options.connections()) {
            best = connect();
            open.add(best);
        }
        best.streams++;
        return best;
    }

    void release(Connection connection) {
        Runnable next;
        synchronized (this) {
            connection.streams--;
            if (connection.streams == 0 && connection.replaced) {
                connection.http.shutdownNow();
            }
            next = waiting.poll();
        }
        if (next != null) {
            executor.execute(next);
        }
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
        boolean secure = options.servers().getFirst().getScheme().equals("https");
        return new Connection(HttpClient.newBuilder()
                .version(secure ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                .sslContext(options.credentials().tls())
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(executor)
                .build(), CONNECT_TIMEOUT);
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
