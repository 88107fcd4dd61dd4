package io.myriad.controller.loop;

import java.util.concurrent.CompletableFuture;

/**
 * A controller. It hears of changes all the time, on the leader and on standby, so that it is ready; it acts only between
 * {@link #start} and {@link #stop}.
 */
public interface Controller {
    /** Its name in flags, logs and metrics; upstream's. */
    String name();

    /**
     * Gets ready to lead, where that takes more than the informers it asked for when it was made; these start afterwards.
     *
     * @return completes when it is ready
     */
    default CompletableFuture<Void> prepare() {
        return CompletableFuture.completedFuture(null);
    }

    /** This replica leads: begin to act on everything there is. */
    void start();

    /**
     * Stop acting. Work that is going on may finish in the time given.
     *
     * @return completes when nothing is written any more
     */
    CompletableFuture<Void> stop(long graceMillis);
}
