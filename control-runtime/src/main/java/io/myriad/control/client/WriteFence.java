package io.myriad.control.client;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The gate before writes that only a leader may send. It lets a write pass while it is open and leadership is beyond
 * doubt, asks again before each retry, and knows which writes are under way: a leader that hands over closes it and
 * releases its lease when the last answer is there, so that no write of this term can come after one of the next.
 * Thread-safe.
 */
public final class WriteFence {
    private final BooleanSupplier leads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<CompletableFuture<?>> underWay = new HashSet<>();
    private volatile boolean open;
    private boolean doubtful;
    private @Nullable CompletableFuture<Void> closing;

    /** A closed fence. {@code leads} says whether this process may write by what it knows of its lease; any thread. */
    public WriteFence(BooleanSupplier leads) {
        this.leads = leads;
    }

    /** Lets writes pass from now on, as long as leadership is beyond doubt. */
    public void open() {
        open = true;
    }

    /**
     * Lets nothing pass any more.
     *
     * @param graceMillis how long writes under way may still take; then they are given up
     * @return completes when none is under way; fails with {@link TransportException} when one was given up or broke off
     *         without an answer, so that the server may still carry it out
     */
    public CompletableFuture<Void> close(long graceMillis) {
        CompletableFuture<Void> drained;
        lock.lock();
        try {
            open = false;
            if (closing != null) {
                return closing;
            }
            if (underWay.isEmpty()) {
                return CompletableFuture.completedFuture(null);
            }
            doubtful = false;
            drained = new CompletableFuture<>();
            closing = drained;
        } finally {
            lock.unlock();
        }
        CompletableFuture.delayedExecutor(graceMillis, TimeUnit.MILLISECONDS).execute(() -> giveUp(drained));
        return drained;
    }

    private void giveUp(CompletableFuture<Void> drained) {
        List<CompletableFuture<?>> left;
        lock.lock();
        try {
            left = closing == drained ? List.copyOf(underWay) : List.of();
        } finally {
            lock.unlock();
        }
        left.forEach(write -> write.cancel(true));
    }

    /** Whether a write may be sent now. */
    boolean admits() {
        return open && leads.getAsBoolean();
    }

    /** Sends a write if it may pass now. {@code write} must not throw; cancelling its future gives the request up. */
    <T> CompletableFuture<T> pass(Supplier<CompletableFuture<T>> write) {
        CompletableFuture<T> answer;
        lock.lock();
        try {
            if (!admits()) {
                return CompletableFuture.failedFuture(refusal(false));
            }
            answer = write.get();
            underWay.add(answer);
        } finally {
            lock.unlock();
        }
        answer.whenComplete((response, error) -> answered(answer, error));
        return answer;
    }

    private void answered(CompletableFuture<?> write, @Nullable Throwable error) {
        CompletableFuture<Void> drained = null;
        boolean inDoubt = false;
        lock.lock();
        try {
            underWay.remove(write);
            Throwable cause = Transport.unwrap(error);
            doubtful |= cause instanceof CancellationException
                    || cause instanceof TransportException broken && broken.mayHaveBeenSent();
            if (closing != null && underWay.isEmpty()) {
                drained = closing;
                closing = null;
                inDoubt = doubtful;
            }
        } finally {
            lock.unlock();
        }
        if (drained == null) {
            return;
        }
        if (inDoubt) {
            drained.completeExceptionally(new TransportException("a write has not been answered", true, null));
        } else {
            drained.complete(null);
        }
    }

    /** What a write gets that may not pass. */
    static TransportException refusal(boolean mayHaveBeenSent) {
        return new TransportException("not the leader any more", mayHaveBeenSent, null);
    }
}
