package io.myriad.apiserver.kind;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import tools.jackson.databind.JsonNode;

import io.myriad.api.FieldError;
import io.myriad.api.selector.LabelSelector;
import io.myriad.api.value.Names;

/** Rules that kinds with a pod template share. */
final class Workloads {
    private Workloads() {}

    /**
     * Selector and template fit together.
     *
     * @param spec the spec that has both
     * @param selectorMayBeMissing whether an absent selector is no error of its own
     */
    static void selectorAndTemplate(Check spec, boolean selectorMayBeMissing, boolean conversionErrors) {
        Check selector = spec.at("selector");
        int before = selector.errorCount();
        if (!selector.present()) {
            if (!selectorMayBeMissing) {
                selector.required();
            }
        } else {
            MetadataRules.selector(selector);
            if (selector.at("matchLabels").empty() && selector.at("matchExpressions").empty()) {
                selector.invalid("empty selector is invalid");
            }
        }
        boolean broken = selector.errorCount() > before && selector.passed() && selector.present();
        if (broken && conversionErrors) {
            selector.fresh().add(FieldError.invalid(selector.path(), "", "invalid label selector"));
        }
        Check template = spec.at("template");
        Check labels = template.at("metadata").at("labels");
        boolean comparable = !broken && !(selector.present() && selector.empty());
        if (comparable && (!selector.present() || !matches(selector.value(), labels.value()))) {
            labels.invalid("`selector` does not match template `labels`");
        }
    }

    private static boolean matches(JsonNode selector, JsonNode labels) {
        Map<String, String> map = new HashMap<>();
        labels.forEachEntry((key, value) -> map.put(key, value.stringValue("")));
        return LabelSelector.of(selector).matches(map);
    }

    /** The template of pods that are replaced for ever. */
    static void replacedPods(Check template) {
        replacedPods(template, Set.of());
    }

    /** @param claimed the volumes that each pod gets besides those of the template */
    static void replacedPods(Check template, Set<String> claimed) {
        templateLabels(template);
        PodSpecValidation.validate(template.at("spec"), true, claimed);
        Check policy = template.at("spec").at("restartPolicy");
        if (!policy.empty() && !policy.is("Always") && List.of("OnFailure", "Never").contains(policy.text())) {
            policy.add(FieldError.notSupported(policy.path(), policy.text(), List.of("Always")));
        }
        Check deadline = template.at("spec").at("activeDeadlineSeconds");
        if (deadline.present()) {
            deadline.forbidden("activeDeadlineSeconds in ReplicaSet is not Supported");
        }
    }

    /** Upstream names the labels of a template without {@code metadata}. */
    static void templateLabels(Check template) {
        MetadataRules.labels(template.at("labels").on(template.at("metadata").at("labels").value()));
        MetadataRules.annotations(template.at("annotations").on(template.at("metadata").at("annotations").value()));
    }

    /** A number of pods, or a percentage; {@code percentLimit} 0 means any. */
    static void intOrPercent(Check check, int percentLimit) {
        if (!check.present()) {
            return;
        }
        if (check.value().isString()) {
            check.matches(Names::percent);
            if (check.passed() && percentLimit > 0 && percent(check) > percentLimit) {
                check.invalid("must not be greater than " + percentLimit + "%");
            }
        } else {
            check.min(0);
        }
    }

    private static int percent(Check check) {
        return Integer.parseInt(check.text().substring(0, check.text().length() - 1));
    }

    /** Whether a number or percentage is zero. */
    static boolean isZero(Check check) {
        return check.value().isString() ? check.is("0%") : check.number() == 0;
    }

    /** Every status count is at least zero. */
    static void counts(Check status) {
        for (String field : status.value().propertyNames()) {
            if (status.at(field).value().isNumber()) {
                status.at(field).min(0);
            }
        }
    }
}
