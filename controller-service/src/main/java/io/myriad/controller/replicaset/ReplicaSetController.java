package io.myriad.controller.replicaset;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.StatusException;
import io.myriad.api.codec.ObjectBytes.OwnerReference;
import io.myriad.api.value.JsonValues;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.Resources;
import io.myriad.control.client.TransportException;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.ObjectKey;
import io.myriad.control.queue.Reconciler;
import io.myriad.controller.loop.ControlLoop;
import io.myriad.controller.loop.ControllerContext;
import io.myriad.controller.loop.LoopController;
import io.myriad.controller.loop.Refusals;
import io.myriad.controller.loop.WriteLog;
import io.myriad.controller.model.Claims;
import io.myriad.controller.model.ClusterInformers;
import io.myriad.controller.model.Pod;
import io.myriad.controller.model.Workload;

/**
 * Keeps ReplicaSets, or ReplicationControllers, at their number of pods and reports how many there are.
 *
 * <p>It never acts on a state older than its own last action: pods it created must have been seen by the informer, and
 * pods it deleted are left out of the count until the informer knows of the deletion.
 */
public final class ReplicaSetController implements LoopController {
    /** The two kinds that work alike. */
    public enum Variant {
        REPLICA_SET("replicaset-controller", Resources.REPLICA_SETS, "ReplicaSet", "replicaset-controller"),
        REPLICATION_CONTROLLER("replicationcontroller-controller", Resources.REPLICATION_CONTROLLERS,
                "ReplicationController", "replication-controller");

        final String controller;
        final GroupVersionResource resource;
        final String kind;
        final String eventSource;

        Variant(String controller, GroupVersionResource resource, String kind, String eventSource) {
            this.controller = controller;
            this.resource = resource;
            this.kind = kind;
            this.eventSource = eventSource;
        }
    }

    /** For so many pods more, changes of pods' states are counted a millisecond later. */
    private static final int COUNTED_IN_A_MILLISECOND = 2;
    /** However many pods there are, changes are counted after this time. */
    private static final long COUNT_MAX_MILLIS = 500;

    private final Variant variant;
    private final ControllerContext context;
    private final Informer<Workload> workloads;
    private final Informer<Pod> pods;
    private final PodWriter writer;
    private final WriteLog<ObjectKey> writes = new WriteLog<>();
    private final Map<ObjectKey, Set<String>> deleted = new ConcurrentHashMap<>();
    /** How many pods each workload had when it was last worked on. */
    private final Map<ObjectKey, Integer> podCounts = new ConcurrentHashMap<>();
    private final ControlLoop<ObjectKey> loop;

    /**
     * @param workers how many are worked on at a time
     */
    public ReplicaSetController(Variant variant, int workers, ControllerContext context) {
        this.variant = variant;
        this.context = context;
        this.workloads = variant == Variant.REPLICA_SET
                ? context.informers().replicaSets()
                : context.informers().replicationControllers();
        this.pods = context.informers().pods();
        this.writer = new PodWriter(context.client(), context.recorder(variant.eventSource));
        this.loop = new ControlLoop<>(variant.controller, workers, workloads::keys, this::reconcile, context);
        workloads.addHandler(ControlLoop.enqueueing(loop));
        pods.addHandler(new PodHandler());
    }

    @Override
    public ControlLoop<?> loop() {
        return loop;
    }

    /** Wakes the workloads that a pod's change concerns. */
    private final class PodHandler implements InformerHandler<Pod> {
        @Override
        public void added(ObjectKey key, Pod now, boolean initial) {
            if (!initial) {
                wake(now, true);
            }
        }

        @Override
        public void updated(ObjectKey key, Pod before, Pod now) {
            boolean moved = !before.meta().controllerUid().equals(now.meta().controllerUid());
            if (moved) {
                wake(before, false);
            }
            boolean relabelled = !before.meta().labels().equals(now.meta().labels());
            OwnerReference controller = now.meta().controller();
            if (moved || relabelled || controller == null || before.active() != now.active()
                    || before.meta().terminating() != now.meta().terminating()) {
                wake(now, moved || relabelled);
            } else if (controller.kind().equals(variant.kind)) {
                count(new ObjectKey(now.meta().namespace(), controller.name()));
            }
        }

        /**
         * Only what is counted has changed. Counting and reporting cost in proportion to the number of pods, and each of a
         * thousand starting pods changes several times: the more there are, the more changes are counted at once.
         */
        private void count(ObjectKey key) {
            loop.enqueueAfter(key, countDelayMillis(podCounts.getOrDefault(key, 0)));
        }

        @Override
        public void deleted(ObjectKey key, Pod last) {
            wake(last, false);
        }

        private void wake(Pod pod, boolean offer) {
            OwnerReference controller = pod.meta().controller();
            if (controller != null) {
                if (controller.kind().equals(variant.kind)) {
                    loop.enqueue(new ObjectKey(pod.meta().namespace(), controller.name()));
                }
            } else if (offer && pod.active()) {
                for (Workload one : workloads.byIndex(ClusterInformers.WORKLOADS_BY_NAMESPACE,
                        pod.meta().namespace())) {
                    if (one.selector().matches(pod.meta().labels())) {
                        loop.enqueue(one.meta().key());
                    }
                }
            }
        }
    }

    /** How long changes of pods' states are collected before they are counted, given how many pods there are. */
    static long countDelayMillis(int pods) {
        return Math.min(COUNT_MAX_MILLIS, pods / COUNTED_IN_A_MILLISECOND);
    }

    private long reconcile(ObjectKey key) {
        Workload workload = workloads.get(key);
        if (workload == null) {
            writes.forget(key);
            deleted.remove(key);
            podCounts.remove(key);
            return Reconciler.DONE;
        }
        if (!writes.seen(key)) {
            return Reconciler.RETRY;
        }
        ObjectNode tree = workload.tree();
        Claims<Pod> claims = claim(key, workload);
        podCounts.put(key, claims.owned().size());
        List<Pod> active = new ArrayList<>(claims.owned().size());
        int terminating = 0;
        Set<String> gone = stillGone(key, claims.owned());
        for (Pod pod : claims.owned()) {
            if (pod.active() && !gone.contains(pod.meta().uid())) {
                active.add(pod);
            } else if (!pod.finished()) {
                terminating++;
            }
        }
        Instant now = context.clock().instant();
        RuntimeException failure = null;
        boolean acted = false;
        if (!workload.meta().terminating()) {
            ReplicaSetPlan plan = ReplicaSetPlan.of(tree.path("spec").path("replicas").asInt(1), active,
                    related(workload, active), now);
            acted = plan.create() > 0 || !plan.delete().isEmpty();
            try {
                carryOut(key, workload, tree, plan);
            } catch (StatusException | TransportException e) {
                failure = e;
            }
        }
        report(key, workload, tree, active, terminating, failure == null ? "" : String.valueOf(failure.getMessage()),
                now);
        if (failure != null) {
            throw failure;
        }
        if (acted) {
            return Reconciler.DONE; // events of what was done bring the key back
        }
        return ReplicaSetPlan.nextAvailabilityMillis(active, tree.path("spec").path("minReadySeconds").asInt(0), now);
    }

    /** Sorts out whose pods are whose, and writes that down where it has changed. */
    private Claims<Pod> claim(ObjectKey key, Workload workload) {
        List<Pod> candidates = new ArrayList<>(
                pods.byIndex(ClusterInformers.PODS_BY_CONTROLLER, workload.meta().uid()));
        for (Pod orphan : pods.byIndex(ClusterInformers.PODS_BY_CONTROLLER,
                ClusterInformers.orphansOf(key.namespace()))) {
            if (orphan.active()) {
                candidates.add(orphan);
            }
        }
        Claims<Pod> claims = Claims.of(workload, candidates, Pod::meta);
        for (Pod pod : claims.released()) {
            Refusals.ignoringGone(() -> writes.wrote(key, pods, writer.release(workload.reference(), pod)));
        }
        if (!claims.adoptable().isEmpty() && mayAdopt(workload)) {
            for (Pod pod : claims.adoptable()) {
                Refusals.ignoringGone(() -> {
                    writes.wrote(key, pods, writer.adopt(workload.reference(), pod));
                    claims.owned().add(pod);
                });
            }
        }
        return claims;
    }

    /** Adopting for an owner that is being deleted would give its pods to the garbage collector: ask the server. */
    private boolean mayAdopt(Workload workload) {
        JsonNode fresh = context.client().get(ApiPath.of(variant.resource).in(workload.meta().namespace())
                .named(workload.meta().name())).path("metadata");
        return fresh.path("uid").asString("").equals(workload.meta().uid()) && !fresh.has("deletionTimestamp");
    }

    /** The uids among {@code owned} that were deleted by us, though the informer does not know it yet. */
    private Set<String> stillGone(ObjectKey key, List<Pod> owned) {
        Set<String> uids = deleted.get(key);
        if (uids == null) {
            return Set.of();
        }
        Set<String> present = new java.util.HashSet<>();
        for (Pod pod : owned) {
            if (!pod.meta().terminating()) {
                present.add(pod.meta().uid());
            }
        }
        uids.retainAll(present);
        if (uids.isEmpty()) {
            deleted.remove(key);
        }
        return uids;
    }

    /** The pods of all workloads with the same controller, which tell how crowded nodes are. */
    private List<Pod> related(Workload workload, List<Pod> own) {
        OwnerReference controller = workload.meta().controller();
        if (controller == null) {
            return own;
        }
        Map<String, Pod> related = new LinkedHashMap<>();
        for (Workload sibling : workloads.byIndex(ClusterInformers.WORKLOADS_BY_CONTROLLER, controller.uid())) {
            for (Pod pod : pods.byIndex(ClusterInformers.PODS_BY_CONTROLLER, sibling.meta().uid())) {
                related.put(pod.meta().uid(), pod);
            }
        }
        return List.copyOf(related.values());
    }

    private void carryOut(ObjectKey key, Workload workload, ObjectNode tree, ReplicaSetPlan plan) {
        if (plan.create() > 0) {
            ObjectNode pod = PodWriter.fromTemplate(workload.reference(), tree.path("spec").path("template"));
            writer.create(workload.reference(), pod, plan.create(), made -> writes.wrote(key, pods, made));
        } else if (!plan.delete().isEmpty()) {
            Set<String> uids = deleted.computeIfAbsent(key, any -> ConcurrentHashMap.newKeySet());
            writer.delete(workload.reference(), plan.delete(), pod -> uids.add(pod.meta().uid()));
        }
    }

    private void report(ObjectKey key, Workload workload, ObjectNode tree, List<Pod> active, int terminating,
            String failure, Instant now) {
        ObjectNode status = ReplicaSetPlan.status(tree, active, terminating, failure, now);
        if (variant == Variant.REPLICATION_CONTROLLER) {
            status.remove("terminatingReplicas"); // this kind has no such field
        }
        @Nullable
        JsonNode old = tree.get("status");
        if (old != null && JsonValues.equal(old, status)) {
            return;
        }
        tree.set("status", status);
        ApiPath path = ApiPath.of(variant.resource).in(key.namespace()).named(key.name()).sub("status");
        writes.wrote(key, workloads, context.client().update(path, tree));
    }
}
