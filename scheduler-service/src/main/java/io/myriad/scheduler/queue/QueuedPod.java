package io.myriad.scheduler.queue;

import java.util.EnumSet;
import java.util.Set;

import io.myriad.scheduler.core.Plugin;
import io.myriad.scheduler.model.Pod;

/** A pod that waits for a node, with the history of its attempts. Owned by the queue that made it. */
public final class QueuedPod {
    /** Where the pod waits. */
    enum Place {
        ACTIVE,
        BACKOFF,
        UNSCHEDULABLE,
        GATED,
        /** Being tried, or bound. */
        NOWHERE
    }

    private Pod pod;
    Place place = Place.NOWHERE;
    /** Since when it waits in this round. */
    long sinceMillis;
    /** When its rest after a failure is over. */
    long restedMillis;
    /** Failures in a row, which double the rest. */
    int failures;
    /** Whether the last failure was none of the pod's: then its rest is not cut short. */
    boolean failedByError;
    int slot = -1;
    final Set<Plugin> rejectedBy = EnumSet.noneOf(Plugin.class);
    private int attempts;
    private long firstAttemptMillis = -1;

    QueuedPod(Pod pod) {
        this.pod = pod;
    }

    /** The pod as it was seen last. */
    public Pod pod() {
        return pod;
    }

    void replace(Pod newer) {
        pod = newer;
    }

    void attempt(long nowMillis) {
        attempts++;
        if (firstAttemptMillis < 0) {
            firstAttemptMillis = nowMillis;
        }
    }

    /** How often it has been tried, the running attempt included. */
    public int attempts() {
        return attempts;
    }

    /** When it was tried first. */
    public long firstAttemptMillis() {
        return firstAttemptMillis;
    }
}
