package io.myriad.controller.deployment;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.codec.ObjectBytes.OwnerReference;
import io.myriad.api.value.JsonValues;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.DeleteOptions;
import io.myriad.control.client.PatchType;
import io.myriad.control.client.Resources;
import io.myriad.control.events.Event;
import io.myriad.control.events.EventRecorder;
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

/** Carries out what {@link Rollout} decides. */
public final class DeploymentController implements LoopController {
    private static final String NAME = "deployment-controller";
    private static final int NAME_CHARS_MAX = 253;

    private final ControllerContext context;
    private final Informer<Workload> deployments;
    private final Informer<Workload> replicaSets;
    private final Informer<Pod> pods;
    private final EventRecorder recorder;
    private final WriteLog<ObjectKey> writes = new WriteLog<>();
    private final ControlLoop<ObjectKey> loop;

    /**
     * @param workers how many Deployments are worked on at a time
     */
    public DeploymentController(int workers, ControllerContext context) {
        this.context = context;
        this.deployments = context.informers().deployments();
        this.replicaSets = context.informers().replicaSets();
        this.pods = context.informers().pods();
        this.recorder = context.recorder(NAME);
        this.loop = new ControlLoop<>(NAME, workers, deployments::keys, this::reconcile, context);
        deployments.addHandler(ControlLoop.enqueueing(loop));
        replicaSets.addHandler(new ReplicaSetHandler());
        pods.addHandler(new PodHandler());
    }

    @Override
    public ControlLoop<?> loop() {
        return loop;
    }

    /** Wakes the Deployments that a ReplicaSet's change concerns. */
    private final class ReplicaSetHandler implements InformerHandler<Workload> {
        @Override
        public void added(ObjectKey key, Workload now, boolean initial) {
            if (!initial) {
                wake(now, true);
            }
        }

        @Override
        public void updated(ObjectKey key, Workload before, Workload now) {
            boolean moved = !before.meta().controllerUid().equals(now.meta().controllerUid());
            if (moved) {
                wake(before, false);
            }
            wake(now, moved || !before.meta().labels().equals(now.meta().labels()));
        }

        @Override
        public void deleted(ObjectKey key, Workload last) {
            wake(last, false);
        }

        private void wake(Workload replicaSet, boolean offer) {
            OwnerReference controller = replicaSet.meta().controller();
            if (controller != null) {
                if (controller.kind().equals("Deployment")) {
                    loop.enqueue(new ObjectKey(replicaSet.meta().namespace(), controller.name()));
                }
            } else if (offer && !replicaSet.meta().terminating()) {
                for (Workload one : deployments.byIndex(ClusterInformers.WORKLOADS_BY_NAMESPACE,
                        replicaSet.meta().namespace())) {
                    if (one.selector().matches(replicaSet.meta().labels())) {
                        loop.enqueue(one.meta().key());
                    }
                }
            }
        }
    }

    /** A Recreate Deployment waits for the last old pod to be gone or ended, which its ReplicaSet does not show. */
    private final class PodHandler implements InformerHandler<Pod> {
        @Override
        public void updated(ObjectKey key, Pod before, Pod now) {
            if (!before.finished() && now.finished()) {
                wake(now);
            }
        }

        @Override
        public void deleted(ObjectKey key, Pod last) {
            wake(last);
        }

        private void wake(Pod pod) {
            OwnerReference controller = pod.meta().controller();
            if (controller == null || !controller.kind().equals("ReplicaSet")) {
                return;
            }
            Workload replicaSet = replicaSets.get(pod.meta().namespace(), controller.name());
            OwnerReference owner = replicaSet == null ? null : replicaSet.meta().controller();
            if (owner != null && owner.kind().equals("Deployment")) {
                loop.enqueue(new ObjectKey(pod.meta().namespace(), owner.name()));
            }
        }
    }

    private long reconcile(ObjectKey key) {
        Workload deployment = deployments.get(key);
        if (deployment == null) {
            writes.forget(key);
            return Reconciler.DONE;
        }
        if (!writes.seen(key)) {
            return Reconciler.RETRY;
        }
        ObjectNode tree = deployment.tree();
        if (tree.path("spec").path("selector").isEmpty()) {
            return selectsAll(key, deployment, tree);
        }
        Map<String, Workload> owned = new HashMap<>();
        List<ReplicaSetView> views = new ArrayList<>();
        for (Workload replicaSet : claim(key, deployment)) {
            owned.put(replicaSet.meta().uid(), replicaSet);
            views.add(ReplicaSetView.of(replicaSet));
        }
        Rollback rollback = deployment.meta().terminating() || tree.path("spec").path("paused").asBoolean(false)
                ? null
                : Rollback.of(tree, views);
        if (rollback != null) {
            recorder.record(new Event(deployment.reference(), null, rollback.warning(), rollback.reason(), "",
                    rollback.message()));
            writes.wrote(key, deployments, context.client().update(path(key), rollback.deployment()));
            return Reconciler.DONE;
        }
        DeploymentView view = DeploymentView.of(tree);
        Instant now = context.clock().instant();
        Rollout.Decision decision = Rollout.decide(view, views, view.rolling() ? Set.of() : running(owned.keySet()),
                now);
        for (Rollout.Change change : decision.changes()) {
            change(key, deployment, owned, change);
        }
        if (decision.creation() != null && !create(key, deployment, tree, decision, decision.creation(), now)) {
            return Reconciler.RETRY;
        }
        for (ReplicaSetView old : decision.deletions()) {
            delete(key, old);
        }
        report(key, tree, decision);
        return decision.requeueMillis();
    }

    /** Validation refuses such an object, but the API may hold one from before. */
    private long selectsAll(ObjectKey key, Workload deployment, ObjectNode tree) {
        recorder.record(Event.warning(deployment.reference(), "SelectingAll",
                "This deployment is selecting all pods. A non-empty selector is required."));
        ObjectNode status = tree.withObject("status");
        if (status.path("observedGeneration").asLong(0) < deployment.meta().generation()) {
            status.put("observedGeneration", deployment.meta().generation());
            writes.wrote(key, deployments, context.client().update(path(key).sub("status"), tree));
        }
        return Reconciler.DONE;
    }

    /** The ReplicaSets that belong to the Deployment, after adopting and releasing. */
    private List<Workload> claim(ObjectKey key, Workload deployment) {
        List<Workload> candidates = new ArrayList<>(
                replicaSets.byIndex(ClusterInformers.WORKLOADS_BY_CONTROLLER, deployment.meta().uid()));
        candidates.addAll(replicaSets.byIndex(ClusterInformers.WORKLOADS_BY_CONTROLLER,
                ClusterInformers.orphansOf(key.namespace())));
        Claims<Workload> claims = Claims.of(deployment, candidates, Workload::meta);
        for (Workload released : claims.released()) {
            ObjectNode metadata = JsonNodeFactory.instance.objectNode().put("uid", released.meta().uid());
            metadata.putArray("ownerReferences").addObject().put("$patch", "delete").put("uid",
                    deployment.meta().uid());
            patchOwners(key, released, metadata);
        }
        if (!claims.adoptable().isEmpty() && mayAdopt(key, deployment)) {
            for (Workload orphan : claims.adoptable()) {
                ObjectNode metadata = JsonNodeFactory.instance.objectNode().put("uid", orphan.meta().uid());
                metadata.putArray("ownerReferences").add(controllerReference(deployment));
                if (patchOwners(key, orphan, metadata)) {
                    claims.owned().add(orphan);
                }
            }
        }
        return claims.owned();
    }

    private boolean mayAdopt(ObjectKey key, Workload deployment) {
        JsonNode fresh = context.client().get(path(key)).path("metadata");
        return fresh.path("uid").asString("").equals(deployment.meta().uid()) && !fresh.has("deletionTimestamp");
    }

    /** Returns whether the ReplicaSet is still there and has the owners wanted. */
    private boolean patchOwners(ObjectKey key, Workload replicaSet, ObjectNode metadata) {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.set("metadata", metadata);
        try {
            writes.wrote(key, replicaSets,
                    context.client().patch(path(replicaSet.meta().key(), false), PatchType.STRATEGIC, patch));
            return true;
        } catch (StatusException e) {
            if (e.status().reason() != StatusReason.NOT_FOUND && e.status().reason() != StatusReason.INVALID) {
                throw e;
            }
            return false;
        }
    }

    private static ObjectNode controllerReference(Workload deployment) {
        return JsonNodeFactory.instance.objectNode().put("apiVersion", "apps/v1").put("kind", "Deployment")
                .put("name", deployment.meta().name()).put("uid", deployment.meta().uid()).put("controller", true)
                .put("blockOwnerDeletion", true);
    }

    private Set<String> running(Set<String> replicaSetUids) {
        Set<String> running = new HashSet<>();
        for (String uid : replicaSetUids) {
            if (pods.byIndex(ClusterInformers.PODS_BY_CONTROLLER, uid).stream().anyMatch(pod -> !pod.finished())) {
                running.add(uid);
            }
        }
        return running;
    }

    private void change(ObjectKey key, Workload deployment, Map<String, Workload> owned, Rollout.Change change) {
        ReplicaSetView before = change.replicaSet();
        Workload replicaSet = before == null ? null : owned.get(before.uid());
        if (before == null || replicaSet == null) {
            throw new IllegalStateException("change of a ReplicaSet that is not owned: " + change);
        }
        ObjectNode tree = replicaSet.tree();
        tree.withObject("spec").put("replicas", change.replicas()).put("minReadySeconds", change.minReadySeconds());
        ObjectNode annotations = tree.withObject("metadata").putObject("annotations");
        change.annotations().forEach(annotations::put);
        writes.wrote(key, replicaSets, context.client().update(path(replicaSet.meta().key(), false), tree));
        if (change.replicas() != before.replicas()) {
            recorder.record(Event.normal(deployment.reference(), "ScalingReplicaSet",
                    "Scaled " + (change.replicas() > before.replicas() ? "up" : "down") + " replica set "
                            + before.name() + " from " + before.replicas() + " to " + change.replicas()));
        }
    }

    /** Creates the ReplicaSet of the current template. False when its name was taken: to be tried again. */
    private boolean create(ObjectKey key, Workload deployment, ObjectNode tree, Rollout.Decision decision,
            Rollout.Change creation, Instant now) {
        ObjectNode status = decision.status();
        Integer collisions = status.has("collisionCount") ? status.path("collisionCount").asInt(0) : null;
        ObjectNode replicaSet = replicaSet(deployment, tree, creation,
                PodTemplates.hash(tree.path("spec").path("template"), collisions));
        String name = replicaSet.path("metadata").path("name").asString("");
        boolean deadline = DeploymentView.of(tree).progressDeadlineSeconds() != null;
        try {
            writes.wrote(key, replicaSets,
                    context.client().create(ApiPath.of(Resources.REPLICA_SETS).in(key.namespace()), replicaSet));
        } catch (StatusException e) {
            if (e.status().reason() == StatusReason.ALREADY_EXISTS) {
                nameTaken(key, deployment, tree, name);
                return false;
            }
            if (Refusals.namespaceTerminating(e)) {
                return false; // nothing can be created here any more, and nobody needs to be told
            }
            String message = "Failed to create new replica set \"" + name + "\": " + e.getMessage();
            recorder.record(Event.warning(deployment.reference(), "ReplicaSetCreateError", message));
            if (deadline) {
                RolloutStatus.failedToCreate(status, message, now);
                report(key, tree, decision);
            }
            throw e;
        }
        if (creation.replicas() > 0) {
            recorder.record(Event.normal(deployment.reference(), "ScalingReplicaSet",
                    "Scaled up replica set " + name + " from 0 to " + creation.replicas()));
        }
        if (deadline) {
            RolloutStatus.createdReplicaSet(status, name, now);
        }
        return true;
    }

    /** Either it is the ReplicaSet we want and the informer will show it soon, or another template has the same hash. */
    private void nameTaken(ObjectKey key, Workload deployment, ObjectNode tree, String name) {
        ObjectNode there = context.client().get(path(new ObjectKey(key.namespace(), name), false));
        for (JsonNode owner : there.path("metadata").path("ownerReferences")) {
            if (owner.path("uid").asString("").equals(deployment.meta().uid())
                    && PodTemplates.equal(there.path("spec").path("template"), tree.path("spec").path("template"))) {
                return;
            }
        }
        ObjectNode status = tree.withObject("status");
        status.put("collisionCount", status.path("collisionCount").asInt(0) + 1);
        writes.wrote(key, deployments, context.client().update(path(key).sub("status"), tree));
    }

    private static ObjectNode replicaSet(Workload deployment, ObjectNode tree, Rollout.Change creation, String hash) {
        JsonNode spec = tree.path("spec");
        ObjectNode replicaSet = JsonNodeFactory.instance.objectNode().put("apiVersion", "apps/v1").put("kind",
                "ReplicaSet");
        String deploymentName = deployment.meta().name();
        int room = NAME_CHARS_MAX - 1 - hash.length();
        ObjectNode metadata = replicaSet.putObject("metadata");
        metadata.put("name", (deploymentName.length() > room ? deploymentName.substring(0, room) : deploymentName)
                + "-" + hash);
        ObjectNode template = (ObjectNode) spec.path("template").deepCopy();
        ObjectNode labels = template.withObject("metadata").withObject("labels").put(PodTemplates.HASH_LABEL, hash);
        metadata.set("labels", labels.deepCopy());
        ObjectNode annotations = metadata.putObject("annotations");
        creation.annotations().forEach(annotations::put);
        metadata.putArray("ownerReferences").add(controllerReference(deployment));
        ObjectNode replicaSetSpec = replicaSet.putObject("spec").put("replicas", creation.replicas());
        if (creation.minReadySeconds() > 0) {
            replicaSetSpec.put("minReadySeconds", creation.minReadySeconds());
        }
        ObjectNode selector = (ObjectNode) spec.path("selector").deepCopy();
        selector.withObject("matchLabels").put(PodTemplates.HASH_LABEL, hash);
        replicaSetSpec.set("selector", selector);
        replicaSetSpec.set("template", template);
        return replicaSet;
    }

    private void delete(ObjectKey key, ReplicaSetView old) {
        try {
            context.client().delete(path(new ObjectKey(key.namespace(), old.name()), false),
                    DeleteOptions.ofUid(old.uid()));
        } catch (StatusException e) {
            if (e.status().reason() != StatusReason.NOT_FOUND) {
                throw e;
            }
        }
    }

    private void report(ObjectKey key, ObjectNode tree, Rollout.Decision decision) {
        JsonNode known = tree.path("metadata").path("annotations").path(Annotations.REVISION);
        String revision = decision.revision();
        boolean newRevision = revision != null && !revision.equals(known.asString(""));
        if (!newRevision && JsonValues.equal(tree.path("status"), decision.status())) {
            return;
        }
        if (newRevision) {
            tree.withObject("metadata").withObject("annotations").put(Annotations.REVISION, revision);
        }
        tree.set("status", decision.status());
        writes.wrote(key, deployments, context.client().update(path(key).sub("status"), tree));
    }

    private static ApiPath path(ObjectKey key) {
        return path(key, true);
    }

    private static ApiPath path(ObjectKey key, boolean deployment) {
        return ApiPath.of(deployment ? Resources.DEPLOYMENTS : Resources.REPLICA_SETS).in(key.namespace())
                .named(key.name());
    }
}
