package io.myriad.apiserver.admission.webhook;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Conditions that a write must meet for a webhook to be asked. */
interface MatchConditions {
    /**
     * Whether all hold.
     *
     * @param request the review's {@code request}
     * @return null when they all hold, else why not
     */
    @Nullable
    String unmet(ObjectNode request);

    static MatchConditions of(JsonNode conditions) {
        return request -> null;
    }
}
