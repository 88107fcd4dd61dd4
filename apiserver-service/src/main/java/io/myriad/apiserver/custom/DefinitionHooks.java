package io.myriad.apiserver.custom;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.value.Timestamps;
import io.myriad.apiserver.registry.WriteHooks;

/** A deleted definition stays until its objects are gone: the first deletion only marks it. */
public final class DefinitionHooks implements WriteHooks {
    private final InstantSource clock;

    /** @param clock for the condition that tells of the deletion */
    public DefinitionHooks(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public boolean mayVanish(ObjectNode definition) {
        return new Definition(definition).isTrue(Definition.TERMINATING);
    }

    @Override
    public void adjustMarked(ObjectNode definition) {
        Definition read = new Definition(definition);
        ObjectNode metadata = definition.withObjectProperty("metadata");
        metadata.remove("deletionGracePeriodSeconds");
        if (read.isTrue(Definition.TERMINATING)) {
            return;
        }
        // A definition's generation counts its specifications only.
        metadata.put("generation", metadata.path("generation").longValue(1) - 1);
        if (!read.hasCleanupFinalizer()) {
            JsonNode finalizers = metadata.get("finalizers");
            ArrayNode list = finalizers instanceof ArrayNode present ? present : metadata.putArray("finalizers");
            list.add(Definition.CLEANUP_FINALIZER);
        }
        Conditions.set(definition, new Naming.Condition(Definition.TERMINATING, "True", "InstanceDeletionPending",
                "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"),
                Timestamps.format(clock.instant().truncatedTo(ChronoUnit.SECONDS)));
    }
}
