package io.myriad.apiserver.custom.cel;

import dev.cel.runtime.CelRuntime;
import org.jspecify.annotations.Nullable;

import io.myriad.api.custom.Structural;

/**
 * A rule that was compiled.
 *
 * @param rule the rule
 * @param program what evaluates it, or null when it could not be compiled
 * @param usesOldSelf whether it is about changes
 * @param message makes the message of a violation, or null
 * @param error why it could not be compiled, or empty
 * @param messageError why the message could not be, or empty
 */
record CompiledRule(Structural.Rule rule, CelRuntime.@Nullable Program program, boolean usesOldSelf,
        CelRuntime.@Nullable Program message, String error, String messageError) {
    /** Whether the rule holds for values that were not there before, where it names {@code oldSelf}. */
    boolean optionalOldSelf() {
        return Boolean.TRUE.equals(rule.optionalOldSelf());
    }
}
