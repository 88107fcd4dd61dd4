package io.myriad.apiserver.registry;

import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What is particular to a version of a custom resource beyond what all kinds have. Immutable, safe for any thread. */
public interface CustomKind {
    /**
     * Brings an object into the form of its schema, in place: defaults, metadata, no unknown fields.
     *
     * @return what strict decoding has to say: {@code unknown field "spec.x"}
     * @throws io.myriad.api.StatusException 400 when its metadata is none
     */
    List<String> conform(ObjectNode object);

    /** Where objects keep what their scale shows. */
    ScaleResource.Paths scalePaths();

    /** The schema as the definition has it, or a missing node; nobody changes it. */
    JsonNode schema();

    /** The kind of its lists. */
    String listKind();

    /** What clients that use this version are told, or empty. */
    String deprecationWarning();

    /** Whether the definition is being deleted: nothing new may be created then. */
    boolean terminating();
}
