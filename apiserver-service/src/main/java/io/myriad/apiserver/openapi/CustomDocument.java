package io.myriad.apiserver.openapi;

import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Resource;
import io.myriad.api.schema.Schema;

/**
 * What OpenAPI documents say of one version of a custom resource: its schema, and the operations that every resource of
 * its scope has.
 *
 * @param resource the resource
 * @param listKind the kind of its lists
 * @param schema the schema as the definition has it
 */
record CustomDocument(Resource resource, String listKind, JsonNode schema) {
    private static final String OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
    private static final String LIST_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";
    /** Built-in resources whose operations are those of any namespaced, or cluster-scoped, resource. */
    private static final Template NAMESPACED = new Template("networking.k8s.io", "v1", "ingresses", "Ingress",
            "io.k8s.api.networking.v1.Ingress");
    private static final Template CLUSTER = new Template("storage.k8s.io", "v1", "volumeattachments",
            "VolumeAttachment", "io.k8s.api.storage.v1.VolumeAttachment");
    /** Sets of media types: custom resources have neither protobuf nor strategic merge patch. */
    private static final Map<String, List<String>> MEDIA = Map.of("m2", List.of("application/json", "application/yaml"),
            "m4", List.of("application/json", "application/yaml", "application/json;stream=watch"), "m5",
            List.of("application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"));
    private static final String CUSTOM = "custom-";
    private static final List<String> UNKNOWN_TO_V2 = List.of("oneOf", "anyOf", "allOf", "not", "nullable");

    private record Template(String group, String version, String resource, String kind, String type) {}

    String typeName() {
        return resource.type().name();
    }

    String listTypeName() {
        return typeName() + "List";
    }

    ObjectType type(String name) {
        return name.equals(typeName()) ? resource.type() : new ObjectType(name);
    }

    /** Changes whenever the documents change. */
    String identity() {
        return resource.name() + resource.verbs().toString() + resource.subresources() + listKind + schema;
    }

    /** Adds the operations, by resource as the table has them. */
    void addOperations(ObjectNode operations, JsonNode table) {
        ObjectNode media = (ObjectNode) table.path("media");
        MEDIA.forEach((name, types) -> {
            ArrayNode list = media.putArray(CUSTOM + name);
            types.forEach(list::add);
        });
        Template template = resource.namespaced() ? NAMESPACED : CLUSTER;
        String from = template.group() + "/" + template.version() + "/" + template.resource();
        String to = resource.name().apiVersion() + "/" + resource.name().resource();
        operations.set(to, renamed(table.path("operations").path(from), template));
        for (Resource.Subresource subresource : resource.subresources()) {
            JsonNode paths = renamed(table.path("operations").path(from + "/status"), template);
            if (subresource.name().equals("scale")) {
                paths = scale((ObjectNode) paths);
            }
            operations.set(to + "/" + subresource.name(), paths);
        }
    }

    private JsonNode renamed(JsonNode node, Template template) {
        if (node.isString()) {
            return JsonNodeFactory.instance.stringNode(renamed(node.stringValue(), template));
        }
        if (node instanceof ObjectNode object) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            object.forEachEntry((name, value) -> copy.set(renamed(name, template), renamed(value, template)));
            return copy;
        }
        return node;
    }

    private String renamed(String text, Template template) {
        String apiVersion = template.group() + "/" + template.version();
        if (MEDIA.containsKey(text)) {
            return CUSTOM + text;
        }
        if (text.equals(template.type()) || text.equals(template.type() + "List")) {
            return typeName() + text.substring(template.type().length());
        }
        if (text.equals(apiVersion + "/" + template.kind())) {
            return resource.name().apiVersion() + "/" + resource.kind().kind();
        }
        return text.startsWith("/apis/" + apiVersion + "/")
                ? text.replace("/apis/" + apiVersion + "/", "/apis/" + resource.name().apiVersion() + "/")
                        .replace("/" + template.resource(), "/" + resource.name().resource())
                : text;
    }

    /** The operations of the status as those of the scale. */
    private ObjectNode scale(ObjectNode paths) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        paths.forEachEntry((path, methods) -> {
            ObjectNode copy = ((ObjectNode) methods).deepCopy();
            for (JsonNode method : copy) {
                ObjectNode facts = (ObjectNode) method;
                facts.put("kind", "autoscaling/v1/Scale");
                if (facts.path("body").stringValue("").equals(typeName())) {
                    facts.put("body", "io.k8s.api.autoscaling.v1.Scale");
                }
                ObjectNode responses = (ObjectNode) facts.path("responses");
                for (Map.Entry<String, JsonNode> response : List.copyOf(responses.properties())) {
                    if (response.getValue().stringValue("").equals(typeName())) {
                        responses.put(response.getKey(), "io.k8s.api.autoscaling.v1.Scale");
                    }
                }
            }
            result.set(path.substring(0, path.length() - "status".length()) + "scale", copy);
        });
        return result;
    }

    /** The schema of the resource's objects, or of their lists. */
    ObjectNode definition(String name, SchemaWriter.Dialect dialect, SchemaWriter writer) {
        ObjectNode result;
        GroupVersionKind kind = resource.kind();
        if (name.equals(typeName())) {
            result = schema instanceof ObjectNode object
                    ? (ObjectNode) published(object, dialect)
                    : JsonNodeFactory.instance.objectNode();
            addMeta(result, writer);
        } else {
            kind = new GroupVersionKind(kind.group(), kind.version(), listKind);
            result = list(writer);
        }
        result.putArray("x-kubernetes-group-version-kind").addObject().put("group", kind.group())
                .put("kind", kind.kind()).put("version", kind.version());
        return result;
    }

    private static void addMeta(ObjectNode object, SchemaWriter writer) {
        if (object.path("type").stringValue("").isEmpty()) {
            object.put("type", "object");
        }
        ObjectNode properties = object.withObjectProperty("properties");
        properties.putObject("apiVersion").put("type", "string").put("description",
                "The version of the schema of this object.");
        properties.putObject("kind").put("type", "string").put("description", "What this object is.");
        properties.set("metadata", writer.reference(Schema.builtin().type(OBJECT_META)));
    }

    private ObjectNode list(SchemaWriter writer) {
        ObjectNode list = JsonNodeFactory.instance.objectNode().put("type", "object");
        ObjectNode properties = list.putObject("properties");
        properties.putObject("apiVersion").put("type", "string");
        properties.putObject("kind").put("type", "string");
        properties.set("metadata", writer.reference(Schema.builtin().type(LIST_META)));
        properties.putObject("items").put("type", "array").set("items", writer.reference(resource.type()));
        list.putArray("required").add("items");
        return list;
    }

    /** A schema as it is published: v2 lacks some of what definitions may say, and gets less then. */
    private static JsonNode published(JsonNode schema, SchemaWriter.Dialect dialect) {
        if (dialect == SchemaWriter.Dialect.V3) {
            return schema.deepCopy();
        }
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        boolean open = schema.path("x-kubernetes-preserve-unknown-fields").booleanValue(false)
                || schema.path("nullable").booleanValue(false);
        schema.forEachEntry((name, value) -> {
            boolean structure = name.equals("properties") || name.equals("items")
                    || name.equals("additionalProperties");
            boolean dropped = UNKNOWN_TO_V2.contains(name) || open && structure
                    || name.equals("type") && schema.path("nullable").booleanValue(false);
            if (!dropped) {
                result.set(name, structure ? below(name, value, dialect) : value);
            }
        });
        return result;
    }

    private static JsonNode below(String name, JsonNode value, SchemaWriter.Dialect dialect) {
        if (!name.equals("properties")) {
            return value.isObject() ? published(value, dialect) : value;
        }
        ObjectNode properties = JsonNodeFactory.instance.objectNode();
        value.forEachEntry((field, property) -> properties.set(field, published(property, dialect)));
        return properties;
    }
}
