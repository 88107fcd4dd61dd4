package io.myriad.apiserver.authorization;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.myriad.apiserver.authentication.User;

/**
 * Does not say no before it knows. A server that has just begun to listen has read neither roles nor bindings, and on a
 * new store there are none: a refusal of that moment is wrong, and clients take a 403 for the last word. So whoever would
 * be refused waits until the server is ready, and is asked about again. How many wait is bounded by the request limits,
 * how long by the patience. Blocks the (virtual) thread of the request.
 */
public final class StartingAuthorizer implements Authorizer {
    private final Authorizer authorizer;
    private final Future<?> ready;
    private final Duration patience;

    /**
     * @param authorizer decides
     * @param ready done when it knows what it needs
     * @param patience how long a request waits for that; afterwards the refusal stands
     */
    public StartingAuthorizer(Authorizer authorizer, Future<?> ready, Duration patience) {
        this.authorizer = authorizer;
        this.ready = ready;
        this.patience = patience;
    }

    @Override
    public Decision authorize(Attributes attributes) {
        Decision decision = authorizer.authorize(attributes);
        return decision.allowed() || ready.isDone() || !awaitReady() ? decision : authorizer.authorize(attributes);
    }

    @Override
    public List<Rule> rulesFor(User user, String namespace) {
        if (!ready.isDone()) {
            awaitReady();
        }
        return authorizer.rulesFor(user, namespace);
    }

    private boolean awaitReady() {
        try {
            ready.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException notReady) {
            return false;
        }
    }
}
