package io.myriad.controller.replicaset;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.value.Timestamps;
import io.myriad.controller.model.Conditions;
import io.myriad.controller.model.Pod;

/**
 * What a ReplicaSet needs: how many pods to create, which to delete. Pure.
 *
 * @param create pods to create
 * @param delete pods to delete
 */
record ReplicaSetPlan(int create, List<Pod> delete) {
    /** Pods created or deleted in one go at most; upstream's burst. */
    static final int BURST_MAX = 500;
    static final String REPLICA_FAILURE = "ReplicaFailure";

    /**
     * Compares what is wanted with what there is.
     *
     * @param active the active pods it owns
     * @param related pods of its siblings too
     */
    static ReplicaSetPlan of(int wanted, List<Pod> active, Collection<Pod> related, Instant now) {
        int surplus = active.size() - wanted;
        if (surplus < 0) {
            return new ReplicaSetPlan(Math.min(-surplus, BURST_MAX), List.of());
        }
        return new ReplicaSetPlan(0, surplus == 0
                ? List.of()
                : DeletionOrder.choose(active, related, Math.min(surplus, BURST_MAX), now));
    }

    /**
     * The status that fits what there is, put into a copy of the old one.
     *
     * @param replicaSet the whole object
     * @param failure why pods could not be created or deleted, or empty
     */
    static ObjectNode status(ObjectNode replicaSet, List<Pod> active, int terminating, String failure, Instant now) {
        JsonNode spec = replicaSet.path("spec");
        int minReadySeconds = spec.path("minReadySeconds").asInt(0);
        Map<String, String> templateLabels = new HashMap<>();
        spec.path("template").path("metadata").path("labels").properties()
                .forEach(entry -> templateLabels.put(entry.getKey(), entry.getValue().asString("")));
        int labelled = 0;
        int ready = 0;
        int available = 0;
        for (Pod pod : active) {
            labelled += pod.meta().labels().entrySet().containsAll(templateLabels.entrySet()) ? 1 : 0;
            ready += pod.ready() ? 1 : 0;
            available += pod.available(minReadySeconds, now) ? 1 : 0;
        }
        ObjectNode status = replicaSet.path("status") instanceof ObjectNode old
                ? old.deepCopy()
                : replicaSet.objectNode();
        status.put("replicas", active.size());
        count(status, "fullyLabeledReplicas", labelled);
        count(status, "readyReplicas", ready);
        count(status, "availableReplicas", available);
        status.put("terminatingReplicas", terminating);
        status.put("observedGeneration", replicaSet.path("metadata").path("generation").asLong(0));
        ObjectNode condition = Conditions.find(status, REPLICA_FAILURE);
        if (failure.isEmpty()) {
            Conditions.remove(status, REPLICA_FAILURE);
        } else if (condition == null) {
            int wanted = spec.path("replicas").asInt(1);
            Conditions.put(status, status.objectNode().put("type", REPLICA_FAILURE).put("status", "True")
                    .put("lastTransitionTime", Timestamps.format(now))
                    .put("reason", active.size() < wanted ? "FailedCreate" : "FailedDelete").put("message", failure));
        }
        return status;
    }

    /** The server leaves zeros out, so they are left out for comparing. */
    private static void count(ObjectNode status, String field, int value) {
        if (value == 0) {
            status.remove(field);
        } else {
            status.put(field, value);
        }
    }

    /** Milliseconds until the next ready pod becomes available; 0 when none is waiting for that. */
    static long nextAvailabilityMillis(List<Pod> active, int minReadySeconds, Instant now) {
        long next = 0;
        for (Pod pod : active) {
            Instant since = pod.readySince();
            if (since != null && !pod.available(minReadySeconds, now)) {
                long wait = Math.max(1, since.plusSeconds(minReadySeconds).toEpochMilli() - now.toEpochMilli());
                next = next == 0 ? wait : Math.min(next, wait);
            }
        }
        return next;
    }
}
