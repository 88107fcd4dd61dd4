package io.myriad.apiserver.admission.webhook;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.apiserver.custom.cel.AdmissionExpression;

/**
 * Conditions that a write must meet for a webhook to be asked. Immutable; compiled when they are first needed, which is
 * when the first write comes that the webhook's rules fit.
 */
final class MatchConditions {
    /** A condition that is not met, or could not be evaluated. */
    record Unmet(String name, boolean failed, String why) {}

    private record Condition(String name, AdmissionExpression expression) {}

    private final JsonNode definitions;
    private volatile @Nullable List<Condition> compiled;

    private MatchConditions(JsonNode definitions) {
        this.definitions = definitions;
    }

    static MatchConditions of(JsonNode conditions) {
        return new MatchConditions(conditions);
    }

    /**
     * The first condition that says no; if none does, the first that could not be evaluated; null when all hold.
     *
     * @param request the review's {@code request}
     */
    @Nullable
    Unmet unmet(ObjectNode request) {
        if (definitions.isEmpty()) {
            return null;
        }
        Map<String, JsonNode> values = Map.of("object", request.path("object"), "oldObject",
                request.path("oldObject"), "request", withoutObjects(request));
        Unmet failure = null;
        for (Condition condition : conditions()) {
            try {
                if (!condition.expression.holds(values)) {
                    return new Unmet(condition.name, false, "it is false");
                }
            } catch (IllegalStateException failed) {
                failure = failure != null
                        ? failure
                        : new Unmet(condition.name, true, String.valueOf(failed.getMessage()));
            }
        }
        return failure;
    }

    private static ObjectNode withoutObjects(ObjectNode request) {
        ObjectNode shown = request.objectNode();
        request.forEachEntry((name, value) -> {
            if (!name.equals("object") && !name.equals("oldObject")) {
                shown.set(name, value);
            }
        });
        return shown;
    }

    private List<Condition> conditions() {
        List<Condition> known = compiled;
        if (known == null) {
            List<Condition> made = new ArrayList<>();
            for (JsonNode definition : definitions) {
                made.add(new Condition(definition.path("name").asString(""), AdmissionExpression.compile(
                        definition.path("expression").asString(""), AdmissionExpression.OF_WEBHOOKS, true)));
            }
            known = List.copyOf(made);
            compiled = known;
        }
        return known;
    }
}
