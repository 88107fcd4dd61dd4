package io.myriad.control.election;

import java.util.concurrent.CompletableFuture;

/**
 * What happens with leadership. Called by the elector's thread, so quickly.
 */
public interface Leadership {
    /** We lead: start the workers. {@code term} grows with each change of leader. */
    void startLeading(int term);

    /**
     * We shall not lead any longer: stop the workers. The lease is kept renewed until the future completes, and released
     * only then, unless it is lost already. A future that fails says that a write may still be carried out: then the lease
     * is left to expire.
     */
    CompletableFuture<Void> stopLeading();

    /** Somebody leads, perhaps we. */
    default void leaderChanged(String identity) {}
}
