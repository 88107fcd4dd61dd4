package io.myriad.apiserver.custom;

import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.custom.CustomSchema;
import io.myriad.apiserver.registry.CustomKind;
import io.myriad.apiserver.registry.ScaleResource;

/**
 * What a definition says of one of its versions.
 *
 * @param definition the definition
 * @param version the version
 * @param compiled its schema
 */
record CustomVersion(Definition definition, Definition.Version version, CustomSchema compiled) implements CustomKind {
    @Override
    public List<String> conform(ObjectNode object) {
        return compiled.conform(object);
    }

    @Override
    public JsonNode schema() {
        return version.schema();
    }

    @Override
    public ScaleResource.Paths scalePaths() {
        JsonNode scale = version.scale();
        return new ScaleResource.Paths(path(scale, "specReplicasPath"), path(scale, "statusReplicasPath"),
                path(scale, "labelSelectorPath"));
    }

    private static List<String> path(JsonNode scale, String field) {
        return CustomStrategy.steps(scale.path(field).stringValue(""));
    }

    @Override
    public String listKind() {
        return definition.acceptedNames().path("listKind").stringValue("");
    }

    @Override
    public String deprecationWarning() {
        if (!version.deprecated()) {
            return "";
        }
        String own = version.deprecationWarning();
        return own.isEmpty()
                ? definition.group() + "/" + version.name() + " " + definition.kind() + " is deprecated"
                : own;
    }

    @Override
    public boolean terminating() {
        return definition.isDeleting();
    }
}
