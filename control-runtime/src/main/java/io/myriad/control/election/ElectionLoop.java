package io.myriad.control.election;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.control.client.Selection;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerFactory;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.InformerSpec;
import io.myriad.control.informer.ObjectKey;

/**
 * Drives a {@link LeaderElector} on a thread of its own, and wakes it when the Lease changes, so that a lease that was
 * released is taken at once rather than at the next look.
 */
public final class ElectionLoop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ElectionLoop.class);

    private final LeaderElector elector;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition change = lock.newCondition();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private boolean changed;

    private ElectionLoop(LeaderElector elector, LongSupplier nanoTime) {
        this.elector = elector;
        this.nanoTime = nanoTime;
    }

    /** Starts electing; a platform thread, so that a starved virtual thread scheduler does not cost the lease. */
    public static ElectionLoop start(String name, LeaderElector elector, LongSupplier nanoTime) {
        ElectionLoop loop = new ElectionLoop(elector, nanoTime);
        Thread.ofPlatform().daemon().name("election-" + name).start(loop::run);
        return loop;
    }

    /** The specification of an informer for one Lease, to be given to {@link #watch}. */
    public static InformerSpec<LeaseRecord> lease(String namespace, String name) {
        return InformerSpec.<LeaseRecord>of(io.myriad.control.client.Resources.LEASES,
                object -> ApiLeaseStore.read(object.tree())).in(namespace)
                .select(Selection.fields("metadata.name=" + name));
    }

    /** Watches the Lease by means of this factory, whose client should be the election's own. */
    public ElectionLoop watch(InformerFactory informers, String namespace, String name) {
        Informer<LeaseRecord> leases = informers.informer(lease(namespace, name));
        leases.addHandler(new InformerHandler<>() {
            @Override
            public void added(ObjectKey key, LeaseRecord now, boolean initial) {
                observe(now);
            }

            @Override
            public void updated(ObjectKey key, LeaseRecord before, LeaseRecord now) {
                observe(now);
            }
        });
        informers.start();
        return this;
    }

    private void observe(LeaseRecord record) {
        elector.observe(record);
        wake();
    }

    private void wake() {
        lock.lock();
        try {
            changed = true;
            change.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        CompletableFuture<Void> awaited = elector.workersGone();
        try {
            while (elector.state() != LeaderElector.State.STOPPED) {
                long waitNanos = step();
                if (elector.workersGone() != awaited) {
                    awaited = elector.workersGone();
                    awaited.whenComplete((done, error) -> wake());
                }
                lock.lock();
                try {
                    // The step that stops asks for no other: without a server, no watch would ever end the wait.
                    if (!changed && waitNanos > 0 && elector.state() != LeaderElector.State.STOPPED) {
                        change.awaitNanos(waitNanos);
                    }
                    changed = false;
                } finally {
                    lock.unlock();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.complete(null);
        }
    }

    private long step() {
        try {
            return elector.step(nanoTime.getAsLong());
        } catch (RuntimeException e) {
            log.error("leader election failed, giving up leadership", e);
            elector.resign();
            return 0;
        }
    }

    /** Asks to hand leadership over; completes when the lease is released, or was not ours. */
    public CompletableFuture<Void> resign() {
        elector.resign();
        wake();
        return ended;
    }

    /** The same, and waits for it. */
    @Override
    public void close() {
        resign().join();
    }
}
