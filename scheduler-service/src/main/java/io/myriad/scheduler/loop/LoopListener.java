package io.myriad.scheduler.loop;

import io.myriad.scheduler.queue.QueuedPod;
import io.myriad.scheduler.queue.SchedulingQueue;

/** Hears what the loop does, for metrics. Called by the loop's thread. */
public interface LoopListener {
    /** A decision took so long. */
    void decided(long nanos);

    /** An attempt came to nothing: {@code unschedulable} or {@code error}. */
    void attempted(String result, QueuedPod pod, long nanos);

    /**
     * A pod was bound.
     *
     * @param nanos from the decision until the binding was written
     */
    void bound(QueuedPod pod, long nanos, long nowMillis);

    /** Preemption was tried and found so many victims. */
    void preempted(int victims);

    /** A step is over and these are the sizes. */
    void stepped(SchedulingQueue queue, int pods, int assumed, int nodes, int classes);
}
