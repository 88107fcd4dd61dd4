package io.myriad.apiserver.admission.webhook;

import java.util.ArrayList;
import java.util.List;

import tools.jackson.databind.JsonNode;

/**
 * A webhook as its configuration describes it.
 *
 * @param configuration the configuration's name, which is the order in which they are called
 * @param name its own name, for messages
 * @param constraints which writes it is for
 * @param conditions further conditions
 * @param mayFail whether a write goes on when the call fails
 * @param timeoutSeconds how long a call may take
 * @param reviewVersion the version of AdmissionReview that it understands and this server speaks
 * @param reinvoked whether it is asked again when others changed the object after it; mutating ones only
 * @param client how it is called
 */
public record Webhook(String configuration, String name, MatchConstraints constraints,
        MatchConditions conditions, boolean mayFail,
        int timeoutSeconds, String reviewVersion, boolean reinvoked, Endpoint client) {
    private static final int DEFAULT_TIMEOUT_SECONDS = 10;

    /** The webhooks of a configuration, in its order. */
    public static List<Webhook> of(JsonNode configuration) {
        List<Webhook> webhooks = new ArrayList<>();
        for (JsonNode hook : configuration.path("webhooks")) {
            webhooks.add(parse(configuration.path("metadata").path("name").asString(""), hook));
        }
        return List.copyOf(webhooks);
    }

    private static Webhook parse(String configuration, JsonNode hook) {
        String version = "v1";
        for (JsonNode offered : hook.path("admissionReviewVersions")) {
            if (offered.asString("").equals("v1") || offered.asString("").equals("v1beta1")) {
                version = offered.asString("");
                break;
            }
        }
        return new Webhook(configuration, hook.path("name").asString(""), new MatchConstraints(MatchConstraints.rules(
                hook.path("rules")), List.of(), MatchConstraints.equivalent(hook),
                MatchConstraints.selector(hook.path("namespaceSelector")),
                MatchConstraints.selector(hook.path("objectSelector"))),
                MatchConditions.of(hook.path("matchConditions")),
                hook.path("failurePolicy").asString("Fail").equals("Ignore"),
                hook.path("timeoutSeconds").intValue(DEFAULT_TIMEOUT_SECONDS), version,
                hook.path("reinvocationPolicy").asString("Never").equals("IfNeeded"),
                Endpoint.of(hook.path("clientConfig")));
    }
}
