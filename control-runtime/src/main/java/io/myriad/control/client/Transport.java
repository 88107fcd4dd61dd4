package io.myriad.control.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

/**
 * Brings requests to a server and answers back: chooses server and connection, turns what the HTTP client throws into
 * {@link TransportException}, ends watches that went silent. Retrying is {@link Exchange}'s business. One timer thread;
 * everything else runs on virtual threads that live as long as a callback.
 */
final class Transport implements AutoCloseable {
    private static final long SWEEP_MILLIS = 5_000;

    private final ClientOptions options;
    private final LongSupplier nanoTime;
    private final ServerPool servers;
    private final ExecutorService executor;
    private final Connections connections;
    private final ScheduledThreadPoolExecutor timer;
    private final Set<RunningWatch> watches = ConcurrentHashMap.newKeySet();
    final ClientMetrics metrics;
    final RandomGenerator random;

    Transport(ClientOptions options, MeterRegistry registry, LongSupplier nanoTime, RandomGenerator random) {
        this.options = options;
        this.nanoTime = nanoTime;
        this.random = random;
        this.servers = new ServerPool(options.servers(), nanoTime, random);
        this.executor = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("api-client-", 0).factory());
        this.connections = new Connections(options, executor, nanoTime);
        this.timer = new ScheduledThreadPoolExecutor(1,
                Thread.ofPlatform().daemon().name("api-client-timer").factory());
        this.timer.setRemoveOnCancelPolicy(true);
        this.metrics = new ClientMetrics(registry);
        this.timer.scheduleWithFixedDelay(this::endSilentWatches, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        Tags tags = Tags.of("client", options.userAgent());
        registry.gauge("rest_client_open_connections", tags, connections, Connections::count);
        registry.gauge("rest_client_waiting_requests", tags, connections, Connections::waiting);
        registry.gauge("rest_client_open_streams", tags, connections, Connections::streams);
    }

    ClientOptions options() {
        return options;
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    Executor executor() {
        return executor;
    }

    /** Runs a short task later. Returns something whose {@code cancel} makes it not run. */
    java.util.concurrent.Future<?> after(long delayNanos, Runnable task) {
        return timer.schedule(() -> executor.execute(task), delayNanos, TimeUnit.NANOSECONDS);
    }

    /** One attempt on the wire. Cancelling {@code answer} gives the stream up. */
    record Attempt(CompletableFuture<HttpResponse<byte[]>> answer, ServerPool.Server server,
            Connections.Connection connection, long startNanos) {}

    /** Sends the request. Null when all connections are full: then {@code whenFree} is called once later. */
    @Nullable
    Attempt attempt(ApiRequest request, Runnable whenFree) {
        return attempt(request, info -> HttpResponse.BodySubscribers.ofByteArray(), whenFree);
    }

    private @Nullable Attempt attempt(ApiRequest request, HttpResponse.BodyHandler<byte[]> handler,
            Runnable whenFree) {
        ServerPool.Server server = servers.current();
        Connections.Stream stream = connections.acquire(server.uri(), whenFree);
        if (stream == null) {
            return null;
        }
        CompletableFuture<HttpResponse<byte[]>> answer;
        try {
            answer = stream.connection.http.sendAsync(httpRequest(request, server.uri()), info -> {
                connections.answered(stream);
                return handler.apply(info);
            });
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((response, error) -> {
            if (unwrap(error) instanceof IOException) {
                connections.broke(stream);
            }
            connections.release(stream);
        });
        return new Attempt(answer, server, stream.connection, nanoTime());
    }

    private HttpRequest httpRequest(ApiRequest request, URI server) {
        String base = server.toString();
        StringBuilder url = new StringBuilder(base.length() + request.path().length() + request.query().length() + 1)
                .append(base.endsWith("/") ? base.substring(0, base.length() - 1) : base).append(request.path());
        if (!request.query().isEmpty()) {
            url.append('?').append(request.query());
        }
        byte[] body = request.body();
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(url.toString()))
                .header("Accept", request.accept())
                .header("User-Agent", options.userAgent())
                .method(request.method(), body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofByteArray(body));
        if (body != null) {
            builder.header("Content-Type", request.contentType());
        }
        String token = options.credentials().bearerToken().get();
        if (token != null) {
            builder.header("Authorization", "Bearer " + token);
        }
        return builder.build();
    }

    /** Tells metrics and server choice how an attempt went. Returns the failure as callers see it, or null. */
    @Nullable
    TransportException finished(Attempt attempt, ApiRequest request, @Nullable HttpResponse<byte[]> response,
            @Nullable Throwable error) {
        String code = response == null ? "<error>" : Integer.toString(response.statusCode());
        metrics.answered(code, request.method(), attempt.server.uri().getAuthority(),
                nanoTime() - attempt.startNanos);
        if (response != null) {
            if (response.statusCode() == 429) {
                servers.refused(attempt.server);
            } else {
                servers.succeeded(attempt.server);
            }
            return null;
        }
        TransportException failure = translate(attempt.server.uri(), error);
        if (!isStreamLimit(error) && !(error instanceof CancellationException)) {
            servers.failed(attempt.server);
        }
        return failure;
    }

    /** Gives up an attempt whose time is up; the connection may be dead, so new requests go elsewhere. */
    void abandon(Attempt attempt) {
        if (attempt.answer.cancel(true)) {
            connections.replace(attempt.connection);
            servers.failed(attempt.server);
        }
    }

    Watch watch(ApiRequest request, WatchListener listener) {
        RunningWatch watch = new RunningWatch(request, listener);
        watches.add(watch);
        watch.start();
        return watch;
    }

    private void endSilentWatches() {
        for (RunningWatch watch : watches) {
            watch.endIfSilent();
        }
    }

    private static boolean isStreamLimit(@Nullable Throwable error) {
        Throwable cause = unwrap(error);
        return cause instanceof IOException && cause.getMessage() != null
                && cause.getMessage().contains("too many concurrent streams");
    }

    static @Nullable Throwable unwrap(@Nullable Throwable error) {
        Throwable cause = error;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static TransportException translate(URI server, @Nullable Throwable error) {
        Throwable cause = unwrap(error);
        if (cause instanceof TransportException known) {
            return known;
        }
        boolean unsent = cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException
                || isStreamLimit(cause);
        if (cause instanceof CancellationException) {
            return new TransportException(server.getAuthority() + ": given up", true, null);
        }
        String why = cause == null ? "failed" : cause.getMessage() == null ? cause.toString() : cause.getMessage();
        if (cause instanceof ConnectException && cause.getMessage() == null) {
            why = "connection refused";
        }
        return new TransportException(server.getAuthority() + ": " + why, !unsent, cause);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        watches.forEach(RunningWatch::close);
        connections.close();
        executor.shutdown();
    }

    /** One watch on the wire, from the request to {@code closed}. */
    private final class RunningWatch implements Watch {
        private final ApiRequest request;
        private final WatchListener listener;
        private volatile @Nullable Attempt attempt;
        private volatile @Nullable WatchStream stream;
        private volatile boolean stopped;

        RunningWatch(ApiRequest request, WatchListener listener) {
            this.request = request;
            this.listener = listener;
        }

        void start() {
            if (stopped) {
                watches.remove(this);
                listener.closed(null);
                return;
            }
            @Nullable
            Attempt started;
            try {
                started = attempt(request, info -> {
                    if (info.statusCode() != 200) {
                        return HttpResponse.BodySubscribers.ofByteArray();
                    }
                    WatchStream opened = new WatchStream(listener,
                            info.headers().firstValue("Content-Type").orElse("").startsWith(ApiRequest.PROTOBUF),
                            nanoTime);
                    stream = opened;
                    return opened;
                }, this::start);
            } catch (TransportException e) {
                watches.remove(this);
                listener.closed(e);
                return;
            }
            if (started == null) {
                return; // called again when a stream is free
            }
            attempt = started;
            started.answer.whenComplete((response, error) -> finish(started, response, error));
            if (stopped) {
                started.answer.cancel(true);
            }
        }

        private void finish(Attempt started, @Nullable HttpResponse<byte[]> response, @Nullable Throwable error) {
            watches.remove(this);
            WatchStream opened = stream;
            Throwable fault = opened == null ? null : opened.fault();
            if (fault == null && unwrap(error) instanceof RuntimeException own
                    && !(own instanceof CancellationException)) {
                fault = own; // before there was a stream, or while it was opened: not the server's failure either
            }
            Throwable why;
            if (fault != null || stopped) {
                finished(started, request, null, new CancellationException());
                why = stopped ? null : fault;
            } else {
                why = finished(started, request, response, error);
            }
            if (response != null && response.statusCode() != 200) {
                why = StatusReader.read(response.statusCode(), response.body());
            }
            if (opened == null) {
                listener.closed(why);
            } else {
                opened.finish(why);
            }
        }

        void endIfSilent() {
            Attempt running = attempt;
            WatchStream opened = stream;
            if (running == null) {
                return;
            }
            long last = opened == null ? running.startNanos : opened.lastChunkNanos();
            long limit = opened == null ? options.requestTimeoutMillis() : options.watchSilenceMillis();
            if (nanoTime() - last > TimeUnit.MILLISECONDS.toNanos(limit)) {
                abandon(running);
            }
        }

        @Override
        public void close() {
            stopped = true;
            Attempt running = attempt;
            if (running != null) {
                running.answer.cancel(true);
            }
        }
    }
}
