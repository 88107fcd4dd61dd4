package io.myriad.api.selector;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.myriad.api.FieldError;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.selector.Requirement.Operator;
import io.myriad.api.value.Names;

/** What keys, operators and values of label selectors may be. */
final class LabelSelectorRules {
    private LabelSelectorRules() {}

    /**
     * A checked requirement. The message is an aggregate of field errors with paths relative to the requirement, as
     * clients of the real API see it.
     */
    static Requirement requirement(String key, Operator operator, SortedSet<String> values) {
        List<FieldError> errors = new ArrayList<>();
        List<String> keyProblems = Names.qualifiedName(key);
        if (!keyProblems.isEmpty()) {
            errors.add(FieldError.invalid("key", key, String.join("; ", keyProblems)));
        }
        switch (operator) {
            case IN, NOT_IN -> {
                if (values.isEmpty()) {
                    errors.add(valuesError(values, "for 'in', 'notin' operators, values set can't be empty"));
                }
            }
            case EXISTS, DOES_NOT_EXIST -> {
                if (!values.isEmpty()) {
                    errors.add(valuesError(values, "values set must be empty for exists and does not exist"));
                }
            }
            case GREATER_THAN, LESS_THAN -> {
                if (!Requirement.isInteger(values.first())) {
                    errors.add(FieldError.invalid("values[0]", values.first(),
                            "for 'Gt', 'Lt' operators, the value must be an integer"));
                }
            }
            case EQUALS, NOT_EQUALS -> {}
        }
        Iterator<String> each = values.iterator();
        for (int i = 0; each.hasNext(); i++) {
            String value = each.next();
            List<String> problems = Names.labelValue(value);
            if (!problems.isEmpty()) {
                errors.add(FieldError.invalid("values[" + i + "][" + key + "]", value, String.join("; ", problems)));
            }
        }
        if (!errors.isEmpty()) {
            throw new StatusException(Status.badRequest(aggregate(errors)));
        }
        return new Requirement(key, operator, values);
    }

    /** One error as it is, several in brackets, each text once. */
    static String aggregate(List<FieldError> errors) {
        List<String> texts = errors.stream().map(error -> error.field() + ": " + error.detail()).distinct().toList();
        return texts.size() == 1 ? texts.getFirst() : "[" + String.join(", ", texts) + "]";
    }

    private static FieldError valuesError(SortedSet<String> values, String detail) {
        StringBuilder shown = new StringBuilder("[");
        for (String value : values) {
            shown.append(shown.length() == 1 ? "" : ",").append('"').append(value).append('"');
        }
        return new FieldError(FieldError.Type.INVALID, "values", "Invalid value: " + shown + "]: " + detail);
    }

    /** The errors of a {@code metav1.LabelSelector}, as apimachinery's {@code ValidateLabelSelector} finds them. */
    static List<FieldError> validate(@Nullable JsonNode selector, String path) {
        List<FieldError> errors = new ArrayList<>();
        if (selector == null || selector.isNull() || selector.isMissingNode()) {
            return errors;
        }
        String labelsPath = path + ".matchLabels";
        selector.path("matchLabels").forEachEntry((key, value) -> {
            Names.qualifiedName(key).forEach(problem -> errors.add(FieldError.invalid(labelsPath, key, problem)));
            Names.labelValue(value.asString(""))
                    .forEach(problem -> errors.add(FieldError.invalid(labelsPath, value.asString(""), problem)));
        });
        JsonNode expressions = selector.path("matchExpressions");
        for (int i = 0; i < expressions.size(); i++) {
            validateExpression(expressions.get(i), path + ".matchExpressions[" + i + "]", errors);
        }
        return errors;
    }

    private static void validateExpression(JsonNode expression, String path, List<FieldError> errors) {
        JsonNode values = expression.path("values");
        String operator = expression.path("operator").asString("");
        switch (operator) {
            case "In", "NotIn" -> {
                if (values.isEmpty()) {
                    errors.add(FieldError.required(path + ".values",
                            "must be specified when `operator` is 'In' or 'NotIn'"));
                }
            }
            case "Exists", "DoesNotExist" -> {
                if (!values.isEmpty()) {
                    errors.add(FieldError.forbidden(path + ".values",
                            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
                }
            }
            default -> errors.add(FieldError.invalid(path + ".operator", operator, "not a valid selector operator"));
        }
        String key = expression.path("key").asString("");
        Names.qualifiedName(key).forEach(problem -> errors.add(FieldError.invalid(path + ".key", key, problem)));
        for (int i = 0; i < values.size(); i++) {
            String value = values.get(i).asString("");
            for (String problem : Names.labelValue(value)) {
                errors.add(FieldError.invalid(path + ".values[" + i + "]", value, problem));
            }
        }
    }

    static SortedSet<String> setOf(String... values) {
        return new TreeSet<>(List.of(values));
    }
}
