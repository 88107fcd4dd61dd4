package io.myriad.apiserver.admission.policy;

import java.util.LinkedHashSet;
import java.util.Set;

import tools.jackson.databind.JsonNode;

import io.myriad.apiserver.admission.webhook.MatchConstraints;

/**
 * What puts a policy into force.
 *
 * @param name its name
 * @param policy the policy's name
 * @param constraints which of the policy's writes; no rules mean all
 * @param parameters how the policy's parameters are found ({@code paramRef}), or a missing node
 * @param actions what becomes of writes that do not pass: {@code Deny}, {@code Warn}, {@code Audit}
 */
public record Binding(String name, String policy, MatchConstraints constraints, JsonNode parameters,
        Set<String> actions) {
    /** Reads a ValidatingAdmissionPolicyBinding. */
    public static Binding of(JsonNode binding) {
        JsonNode spec = binding.path("spec");
        Set<String> actions = new LinkedHashSet<>();
        spec.path("validationActions").forEach(action -> actions.add(action.asString("")));
        return new Binding(binding.path("metadata").path("name").asString(""), spec.path("policyName").asString(""),
                MatchConstraints.of(spec.path("matchResources")), spec.path("paramRef"), Set.copyOf(actions));
    }
}
