package io.myriad.controller.deployment;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import tools.jackson.databind.node.ObjectNode;

import io.myriad.controller.model.Samples;

/** A Deployment and its ReplicaSets for tests, in which a decision can be asked for and carried out. */
final class RolloutSample {
    final ObjectNode deployment = Samples.json("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'web',"
            + "'namespace':'default','uid':'uid-web','generation':1},'spec':{'replicas':10,"
            + "'selector':{'matchLabels':{'app':'web'}},'revisionHistoryLimit':10,'progressDeadlineSeconds':600,"
            + "'strategy':{'type':'RollingUpdate','rollingUpdate':{'maxSurge':3,'maxUnavailable':2}}},'status':{}}");
    final List<ObjectNode> replicaSets = new ArrayList<>();
    Instant now = Samples.START;
    private int created;

    RolloutSample() {
        image("v1");
    }

    RolloutSample replicas(int replicas) {
        deployment.withObject("spec").put("replicas", replicas);
        return nextGeneration();
    }

    RolloutSample image(String image) {
        deployment.withObject("spec").set("template", template(image));
        return nextGeneration();
    }

    RolloutSample limits(int surge, int unavailable) {
        deployment.withObject("spec").withObject("strategy").withObject("rollingUpdate").put("maxSurge", surge)
                .put("maxUnavailable", unavailable);
        return nextGeneration();
    }

    RolloutSample recreate() {
        deployment.withObject("spec").withObject("strategy").put("type", "Recreate").remove("rollingUpdate");
        return nextGeneration();
    }

    RolloutSample paused(boolean paused) {
        deployment.withObject("spec").put("paused", paused);
        return nextGeneration();
    }

    private RolloutSample nextGeneration() {
        ObjectNode metadata = deployment.withObject("metadata");
        metadata.put("generation", metadata.path("generation").asLong() + 1);
        return this;
    }

    static ObjectNode template(String image) {
        return Samples.json("{'metadata':{'labels':{'app':'web'}},'spec':{'containers':[{'name':'main','image':'"
                + image + "'}]}}");
    }

    /** A ReplicaSet that is there, with so many of its replicas available. */
    RolloutSample replicaSet(String image, int revision, int replicas, int available) {
        ObjectNode replicaSet = Samples.json("{'apiVersion':'apps/v1','kind':'ReplicaSet','metadata':{"
                + "'namespace':'default','generation':1},'spec':{}}");
        int number = created++;
        replicaSet.withObject("metadata").put("name", "web-" + number).put("uid", "uid-" + number)
                .put("creationTimestamp", Samples.at(number)).withObject("annotations")
                .put(Annotations.REVISION, Integer.toString(revision));
        replicaSet.withObject("spec").put("replicas", replicas).set("template", template(image));
        replicaSets.add(replicaSet);
        Annotations.setReplicas(annotations(replicaSet), desired(), max());
        annotate(replicaSet, Annotations.DESIRED_REPLICAS, Integer.toString(desired()));
        annotate(replicaSet, Annotations.MAX_REPLICAS, Integer.toString(max()));
        status(replicaSet, replicas, available);
        return this;
    }

    private int desired() {
        return view().replicas();
    }

    private int max() {
        return view().replicas() + view().maxSurge();
    }

    DeploymentView view() {
        return DeploymentView.of(deployment);
    }

    static void annotate(ObjectNode object, String key, String value) {
        object.withObject("metadata").withObject("annotations").put(key, value);
    }

    static Map<String, String> annotations(ObjectNode object) {
        return ReplicaSetView.texts(object.path("metadata").path("annotations"));
    }

    static void status(ObjectNode replicaSet, int replicas, int available) {
        replicaSet.withObject("status").put("replicas", replicas).put("readyReplicas", available)
                .put("availableReplicas", available).put("terminatingReplicas", 0)
                .put("observedGeneration", replicaSet.path("metadata").path("generation").asLong());
    }

    static int replicas(ObjectNode replicaSet) {
        return replicaSet.path("spec").path("replicas").asInt();
    }

    Rollout.Decision decide(String... running) {
        return Rollout.decide(view(), views(), Set.of(running), now);
    }

    List<ReplicaSetView> views() {
        return replicaSets.stream().map(one -> ReplicaSetView.of(Samples.workload(one))).toList();
    }

    /** Decides, and does what was decided as the controller does. */
    Rollout.Decision step(String... running) {
        Rollout.Decision decision = decide(running);
        for (Rollout.Change change : decision.changes()) {
            apply(byUid(change.replicaSet().uid()), change);
        }
        decision.deletions().forEach(one -> replicaSets.remove(byUid(one.uid())));
        if (decision.creation() != null) {
            replicaSet("", 0, 0, 0);
            ObjectNode made = replicaSets.getLast();
            made.withObject("spec").set("template", deployment.path("spec").path("template").deepCopy());
            apply(made, decision.creation());
            RolloutStatus.createdReplicaSet(decision.status(), "new", now);
        }
        deployment.set("status", decision.status());
        if (decision.revision() != null) {
            annotate(deployment, Annotations.REVISION, decision.revision());
        }
        return decision;
    }

    private static void apply(ObjectNode replicaSet, Rollout.Change change) {
        ObjectNode spec = replicaSet.withObject("spec");
        if (spec.path("replicas").asInt() != change.replicas()) {
            ObjectNode metadata = replicaSet.withObject("metadata");
            metadata.put("generation", metadata.path("generation").asLong() + 1);
        }
        spec.put("replicas", change.replicas()).put("minReadySeconds", change.minReadySeconds());
        ObjectNode annotations = replicaSet.withObject("metadata").putObject("annotations");
        change.annotations().forEach(annotations::put);
    }

    private ObjectNode byUid(String uid) {
        return replicaSets.stream().filter(one -> one.path("metadata").path("uid").asString().equals(uid)).findFirst()
                .orElseThrow();
    }

    /** The sizes of all ReplicaSets as the specifications have them, {@code 8+3}, the oldest first. */
    String sizes() {
        return replicaSets.stream().map(one -> Integer.toString(replicas(one))).collect(Collectors.joining("+"));
    }

    String condition(String type, String field) {
        return deployment.path("status").path("conditions").valueStream()
                .filter(one -> one.path("type").asString().equals(type)).map(one -> one.path(field).asString())
                .findFirst().orElse("");
    }
}
