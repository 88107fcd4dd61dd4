package io.myriad.apiserver.registry;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Stateful sets: the claims inside are served with their kind, which the stored form has no place for. */
final class ClaimTemplates implements Conversion {
    @Override
    public ObjectNode toServed(ObjectNode stored) {
        if (stored.path("spec").get("volumeClaimTemplates") instanceof ArrayNode templates) {
            for (int i = 0; i < templates.size(); i++) {
                ObjectNode typed = JsonNodeFactory.instance.objectNode();
                typed.put("kind", "PersistentVolumeClaim").put("apiVersion", "v1");
                typed.setAll((ObjectNode) templates.get(i));
                templates.set(i, typed);
            }
        }
        return stored;
    }

    @Override
    public ObjectNode toStored(ObjectNode served) {
        return served;
    }
}
