package io.myriad.scheduler.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.myriad.scheduler.core.Plugin;
import io.myriad.scheduler.model.Pod;
import io.myriad.scheduler.model.PodTemplate;

/**
 * The pods that wait for a node, of one scheduler.
 *
 * <pre>
 *   gated --gates gone--> ACTIVE --next--> (being tried) --bound--> gone
 *                          ^  ^                 |
 *                          |  +-- rested --- BACKOFF <-- error, or event while resting
 *                          +-- event that may help --- UNSCHEDULABLE <-- refused
 * </pre>
 *
 * Active pods are tried by priority, then by the time they have waited. A refused pod rests for a second, doubling with
 * each failure up to ten, and is tried again only when something happened that may help it, or after five minutes. When
 * nothing else is to be done, pods that rest are tried early, except after errors. Refused pods lie together by
 * template, so that an event is judged once for all pods of a controller.
 */
public final class SchedulingQueue {
    static final long FIRST_REST_MILLIS = 1_000;
    static final long LONGEST_REST_MILLIS = 10_000;
    /** A refused pod is tried again after this time even if nothing seems to have happened. */
    static final long FLUSH_MILLIS = 300_000;

    /** Hears where pods are put, for metrics. */
    public interface Listener {
        /**
         * @param queue {@code active}, {@code backoff}, {@code unschedulable} or {@code gated}
         * @param event why, in upstream's words
         */
        void queued(String queue, String event);
    }

    private static final Comparator<QueuedPod> BY_PRIORITY = Comparator
            .<QueuedPod>comparingInt(queued -> -queued.pod().priority()).thenComparingLong(queued -> queued.sinceMillis)
            .thenComparing(queued -> queued.pod().uid());
    private static final Comparator<QueuedPod> BY_REST = Comparator.comparingLong(queued -> queued.restedMillis);

    private final Listener listener;
    private final Map<String, QueuedPod> known = new HashMap<>();
    private final PodHeap active = new PodHeap(BY_PRIORITY);
    private final PodHeap backoff = new PodHeap(BY_REST);
    private final Map<PodTemplate, Map<String, QueuedPod>> refused = new IdentityHashMap<>();
    private int refusedCount;
    private int gatedCount;

    public SchedulingQueue(Listener listener) {
        this.listener = listener;
    }

    // ---- what happens to pods

    /** A pod without a node was seen, for the first time or again. */
    public void seen(Pod pod, long nowMillis) {
        QueuedPod queued = known.get(pod.uid());
        boolean gated = pod.pending() != null && pod.pending().gated();
        if (queued == null) {
            queued = new QueuedPod(pod);
            known.put(pod.uid(), queued);
            if (gated) {
                put(queued, QueuedPod.Place.GATED, "PodAdd");
            } else {
                queued.sinceMillis = nowMillis;
                put(queued, QueuedPod.Place.ACTIVE, "PodAdd");
            }
            return;
        }
        Pod before = queued.pod();
        QueuedPod.Place place = queued.place;
        take(queued);
        queued.replace(pod);
        if (gated) {
            put(queued, QueuedPod.Place.GATED, "PodUpdate");
        } else if (place == QueuedPod.Place.GATED
                || place == QueuedPod.Place.UNSCHEDULABLE && before.template() != pod.template()) {
            release(queued, "PodUpdate", nowMillis);
        } else if (place != QueuedPod.Place.NOWHERE) {
            restore(queued, place);
        }
    }

    /** A pod is gone, or has a node. */
    public void gone(String uid) {
        QueuedPod queued = known.remove(uid);
        if (queued != null) {
            take(queued);
        }
    }

    /** The pod to try next, or null. The caller says what came of it: {@link #gone}, {@link #refused} or {@link #failed}. */
    public @Nullable QueuedPod next(long nowMillis) {
        QueuedPod queued = active.first();
        if (queued == null) {
            queued = backoff.first();
            if (queued == null || queued.failedByError && queued.restedMillis > nowMillis) {
                return null;
            }
        }
        take(queued);
        queued.attempt(nowMillis);
        return queued;
    }

    /** No node could take the pod: it waits for an event that may change this. */
    public void refused(QueuedPod queued, Set<Plugin> plugins, long nowMillis) {
        if (known.get(queued.pod().uid()) == queued) {
            fail(queued, false, nowMillis);
            queued.rejectedBy.addAll(plugins);
            put(queued, QueuedPod.Place.UNSCHEDULABLE, "ScheduleAttemptFailure");
        }
    }

    /** The attempt failed for reasons that are none of the pod's: it is tried again after a rest. */
    public void failed(QueuedPod queued, long nowMillis) {
        if (known.get(queued.pod().uid()) == queued && queued.place == QueuedPod.Place.NOWHERE) {
            fail(queued, true, nowMillis);
            put(queued, QueuedPod.Place.BACKOFF, "ScheduleAttemptFailure");
        }
    }

    private static void fail(QueuedPod queued, boolean byError, long nowMillis) {
        queued.failures++;
        queued.failedByError = byError;
        queued.sinceMillis = nowMillis;
        queued.restedMillis = nowMillis
                + Math.min(FIRST_REST_MILLIS << Math.min(queued.failures - 1, 10), LONGEST_REST_MILLIS);
        queued.rejectedBy.clear();
    }

    /** A pod is worth another try at once, as room was made for it. */
    public void activate(String uid, String event, long nowMillis) {
        QueuedPod queued = known.get(uid);
        if (queued != null && (queued.place == QueuedPod.Place.UNSCHEDULABLE
                || queued.place == QueuedPod.Place.BACKOFF)) {
            take(queued);
            queued.sinceMillis = nowMillis;
            put(queued, QueuedPod.Place.ACTIVE, event);
        }
    }

    // ---- what happens to the cluster

    /** Wakes the refused pods that the event may help. */
    public void happened(ClusterEvent event, long nowMillis) {
        if (refusedCount == 0) {
            return;
        }
        List<QueuedPod> helped = new ArrayList<>();
        refused.forEach((template, pods) -> {
            Map<Plugin, Boolean> helps = new EnumMap<>(Plugin.class);
            for (QueuedPod queued : pods.values()) {
                if (queued.rejectedBy.isEmpty()) {
                    helped.add(queued); // there was no node at all
                }
                for (Plugin plugin : queued.rejectedBy) {
                    if (helps.computeIfAbsent(plugin, asked -> Hints.mayHelp(asked, template, event))) {
                        helped.add(queued);
                        break;
                    }
                }
            }
        });
        helped.forEach(queued -> {
            take(queued);
            release(queued, event.label(), nowMillis);
        });
    }

    /** Does what is due by the clock. */
    public void tick(long nowMillis) {
        for (QueuedPod queued = backoff.first(); queued != null
                && queued.restedMillis <= nowMillis; queued = backoff.first()) {
            take(queued);
            put(queued, QueuedPod.Place.ACTIVE, "BackoffComplete");
        }
    }

    /** Tries again what has waited for too long; called every half a minute or so. */
    public void flush(long nowMillis) {
        List<QueuedPod> old = new ArrayList<>();
        refused.values().forEach(pods -> pods.values().forEach(queued -> {
            if (nowMillis - queued.sinceMillis > FLUSH_MILLIS) {
                old.add(queued);
            }
        }));
        old.forEach(queued -> {
            take(queued);
            release(queued, "UnschedulableTimeout", nowMillis);
        });
    }

    /** When {@link #tick} has something to do next; {@code Long.MAX_VALUE} for never. */
    public long dueMillis() {
        QueuedPod queued = backoff.first();
        return queued == null ? Long.MAX_VALUE : queued.restedMillis;
    }

    // ---- places

    private void release(QueuedPod queued, String event, long nowMillis) {
        if (queued.failures > 0 && queued.restedMillis > nowMillis) {
            put(queued, QueuedPod.Place.BACKOFF, event);
        } else {
            queued.sinceMillis = nowMillis;
            put(queued, QueuedPod.Place.ACTIVE, event);
        }
    }

    private void put(QueuedPod queued, QueuedPod.Place place, String event) {
        restore(queued, place);
        listener.queued(switch (place) {
            case ACTIVE -> "active";
            case BACKOFF -> "backoff";
            case UNSCHEDULABLE -> "unschedulable";
            case GATED -> "gated";
            case NOWHERE -> throw new IllegalArgumentException("no queue");
        }, event);
    }

    private void restore(QueuedPod queued, QueuedPod.Place place) {
        queued.place = place;
        switch (place) {
            case ACTIVE -> active.add(queued);
            case BACKOFF -> backoff.add(queued);
            case UNSCHEDULABLE -> {
                refused.computeIfAbsent(queued.pod().template(), template -> new LinkedHashMap<>())
                        .put(queued.pod().uid(), queued);
                refusedCount++;
            }
            case GATED -> gatedCount++;
            case NOWHERE -> {
            }
        }
    }

    private void take(QueuedPod queued) {
        switch (queued.place) {
            case ACTIVE -> active.remove(queued);
            case BACKOFF -> backoff.remove(queued);
            case UNSCHEDULABLE -> {
                Map<String, QueuedPod> pods = refused.getOrDefault(queued.pod().template(), new HashMap<>());
                pods.remove(queued.pod().uid());
                if (pods.isEmpty()) {
                    refused.remove(queued.pod().template());
                }
                refusedCount--;
            }
            case GATED -> gatedCount--;
            case NOWHERE -> {
            }
        }
        queued.place = QueuedPod.Place.NOWHERE;
    }

    // ---- sizes

    public int active() {
        return active.size();
    }

    public int backoff() {
        return backoff.size();
    }

    public int unschedulable() {
        return refusedCount;
    }

    public int gated() {
        return gatedCount;
    }

    /** How many refused pods each part of the decision has refused. */
    public Map<Plugin, Integer> refusals() {
        Map<Plugin, Integer> refusals = new EnumMap<>(Plugin.class);
        refused.values().forEach(pods -> pods.values()
                .forEach(queued -> queued.rejectedBy.forEach(plugin -> refusals.merge(plugin, 1, Integer::sum))));
        return refusals;
    }

    /** The pod as it waits, or null. */
    public @Nullable Pod get(String uid) {
        QueuedPod queued = known.get(uid);
        return queued == null ? null : queued.pod();
    }
}
