package io.myriad.hollow;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Lets only so many calls of one kind be under way at a time; others wait in order. The queue of a kind whose calls may
 * be lost is bounded. Thread-safe.
 */
final class CallGate {
    private final int callsMax;
    private final int waitingMax;
    private final Queue<Supplier<CompletableFuture<?>>> waiting = new ArrayDeque<>();
    private int calls;
    private long dropped;

    /**
     * @param callsMax calls under way
     * @param waitingMax calls that wait; one more is dropped
     */
    CallGate(int callsMax, int waitingMax) {
        this.callsMax = callsMax;
        this.waitingMax = waitingMax;
    }

    /** Starts the call now or later. */
    void call(Supplier<CompletableFuture<?>> call) {
        synchronized (this) {
            if (calls >= callsMax) {
                if (waiting.size() >= waitingMax) {
                    dropped++;
                } else {
                    waiting.add(call);
                }
                return;
            }
            calls++;
        }
        start(call);
    }

    private void start(Supplier<CompletableFuture<?>> call) {
        call.get().whenComplete((answer, error) -> {
            Supplier<CompletableFuture<?>> next;
            synchronized (this) {
                next = waiting.poll();
                if (next == null) {
                    calls--;
                }
            }
            if (next != null) {
                start(next);
            }
        });
    }

    synchronized int calls() {
        return calls;
    }

    synchronized int waiting() {
        return waiting.size();
    }

    synchronized long dropped() {
        return dropped;
    }
}
