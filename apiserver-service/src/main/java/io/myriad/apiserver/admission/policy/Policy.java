package io.myriad.apiserver.admission.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.StatusReason;
import io.myriad.apiserver.admission.webhook.MatchConstraints;

/**
 * A policy as its object describes it. Immutable and safe for any thread; its expressions are compiled when the first write
 * comes that it is for.
 */
public final class Policy {
    /** Longer messages that expressions make are not used, as upstream. */
    private static final int MAX_MESSAGE_CHARACTERS = 5 * 1024;

    /** A validation that a write does not pass. */
    record Denial(String message, StatusReason reason) {}

    private record Validation(Expression condition, String message, @Nullable Expression messageExpression,
            StatusReason reason) {}

    private record Compiled(List<Expression> conditions, List<Variables.Definition> variables,
            List<Validation> validations) {}

    private final String name;
    private final MatchConstraints constraints;
    private final boolean mayFail;
    private final @Nullable GroupVersionKind parameterKind;
    private final JsonNode spec;
    private volatile @Nullable Compiled compiled;

    private Policy(JsonNode policy) {
        this.name = policy.path("metadata").path("name").asString("");
        this.spec = policy.path("spec");
        this.constraints = MatchConstraints.of(spec.path("matchConstraints"));
        this.mayFail = spec.path("failurePolicy").asString("Fail").equals("Ignore");
        JsonNode kind = spec.path("paramKind");
        this.parameterKind = kind.isObject() ? kind(kind) : null;
    }

    /** Reads a ValidatingAdmissionPolicy. */
    public static Policy of(JsonNode policy) {
        return new Policy(policy);
    }

    private static GroupVersionKind kind(JsonNode node) {
        String apiVersion = node.path("apiVersion").asString("");
        int slash = apiVersion.indexOf('/');
        return new GroupVersionKind(slash < 0 ? "" : apiVersion.substring(0, slash), apiVersion.substring(slash + 1),
                node.path("kind").asString(""));
    }

    String name() {
        return name;
    }

    MatchConstraints constraints() {
        return constraints;
    }

    /** Whether a write passes when the policy cannot be evaluated. */
    boolean mayFail() {
        return mayFail;
    }

    /** The kind of its parameters, or null when it has none. */
    @Nullable
    GroupVersionKind parameterKind() {
        return parameterKind;
    }

    /**
     * What the write does not pass, in the order of the validations.
     *
     * @param inputs what expressions may name, variables excluded
     */
    List<Denial> evaluate(Map<String, Object> inputs) {
        Compiled program = program();
        Map<String, Object> all = new Variables(program.variables, inputs).withInputs();
        try {
            if (!applies(program, all)) {
                return List.of();
            }
        } catch (Expression.Failure failure) {
            return failed(failure);
        }
        List<Denial> denials = new ArrayList<>();
        for (Validation validation : program.validations) {
            try {
                if (!validation.condition.holds(all)) {
                    denials.add(new Denial(message(validation, all), validation.reason));
                }
            } catch (Expression.Failure failure) {
                denials.addAll(failed(failure));
            }
        }
        return denials;
    }

    private List<Denial> failed(Expression.Failure failure) {
        return mayFail ? List.of() : List.of(new Denial(String.valueOf(failure.getMessage()), StatusReason.INVALID));
    }

    /** One condition that is false is enough, whatever becomes of the others. */
    private static boolean applies(Compiled program, Map<String, Object> inputs) {
        List<String> failures = new ArrayList<>();
        for (Expression condition : program.conditions) {
            try {
                if (!condition.holds(inputs)) {
                    return false;
                }
            } catch (Expression.Failure failure) {
                failures.add(String.valueOf(failure.getMessage()));
            }
        }
        if (!failures.isEmpty()) {
            throw new Expression.Failure(failures.size() == 1 ? failures.getFirst() : failures.toString());
        }
        return true;
    }

    private static String message(Validation validation, Map<String, Object> inputs) {
        Expression expression = validation.messageExpression;
        if (expression != null) {
            try {
                String made = expression.evaluate(inputs) instanceof String text ? text.strip() : "";
                boolean usable = !made.isEmpty() && made.length() <= MAX_MESSAGE_CHARACTERS && made.indexOf('\n') < 0;
                if (usable) {
                    return made;
                }
            } catch (Expression.Failure failure) {
                // The fixed message says what is wrong then.
            }
        }
        return validation.message.isEmpty() ? "failed expression: " + validation.condition.text() : validation.message;
    }

    private Compiled program() {
        Compiled known = compiled;
        if (known == null) {
            List<Expression> conditions = new ArrayList<>();
            spec.path("matchConditions").forEach(each -> conditions.add(Expression.of(each.path("expression"), true)));
            List<Variables.Definition> variables = new ArrayList<>();
            spec.path("variables").forEach(each -> variables.add(new Variables.Definition(
                    each.path("name").asString(""), Expression.of(each.path("expression"), false))));
            List<Validation> validations = new ArrayList<>();
            spec.path("validations").forEach(each -> validations.add(validation(each)));
            known = new Compiled(List.copyOf(conditions), List.copyOf(variables), List.copyOf(validations));
            compiled = known;
        }
        return known;
    }

    private static Validation validation(JsonNode node) {
        StatusReason reason = switch (node.path("reason").asString("")) {
            case "Unauthorized" -> StatusReason.UNAUTHORIZED;
            case "Forbidden" -> StatusReason.FORBIDDEN;
            case "RequestEntityTooLarge" -> StatusReason.REQUEST_ENTITY_TOO_LARGE;
            default -> StatusReason.INVALID;
        };
        JsonNode made = node.path("messageExpression");
        return new Validation(Expression.of(node.path("expression"), true), node.path("message").asString("").strip(),
                made.asString("").isEmpty() ? null : Expression.of(made, false), reason);
    }
}
