package io.myriad.apiserver.custom;

import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;

/** Evaluates the rules of a schema on objects. Safe for any thread. */
public interface RuleEvaluator {
    /** No rules. */
    RuleEvaluator NONE = (object, old) -> List.of();

    /**
     * Which rules an object violates.
     *
     * @param old the object that it replaces, or null for a new one
     */
    List<FieldError> check(ObjectNode object, @Nullable ObjectNode old);
}
