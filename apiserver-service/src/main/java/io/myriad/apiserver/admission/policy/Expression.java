package io.myriad.apiserver.admission.policy;

import java.util.Map;

import tools.jackson.databind.JsonNode;

import io.myriad.apiserver.custom.cel.AdmissionExpression;

/**
 * An expression of a policy.
 *
 * @param text as it is written
 * @param program what evaluates it
 */
record Expression(String text, AdmissionExpression program) {
    static Expression of(JsonNode text, boolean condition) {
        return new Expression(text.asString("").strip(), AdmissionExpression.compile(text.asString(""),
                AdmissionExpression.OF_POLICIES, condition));
    }

    /** @throws Failure when it cannot be evaluated */
    Object evaluate(Map<String, Object> inputs) {
        try {
            return program.evaluate(inputs);
        } catch (IllegalStateException failure) {
            throw new Failure("expression '" + text + "' resulted in error: " + failure.getMessage());
        }
    }

    /** @throws Failure also when it is neither true nor false */
    boolean holds(Map<String, Object> inputs) {
        if (evaluate(inputs) instanceof Boolean answer) {
            return answer;
        }
        throw new Failure("expression '" + text + "' resulted in error: must evaluate to bool");
    }

    /** An expression, or something that it needs, cannot be evaluated. */
    static final class Failure extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        Failure(String message) {
            super(message);
        }
    }
}
