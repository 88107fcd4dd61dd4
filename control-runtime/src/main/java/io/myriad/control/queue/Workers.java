package io.myriad.control.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.control.client.TransportException;

/**
 * Virtual threads that take keys from a queue and reconcile them. Stopping is orderly: nothing new is taken, work that is
 * going on may finish within a limit and is interrupted after it, and the future says when the last worker is gone, after
 * which nothing is written any more.
 */
public final class Workers<K> {
    private static final Logger log = LoggerFactory.getLogger(Workers.class);

    private final WorkQueue<K> queue;
    private final Reconciler<K> reconciler;
    private final List<Thread> threads = new ArrayList<>();
    private final List<CompletableFuture<Void>> exits = new ArrayList<>();

    private Workers(WorkQueue<K> queue, Reconciler<K> reconciler) {
        this.queue = queue;
        this.reconciler = reconciler;
    }

    /** Starts {@code count} workers on a queue. */
    public static <K> Workers<K> start(WorkQueue<K> queue, int count, Reconciler<K> reconciler) {
        Workers<K> workers = new Workers<>(queue, reconciler);
        for (int i = 0; i < count; i++) {
            CompletableFuture<Void> exit = new CompletableFuture<>();
            workers.exits.add(exit);
            workers.threads.add(Thread.ofVirtual().name(queue.name() + "-" + i).start(() -> {
                try {
                    workers.run();
                } finally {
                    exit.complete(null);
                }
            }));
        }
        return workers;
    }

    /**
     * Closes the queue and ends the workers.
     *
     * @param graceMillis how long work that is going on may take
     * @return completes when no worker is left
     */
    public CompletableFuture<Void> stop(long graceMillis) {
        queue.close();
        CompletableFuture<Void> all = CompletableFuture.allOf(exits.toArray(CompletableFuture[]::new));
        CompletableFuture.delayedExecutor(graceMillis, TimeUnit.MILLISECONDS).execute(() -> {
            if (!all.isDone()) {
                threads.forEach(Thread::interrupt);
            }
        });
        return all;
    }

    private void run() {
        try {
            for (K key = queue.take(); key != null; key = queue.take()) {
                work(key);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // told to stop
        }
    }

    private void work(K key) throws InterruptedException {
        try {
            long again = reconciler.reconcile(key);
            if (again == Reconciler.RETRY) {
                queue.retry(key);
                return;
            }
            queue.forget(key);
            if (again > 0) {
                queue.addAfter(key, again);
            }
        } catch (StatusException e) {
            if (e.status().reason() == StatusReason.CONFLICT) {
                log.debug("{} {}: {}", queue.name(), key, e.getMessage());
            } else {
                log.warn("{} {}: {}", queue.name(), key, e.getMessage());
            }
            queue.retry(key);
        } catch (TransportException e) {
            log.warn("{} {}: {}", queue.name(), key, e.getMessage());
            queue.retry(key);
        } catch (RuntimeException e) {
            log.error("{} {} failed", queue.name(), key, e);
            queue.retry(key);
        } finally {
            queue.done(key);
        }
    }
}
