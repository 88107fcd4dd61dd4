package io.myriad.apiserver.kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;

/** Replica sets. */
final class ReplicaSetStrategy implements Strategy {
    @Override
    public void applyDefaults(ObjectNode object) {
        ObjectNode spec = Defaults.object(object, "spec");
        PodSpecDefaults.ofTemplate(Defaults.object(spec, "template"));
        Defaults.number(spec, "replicas", 1);
    }

    @Override
    public void prepareForCreate(ObjectNode object) {
        object.remove("status");
    }

    @Override
    public void prepareForUpdate(Target target, ObjectNode object, ObjectNode old) {
        Defaults.keep(object, old, target == Target.MAIN ? "status" : "spec");
    }

    @Override
    public List<FieldError> validateCreate(ObjectNode object) {
        List<FieldError> errors = new ArrayList<>();
        Check spec = Check.of(object, errors).at("spec");
        spec.at("replicas").min(0);
        spec.at("minReadySeconds").min(0);
        Workloads.selectorAndTemplate(spec, false, true);
        Workloads.replacedPods(spec.at("template"));
        return errors;
    }

    @Override
    public List<FieldError> validateUpdate(Target target, ObjectNode object, ObjectNode old) {
        if (target == Target.STATUS) {
            List<FieldError> errors = new ArrayList<>();
            Check status = Check.of(object, errors).at("status");
            Workloads.counts(status);
            for (String field : new String[]{"fullyLabeledReplicas", "readyReplicas", "availableReplicas"}) {
                if (status.at(field).number() > status.at("replicas").number()) {
                    status.at(field).invalid("cannot be greater than status.replicas");
                }
            }
            return errors;
        }
        List<FieldError> errors = new ArrayList<>(validateCreate(object));
        Check.of(object, errors).at("spec").at("selector").unchanged(old.path("spec").path("selector"));
        return errors;
    }

    @Override
    public boolean tracksGeneration() {
        return true;
    }

    @Override
    public Map<String, List<String>> selectableFields() {
        return Map.of("status.replicas", List.of("status", "replicas"));
    }

    @Override
    public List<String> warnings(ObjectNode object, @Nullable ObjectNode old) {
        return PodWarnings.ofTemplate("spec.template", object.path("spec").path("template"));
    }
}
