package io.myriad.apiserver.kind;

import tools.jackson.databind.JsonNode;

import io.myriad.api.value.Names;

/** What a kubelet or scheduler may write into a pod's status. */
final class PodStatusValidation {
    private PodStatusValidation() {}

    static void validate(Check status, JsonNode pod, JsonNode old) {
        Check nominated = status.at("nominatedNodeName");
        nominated.named(Names::dns1123Subdomain);
        boolean assigned = !pod.path("spec").path("nodeName").stringValue("").isEmpty();
        if (assigned && !nominated.empty()
                && !nominated.is(old.path("status").path("nominatedNodeName").stringValue(""))) {
            nominated.forbidden("may not be set once the pod is assigned to a node");
        }
        status.at("observedGeneration").min(0);
        status.at("conditions").items(condition -> {
            condition.at("type").required();
            condition.at("observedGeneration").min(0);
        });
        // The error names the element, not the field in it.
        status.at("podIPs").items(ip -> Addresses.ip(ip.on(ip.at("ip").value())));
        status.at("hostIPs").items(ip -> Addresses.ip(ip.at("ip")));
        terminatedStaysTerminated(status, old, "containerStatuses", "containers");
        terminatedStaysTerminated(status, old, "initContainerStatuses", "initContainers");
    }

    /** With restart policy Never (and OnFailure after success) a container that ended does not run again. */
    private static void terminatedStaysTerminated(Check status, JsonNode old, String list, String containers) {
        String policy = old.path("spec").path("restartPolicy").stringValue("Always");
        if (policy.equals("Always")) {
            return;
        }
        for (JsonNode before : old.path("status").path(list)) {
            JsonNode ended = before.path("state").path("terminated");
            boolean mayRestart = policy.equals("OnFailure") && ended.path("exitCode").intValue(0) != 0
                    || restartable(old.path("spec").path(containers), before.path("name").stringValue(""));
            if (!ended.isObject() || mayRestart) {
                continue;
            }
            status.at(list).items(now -> {
                if (now.at("name").text().equals(before.path("name").stringValue(""))
                        && !now.at("state").at("terminated").present()) {
                    now.at("state").forbidden("may not be transitioned to non-terminated state");
                }
            });
        }
    }

    private static boolean restartable(JsonNode containers, String name) {
        for (JsonNode container : containers) {
            if (container.path("name").stringValue("").equals(name)) {
                return container.path("restartPolicy").stringValue("").equals("Always")
                        || !container.path("restartPolicyRules").isEmpty();
            }
        }
        return false;
    }
}
