package io.myriad.controller.deployment;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.controller.model.Conditions;
import io.myriad.controller.model.Workload;

/**
 * What a rollout needs to know of a ReplicaSet.
 *
 * @param name its name
 * @param uid its uid
 * @param created when it was created
 * @param deleting whether it is being deleted
 * @param replicas the replicas it is to have
 * @param minReadySeconds as its spec has it
 * @param annotations its annotations
 * @param template its pod template
 * @param generation the generation of its spec
 * @param status its status
 */
record ReplicaSetView(String name, String uid, Instant created, boolean deleting, int replicas, int minReadySeconds,
        Map<String, String> annotations, JsonNode template, long generation, Status status) {
    /**
     * Its status.
     *
     * @param terminating pods being deleted, or null when it has not said
     * @param failure its condition ReplicaFailure, or null
     */
    record Status(int replicas, int ready, int available, @Nullable Integer terminating, long observedGeneration,
            @Nullable ObjectNode failure) {}

    static final Comparator<ReplicaSetView> BY_CREATION = Comparator.comparing(ReplicaSetView::created)
            .thenComparing(ReplicaSetView::name);

    static ReplicaSetView of(Workload workload) {
        ObjectNode tree = workload.tree();
        JsonNode spec = tree.path("spec");
        JsonNode status = tree.path("status");
        return new ReplicaSetView(workload.meta().name(), workload.meta().uid(), workload.meta().created(),
                workload.meta().terminating(), spec.path("replicas").asInt(1), spec.path("minReadySeconds").asInt(0),
                texts(tree.path("metadata").path("annotations")), spec.path("template"), workload.meta().generation(),
                new Status(status.path("replicas").asInt(0), status.path("readyReplicas").asInt(0),
                        status.path("availableReplicas").asInt(0),
                        status.has("terminatingReplicas") ? status.path("terminatingReplicas").asInt(0) : null,
                        status.path("observedGeneration").asLong(0), Conditions.find(status, "ReplicaFailure")));
    }

    static Map<String, String> texts(JsonNode map) {
        Map<String, String> texts = HashMap.newHashMap(map.size());
        map.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asString("")));
        return texts;
    }

    /** Its revision; 0 where it has none or a wrong one. */
    long revision() {
        return Annotations.number(annotations.get(Annotations.REVISION));
    }
}
