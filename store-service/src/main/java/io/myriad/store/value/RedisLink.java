package io.myriad.store.value;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.AsyncCommand;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the server, which is opened again when it is needed and broken. The library's own way to open it again is not used: it would send again, in an order
 * of its own, what a caller has given up.
 *
 * <p>Any thread; requests of several go over the connection one behind the other without waiting for each other's answers.
 */
final class RedisLink implements AutoCloseable {

    /** What is done with a connection before it is used. */
    @FunctionalInterface
    interface Greeting {
        void greet(StatefulRedisConnection<byte[], byte[]> connection)
                throws IOException, ExecutionException, TimeoutException, InterruptedException;
    }

    private final RedisClient client;
    private final RedisURI uri;
    private final Greeting greeting;
    private final RedisTimeouts timeouts;
    private final RedisFaults faults;
    private final ValueMetrics metrics;
    private final LongSupplier nanoTime;
    private @Nullable StatefulRedisConnection<byte[], byte[]> connection;
    private @Nullable IOException lastFault;
    private long lastFaultNanos;
    private boolean closed;

    /** Nothing is opened yet. */
    RedisLink(RedisClient client, RedisURI uri, Greeting greeting, RedisTimeouts timeouts, RedisFaults faults,
            ValueMetrics metrics, LongSupplier nanoTime) {
        this.client = client;
        this.uri = uri;
        this.greeting = greeting;
        this.timeouts = timeouts;
        this.faults = faults;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
    }

    /** Opens the connection if there is none. */
    void connect() throws IOException {
        connection();
    }

    /** Sends commands in their order and returns when the server has done each; throws if it has not, or may not have, done one of them. */
    void exchange(List<? extends AsyncCommand<byte[], byte[], ?>> commands) throws IOException {
        StatefulRedisConnection<byte[], byte[]> used = connection();
        long start = nanoTime.getAsLong();
        try {
            used.dispatch(commands);
            CompletableFuture.allOf(commands.toArray(new CompletableFuture<?>[0]))
                    .get(timeouts.answer().toNanos(), TimeUnit.NANOSECONDS);
            metrics.answered(nanoTime.getAsLong() - start);
        } catch (InterruptedException e) {
            commands.forEach(AsyncCommand::cancel);
            throw faults.interrupted();
        } catch (ExecutionException | TimeoutException | RedisException e) {
            metrics.failed();
            if (e instanceof TimeoutException || !used.isOpen() || RedisFaults.isOfAnotherServer(e)) {
                // What is still under way on it must not be done after what comes next.
                drop(used);
            }
            throw faults.of(e);
        }
    }

    private synchronized StatefulRedisConnection<byte[], byte[]> connection() throws IOException {
        if (closed) {
            throw faults.fault("is not used any more: the store is being stopped");
        }
        StatefulRedisConnection<byte[], byte[]> open = connection;
        if (open != null && open.isOpen()) {
            return open;
        }
        IOException fault = lastFault;
        if (fault != null && nanoTime.getAsLong() - lastFaultNanos < timeouts.pause().toNanos()) {
            throw new IOException(fault.getMessage());
        }
        if (open != null) {
            drop(open);
        }
        try {
            open = open();
            connection = open;
            lastFault = null;
            return open;
        } catch (IOException e) {
            metrics.failed();
            lastFault = e;
            lastFaultNanos = nanoTime.getAsLong();
            throw e;
        }
    }

    private StatefulRedisConnection<byte[], byte[]> open() throws IOException {
        CompletableFuture<StatefulRedisConnection<byte[], byte[]>> opening = client
                .connectAsync(ByteArrayCodec.INSTANCE, uri).toCompletableFuture();
        boolean greeted = false;
        try {
            StatefulRedisConnection<byte[], byte[]> opened = opening.get(timeouts.connect().toNanos(),
                    TimeUnit.NANOSECONDS);
            greeting.greet(opened);
            greeted = true;
            return opened;
        } catch (InterruptedException e) {
            throw faults.interrupted();
        } catch (ExecutionException | TimeoutException | RedisException e) {
            throw faults.of(e);
        } finally {
            if (!greeted) {
                // It may still open.
                opening.thenAccept(StatefulRedisConnection::closeAsync);
            }
        }
    }

    private synchronized void drop(StatefulRedisConnection<byte[], byte[]> broken) {
        broken.closeAsync();
        if (connection == broken) {
            connection = null;
        }
    }

    /** Who waits for an answer gets an error. */
    @Override
    public synchronized void close() {
        closed = true;
        if (connection != null) {
            drop(connection);
        }
    }
}
