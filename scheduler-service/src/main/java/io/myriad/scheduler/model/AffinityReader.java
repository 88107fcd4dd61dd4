package io.myriad.scheduler.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.myriad.api.StatusException;
import io.myriad.api.selector.FieldSelector;
import io.myriad.api.selector.LabelSelector;
import io.myriad.api.selector.Requirement;

/** Reads what a pod says about nodes and about other pods: node selector, affinities, spread constraints. */
final class AffinityReader {
    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
    private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

    private AffinityReader() {}

    // ---- nodes

    static NodeRequirement nodes(JsonNode spec) {
        JsonNode required = spec.path("affinity").path("nodeAffinity").path(REQUIRED);
        JsonNode selector = spec.path("nodeSelector");
        if (required.isMissingNode() && selector.isEmpty()) {
            return NodeRequirement.NONE;
        }
        LabelSelector labels = LabelSelector.ofLabels(PodReader.strings(selector));
        if (required.isMissingNode()) {
            return new NodeRequirement(labels, null, null);
        }
        JsonNode terms = required.path("nodeSelectorTerms");
        List<NodeTerm> read = new ArrayList<>();
        for (JsonNode term : terms) {
            if (!isEmpty(term)) {
                read.add(term(term));
            }
        }
        return new NodeRequirement(labels, read, names(terms));
    }

    static List<PreferredNodeTerm> preferredNodes(JsonNode spec) {
        List<PreferredNodeTerm> read = new ArrayList<>(0);
        for (JsonNode preferred : spec.path("affinity").path("nodeAffinity").path(PREFERRED)) {
            JsonNode term = preferred.path("preference");
            int weight = preferred.path("weight").asInt(0);
            if (weight != 0 && !isEmpty(term)) {
                read.add(new PreferredNodeTerm(weight, term(term)));
            }
        }
        return read;
    }

    private static boolean isEmpty(JsonNode term) {
        return term.path("matchExpressions").isEmpty() && term.path("matchFields").isEmpty();
    }

    private static NodeTerm term(JsonNode term) {
        List<Requirement> labels = new ArrayList<>();
        List<FieldSelector.Requirement> fields = new ArrayList<>(0);
        boolean valid = true;
        for (JsonNode expression : term.path("matchExpressions")) {
            Requirement requirement = requirement(expression);
            valid &= requirement != null;
            if (requirement != null) {
                labels.add(requirement);
            }
        }
        for (JsonNode field : term.path("matchFields")) {
            String operator = field.path("operator").asString("");
            boolean equal = operator.equals("In");
            valid &= (equal || operator.equals("NotIn")) && field.path("values").size() == 1;
            fields.add(new FieldSelector.Requirement(field.path("key").asString(""), equal,
                    field.path("values").path(0).asString("")));
        }
        return new NodeTerm(LabelSelector.of(labels), fields, valid);
    }

    private static @Nullable Requirement requirement(JsonNode expression) {
        Set<String> values = new TreeSet<>();
        expression.path("values").forEach(value -> values.add(value.asString("")));
        Requirement.Operator operator = switch (expression.path("operator").asString("")) {
            case "In" -> Requirement.Operator.IN;
            case "NotIn" -> Requirement.Operator.NOT_IN;
            case "Exists" -> Requirement.Operator.EXISTS;
            case "DoesNotExist" -> Requirement.Operator.DOES_NOT_EXIST;
            case "Gt" -> Requirement.Operator.GREATER_THAN;
            case "Lt" -> Requirement.Operator.LESS_THAN;
            default -> null;
        };
        if (operator == null) {
            return null;
        }
        boolean counted = switch (operator) {
            case IN, NOT_IN -> !values.isEmpty();
            case EXISTS, DOES_NOT_EXIST -> values.isEmpty();
            case GREATER_THAN, LESS_THAN -> values.size() == 1;
            case EQUALS, NOT_EQUALS -> false;
        };
        return counted ? new Requirement(expression.path("key").asString(""), operator, values) : null;
    }

    /** The only nodes that the terms can match, or null when a term does not name its nodes. */
    private static @Nullable Set<String> names(JsonNode terms) {
        if (terms.isEmpty()) {
            return null;
        }
        Set<String> names = new HashSet<>();
        for (JsonNode term : terms) {
            Set<String> ofTerm = null;
            for (JsonNode field : term.path("matchFields")) {
                if (field.path("key").asString("").equals(NodeTerm.NAME_FIELD)
                        && field.path("operator").asString("").equals("In")) {
                    Set<String> values = new HashSet<>();
                    field.path("values").forEach(value -> values.add(value.asString("")));
                    if (ofTerm == null) {
                        ofTerm = values;
                    } else {
                        ofTerm.retainAll(values);
                    }
                }
            }
            if (ofTerm == null) {
                return null;
            }
            names.addAll(ofTerm);
        }
        return names;
    }

    // ---- pods

    static PodAffinities pods(JsonNode spec, String namespace) {
        JsonNode near = spec.path("affinity").path("podAffinity");
        JsonNode far = spec.path("affinity").path("podAntiAffinity");
        if (near.isEmpty() && far.isEmpty()) {
            return PodAffinities.NONE;
        }
        return new PodAffinities(terms(near.path(REQUIRED), namespace), terms(far.path(REQUIRED), namespace),
                weighted(near.path(PREFERRED), namespace), weighted(far.path(PREFERRED), namespace));
    }

    private static List<AffinityTerm> terms(JsonNode list, String namespace) {
        List<AffinityTerm> terms = new ArrayList<>(list.size());
        list.forEach(term -> terms.add(podTerm(term, namespace)));
        return terms;
    }

    private static List<WeightedAffinityTerm> weighted(JsonNode list, String namespace) {
        List<WeightedAffinityTerm> terms = new ArrayList<>(list.size());
        list.forEach(term -> terms.add(new WeightedAffinityTerm(term.path("weight").asInt(0),
                podTerm(term.path("podAffinityTerm"), namespace))));
        return terms;
    }

    private static AffinityTerm podTerm(JsonNode term, String namespace) {
        Set<String> namespaces = new HashSet<>();
        term.path("namespaces").forEach(name -> namespaces.add(name.asString("")));
        JsonNode selector = term.get("namespaceSelector");
        if (namespaces.isEmpty() && (selector == null || selector.isNull())) {
            namespaces.add(namespace);
        }
        return new AffinityTerm(namespaces, LabelSelector.of(selector), LabelSelector.of(term.get("labelSelector")),
                term.path("topologyKey").asString(""));
    }

    /** @throws StatusException when a selector is invalid, which validation does not let pass */
    static List<SpreadConstraint> spread(JsonNode spec, Map<String, String> labels) {
        List<SpreadConstraint> constraints = new ArrayList<>(0);
        for (JsonNode constraint : spec.path("topologySpreadConstraints")) {
            List<Requirement> requirements = new ArrayList<>();
            LabelSelector selector = LabelSelector.of(constraint.get("labelSelector"));
            for (JsonNode key : constraint.path("matchLabelKeys")) {
                String value = labels.get(key.asString(""));
                if (value != null) {
                    requirements.add(new Requirement(key.asString(""), Requirement.Operator.EQUALS, Set.of(value)));
                }
            }
            if (!requirements.isEmpty() && !selector.isNothing()) {
                requirements.addAll(selector.requirements());
                selector = LabelSelector.of(requirements);
            }
            constraints.add(new SpreadConstraint(constraint.path("maxSkew").asInt(1),
                    constraint.path("topologyKey").asString(""),
                    constraint.path("whenUnsatisfiable").asString("").equals("DoNotSchedule"), selector,
                    constraint.path("minDomains").asInt(1),
                    !constraint.path("nodeAffinityPolicy").asString("").equals("Ignore"),
                    constraint.path("nodeTaintsPolicy").asString("").equals("Honor")));
        }
        return constraints;
    }
}
