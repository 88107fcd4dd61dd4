package io.myriad.apiserver.registry;

import tools.jackson.databind.node.ObjectNode;

/** A deleted namespace stays until whoever is named in {@code spec.finalizers} has emptied it. */
public final class NamespaceHooks implements WriteHooks {
    @Override
    public boolean mayVanish(ObjectNode namespace) {
        return namespace.path("spec").path("finalizers").isEmpty();
    }

    @Override
    public void adjustMarked(ObjectNode namespace) {
        if (!mayVanish(namespace)) {
            Metadata.of(namespace).node().remove("deletionGracePeriodSeconds");
        }
        namespace.withObjectProperty("status").put("phase", "Terminating");
    }
}
