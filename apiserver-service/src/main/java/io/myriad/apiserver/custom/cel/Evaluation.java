package io.myriad.apiserver.custom.cel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

import io.myriad.api.FieldError;
import io.myriad.api.custom.Structural;
import io.myriad.api.value.JsonValues;

/**
 * Evaluates the rules of a schema on one object. What it may cost is bounded: each step of an expression counts, for one
 * rule and for the object as a whole. Used once, by one thread.
 */
final class Evaluation {
    private static final long MAX_STEPS_OF_RULE = 1_000_000;
    private static final long MAX_STEPS = 10_000_000;
    private static final int MAX_MESSAGE_CHARACTERS = 2048;

    /** A rule costs too much. */
    private static final class BudgetException extends RuntimeException {
        private static final long serialVersionUID = 1;

        BudgetException() {
            super("operation cancelled: actual cost limit exceeded", null, false, false);
        }
    }

    private final List<FieldError> errors = new ArrayList<>();
    private long left = MAX_STEPS;
    private boolean over;

    List<FieldError> run(SchemaProgram program, JsonNode object, @Nullable JsonNode old) {
        evaluate(program, object, old, "");
        return errors;
    }

    private void evaluate(SchemaProgram program, JsonNode value, @Nullable JsonNode old, String path) {
        if (over || value.isNull()) {
            return;
        }
        JsonNode before = old == null || old.isNull() || old.isMissingNode() ? null : old;
        if (!program.rules().isEmpty()) {
            evaluateRules(program, value, before, path);
        }
        if (value.isObject()) {
            value.forEachEntry((name, field) -> {
                SchemaProgram property = program.properties().get(name);
                boolean declared = program.schema().properties().containsKey(name);
                SchemaProgram below = property != null ? property : declared ? null : program.additional();
                if (below != null) {
                    String at = declared
                            ? path.isEmpty() ? name : path + "." + name
                            : path + "[" + name + "]";
                    boolean correlated = before != null && before.isObject()
                            && !program.schema().mapType().equals("atomic");
                    evaluate(below, field, correlated && before != null ? before.get(name) : null, at);
                }
            });
        } else if (value.isArray() && program.items() != null) {
            SchemaProgram items = program.items();
            for (int i = 0; i < value.size(); i++) {
                evaluate(items, value.get(i), earlier(program.schema(), value.get(i), before),
                        path + "[" + i + "]");
            }
        }
    }

    /** The element that had the same key before, or null. */
    private static @Nullable JsonNode earlier(Structural list, JsonNode element, @Nullable JsonNode old) {
        if (!(old instanceof ArrayNode elements) || !list.listType().equals("map")) {
            return null;
        }
        for (JsonNode candidate : elements) {
            boolean same = list.mapKeys().stream()
                    .allMatch(key -> JsonValues.equal(key(element, key, list), key(candidate, key, list)));
            if (same) {
                return candidate;
            }
        }
        return null;
    }

    private static JsonNode key(JsonNode element, String key, Structural list) {
        JsonNode value = element.get(key);
        if (value != null) {
            return value;
        }
        Structural items = list.items();
        Structural property = items == null ? null : items.properties().get(key);
        JsonNode standard = property == null ? null : property.defaultValue();
        return standard == null ? JsonNodeFactory.instance.missingNode() : standard;
    }

    private void evaluateRules(SchemaProgram program, JsonNode value, @Nullable JsonNode old, String path) {
        Map<String, Object> variables = new HashMap<>();
        variables.put("self", SchemaValues.of(value, program.schema()));
        Object oldSelf = old == null ? null : SchemaValues.of(old, program.schema());
        for (CompiledRule rule : program.rules()) {
            if (over) {
                return;
            }
            if (rule.usesOldSelf() && oldSelf == null && !rule.optionalOldSelf()) {
                continue;
            }
            Map<String, Object> all = new HashMap<>(variables);
            if (rule.optionalOldSelf()) {
                all.put("oldSelf", Optional.ofNullable(oldSelf));
            } else if (oldSelf != null) {
                all.put("oldSelf", oldSelf);
            }
            evaluateRule(rule, all, program.schema(), value, old, path);
        }
    }

    private void evaluateRule(CompiledRule compiled, Map<String, Object> variables, Structural schema, JsonNode value,
            @Nullable JsonNode old, String path) {
        String described = compiled.rule().message().isEmpty()
                ? compiled.rule().expression()
                : compiled.rule().message();
        CelRuntime.Program program = compiled.program();
        if (program == null) {
            add(path, schema.type(), "rule compile error: " + compiled.error());
            return;
        }
        try {
            if (Boolean.TRUE.equals(run(program, variables))) {
                return;
            }
        } catch (BudgetException tooMuch) {
            over = true;
            add(path, schema.type(), left <= 0
                    ? "validation failed due to running out of cost budget, no further validation rules will be run"
                    : "'" + tooMuch.getMessage() + "': no further validation rules will be run due to call cost "
                            + "exceeds limit for rule: " + described);
            return;
        } catch (CelEvaluationException failure) {
            add(path, schema.type(), failure.getMessage() + " evaluating rule: " + described);
            return;
        }
        boolean unchanged = !compiled.usesOldSelf() && old != null && JsonValues.equal(value, old);
        if (!unchanged) {
            violated(compiled, variables, schema, value, path);
        }
    }

    private Object run(CelRuntime.Program program, Map<String, Object> variables) throws CelEvaluationException {
        long[] steps = {Math.min(MAX_STEPS_OF_RULE, left)};
        long before = steps[0];
        try {
            return program.trace(variables, (expression, result) -> {
                if (--steps[0] < 0) {
                    throw new BudgetException();
                }
            });
        } finally {
            left -= before - steps[0];
        }
    }

    private void violated(CompiledRule compiled, Map<String, Object> variables, Structural schema, JsonNode value,
            String path) {
        Structural.Rule rule = compiled.rule();
        String detail = message(compiled, variables);
        String at = rule.fieldPath().isEmpty() ? path : path + FieldNames.normal(rule.fieldPath());
        String field = at.startsWith(".") ? at.substring(1) : at.isEmpty() ? "<nil>" : at;
        boolean container = schema.type().equals("object") || schema.type().equals("array");
        String shown = container
                ? ""
                : value.isString() ? ": \"" + value.stringValue() + "\"" : ": " + value;
        errors.add(switch (rule.reason()) {
            case "FieldValueForbidden" -> FieldError.forbidden(field, detail);
            case "FieldValueRequired" -> FieldError.required(field, detail);
            case "FieldValueDuplicate" -> new FieldError(FieldError.Type.DUPLICATE, field, "Duplicate value" + shown);
            default -> new FieldError(FieldError.Type.INVALID, field, "Invalid value" + shown + ": " + detail);
        });
    }

    private String message(CompiledRule compiled, Map<String, Object> variables) {
        CelRuntime.Program program = compiled.message();
        if (program != null) {
            try {
                Object made = run(program, variables);
                String text = made instanceof String string ? string.strip() : "";
                boolean fits = !text.isEmpty() && text.length() <= MAX_MESSAGE_CHARACTERS && text.indexOf('\n') < 0;
                if (fits) {
                    return text;
                }
            } catch (CelEvaluationException | BudgetException failure) {
                // The rule's own message says what is wrong then.
            }
        }
        String own = compiled.rule().message().strip();
        return own.isEmpty() ? "failed rule: " + compiled.rule().expression().strip() : own;
    }

    private void add(String path, String type, String detail) {
        errors.add(FieldError.invalid(path.isEmpty() ? "<nil>" : path, type, detail));
    }
}
