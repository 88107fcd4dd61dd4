package io.myriad.apiserver.custom;

import io.myriad.api.custom.Structural;

/** Makes evaluators of the rules in schemas. */
public interface RuleEngine extends RuleChecker {
    /** An evaluator for a schema, which is that of a whole API object; nothing is compiled before it is used first. */
    RuleEvaluator evaluator(Structural schema);
}
