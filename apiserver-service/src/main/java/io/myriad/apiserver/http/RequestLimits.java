package io.myriad.apiserver.http;

import java.util.concurrent.Semaphore;

import org.jspecify.annotations.Nullable;

import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.authorization.AuthorizerChain;

/**
 * Bounds the requests that are served at the same time, reading and writing ones apart. Watches and other long requests
 * count only while they start. Members of {@code system:masters} and Leases are exempt: an overloaded server must still
 * be mended, and nodes and leaders must not lose their heartbeats.
 */
final class RequestLimits {
    private final Semaphore reading;
    private final Semaphore writing;

    RequestLimits(int maxReading, int maxWriting) {
        this.reading = new Semaphore(maxReading);
        this.writing = new Semaphore(maxWriting);
    }

    /** A permit to be given back, or null when there is none left; exempt requests get one that is none. */
    @Nullable
    Runnable acquire(RequestInfo info, User user) {
        boolean exempt = user.groups().contains(AuthorizerChain.MASTERS)
                || info.resource().equals("leases") && info.group().equals("coordination.k8s.io")
                || !info.isResource() && HealthEndpoint.serves(info.path());
        if (exempt) {
            return () -> {};
        }
        Semaphore permits = switch (info.verb()) {
            case "get", "list", "watch" -> reading;
            default -> writing;
        };
        return permits.tryAcquire() ? permits::release : null;
    }
}
