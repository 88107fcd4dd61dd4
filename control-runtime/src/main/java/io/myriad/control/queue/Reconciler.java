package io.myriad.control.queue;

/**
 * Brings what one key names to its desired state. Called by one thread at a time per key. Throws when it should be tried
 * again: {@link io.myriad.api.StatusException} and {@link io.myriad.control.client.TransportException} are expected,
 * anything else is logged as a defect.
 */
@FunctionalInterface
public interface Reconciler<K> {
    /** Nothing more to do until something changes. */
    long DONE = 0;

    /** Not yet: what this needs to see has not arrived. Comes back after the key's retry delay. */
    long RETRY = -1;

    /** Works on a key; returns after how many milliseconds to come back, or {@link #DONE} or {@link #RETRY}. */
    long reconcile(K key) throws InterruptedException;
}
