package io.myriad.apiserver.custom.cel;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.custom.Structural;
import io.myriad.apiserver.custom.RuleEngine;
import io.myriad.apiserver.custom.RuleEvaluator;

/** Rules in the Common Expression Language. */
public final class CelEngine implements RuleEngine {
    @Override
    public RuleEvaluator evaluator(Structural schema) {
        return new Lazy(schema);
    }

    @Override
    public List<FieldError> check(Structural schema, String path) {
        List<FieldError> errors = new ArrayList<>();
        check(schema, path, "", errors);
        return errors;
    }

    /** @param uncorrelated the nearest place above whose values have no earlier ones, or empty */
    private static void check(Structural schema, String path, String uncorrelated, List<FieldError> errors) {
        if (!schema.hasRules()) {
            return;
        }
        List<CompiledRule> rules = schema.rules().isEmpty() ? List.of() : new Compilation(schema).run();
        for (int i = 0; i < rules.size(); i++) {
            report(rules.get(i), path + ".x-kubernetes-validations[" + i + "]", uncorrelated, errors);
        }
        String below = uncorrelated.isEmpty() && schema.mapType().equals("atomic") ? path : uncorrelated;
        schema.properties().forEach(
                (name, property) -> check(property, path + ".properties[" + name + "]", below, errors));
        if (schema.additional() != null) {
            check(schema.additional(), path + ".additionalProperties", uncorrelated, errors);
        }
        if (schema.items() != null) {
            check(schema.items(), path + ".items",
                    uncorrelated.isEmpty() && !schema.listType().equals("map") ? path : uncorrelated, errors);
        }
    }

    private static void report(CompiledRule compiled, String at, String uncorrelated, List<FieldError> errors) {
        Structural.Rule rule = compiled.rule();
        if (!compiled.error().isEmpty()) {
            errors.add(FieldError.invalid(at + ".rule", rule.expression(), compiled.error()));
        }
        if (!compiled.messageError().isEmpty()) {
            errors.add(
                    FieldError.invalid(at + ".messageExpression", rule.messageExpression(), compiled.messageError()));
        }
        if (compiled.usesOldSelf() && !uncorrelated.isEmpty()) {
            errors.add(FieldError.invalid(at + ".rule", rule.expression(),
                    "oldSelf cannot be used on the uncorrelatable portion of the schema within " + uncorrelated));
        } else if (!compiled.usesOldSelf() && compiled.error().isEmpty() && rule.optionalOldSelf() != null) {
            errors.add(FieldError.invalid(at + ".optionalOldSelf", compiled.optionalOldSelf(),
                    "may not be set if oldSelf is not used in rule"));
        }
    }

    /** Compiles when it is used first. */
    private static final class Lazy implements RuleEvaluator {
        private final Structural schema;
        private volatile @Nullable SchemaProgram program;

        Lazy(Structural schema) {
            this.schema = schema;
        }

        @Override
        public List<FieldError> check(ObjectNode object, @Nullable ObjectNode old) {
            SchemaProgram compiled = program;
            if (compiled == null) {
                compiled = SchemaProgram.compile(schema);
                program = compiled;
            }
            return compiled == null ? List.of() : new Evaluation().run(compiled, object, old);
        }
    }
}
