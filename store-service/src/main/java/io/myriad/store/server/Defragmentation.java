package io.myriad.store.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.failpoint.Failpoint;
import io.myriad.store.page.PageFile;
import io.myriad.store.state.StateCheckpoint;

/**
 * Makes the page file shorter while everything goes on: moves what lies at its end into holes before, a step at a time, and rests so long after each that no more than a given number of
 * bytes is moved a second. It begins by itself when much of the file is holes, and when somebody asks for it, who is told when there is nothing more to gain.
 */
final class Defragmentation implements AutoCloseable {

    /** Pages moved in a step, which is a transaction of the page file: it is forced to the disk that the log is forced to. */
    static final int PAGES_A_STEP = 128;

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Logger LOG = LoggerFactory.getLogger(Defragmentation.class);

    private final StateCheckpoint checkpoint;
    private final long bytesPerSecond;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition asked = lock.newCondition();
    private final Thread thread = Thread.ofPlatform().name("store-defragmentation").daemon().unstarted(this::run);
    /** Who is to be told, under the lock. */
    private final List<Runnable> waiting = new ArrayList<>();
    private volatile boolean closed;
    private volatile long movedPages;

    /** @param bytesPerSecond how fast; 0: only when somebody asks, and then as fast as the disk is */
    Defragmentation(StateCheckpoint checkpoint, long bytesPerSecond) {
        this.checkpoint = checkpoint;
        this.bytesPerSecond = bytesPerSecond;
    }

    void start() {
        thread.start();
    }

    /** Makes the file as short as it gets. Any thread. */
    void request(Runnable done) {
        lock.lock();
        try {
            if (!closed) {
                waiting.add(done);
                asked.signal();
                return;
            }
        } finally {
            lock.unlock();
        }
        done.run();
    }

    /** Pages moved so far. */
    long movedPages() {
        return movedPages;
    }

    private void run() {
        long restNanos = LOOK_NANOS;
        while (!closed) {
            List<Runnable> askers = await(restNanos);
            restNanos = LOOK_NANOS;
            try {
                if (!askers.isEmpty() || bytesPerSecond > 0 && checkpoint.isSparse()) {
                    Failpoint.DEFRAG_BEFORE_COPY.hit();
                    int moved = checkpoint.moveTail(PAGES_A_STEP);
                    movedPages += moved;
                    if (moved > 0) {
                        restNanos = bytesPerSecond == 0
                                ? 0
                                : moved * (TimeUnit.SECONDS.toNanos(1) * PageFile.PAGE_BYTES / bytesPerSecond);
                    } else {
                        finish(askers);
                    }
                }
            } catch (IOException | RuntimeException e) {
                if (!closed) {
                    LOG.warn("The page file could not be made shorter: {}", e.toString());
                }
                finish(askers);
            }
        }
        finish(await(0));
    }

    /** Rests, but not longer than until somebody asks who has not been heard yet; returns who waits. */
    private List<Runnable> await(long nanos) {
        lock.lock();
        try {
            int known = waiting.size();
            for (long left = nanos; left > 0 && !closed && (known > 0 || waiting.isEmpty());) {
                left = asked.awaitNanos(left);
            }
            return List.copyOf(waiting);
        } catch (InterruptedException e) {
            closed = true;
            return List.copyOf(waiting);
        } finally {
            lock.unlock();
        }
    }

    private void finish(List<Runnable> askers) {
        lock.lock();
        try {
            waiting.subList(0, askers.size()).clear();
        } finally {
            lock.unlock();
        }
        askers.forEach(Runnable::run);
    }

    /** Ends after the step that is under way. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            asked.signal();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
