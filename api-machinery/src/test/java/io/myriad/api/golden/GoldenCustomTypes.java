package io.myriad.api.golden;

import java.util.ArrayList;
import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.schema.Field;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;
import io.myriad.api.schema.Shape;
import io.myriad.api.schema.Shape.ListSemantics;
import io.myriad.api.schema.Shape.ScalarKind;

/** Compiles the custom resource definitions of the golden cases, as far as they go, to types. */
final class GoldenCustomTypes {
    private GoldenCustomTypes() {}

    static ObjectType compile(JsonNode definition) {
        JsonNode schema = definition.path("spec").path("versions").get(0).path("schema").path("openAPIV3Schema");
        ObjectNode withMeta = (ObjectNode) schema.deepCopy();
        ObjectType type = new ObjectType(definition.path("spec").path("names").path("kind").asString());
        List<Field> fields = fields(withMeta);
        fields.add(field("apiVersion", new Shape.Scalar(ScalarKind.STRING, List.of()), null));
        fields.add(field("kind", new Shape.Scalar(ScalarKind.STRING, List.of()), null));
        fields.add(field("metadata", new Shape.Structure(
                Schema.builtin().type("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")), null));
        type.complete(ObjectType.Form.OBJECT, fields, true, false, null);
        return type;
    }

    private static List<Field> fields(JsonNode schema) {
        List<Field> fields = new ArrayList<>();
        schema.path("properties").forEachEntry(
                (name, property) -> fields.add(field(name, shape(property), property.get("default"))));
        return fields;
    }

    private static Field field(String name, Shape shape, JsonNode defaultValue) {
        return new Field(name, shape, false, defaultValue, true, false, true, List.of(), null, null);
    }

    private static Shape shape(JsonNode schema) {
        if (schema.path("x-kubernetes-preserve-unknown-fields").booleanValue(false)) {
            return new Shape.Any();
        }
        return switch (schema.path("type").asString("")) {
            case "string" -> new Shape.Scalar(ScalarKind.STRING, List.of());
            case "integer" -> new Shape.Scalar(ScalarKind.INT64, List.of());
            case "array" -> list(schema);
            case "object" -> object(schema);
            default -> throw new IllegalArgumentException("golden cases have no such type: " + schema);
        };
    }

    private static Shape list(JsonNode schema) {
        List<String> keys = new ArrayList<>();
        schema.path("x-kubernetes-list-map-keys").forEach(key -> keys.add(key.asString()));
        return new Shape.ListOf(shape(schema.path("items")),
                switch (schema.path("x-kubernetes-list-type").asString("atomic")) {
                    case "set" -> ListSemantics.SET;
                    case "map" -> ListSemantics.MAP;
                    default -> ListSemantics.ATOMIC;
                }, keys);
    }

    private static Shape object(JsonNode schema) {
        boolean atomic = schema.path("x-kubernetes-map-type").asString("").equals("atomic");
        if (schema.has("additionalProperties")) {
            return new Shape.MapOf(shape(schema.path("additionalProperties")), atomic);
        }
        ObjectType type = new ObjectType("inline");
        type.complete(ObjectType.Form.OBJECT, fields(schema), false, atomic, null);
        return new Shape.Structure(type);
    }
}
