package io.myriad.scheduler.loop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.scheduler.core.ClusterState;
import io.myriad.scheduler.core.Decision;
import io.myriad.scheduler.core.Diagnosis;
import io.myriad.scheduler.core.Placer;
import io.myriad.scheduler.core.Preemptor;
import io.myriad.scheduler.model.DisruptionBudget;
import io.myriad.scheduler.model.Pod;
import io.myriad.scheduler.queue.ClusterEvent;
import io.myriad.scheduler.queue.QueuedPod;
import io.myriad.scheduler.queue.SchedulingQueue;

/**
 * The scheduler: a single thread owns cluster state and queue, so that neither needs a lock and every decision sees one
 * consistent cluster.
 *
 * <p>
 * Whoever sees something {@link #submit submits} it; the mailbox is bounded and lets watches wait when the loop is busy.
 * {@link #step} takes what has come, does what is due, and tries the pods at the head of the queue. A pod that gets a
 * node is <em>assumed</em> there at once, and bound in the background: the next decision already counts it. When binding
 * fails it is taken off again. Writes are bounded by the writer; while it has no room, pods stay in the queue.
 *
 * <p>
 * A standby does all of this except trying pods: when it becomes the leader, it has nothing to load.
 */
public final class SchedulingLoop {
    private static final Logger log = LoggerFactory.getLogger(SchedulingLoop.class);

    /** What may wait to be taken in. */
    private static final int MAILBOX_MAX = 65_536;
    /** Inputs taken in before pods are tried again. */
    private static final int INPUTS_PER_STEP = 4_096;
    /** Pods tried before inputs are taken in again. */
    private static final int PODS_PER_STEP = 64;
    private static final long FLUSH_INTERVAL_MILLIS = 30_000;
    private static final long NAP_MAX_MILLIS = 1_000;

    /** A binding under way. */
    private record Binding(QueuedPod queued, long startNanos) {}

    private final String schedulerName;
    private final ClusterState cluster;
    private final Placer placer;
    private final Preemptor preemptor;
    private final SchedulingQueue queue;
    private final PodWriter writer;
    private final LoopListener listener;
    private final ArrayBlockingQueue<Input> mailbox = new ArrayBlockingQueue<>(MAILBOX_MAX);
    private final List<Input> batch = new ArrayList<>(INPUTS_PER_STEP);
    private final Map<String, Pod> placed = new HashMap<>();
    private final Map<String, Binding> binding = new HashMap<>();
    private final Map<String, DisruptionBudget> budgets = new HashMap<>();
    private final Map<String, String> nominations = new HashMap<>();
    private boolean synced;
    private boolean leading;
    private long flushMillis;

    /** @param schedulerName only pods that name it are scheduled */
    public SchedulingLoop(String schedulerName, ClusterState cluster, Placer placer, Preemptor preemptor,
            SchedulingQueue queue, PodWriter writer, LoopListener listener) {
        this.schedulerName = schedulerName;
        this.cluster = cluster;
        this.placer = placer;
        this.preemptor = preemptor;
        this.queue = queue;
        this.writer = writer;
        this.listener = listener;
    }

    // ---- driving

    /** Tells the loop something. Waits while the mailbox is full; thread-safe. */
    public void submit(Input input) {
        try {
            mailbox.put(input);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Works until the thread is interrupted. */
    public void run(LongSupplier millis) {
        while (!Thread.currentThread().isInterrupted()) {
            long napMillis = step(millis.getAsLong());
            try {
                Input input = napMillis <= 0 ? null : mailbox.poll(napMillis, TimeUnit.MILLISECONDS);
                if (input != null) {
                    take(input, millis.getAsLong());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Takes in what has come and tries some pods.
     *
     * @param nowMillis a steady clock
     * @return after how many milliseconds there is something to do even if nothing comes, 0 for at once
     */
    public long step(long nowMillis) {
        batch.clear();
        mailbox.drainTo(batch, INPUTS_PER_STEP);
        for (Input input : batch) {
            take(input, nowMillis);
        }
        queue.tick(nowMillis);
        if (nowMillis - flushMillis >= FLUSH_INTERVAL_MILLIS) {
            flushMillis = nowMillis;
            queue.flush(nowMillis);
        }
        int tried = 0;
        boolean more = leading && synced;
        while (more && tried < PODS_PER_STEP) {
            more = writer.room() > 0 && tryNext(nowMillis);
            tried++;
        }
        listener.stepped(queue, placed.size(), binding.size(), cluster.nodes(), placer.classes());
        if (more || batch.size() == INPUTS_PER_STEP) {
            return 0;
        }
        return Math.clamp(queue.dueMillis() - nowMillis, 1, NAP_MAX_MILLIS);
    }

    // ---- what is seen

    private void take(Input input, long nowMillis) {
        switch (input) {
            case Input.PodSeen seen -> podSeen(seen, nowMillis);
            case Input.NodeSeen seen -> nodeSeen(seen, nowMillis);
            case Input.NamespaceSeen seen -> cluster.setNamespace(seen.name(), seen.labels());
            case Input.ServiceSeen seen -> cluster.setService(seen.namespace(), seen.name(), seen.selector());
            case Input.WorkloadSeen seen -> cluster.setWorkload(seen.namespace(), seen.workload(), seen.selector());
            case Input.BudgetSeen seen -> {
                if (seen.now() == null) {
                    budgets.remove(seen.namespace() + "/" + seen.name());
                } else {
                    budgets.put(seen.namespace() + "/" + seen.name(), seen.now());
                }
            }
            case Input.Synced synchronised -> synced = true;
            case Input.Leading now -> {
                leading = now.leads();
                now.taken().complete(null);
            }
            case Input.Bound bound -> bound(bound, nowMillis);
        }
    }

    private void podSeen(Input.PodSeen seen, long nowMillis) {
        Pod before = seen.before();
        Pod now = seen.now();
        if (before != null && (now == null || !now.uid().equals(before.uid()))) {
            podGone(before.uid(), nowMillis);
        }
        if (now == null) {
            return;
        }
        if (!now.node().isEmpty()) {
            podPlaced(now, nowMillis);
        } else if (now.pending() != null && now.pending().schedulerName().equals(schedulerName)
                && !placed.containsKey(now.uid())) {
            followNomination(now, now.pending().nominatedNode());
            queue.seen(now, nowMillis);
        }
    }

    private void podPlaced(Pod now, long nowMillis) {
        Pod known = placed.put(now.uid(), now);
        if (known == null) {
            cluster.addPod(now);
            queue.happened(new ClusterEvent.PodPlaced(now), nowMillis);
        } else if (known.node().equals(now.node())) {
            cluster.updatePod(now);
            if (known.template() != now.template() || known.terminating() != now.terminating()) {
                queue.happened(new ClusterEvent.PodChanged(known, now), nowMillis);
            }
        } else {
            cluster.removePod(known);
            cluster.addPod(now);
            queue.happened(new ClusterEvent.PodRemoved(known), nowMillis);
        }
        if (!binding.containsKey(now.uid())) {
            withdraw(now.uid());
            queue.gone(now.uid());
        }
    }

    private void podGone(String uid, long nowMillis) {
        Pod known = placed.remove(uid);
        if (known != null) {
            cluster.removePod(known);
        }
        withdraw(uid);
        queue.gone(uid);
        if (known != null) {
            queue.happened(new ClusterEvent.PodRemoved(known), nowMillis);
        }
    }

    private void nodeSeen(Input.NodeSeen seen, long nowMillis) {
        if (seen.now() != null) {
            cluster.setNode(seen.now());
            queue.happened(new ClusterEvent.NodeChanged(seen.before(), seen.now()), nowMillis);
        } else if (seen.before() != null) {
            cluster.removeNode(seen.before().name());
            queue.happened(new ClusterEvent.NodeRemoved(seen.before()), nowMillis);
        }
    }

    // ---- decisions

    private boolean tryNext(long nowMillis) {
        QueuedPod queued = queue.next(nowMillis);
        if (queued == null) {
            return false;
        }
        Pod pod = queued.pod();
        if (pod.terminating()) {
            writer.event(pod, true, "FailedScheduling", "Scheduling", "skip schedule deleting pod: " + pod.key());
            return true;
        }
        long startNanos = System.nanoTime();
        try {
            Decision decision = placer.decide(pod, nowMillis);
            listener.decided(System.nanoTime() - startNanos);
            switch (decision) {
                case Decision.Place place -> assume(queued, place.node(), startNanos);
                case Decision.Refuse refuse -> refuse(queued, refuse.diagnosis(), nowMillis, startNanos);
            }
        } catch (RuntimeException e) {
            log.error("pod {} cannot be decided on", pod.key(), e);
            listener.attempted("error", queued, System.nanoTime() - startNanos);
            queue.failed(queued, nowMillis);
        }
        return true;
    }

    private void assume(QueuedPod queued, String node, long startNanos) {
        Pod assumed = queued.pod().on(node);
        cluster.addPod(assumed);
        placed.put(assumed.uid(), assumed);
        binding.put(assumed.uid(), new Binding(queued, startNanos));
        withdraw(assumed.uid());
        writer.bind(assumed);
    }

    private void bound(Input.Bound bound, long nowMillis) {
        Pod pod = bound.pod();
        Binding done = binding.remove(pod.uid());
        if (done == null) {
            return;
        }
        QueuedPod queued = done.queued;
        long nanos = System.nanoTime() - done.startNanos;
        if (bound.outcome() == Input.Bound.Outcome.BOUND) {
            listener.bound(queued, nanos, nowMillis);
            queue.gone(pod.uid());
            writer.event(pod, false, "Scheduled", "Binding",
                    "Successfully assigned " + pod.key() + " to " + pod.node());
            queue.happened(new ClusterEvent.PodPlaced(pod), nowMillis);
            return;
        }
        if (placed.get(pod.uid()) == pod) {
            placed.remove(pod.uid());
            cluster.removePod(pod);
            queue.happened(new ClusterEvent.PodRemoved(pod), nowMillis);
        }
        if (placed.containsKey(pod.uid())) {
            queue.gone(pod.uid()); // somebody else has bound it
        } else {
            notBound(queued, bound, nanos, nowMillis);
        }
    }

    private void notBound(QueuedPod queued, Input.Bound bound, long nanos, long nowMillis) {
        Pod pod = bound.pod();
        switch (bound.outcome()) {
            case GONE -> log.debug("pod {} is gone", pod.key()); // the watch will say so too
            case NOT_SENT -> queue.failed(queued, nowMillis);
            case FAILED -> {
                log.warn("pod {} not bound to {}: {}", pod.key(), pod.node(), bound.error());
                listener.attempted("error", queued, nanos);
                if (queue.get(pod.uid()) != null) {
                    queue.failed(queued, nowMillis);
                    explain(queued.pod(), "SchedulerError", bound.error(), "");
                }
            }
            case BOUND -> throw new IllegalArgumentException("bound");
        }
    }

    private void refuse(QueuedPod queued, Diagnosis diagnosis, long nowMillis, long startNanos) {
        Pod pod = queued.pod();
        String preemption = "";
        String nominated = "";
        if (!diagnosis.isNoNodes()) {
            Preemptor.Outcome outcome = preemptor.find(pod, diagnosis, budgets.values());
            preemption = outcome.message();
            listener.preempted(outcome.victims().size());
            displace(pod, outcome, nowMillis);
            nominated = outcome.node();
        }
        listener.attempted("unschedulable", queued, System.nanoTime() - startNanos);
        queue.refused(queued, diagnosis.plugins(), nowMillis);
        explain(pod, "Unschedulable", diagnosis.message(preemption), nominated);
    }

    /** Makes room: ends the victims, and keeps the place free for the pod. */
    private void displace(Pod pod, Preemptor.Outcome outcome, long nowMillis) {
        String node = outcome.node();
        if (node == null) {
            return;
        }
        withdraw(pod.uid());
        if (node.isEmpty()) {
            return;
        }
        for (Pod victim : outcome.victims()) {
            if (!victim.terminating()) {
                writer.displace(victim, pod);
            }
        }
        for (Pod other : cluster.nominatedOn(node)) {
            if (other.priority() < pod.priority()) {
                withdraw(other.uid());
                writer.explain(other, null, "");
                queue.activate(other.uid(), "PreemptedNomination", nowMillis);
            }
        }
        nominate(pod, node);
    }

    /** Tells the user, and keeps the place for the pod in its status: null leaves it as it is. */
    private void explain(Pod pod, String reason, String message, @Nullable String nominatedNode) {
        writer.event(pod, true, "FailedScheduling", "Scheduling", message);
        Pod.Pending pending = pod.pending();
        Pod.Condition condition = new Pod.Condition(false, reason, message);
        boolean told = pending != null && condition.equals(pending.condition());
        boolean placeKnown = nominatedNode == null
                || pending != null && nominatedNode.equals(pending.nominatedNode());
        if (!told || !placeKnown) {
            writer.explain(pod, told ? null : condition, placeKnown ? null : nominatedNode);
        }
    }

    /** The API's word on where room is being made counts, unless it has not heard of ours yet. */
    private void followNomination(Pod now, String node) {
        Pod known = queue.get(now.uid());
        String before = known == null || known.pending() == null ? "" : known.pending().nominatedNode();
        if (!node.isEmpty()) {
            nominate(now, node);
        } else if (!before.isEmpty()) {
            withdraw(now.uid());
        }
    }

    private void nominate(Pod pod, String node) {
        if (!node.equals(nominations.get(pod.uid()))) {
            withdraw(pod.uid());
            cluster.nominate(pod, node);
            nominations.put(pod.uid(), node);
        }
    }

    private void withdraw(String uid) {
        if (nominations.remove(uid) != null) {
            cluster.withdraw(uid);
        }
    }
}
