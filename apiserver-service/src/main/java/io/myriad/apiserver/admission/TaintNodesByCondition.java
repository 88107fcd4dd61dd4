package io.myriad.apiserver.admission;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Keeps pods off a new node until it is found ready. */
final class TaintNodesByCondition implements AdmissionPlugin {
    private static final String TAINT = "node.kubernetes.io/not-ready";
    private static final String EFFECT = "NoSchedule";

    @Override
    public String name() {
        return "TaintNodesByCondition";
    }

    @Override
    public void admit(Attributes attributes) {
        ObjectNode node = attributes.object();
        if (node == null || !attributes.resource().groupResource().equals("nodes")
                || !attributes.subresource().isEmpty() || attributes.operation() != Operation.CREATE) {
            return;
        }
        ArrayNode taints = node.withObjectProperty("spec").withArrayProperty("taints");
        for (JsonNode taint : taints) {
            if (taint.path("key").stringValue("").equals(TAINT)
                    && taint.path("effect").stringValue("").equals(EFFECT)) {
                return;
            }
        }
        taints.addObject().put("effect", EFFECT).put("key", TAINT);
    }
}
