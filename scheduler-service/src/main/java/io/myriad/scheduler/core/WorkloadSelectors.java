package io.myriad.scheduler.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.myriad.api.selector.LabelSelector;
import io.myriad.api.selector.Requirement;
import io.myriad.scheduler.model.PodTemplate;
import io.myriad.scheduler.model.Workload;

/**
 * The selectors of services and workload controllers: together they say which pods the default spreading counts as
 * siblings of a pod.
 */
final class WorkloadSelectors {
    private static final class Namespace {
        final Map<String, Map<String, String>> services = new HashMap<>();
        final Map<Workload, LabelSelector> workloads = new HashMap<>();
        long epoch;
    }

    private final Map<String, Namespace> namespaces = new HashMap<>();

    /** Changes when an answer for a template of this namespace may change. */
    long epoch(String namespace) {
        Namespace known = namespaces.get(namespace);
        return known == null ? 0 : known.epoch;
    }

    /** A service has this selector now; null when it is gone or selects nothing. */
    void setService(String namespace, String name, @Nullable Map<String, String> selector) {
        Namespace target = namespaces.computeIfAbsent(namespace, added -> new Namespace());
        Map<String, String> before = selector == null
                ? target.services.remove(name)
                : target.services.put(name, Map.copyOf(selector));
        if (!Objects.equals(before, selector)) {
            target.epoch++;
        }
    }

    /** A controller has this selector now; null when it is gone. */
    void setWorkload(String namespace, Workload workload, @Nullable LabelSelector selector) {
        Namespace target = namespaces.computeIfAbsent(namespace, added -> new Namespace());
        LabelSelector before = selector == null
                ? target.workloads.remove(workload)
                : target.workloads.put(workload, selector);
        if (!Objects.equals(before, selector)) {
            target.epoch++;
        }
    }

    /**
     * Which pods are siblings of a template's: those selected by all services that select it and by its controller.
     * {@link LabelSelector#everything()} when there are no such services and no such controller.
     */
    LabelSelector siblings(PodTemplate template) {
        Namespace namespace = namespaces.get(template.namespace());
        if (namespace == null) {
            return LabelSelector.everything();
        }
        Map<String, String> labels = new HashMap<>();
        for (Map<String, String> selector : namespace.services.values()) {
            if (template.labels().entrySet().containsAll(selector.entrySet())) {
                labels.putAll(selector);
            }
        }
        List<Requirement> requirements = new ArrayList<>(LabelSelector.ofLabels(labels).requirements());
        LabelSelector own = template.workload() == null ? null : namespace.workloads.get(template.workload());
        if (own != null) {
            for (Requirement requirement : own.requirements()) {
                if (!requirements.contains(requirement)) {
                    requirements.add(requirement);
                }
            }
        }
        return LabelSelector.of(requirements);
    }
}
