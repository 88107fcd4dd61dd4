package io.myriad.api.custom;

import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.myriad.api.FieldError;
import io.myriad.api.value.JsonValues;

/**
 * Forgives errors in parts of an object that a change leaves as they were, so that a schema can become stricter without
 * making objects from before it unchangeable (KEP-4008).
 */
final class Ratchet {
    private Ratchet() {}

    static List<FieldError> check(ValueRules rules, JsonNode value, JsonNode old) {
        return check(rules, value, old, "");
    }

    /** @param prefix what the paths of errors begin with */
    static List<FieldError> check(ValueRules rules, JsonNode value, @Nullable JsonNode old, String prefix) {
        List<FieldError> errors = rules.check(value, prefix);
        return old == null
                ? errors
                : errors.stream().filter(error -> !isUnchanged(error.field(), prefix, value, old)).toList();
    }

    private static boolean isUnchanged(String path, String prefix, JsonNode value, JsonNode old) {
        if (!path.startsWith(prefix)) {
            return false;
        }
        JsonNode now = value;
        JsonNode before = old;
        String rest = path.substring(prefix.length());
        for (String step : rest.isEmpty() || path.equals("<nil>") ? new String[0] : rest.split("[.\\[]")) {
            if (step.isEmpty()) {
                continue;
            }
            boolean index = step.endsWith("]");
            int place = index ? Integer.parseInt(step, 0, step.length() - 1, 10) : 0;
            now = index ? now.path(place) : now.path(step);
            before = index ? before.path(place) : before.path(step);
        }
        return !before.isMissingNode() && JsonValues.equal(now, before);
    }
}
