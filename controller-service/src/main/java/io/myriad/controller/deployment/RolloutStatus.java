package io.myriad.controller.deployment;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.value.Timestamps;
import io.myriad.controller.model.Conditions;

/**
 * Writes the status of a Deployment: its counts and its conditions Available, Progressing and ReplicaFailure, with the
 * reasons and messages that {@code kubectl rollout status} and people read.
 */
final class RolloutStatus {
    private static final String PROGRESSING = "Progressing";
    private static final String AVAILABLE = "Available";
    private static final String REPLICA_FAILURE = "ReplicaFailure";
    private static final String NEW_AVAILABLE = "NewReplicaSetAvailable";
    private static final String TIMED_OUT = "ProgressDeadlineExceeded";
    private static final String PAUSED = "DeploymentPaused";

    /** A ReplicaSet, null while it is only planned, and the replicas it shall have. */
    record Counted(@Nullable ReplicaSetView known, int replicas) {}

    private final DeploymentView deployment;
    private final Instant now;
    private final ObjectNode before;
    private final ObjectNode tree;

    RolloutStatus(DeploymentView deployment, Instant now) {
        this.deployment = deployment;
        this.now = now;
        this.before = deployment.status();
        this.tree = deployment.status().deepCopy();
    }

    ObjectNode tree() {
        return tree;
    }

    // ---- counts ---------------------------------------------------------------------------------------------

    void count(List<Counted> replicaSets, @Nullable ReplicaSetView newest) {
        int wanted = 0;
        int replicas = 0;
        int ready = 0;
        int available = 0;
        @Nullable
        Integer terminating = 0;
        for (Counted one : replicaSets) {
            wanted += one.replicas;
            ReplicaSetView known = one.known;
            if (known == null) {
                continue;
            }
            replicas += known.status().replicas();
            ready += known.status().ready();
            available += known.status().available();
            if (known.status().terminating() != null) {
                terminating = terminating == null ? null : terminating + known.status().terminating();
            } else if (known.status().observedGeneration() != 0) {
                terminating = null; // an older controller does not say
            }
        }
        put("observedGeneration", deployment.generation());
        put("replicas", replicas);
        put("updatedReplicas", newest == null ? 0 : newest.status().replicas());
        put("readyReplicas", ready);
        put("availableReplicas", available);
        put("unavailableReplicas", Math.max(0, wanted - available));
        if (terminating == null) {
            tree.remove("terminatingReplicas");
        } else {
            tree.put("terminatingReplicas", (int) terminating);
        }
        if (available >= deployment.replicas() - deployment.maxUnavailable()) {
            set(AVAILABLE, "True", "MinimumReplicasAvailable", "Deployment has minimum availability.");
        } else {
            set(AVAILABLE, "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.");
        }
    }

    /** The server leaves zeros out, so they are left out for comparing. */
    private void put(String field, long value) {
        if (value == 0) {
            tree.remove(field);
        } else {
            tree.put(field, value);
        }
    }

    // ---- conditions -----------------------------------------------------------------------------------------

    /** While it is paused, time does not count against the rollout. */
    void pausedOrResumed() {
        if (deployment.progressDeadlineSeconds() == null) {
            return;
        }
        String reason = reason();
        if (reason.equals(TIMED_OUT)) {
            return;
        }
        if (deployment.paused() && !reason.equals(PAUSED)) {
            set(PROGRESSING, "Unknown", PAUSED, "Deployment is paused");
        } else if (!deployment.paused() && reason.equals(PAUSED)) {
            set(PROGRESSING, "Unknown", "DeploymentResumed", "Deployment is resumed");
        }
    }

    /** A ReplicaSet of the current template is there although nothing was said of progress yet. */
    void foundReplicaSet(String name) {
        if (deployment.progressDeadlineSeconds() != null && Conditions.find(tree, PROGRESSING) == null) {
            set(PROGRESSING, "True", "FoundNewReplicaSet", "Found new replica set \"" + name + "\"");
        }
    }

    /** The ReplicaSet was created under this name. */
    static void createdReplicaSet(ObjectNode status, String name, Instant now) {
        put(status, PROGRESSING, "True", "NewReplicaSetCreated", "Created new replica set \"" + name + "\"", now);
    }

    /** The ReplicaSet could not be created. */
    static void failedToCreate(ObjectNode status, String message, Instant now) {
        put(status, PROGRESSING, "False", "ReplicaSetCreateError", message, now);
    }

    /**
     * Judges the progress of a rollout.
     *
     * @param replicaSet the name of the current template's ReplicaSet, or empty
     * @param justCreated whether it is only about to be created, which is progress in itself
     */
    void progress(String replicaSet, boolean justCreated) {
        Integer deadline = deployment.progressDeadlineSeconds();
        if (deadline == null) {
            Conditions.remove(tree, PROGRESSING);
            return;
        }
        ObjectNode condition = Conditions.find(before, PROGRESSING);
        boolean settled = condition != null && condition.path("reason").asString("").equals(NEW_AVAILABLE)
                && tree.path("replicas").asInt(0) == tree.path("updatedReplicas").asInt(0);
        if (settled || justCreated) {
            return;
        }
        String who = replicaSet.isEmpty()
                ? "Deployment \"" + deployment.name() + "\""
                : "ReplicaSet \"" + replicaSet + "\"";
        if (deployment.complete(tree)) {
            set(PROGRESSING, "True", NEW_AVAILABLE, who + " has successfully progressed.");
        } else if (progressed()) {
            // Every sign of progress moves the time, even with the same reason.
            ObjectNode fresh = condition(PROGRESSING, "True", "ReplicaSetUpdated", who + " is progressing.", now);
            if (condition != null && condition.path("status").asString("").equals("True")) {
                fresh.set("lastTransitionTime", condition.path("lastTransitionTime"));
            }
            Conditions.put(tree, fresh);
        } else if (timedOut(deadline)) {
            set(PROGRESSING, "False", TIMED_OUT, who + " has timed out progressing.");
        }
    }

    private boolean progressed() {
        int oldBefore = before.path("replicas").asInt(0) - before.path("updatedReplicas").asInt(0);
        int oldNow = tree.path("replicas").asInt(0) - tree.path("updatedReplicas").asInt(0);
        return grew("updatedReplicas") || oldNow < oldBefore || grew("readyReplicas") || grew("availableReplicas");
    }

    private boolean grew(String field) {
        return tree.path(field).asInt(0) > before.path(field).asInt(0);
    }

    private boolean timedOut(int deadlineSeconds) {
        ObjectNode condition = Conditions.find(tree, PROGRESSING);
        if (condition == null || reason().equals(NEW_AVAILABLE)) {
            return false;
        }
        return reason().equals(TIMED_OUT) || updated(condition).plusSeconds(deadlineSeconds).isBefore(now);
    }

    /** Passes a ReplicaSet's failure on, that of the current template first. */
    void failures(@Nullable ReplicaSetView newest, List<ReplicaSetView> all) {
        ObjectNode failure = newest == null ? null : newest.status().failure();
        for (int i = 0; i < all.size() && failure == null; i++) {
            failure = all.get(i).status().failure();
        }
        if (failure == null) {
            Conditions.remove(tree, REPLICA_FAILURE);
            return;
        }
        ObjectNode known = Conditions.find(tree, REPLICA_FAILURE);
        if (known == null || !known.path("reason").equals(failure.path("reason"))) {
            ObjectNode copy = failure.deepCopy();
            copy.set("lastUpdateTime", failure.path("lastTransitionTime"));
            Conditions.put(tree, copy);
        }
    }

    /** Milliseconds until a rollout without progress counts as failed; 0 when that cannot come. */
    long requeueMillis() {
        Integer deadline = deployment.progressDeadlineSeconds();
        ObjectNode condition = Conditions.find(tree, PROGRESSING);
        if (deadline == null || condition == null || deployment.complete(tree) || reason().equals(TIMED_OUT)
                || reason().equals(NEW_AVAILABLE) || deployment.paused()) {
            return 0;
        }
        long left = updated(condition).plusSeconds(deadline).toEpochMilli() - now.toEpochMilli();
        return Math.max(0, left) + 1000; // times have whole seconds
    }

    private String reason() {
        ObjectNode condition = Conditions.find(tree, PROGRESSING);
        return condition == null ? "" : condition.path("reason").asString("");
    }

    private Instant updated(ObjectNode condition) {
        try {
            return Timestamps.parse(condition.path("lastUpdateTime").asString(""));
        } catch (DateTimeException e) {
            return now;
        }
    }

    private void set(String type, String status, String reason, String message) {
        put(tree, type, status, reason, message, now);
    }

    /** Sets a condition unless it says the same already; its transition time moves only with its status. */
    private static void put(ObjectNode tree, String type, String status, String reason, String message, Instant now) {
        ObjectNode known = Conditions.find(tree, type);
        ObjectNode fresh = condition(type, status, reason, message, now);
        if (known != null && known.path("status").equals(fresh.path("status"))) {
            if (known.path("reason").equals(fresh.path("reason"))) {
                return;
            }
            fresh.set("lastTransitionTime", known.path("lastTransitionTime"));
        }
        Conditions.put(tree, fresh);
    }

    private static ObjectNode condition(String type, String status, String reason, String message, Instant now) {
        return tools.jackson.databind.node.JsonNodeFactory.instance.objectNode().put("type", type)
                .put("status", status).put("lastUpdateTime", Timestamps.format(now))
                .put("lastTransitionTime", Timestamps.format(now)).put("reason", reason).put("message", message);
    }
}
