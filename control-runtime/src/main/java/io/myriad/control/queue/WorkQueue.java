package io.myriad.control.queue;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

/**
 * Keys that need work, each at most once.
 *
 * <p>The contract is client-go's: a key added while it waits is not added again; a key added while it is worked on waits
 * again once that is {@link #done}, so no key is ever worked on twice at a time and no change is lost. Keys may also be
 * added for later, or for a retry, whose delay doubles with each failure of the key until {@link #forget}.
 *
 * <pre>
 *   absent --add--> WAITING --take--> WORKING --add--> WORKING_DIRTY
 *                      ^                 |done            |done
 *                      |              absent              |
 *                      +----------------------------------+
 * </pre>
 *
 * <p>The number of keys is bounded: {@link #add} of one more key waits until there is room, which holds up the watch that
 * brought it. Later additions and retries, which workers make, never wait. Thread-safe.
 */
public final class WorkQueue<K> {
    /** Enough for every object of the largest cluster. */
    public static final int KEYS_MAX_DEFAULT = 1_000_000;

    private enum State {
        WAITING, WORKING, WORKING_DIRTY
    }

    private record Delayed<K>(K key, long dueNanos, long sequence) {}

    /**
     * How retries are spaced.
     *
     * @param firstMillis the delay after the first failure
     * @param maxMillis the longest delay
     */
    public record Retry(long firstMillis, long maxMillis) {
        /** Client-go's: 5 ms doubling to 1000 s, here cut at 5 minutes. */
        public static final Retry DEFAULT = new Retry(5, 300_000);
    }

    private final String name;
    private final int keysMax;
    private final Retry retry;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;
    private final QueueMetrics metrics;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final Map<K, State> states = new HashMap<>();
    private final Map<K, Long> sinceNanos = new HashMap<>();
    private final ArrayDeque<K> waiting = new ArrayDeque<>();
    private final Map<K, Delayed<K>> delayedByKey = new HashMap<>();
    private final PriorityQueue<Delayed<K>> delayed = new PriorityQueue<>((a, b) -> {
        int byTime = Long.signum(a.dueNanos - b.dueNanos);
        return byTime != 0 ? byTime : Long.compare(a.sequence, b.sequence);
    });
    private final Map<K, Integer> failures = new HashMap<>();
    private long sequence;
    private boolean closed;

    /**
     * @param name for metrics
     * @param keysMax how many keys it holds at most
     * @param nanoTime the clock
     * @param random for the spread of retries
     */
    public WorkQueue(String name, int keysMax, Retry retry, LongSupplier nanoTime, RandomGenerator random,
            QueueMetrics metrics) {
        this.name = name;
        this.keysMax = keysMax;
        this.retry = retry;
        this.nanoTime = nanoTime;
        this.random = random;
        this.metrics = metrics;
    }

    public String name() {
        return name;
    }

    /** The key needs work now. Waits while the queue is full; returns at once when it is closed. */
    public void add(K key) {
        lock.lock();
        try {
            while (!closed && states.size() >= keysMax && !states.containsKey(key)) {
                room.awaitUninterruptibly();
            }
            enqueue(key);
        } finally {
            lock.unlock();
        }
    }

    /** The key needs work after a while; the earlier of two times holds. */
    public void addAfter(K key, long delayMillis) {
        lock.lock();
        try {
            if (delayMillis <= 0) {
                enqueue(key);
            } else {
                delay(key, TimeUnit.MILLISECONDS.toNanos(delayMillis));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Work on the key failed: again after a delay that doubles each time. */
    public void retry(K key) {
        lock.lock();
        try {
            int count = failures.merge(key, 1, Integer::sum);
            long ceiling = count >= 30
                    ? retry.maxMillis
                    : Math.min(retry.maxMillis, retry.firstMillis << Math.min(count - 1, 30));
            long ceilingNanos = TimeUnit.MILLISECONDS.toNanos(ceiling);
            metrics.retried();
            delay(key, ceilingNanos - random.nextLong(ceilingNanos / 4 + 1));
        } finally {
            lock.unlock();
        }
    }

    /** Work on the key succeeded: its next retry starts with the shortest delay again. */
    public void forget(K key) {
        lock.lock();
        try {
            failures.remove(key);
        } finally {
            lock.unlock();
        }
    }

    /** How often the key has been retried since it was forgotten. */
    public int retries(K key) {
        lock.lock();
        try {
            return failures.getOrDefault(key, 0);
        } finally {
            lock.unlock();
        }
    }

    /** The next key to work on; waits for one. Null when the queue is closed. */
    public @Nullable K take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                K key = poll();
                if (key != null || closed) {
                    return key;
                }
                Delayed<K> next = delayed.peek();
                if (next == null) {
                    work.await();
                } else {
                    work.awaitNanos(next.dueNanos - nanoTime.getAsLong());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** The next key to work on, or null when there is none now. */
    public @Nullable K poll() {
        lock.lock();
        try {
            if (closed) {
                return null;
            }
            long now = nanoTime.getAsLong();
            for (Delayed<K> due = delayed.peek(); due != null && due.dueNanos - now <= 0; due = delayed.peek()) {
                delayed.remove();
                delayedByKey.remove(due.key);
                enqueue(due.key);
            }
            K key = waiting.poll();
            if (key != null) {
                states.put(key, State.WORKING);
                Long since = sinceNanos.put(key, now);
                metrics.taken(since == null ? 0 : Math.max(0, now - since));
            }
            return key;
        } finally {
            lock.unlock();
        }
    }

    /** Work on the key is over, whatever came of it. To be called once for each key taken. */
    public void done(K key) {
        lock.lock();
        try {
            Long since = sinceNanos.remove(key);
            metrics.worked(since == null ? 0 : Math.max(0, nanoTime.getAsLong() - since));
            State state = states.remove(key);
            if (state == null || state == State.WAITING) {
                throw new IllegalStateException("done without take: " + key);
            }
            if (state == State.WORKING_DIRTY && !closed) {
                admit(key);
            } else {
                room.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Keys that wait for a worker, not counting those for later. */
    public int depth() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Keys that are for later. */
    public int delayedCount() {
        lock.lock();
        try {
            return delayed.size();
        } finally {
            lock.unlock();
        }
    }

    /** How long the longest piece of work has been going on, in seconds. */
    double longestWorkSeconds() {
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            long longest = 0;
            for (Map.Entry<K, State> entry : states.entrySet()) {
                if (entry.getValue() != State.WAITING) {
                    longest = Math.max(longest, now - sinceNanos.getOrDefault(entry.getKey(), now));
                }
            }
            return longest / 1e9;
        } finally {
            lock.unlock();
        }
    }

    /** Ends it: takers get null, what waits is dropped, additions do nothing. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            waiting.clear();
            delayed.clear();
            delayedByKey.clear();
            failures.clear();
            work.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // ---- under the lock -------------------------------------------------------------------------------------

    private void enqueue(K key) {
        if (closed) {
            return;
        }
        State state = states.get(key);
        if (state == null) {
            admit(key);
        } else if (state == State.WORKING) {
            states.put(key, State.WORKING_DIRTY);
            metrics.added();
        }
    }

    private void admit(K key) {
        states.put(key, State.WAITING);
        sinceNanos.put(key, nanoTime.getAsLong());
        waiting.add(key);
        metrics.added();
        work.signal();
    }

    private void delay(K key, long delayNanos) {
        if (closed) {
            return;
        }
        Delayed<K> entry = new Delayed<>(key, nanoTime.getAsLong() + delayNanos, sequence++);
        Delayed<K> known = delayedByKey.get(key);
        if (known != null) {
            if (known.dueNanos - entry.dueNanos <= 0) {
                return;
            }
            delayed.remove(known);
        }
        delayedByKey.put(key, entry);
        delayed.add(entry);
        if (delayed.peek() == entry) {
            work.signal();
        }
    }
}
