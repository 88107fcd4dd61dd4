package io.myriad.apiserver.kind;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;

/** Daemon sets. */
final class DaemonSetStrategy implements Strategy {
    @Override
    public void applyDefaults(ObjectNode object) {
        ObjectNode spec = Defaults.object(object, "spec");
        PodSpecDefaults.ofTemplate(Defaults.object(spec, "template"));
        ObjectNode strategy = Defaults.object(spec, "updateStrategy");
        Defaults.text(strategy, "type", "RollingUpdate");
        if (strategy.path("type").stringValue("").equals("RollingUpdate")) {
            ObjectNode rolling = Defaults.object(strategy, "rollingUpdate");
            Defaults.number(rolling, "maxUnavailable", 1);
            Defaults.number(rolling, "maxSurge", 0);
        }
        Defaults.number(spec, "revisionHistoryLimit", 10);
        // Upstream counts template changes in an annotation of the oldest API version.
        Defaults.text(Defaults.object(Defaults.object(object, "metadata"), "annotations"),
                "deprecated.daemonset.template.generation", "1");
    }

    @Override
    public void prepareForCreate(ObjectNode object) {
        object.remove("status");
        if (object.path("spec") instanceof ObjectNode spec) {
            spec.remove("templateGeneration");
        }
    }

    @Override
    public void prepareForUpdate(Target target, ObjectNode object, ObjectNode old) {
        if (target == Target.STATUS) {
            Defaults.keep(object, old, "spec");
            return;
        }
        Defaults.keep(object, old, "status");
        String key = "deprecated.daemonset.template.generation";
        long generation = Long.parseLong(
                old.path("metadata").path("annotations").path(key).stringValue("1").replaceAll("\\D", "0"));
        boolean changed = !TreeComparison.same(object.path("spec").path("template"), old.path("spec").path("template"));
        Defaults.object(Defaults.object(object, "metadata"), "annotations").put(key,
                Long.toString(changed ? generation + 1 : generation));
    }

    @Override
    public List<FieldError> validateCreate(ObjectNode object) {
        List<FieldError> errors = new ArrayList<>();
        Check spec = Check.of(object, errors).at("spec");
        Workloads.selectorAndTemplate(spec, true, false);
        Workloads.replacedPods(spec.at("template"));
        spec.at("minReadySeconds").min(0);
        spec.at("revisionHistoryLimit").min(0);
        Check strategy = spec.at("updateStrategy");
        switch (strategy.at("type").text()) {
            case "OnDelete" -> {}
            case "RollingUpdate" -> rolling(strategy.at("rollingUpdate"));
            default -> strategy.add(FieldError.notSupported(strategy.path(), strategy.at("type").text(),
                    List.of("RollingUpdate", "OnDelete")));
        }
        return errors;
    }

    private static void rolling(Check rolling) {
        Workloads.intOrPercent(rolling.at("maxUnavailable"), 100);
        Workloads.intOrPercent(rolling.at("maxSurge"), 100);
        boolean unavailable = !Workloads.isZero(rolling.at("maxUnavailable"));
        boolean surge = !Workloads.isZero(rolling.at("maxSurge"));
        if (unavailable && surge) {
            rolling.at("maxSurge").invalid("may not be set when maxUnavailable is non-zero");
        } else if (!unavailable && !surge) {
            rolling.at("maxUnavailable").invalid("cannot be 0 when maxSurge is 0");
        }
    }

    @Override
    public List<FieldError> validateUpdate(Target target, ObjectNode object, ObjectNode old) {
        List<FieldError> errors = new ArrayList<>();
        if (target == Target.STATUS) {
            Workloads.counts(Check.of(object, errors).at("status"));
            return errors;
        }
        errors.addAll(validateCreate(object));
        Check.of(object, errors).at("spec").at("selector").unchanged(old.path("spec").path("selector"));
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
