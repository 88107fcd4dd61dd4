package io.myriad.controller.deployment;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a rollout needs to know of its Deployment.
 *
 * @param name its name
 * @param generation the generation of its spec
 * @param deleting whether it is being deleted
 * @param paused whether it is paused
 * @param rolling whether the strategy is RollingUpdate rather than Recreate
 * @param replicas the replicas wanted
 * @param maxSurge pods above that
 * @param maxUnavailable pods below that
 * @param minReadySeconds as its spec has it
 * @param historyLimit old ReplicaSets kept, or null for all
 * @param progressDeadlineSeconds when a rollout without progress counts as failed, or null for never
 * @param template its pod template
 * @param annotations its annotations
 * @param status its status as it is
 */
record DeploymentView(String name, long generation, boolean deleting, boolean paused, boolean rolling, int replicas,
        int maxSurge, int maxUnavailable, int minReadySeconds, @Nullable Integer historyLimit,
        @Nullable Integer progressDeadlineSeconds, JsonNode template, Map<String, String> annotations,
        ObjectNode status) {

    static DeploymentView of(ObjectNode tree) {
        JsonNode metadata = tree.path("metadata");
        JsonNode spec = tree.path("spec");
        boolean rolling = !spec.path("strategy").path("type").asString("").equals("Recreate");
        int replicas = spec.path("replicas").asInt(1);
        int surge = 0;
        int unavailable = 0;
        if (rolling) {
            JsonNode limits = spec.path("strategy").path("rollingUpdate");
            surge = scaled(limits.path("maxSurge"), replicas, true);
            unavailable = scaled(limits.path("maxUnavailable"), replicas, false);
            if (surge == 0 && unavailable == 0) {
                unavailable = 1; // rounding must not stop a rollout
            }
        }
        return new DeploymentView(metadata.path("name").asString(""), metadata.path("generation").asLong(0),
                metadata.has("deletionTimestamp"), spec.path("paused").asBoolean(false), rolling, replicas, surge,
                Math.min(unavailable, replicas), spec.path("minReadySeconds").asInt(0),
                limited(spec.path("revisionHistoryLimit")), limited(spec.path("progressDeadlineSeconds")),
                spec.path("template"), ReplicaSetView.texts(metadata.path("annotations")),
                tree.path("status") instanceof ObjectNode status ? status : tree.objectNode());
    }

    /** A number, or a percentage of {@code total} rounded up or down. */
    static int scaled(JsonNode value, int total, boolean up) {
        if (value.isNumber()) {
            return value.asInt(0);
        }
        String text = value.asString("");
        if (!text.endsWith("%")) {
            return 0;
        }
        try {
            double exact = Integer.parseInt(text.substring(0, text.length() - 1)) * (double) total / 100;
            return (int) (up ? Math.ceil(exact) : Math.floor(exact));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** The largest number means no limit. */
    private static @Nullable Integer limited(JsonNode value) {
        return value.isNumber() && value.asInt() != Integer.MAX_VALUE ? value.asInt() : null;
    }

    /** Whether this status says that all is rolled out. */
    boolean complete(JsonNode someStatus) {
        return someStatus.path("updatedReplicas").asInt(0) == replicas
                && someStatus.path("replicas").asInt(0) == replicas
                && someStatus.path("availableReplicas").asInt(0) == replicas
                && someStatus.path("observedGeneration").asLong(0) >= generation;
    }
}
