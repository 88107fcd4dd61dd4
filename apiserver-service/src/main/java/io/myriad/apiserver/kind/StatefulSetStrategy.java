package io.myriad.apiserver.kind;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;

/** Stateful sets. */
final class StatefulSetStrategy implements Strategy {
    private static final Set<String> MUTABLE = Set.of("replicas", "ordinals", "template", "updateStrategy",
            "persistentVolumeClaimRetentionPolicy", "minReadySeconds", "revisionHistoryLimit");

    @Override
    public void applyDefaults(ObjectNode object) {
        ObjectNode spec = Defaults.object(object, "spec");
        PodSpecDefaults.ofTemplate(Defaults.object(spec, "template"));
        Defaults.text(spec, "podManagementPolicy", "OrderedReady");
        ObjectNode strategy = Defaults.object(spec, "updateStrategy");
        if (strategy.path("type").stringValue("").isEmpty()) {
            strategy.put("type", "RollingUpdate");
            // A strategy without a type means a rolling update of everything.
            Defaults.object(strategy, "rollingUpdate");
        }
        if (strategy.path("type").stringValue("").equals("RollingUpdate")
                && strategy.path("rollingUpdate") instanceof ObjectNode rolling) {
            Defaults.number(rolling, "partition", 0);
            Defaults.number(rolling, "maxUnavailable", 1);
        }
        ObjectNode retention = Defaults.object(spec, "persistentVolumeClaimRetentionPolicy");
        Defaults.text(retention, "whenDeleted", "Retain");
        Defaults.text(retention, "whenScaled", "Retain");
        Defaults.number(spec, "replicas", 1);
        Defaults.number(spec, "revisionHistoryLimit", 10);
        for (JsonNode template : spec.path("volumeClaimTemplates")) {
            if (template instanceof ObjectNode claim) {
                claim.put("apiVersion", "v1").put("kind", "PersistentVolumeClaim");
                Defaults.text(Defaults.object(claim, "spec"), "volumeMode", "Filesystem");
                Defaults.text(Defaults.object(claim, "status"), "phase", "Pending");
            }
        }
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
        Check policy = spec.at("podManagementPolicy");
        if (!List.of("OrderedReady", "Parallel").contains(policy.text())) {
            policy.invalid("must be 'OrderedReady' or 'Parallel'");
        }
        Check strategy = spec.at("updateStrategy");
        Check rolling = strategy.at("rollingUpdate");
        switch (strategy.at("type").text()) {
            case "OnDelete" -> {
                if (rolling.present()) {
                    rolling.invalid("only allowed for updateStrategy 'RollingUpdate'");
                }
            }
            case "RollingUpdate" -> {
                rolling.at("partition").min(0);
                Workloads.intOrPercent(rolling.at("maxUnavailable"), 100);
            }
            default -> strategy.at("type").invalid("must be 'RollingUpdate' or 'OnDelete'");
        }
        Check retention = spec.at("persistentVolumeClaimRetentionPolicy");
        retention.at("whenDeleted").oneOf("Delete", "Retain");
        retention.at("whenScaled").oneOf("Delete", "Retain");
        spec.at("replicas").min(0);
        spec.at("minReadySeconds").min(0);
        spec.at("ordinals").at("start").min(0);
        Workloads.selectorAndTemplate(spec, false, true);
        Set<String> claimed = new HashSet<>();
        spec.at("volumeClaimTemplates").items(claim -> claimed.add(claim.at("metadata").at("name").text()));
        Workloads.replacedPods(spec.at("template"), claimed);
        spec.at("volumeClaimTemplates").items(claim -> ClaimValidation.spec(claim.at("spec")));
        return errors;
    }

    @Override
    public List<FieldError> validateUpdate(Target target, ObjectNode object, ObjectNode old) {
        List<FieldError> errors = new ArrayList<>();
        if (target == Target.STATUS) {
            Workloads.counts(Check.of(object, errors).at("status"));
            return errors;
        }
        errors.addAll(validateCreate(object));
        Check spec = Check.of(object, errors).at("spec");
        for (String field : new String[]{"selector", "serviceName", "podManagementPolicy", "volumeClaimTemplates"}) {
            if (!TreeComparison.same(spec.at(field).value(), old.path("spec").path(field))) {
                spec.at(field).invalid("field is immutable, updates to statefulset spec for fields other than "
                        + String.join(", ", MUTABLE.stream().sorted().toList()) + " are forbidden");
            }
        }
        return errors;
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
