package io.myriad.apiserver.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.authorization.AuthorizerChain;

/**
 * Bounds the requests that are served at the same time, reading and writing ones apart. Watches and other long requests
 * count only while they start. Members of {@code system:masters} and Leases are exempt: an overloaded server must still
 * be mended, and nodes and leaders must not lose their heartbeats.
 *
 * <p>Who finds no room waits in line, as in upstream's queues, so that a burst costs nobody a second try; who would be
 * one of too many waiting, or has waited too long, is refused. Thread-safe.
 */
final class RequestLimits {
    /** How long upstream lets a request wait at most: a quarter of the default request timeout. */
    static final Duration PATIENCE = Duration.ofSeconds(15);
    /** Requests that wait for each one that may be served. A waiting one is a parked virtual thread. */
    private static final int WAITING_PER_SERVED = 10;

    private final Lane reading;
    private final Lane writing;
    private final Duration patience;

    RequestLimits(int maxReading, int maxWriting, Duration patience) {
        this.reading = new Lane(maxReading);
        this.writing = new Lane(maxWriting);
        this.patience = patience;
    }

    private static final class Lane {
        private final Semaphore served;
        private final Semaphore waiting;

        Lane(int max) {
            served = new Semaphore(max, true);
            waiting = new Semaphore(WAITING_PER_SERVED * max);
        }
    }

    /** A permit to be given back, or null when there is none to be had; exempt requests get one that is none. May wait. */
    @Nullable
    Runnable acquire(RequestInfo info, User user) {
        boolean exempt = user.groups().contains(AuthorizerChain.MASTERS)
                || info.resource().equals("leases") && info.group().equals("coordination.k8s.io")
                || !info.isResource() && HealthEndpoint.serves(info.path());
        if (exempt) {
            return () -> {};
        }
        Lane lane = switch (info.verb()) {
            case "get", "list", "watch" -> reading;
            default -> writing;
        };
        return enter(lane) ? lane.served::release : null;
    }

    /** How many requests wait now. */
    int waiting() {
        return reading.served.getQueueLength() + writing.served.getQueueLength();
    }

    private boolean enter(Lane lane) {
        try {
            if (lane.served.tryAcquire(0, TimeUnit.SECONDS)) {
                return true;
            }
            if (!lane.waiting.tryAcquire()) {
                return false;
            }
            try {
                return lane.served.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
            } finally {
                lane.waiting.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
