package io.myriad.apiserver.admission;

import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Lets pods stay for a while on a node that is not ready or unreachable, unless they say how long themselves. */
final class DefaultTolerationSeconds implements AdmissionPlugin {
    private static final List<String> TAINTS = List.of("node.kubernetes.io/not-ready",
            "node.kubernetes.io/unreachable");
    private static final String EFFECT = "NoExecute";
    private static final long SECONDS = 300;

    @Override
    public String name() {
        return "DefaultTolerationSeconds";
    }

    @Override
    public void admit(Attributes attributes) {
        ObjectNode pod = attributes.object();
        if (pod == null || !Pods.isPod(attributes)
                || attributes.operation() != Operation.CREATE && attributes.operation() != Operation.UPDATE) {
            return;
        }
        for (String taint : TAINTS) {
            if (!tolerates(pod.path("spec").path("tolerations"), taint)) {
                pod.withObjectProperty("spec").withArrayProperty("tolerations").addObject().put("effect", EFFECT)
                        .put("key", taint).put("operator", "Exists").put("tolerationSeconds", SECONDS);
            }
        }
    }

    private static boolean tolerates(JsonNode tolerations, String taint) {
        for (JsonNode toleration : tolerations) {
            String key = toleration.path("key").stringValue("");
            String effect = toleration.path("effect").stringValue("");
            if ((key.isEmpty() || key.equals(taint)) && (effect.isEmpty() || effect.equals(EFFECT))) {
                return true;
            }
        }
        return false;
    }
}
