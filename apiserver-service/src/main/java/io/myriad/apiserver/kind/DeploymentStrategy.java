package io.myriad.apiserver.kind;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;

/** Deployments. */
final class DeploymentStrategy implements Strategy {
    @Override
    public void applyDefaults(ObjectNode deployment) {
        ObjectNode spec = Defaults.object(deployment, "spec");
        PodSpecDefaults.ofTemplate(Defaults.object(spec, "template"));
        Defaults.number(spec, "replicas", 1);
        ObjectNode strategy = Defaults.object(spec, "strategy");
        Defaults.text(strategy, "type", "RollingUpdate");
        if (strategy.path("type").stringValue("").equals("RollingUpdate")) {
            ObjectNode rolling = Defaults.object(strategy, "rollingUpdate");
            Defaults.text(rolling, "maxUnavailable", "25%");
            Defaults.text(rolling, "maxSurge", "25%");
        }
        Defaults.number(spec, "revisionHistoryLimit", 10);
        Defaults.number(spec, "progressDeadlineSeconds", 600);
    }

    @Override
    public void prepareForCreate(ObjectNode deployment) {
        deployment.remove("status");
    }

    @Override
    public void prepareForUpdate(Target target, ObjectNode deployment, ObjectNode old) {
        switch (target) {
            case MAIN -> {
                Defaults.keep(deployment, old, "status");
                // Rollout history lives in annotations, so that they count as wishes too.
                JsonNode before = old.path("metadata");
                if (deployment.path("metadata") instanceof ObjectNode metadata
                        && !metadata.path("annotations").equals(before.path("annotations"))) {
                    metadata.put("generation", before.path("generation").longValue(0) + 1);
                }
            }
            case STATUS -> {
                Defaults.keep(deployment, old, "spec");
                if (deployment.path("metadata") instanceof ObjectNode metadata) {
                    Defaults.keep(metadata, old.path("metadata"), "labels");
                }
            }
        }
    }

    @Override
    public List<FieldError> validateCreate(ObjectNode deployment) {
        List<FieldError> errors = new ArrayList<>();
        spec(Check.of(deployment, errors).at("spec"));
        return errors;
    }

    @Override
    public List<FieldError> validateUpdate(Target target, ObjectNode deployment, ObjectNode old) {
        if (target == Target.STATUS) {
            return status(deployment, old);
        }
        List<FieldError> errors = new ArrayList<>(validateCreate(deployment));
        Check.of(deployment, errors).at("spec").at("selector").unchanged(old.path("spec").path("selector"));
        return errors;
    }

    private static List<FieldError> status(ObjectNode deployment, ObjectNode old) {
        List<FieldError> errors = new ArrayList<>();
        Check status = Check.of(deployment, errors).at("status");
        Workloads.counts(status);
        Check collisions = status.at("collisionCount");
        long before = old.path("status").path("collisionCount").longValue(-1);
        if (before >= 0 && collisions.present() && collisions.number() < before) {
            collisions.invalid("cannot be decremented");
        }
        for (String field : new String[]{"updatedReplicas", "readyReplicas", "availableReplicas"}) {
            if (status.at(field).number() > status.at("replicas").number()) {
                status.at(field).invalid("cannot be greater than status.replicas");
            }
        }
        return errors;
    }

    private static void spec(Check spec) {
        spec.at("replicas").min(0);
        Workloads.selectorAndTemplate(spec, false, true);
        Workloads.replacedPods(spec.at("template"));
        Check strategy = spec.at("strategy");
        Check rolling = strategy.at("rollingUpdate");
        switch (strategy.at("type").text()) {
            case "Recreate" -> {
                if (rolling.present()) {
                    rolling.forbidden("may not be specified when strategy `type` is 'Recreate'");
                }
            }
            case "RollingUpdate" -> {
                Workloads.intOrPercent(rolling.at("maxUnavailable"), 100);
                Workloads.intOrPercent(rolling.at("maxSurge"), 0);
                if (Workloads.isZero(rolling.at("maxUnavailable")) && Workloads.isZero(rolling.at("maxSurge"))) {
                    rolling.at("maxUnavailable").invalid("may not be 0 when `maxSurge` is 0");
                }
            }
            default -> strategy.add(FieldError.notSupported(strategy.path(), strategy.at("type").text(),
                    List.of("Recreate", "RollingUpdate")));
        }
        spec.at("minReadySeconds").min(0);
        spec.at("revisionHistoryLimit").min(0);
        Check deadline = spec.at("progressDeadlineSeconds").min(0);
        if (deadline.present() && deadline.number() <= spec.at("minReadySeconds").number()) {
            deadline.invalid("must be greater than minReadySeconds");
        }
    }

    @Override
    public boolean tracksGeneration() {
        return true;
    }

    @Override
    public List<String> warnings(ObjectNode object, @Nullable ObjectNode old) {
        return PodWarnings.ofTemplate("spec.template", object.path("spec").path("template"));
    }
}
