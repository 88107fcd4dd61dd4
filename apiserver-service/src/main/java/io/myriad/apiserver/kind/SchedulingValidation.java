package io.myriad.apiserver.kind;

import java.util.List;

import io.myriad.api.FieldError;
import io.myriad.api.value.Names;

/** What a pod asks of the scheduler. */
final class SchedulingValidation {
    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
    private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

    private SchedulingValidation() {}

    static void validate(Check spec) {
        PodTolerations.validate(spec.at("tolerations"));
        Check affinity = spec.at("affinity");
        nodeAffinity(affinity.at("nodeAffinity"));
        podAffinity(affinity.at("podAffinity"));
        podAffinity(affinity.at("podAntiAffinity"));
        spread(spec.at("topologySpreadConstraints"));
        Check gates = spec.at("schedulingGates");
        gates.items(gate -> gate.at("name").matches(Names::qualifiedName));
        gates.unique("", gate -> gate.path("name").stringValue(""));
    }

    private static void nodeAffinity(Check affinity) {
        Check required = affinity.at(REQUIRED);
        if (required.present()) {
            nodeSelector(required);
        }
        affinity.at(PREFERRED).items(term -> {
            term.at("weight").range(1, 100);
            nodeSelectorTerm(term.at("preference"));
        });
    }

    /** A {@code NodeSelector}, which persistent volumes have too. */
    static void nodeSelector(Check selector) {
        selector.at("nodeSelectorTerms").required("must have at least one node selector term")
                .items(SchedulingValidation::nodeSelectorTerm);
    }

    private static void nodeSelectorTerm(Check term) {
        term.at("matchExpressions").items(expression -> {
            Check values = expression.at("values");
            switch (expression.at("operator").text()) {
                case "In", "NotIn" -> values.required("must be specified when `operator` is 'In' or 'NotIn'");
                case "Exists", "DoesNotExist" -> {
                    if (!values.empty()) {
                        values.forbidden("may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                    }
                }
                case "Gt", "Lt" -> {
                    if (values.size() != 1) {
                        values.add(FieldError.required(values.path(),
                                "must be specified single value when `operator` is 'Lt' or 'Gt'"));
                    }
                }
                default -> expression.at("operator").invalid("not a valid selector operator");
            }
            expression.at("key").matches(Names::qualifiedName);
        });
        term.at("matchFields").items(field -> {
            if (!field.at("key").is("metadata.name")) {
                field.at("key").invalid("not a valid field selector key");
            } else if (!List.of("In", "NotIn").contains(field.at("operator").text())) {
                field.at("operator").invalid("not a valid selector operator");
            } else if (field.at("values").size() != 1) {
                field.at("values").add(FieldError.required(field.at("values").path(),
                        "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
            }
        });
    }

    private static void podAffinity(Check affinity) {
        affinity.at(REQUIRED).items(SchedulingValidation::podAffinityTerm);
        affinity.at(PREFERRED).items(term -> {
            term.at("weight").range(1, 100);
            podAffinityTerm(term.at("podAffinityTerm"));
        });
    }

    private static void podAffinityTerm(Check term) {
        MetadataRules.selector(term.at("labelSelector"));
        MetadataRules.selector(term.at("namespaceSelector"));
        term.at("namespaces").items(namespace -> namespace.matches(Names::dns1123Label));
        Check topology = term.at("topologyKey");
        if (topology.empty()) {
            topology.fresh().add(FieldError.required(topology.path(), "can not be empty"));
        }
        for (String message : Names.qualifiedName(topology.text())) {
            topology.invalidKey(topology.text(), message);
            topology = topology.fresh();
        }
    }

    private static void spread(Check constraints) {
        for (int i = 0; i < constraints.size(); i++) {
            Check constraint = constraints.item(i);
            if (constraint.at("maxSkew").number() <= 0) {
                constraint.at("maxSkew").invalid("must be greater than zero");
            }
            constraint.at("topologyKey").required("can not be empty").named(Names::qualifiedName);
            Check action = constraint.at("whenUnsatisfiable").oneOf("DoNotSchedule", "ScheduleAnyway");
            Check domains = constraint.at("minDomains");
            if (domains.present() && domains.number() <= 0) {
                domains.invalid("must be greater than zero");
            } else if (domains.present() && !action.is("DoNotSchedule")) {
                domains.invalid("can only use minDomains if whenUnsatisfiable=DoNotSchedule");
            }
            constraint.at("nodeAffinityPolicy").oneOf("Ignore", "Honor");
            constraint.at("nodeTaintsPolicy").oneOf("Ignore", "Honor");
            MetadataRules.selector(constraint.at("labelSelector"));
            duplicates(constraints, i);
        }
    }

    /** Upstream reports the earlier of two alike, and only once. */
    private static void duplicates(Check constraints, int index) {
        String key = spreadKey(constraints.item(index));
        for (int j = index + 1; j < constraints.size(); j++) {
            if (spreadKey(constraints.item(j)).equals(key)) {
                Check at = constraints.item(index).at("{topologyKey, whenUnsatisfiable}");
                at.add(FieldError.duplicate(at.path(), key));
                return;
            }
        }
    }

    private static String spreadKey(Check constraint) {
        return "{" + constraint.at("topologyKey").text() + ", " + constraint.at("whenUnsatisfiable").text() + "}";
    }
}
