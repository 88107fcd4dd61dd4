package io.myriad.control.client;

import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Chooses the API server to talk to. One is current; it is left after a failed connection, after several 429 in a row,
 * and at random intervals of minutes, so that load spreads again after a server was down. A server that failed is
 * avoided for a while as long as another one is left. Thread-safe.
 */
final class ServerPool {
    /** 429 answers in a row after which another server is tried. */
    private static final int REFUSALS_MAX = 3;
    private static final long AVOID_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long MOVE_MIN_NANOS = TimeUnit.MINUTES.toNanos(3);
    private static final long MOVE_SPREAD_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** A server. The number is its place in the list. */
    record Server(URI uri, int number) {}

    private final List<Server> servers;
    private final long[] failedAtNanos;
    private final boolean[] failed;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Server current;
    private volatile long moveAtNanos;
    private int refusals;

    ServerPool(List<URI> uris, LongSupplier nanoTime, RandomGenerator random) {
        if (uris.isEmpty()) {
            throw new IllegalArgumentException("no server");
        }
        this.servers = java.util.stream.IntStream.range(0, uris.size()).mapToObj(i -> new Server(uris.get(i), i))
                .toList();
        this.failedAtNanos = new long[uris.size()];
        this.failed = new boolean[uris.size()];
        this.nanoTime = nanoTime;
        this.random = random;
        this.current = servers.get(random.nextInt(servers.size()));
        this.moveAtNanos = nextMove();
    }

    int size() {
        return servers.size();
    }

    /** The server for the next request. */
    Server current() {
        if (servers.size() > 1 && nanoTime.getAsLong() - moveAtNanos >= 0) {
            leave(current);
        }
        return current;
    }

    /** An answer came that was no refusal. */
    void succeeded(Server server) {
        if (failed[server.number] || refusals > 0) { // racy reads: at worst one more answer sets it right
            lock.lock();
            try {
                failed[server.number] = false;
                refusals = 0;
            } finally {
                lock.unlock();
            }
        }
    }

    /** A connection to the server could not be made, broke, or was silent for too long. */
    void failed(Server server) {
        lock.lock();
        try {
            failed[server.number] = true;
            failedAtNanos[server.number] = nanoTime.getAsLong();
        } finally {
            lock.unlock();
        }
        leave(server);
    }

    /** The server answered 429. */
    void refused(Server server) {
        boolean tooMany;
        lock.lock();
        try {
            tooMany = server == current && ++refusals >= REFUSALS_MAX;
        } finally {
            lock.unlock();
        }
        if (tooMany) {
            leave(server);
        }
    }

    private void leave(Server server) {
        lock.lock();
        try {
            if (server != current) {
                return; // somebody has left it already
            }
            refusals = 0;
            moveAtNanos = nextMove();
            if (servers.size() == 1) {
                return;
            }
            int start = 1 + random.nextInt(servers.size() - 1);
            Server next = servers.get((server.number + start) % servers.size());
            for (int i = 0; i < servers.size() - 1 && avoided(next); i++) {
                int number = (next.number + 1) % servers.size();
                next = servers.get(number == server.number ? (number + 1) % servers.size() : number);
            }
            current = next;
        } finally {
            lock.unlock();
        }
    }

    private boolean avoided(Server server) {
        return failed[server.number] && nanoTime.getAsLong() - failedAtNanos[server.number] < AVOID_NANOS;
    }

    private long nextMove() {
        return nanoTime.getAsLong() + MOVE_MIN_NANOS + random.nextLong(MOVE_SPREAD_NANOS);
    }
}
