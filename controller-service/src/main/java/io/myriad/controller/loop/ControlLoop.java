package io.myriad.controller.loop;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.ObjectKey;
import io.myriad.control.queue.QueueMetrics;
import io.myriad.control.queue.Reconciler;
import io.myriad.control.queue.WorkQueue;
import io.myriad.control.queue.Workers;

/**
 * The usual controller: keys go into a queue, workers reconcile them. Each term of leadership has a queue of its own,
 * which starts with every key there is; on standby, changes need not be remembered because of that.
 */
public final class ControlLoop<K> implements Controller {
    private final String name;
    private final int workerCount;
    private final Supplier<? extends Collection<K>> everything;
    private final Reconciler<K> reconciler;
    private final ControllerContext context;
    private final QueueMetrics metrics;
    private volatile @Nullable WorkQueue<K> queue;
    private @Nullable Workers<K> workers;

    /**
     * @param workerCount how many keys are worked on at a time
     * @param everything the keys to begin with
     */
    public ControlLoop(String name, int workerCount, Supplier<? extends Collection<K>> everything,
            Reconciler<K> reconciler, ControllerContext context) {
        this.name = name;
        this.workerCount = workerCount;
        this.everything = everything;
        this.reconciler = reconciler;
        this.context = context;
        this.metrics = new QueueMetrics(name, context.registry());
    }

    @Override
    public String name() {
        return name;
    }

    /** The key needs work; does nothing on standby. */
    public void enqueue(K key) {
        WorkQueue<K> current = queue;
        if (current != null) {
            current.add(key);
        }
    }

    /** The key needs work after a while; does nothing on standby. */
    public void enqueueAfter(K key, long delayMillis) {
        WorkQueue<K> current = queue;
        if (current != null) {
            current.addAfter(key, delayMillis);
        }
    }

    /** A handler that puts each changed object's key into the loop's queue. */
    public static <T> InformerHandler<T> enqueueing(ControlLoop<ObjectKey> loop) {
        return InformerHandler.ofKey(loop::enqueue);
    }

    @Override
    public synchronized void start() {
        WorkQueue<K> started = new WorkQueue<>(name, WorkQueue.KEYS_MAX_DEFAULT, WorkQueue.Retry.DEFAULT,
                context.nanoTime(), context.random(), metrics);
        metrics.watch(started);
        queue = started;
        everything.get().forEach(started::add);
        workers = Workers.start(started, workerCount, reconciler);
    }

    @Override
    public synchronized CompletableFuture<Void> stop(long graceMillis) {
        Workers<K> running = workers;
        queue = null;
        workers = null;
        metrics.watch(null);
        return running == null ? CompletableFuture.completedFuture(null) : running.stop(graceMillis);
    }
}
