package io.myriad.controller.deployment;

import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A rollback that an annotation asks for, as clients of the first API versions do ({@code kubectl rollout undo} changes the
 * template itself). The Deployment gets the template of the revision asked for, and that ReplicaSet's annotations; the
 * rollout then finds the old ReplicaSet again. The annotation goes in any case. Pure.
 *
 * @param deployment the Deployment to write
 * @param warning whether nothing was rolled back
 * @param reason the event's reason
 * @param message the event's message
 */
record Rollback(ObjectNode deployment, boolean warning, String reason, String message) {
    private static final String NOT_FOUND = "DeploymentRollbackRevisionNotFound";

    /** The rollback to be done, or null when none is asked for. */
    static @Nullable Rollback of(ObjectNode tree, List<ReplicaSetView> replicaSets) {
        String asked = tree.path("metadata").path("annotations").path(Annotations.ROLLBACK_TO).asString("");
        if (!asked.matches("-?[0-9]{1,18}")) {
            return null;
        }
        ObjectNode changed = tree.deepCopy();
        changed.withObject("metadata").withObject("annotations").remove(Annotations.ROLLBACK_TO);
        long revision = Long.parseLong(asked);
        if (revision == 0) {
            revision = revisionBefore(replicaSets);
            if (revision == 0) {
                return new Rollback(changed, true, NOT_FOUND, "Unable to find last revision.");
            }
        }
        for (ReplicaSetView one : replicaSets) {
            if (one.revision() == revision) {
                return to(one, changed, revision);
            }
        }
        return new Rollback(changed, true, NOT_FOUND, "Unable to find the revision to rollback to.");
    }

    private static Rollback to(ReplicaSetView replicaSet, ObjectNode changed, long revision) {
        String name = changed.path("metadata").path("name").asString("");
        ObjectNode spec = changed.withObject("spec");
        if (PodTemplates.equal(spec.path("template"), replicaSet.template())) {
            return new Rollback(changed, true, "DeploymentRollbackTemplateUnchanged",
                    "The rollback revision contains the same template as current deployment \"" + name + "\"");
        }
        JsonNode template = replicaSet.template().deepCopy();
        if (template.path("metadata").path("labels") instanceof ObjectNode labels) {
            labels.remove(PodTemplates.HASH_LABEL);
        }
        spec.set("template", template);
        ObjectNode annotations = changed.withObject("metadata").withObject("annotations");
        annotations.properties().removeIf(entry -> !Annotations.isOwn(entry.getKey()));
        replicaSet.annotations().forEach((key, value) -> {
            if (!Annotations.isOwn(key)) {
                annotations.put(key, value);
            }
        });
        return new Rollback(changed, false, "DeploymentRollback",
                "Rolled back deployment \"" + name + "\" to revision " + revision);
    }

    /** The second highest revision, 0 when there is none. */
    private static long revisionBefore(List<ReplicaSetView> replicaSets) {
        long highest = 0;
        long second = 0;
        for (ReplicaSetView one : replicaSets) {
            long revision = one.revision();
            if (revision >= highest) {
                second = highest;
                highest = revision;
            } else if (revision > second) {
                second = revision;
            }
        }
        return second;
    }
}
