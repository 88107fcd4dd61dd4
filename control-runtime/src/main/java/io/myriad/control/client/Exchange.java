package io.myriad.control.client;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.myriad.api.StatusException;

/**
 * A request until its final answer: sends it, and again when the server refused it for load (429, or an answer with
 * Retry-After), or when it surely was not taken (no connection), or when sending it twice does no harm. Retries are
 * bounded in number and by the request's time.
 */
final class Exchange {
    private static final long FIRST_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long DELAY_MAX_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Transport transport;
    private final ApiRequest request;
    private final BooleanSupplier admitted;
    private final long deadlineNanos;
    private final long timeoutMillis;
    private final CompletableFuture<ApiResponse> result = new CompletableFuture<>();
    private volatile Transport.@Nullable Attempt running;
    private int retries;

    /** @param admitted whether the request may be sent; asked before each attempt */
    Exchange(Transport transport, ApiRequest request, BooleanSupplier admitted) {
        this.transport = transport;
        this.request = request;
        this.admitted = admitted;
        this.timeoutMillis = request.timeoutMillis() == 0
                ? transport.options().requestTimeoutMillis()
                : request.timeoutMillis();
        this.deadlineNanos = transport.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    }

    /** Starts it. Cancelling the future gives the request up. */
    CompletableFuture<ApiResponse> start() {
        Future<?> timeout = transport.after(TimeUnit.MILLISECONDS.toNanos(timeoutMillis), this::timeIsUp);
        result.whenComplete((response, error) -> {
            timeout.cancel(false);
            Transport.Attempt attempt = running;
            if (attempt != null && result.isCancelled()) {
                attempt.answer().cancel(true);
            }
        });
        attempt();
        return result;
    }

    private void attempt() {
        if (result.isDone()) {
            return;
        }
        if (!admitted.getAsBoolean()) {
            result.completeExceptionally(WriteFence.refusal(running != null));
            return;
        }
        Transport.@Nullable Attempt attempt;
        try {
            attempt = transport.attempt(request, this::attempt);
        } catch (RuntimeException e) {
            result.completeExceptionally(e);
            return;
        }
        if (attempt == null) {
            return; // called again when a stream is free
        }
        running = attempt;
        attempt.answer().whenComplete((response, error) -> answered(attempt, response, error));
    }

    private void timeIsUp() {
        Transport.Attempt attempt = running;
        String server = attempt == null ? "no server" : attempt.server().uri().getAuthority();
        result.completeExceptionally(new TransportException(
                server + ": no answer to " + request.method() + " " + request.path() + " in " + timeoutMillis + " ms",
                true, null));
        if (attempt != null) {
            transport.abandon(attempt);
        }
    }

    private void answered(Transport.Attempt attempt, @Nullable HttpResponse<byte[]> response,
            @Nullable Throwable error) {
        TransportException failure = transport.finished(attempt, request, response, error);
        if (result.isDone()) {
            return;
        }
        if (failure != null) {
            boolean again = !failure.mayHaveBeenSent() || request.idempotent();
            retryOr(again ? backoffNanos() : -1, failure);
        } else if (response != null && response.statusCode() >= 200 && response.statusCode() < 300) {
            result.complete(new ApiResponse(response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse(""), response.body()));
        } else if (response != null) {
            refused(response);
        }
    }

    private void refused(HttpResponse<byte[]> response) {
        StatusException why = StatusReader.read(response.statusCode(), response.body());
        long retryAfterSeconds = response.headers().firstValueAsLong("Retry-After").orElse(-1);
        boolean overload = response.statusCode() == 429 || response.statusCode() >= 500 && retryAfterSeconds >= 0;
        long delay = -1;
        if (overload) {
            // Servers tell everybody the same number: spread the return over a quarter more.
            long asked = TimeUnit.SECONDS.toNanos(Math.max(0, retryAfterSeconds));
            delay = Math.max(backoffNanos(), asked + (asked == 0 ? 0 : transport.random.nextLong(asked / 4 + 1)));
        }
        retryOr(delay, why);
    }

    private void retryOr(long delayNanos, RuntimeException failure) {
        boolean late = transport.nanoTime() + delayNanos - deadlineNanos > 0;
        if (delayNanos < 0 || retries >= transport.options().retriesMax() || late) {
            result.completeExceptionally(failure);
            return;
        }
        retries++;
        transport.metrics.retried();
        transport.after(delayNanos, this::attempt);
    }

    /** Doubles with each retry; half of it is random, so that clients do not come back together. */
    private long backoffNanos() {
        long ceiling = Math.min(DELAY_MAX_NANOS, FIRST_DELAY_NANOS << Math.min(retries, 10));
        return ceiling / 2 + transport.random.nextLong(ceiling / 2 + 1);
    }
}
