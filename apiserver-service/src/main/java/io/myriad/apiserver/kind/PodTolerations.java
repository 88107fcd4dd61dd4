package io.myriad.apiserver.kind;

import java.util.ArrayList;
import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.value.Names;

/** Tolerations of pods. */
final class PodTolerations {
    private static final List<String> EFFECTS = List.of("NoSchedule", "PreferNoSchedule", "NoExecute");

    private PodTolerations() {}

    static void validate(Check tolerations) {
        tolerations.items(toleration -> {
            toleration.at("key").named(Names::qualifiedName);
            String operator = toleration.at("operator").text();
            if (toleration.at("key").empty() && !operator.equals("Exists")) {
                toleration.at("operator").invalid(
                        "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
            }
            if (toleration.at("tolerationSeconds").present() && !toleration.at("effect").is("NoExecute")) {
                toleration.at("effect").invalid("effect must be 'NoExecute' when `tolerationSeconds` is set");
            }
            switch (operator) {
                case "", "Equal" -> toleration.at("value").named(Names::labelValue);
                case "Exists" -> {
                    if (!toleration.at("value").empty()) {
                        toleration.at("operator").invalid("value must be empty when `operator` is 'Exists'");
                    }
                }
                default -> toleration.at("operator").oneOf("Equal", "Exists");
            }
            toleration.at("effect").oneOf(EFFECTS);
        });
    }

    /** Existing tolerations stay, apart from their seconds; new ones may come. */
    static void onlyAdded(Check now, JsonNode before) {
        List<JsonNode> kept = new ArrayList<>();
        now.value().forEach(toleration -> kept.add(withoutSeconds(toleration)));
        for (JsonNode toleration : before) {
            if (!kept.contains(withoutSeconds(toleration))) {
                now.forbidden("existing toleration can not be modified except its tolerationSeconds");
                return;
            }
        }
    }

    private static JsonNode withoutSeconds(JsonNode toleration) {
        ObjectNode copy = (ObjectNode) toleration.deepCopy();
        copy.remove("tolerationSeconds");
        return copy;
    }
}
