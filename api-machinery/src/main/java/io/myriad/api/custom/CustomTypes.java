package io.myriad.api.custom;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.myriad.api.schema.Field;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;
import io.myriad.api.schema.Shape;

/** Compiles structural schemas to the types that the built-in kinds have too. */
public final class CustomTypes {
    private static final String OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
    private static final Shape TEXT = new Shape.Scalar(Shape.ScalarKind.STRING, List.of());

    private CustomTypes() {}

    /**
     * The type of a custom resource's objects.
     *
     * @param name the type's name, as OpenAPI documents have it
     * @param schema the schema of a version
     */
    public static ObjectType compile(String name, Structural schema) {
        return resource(name, schema);
    }

    private static ObjectType resource(String name, Structural schema) {
        ObjectType type = new ObjectType(name);
        List<Field> fields = new ArrayList<>();
        fields.add(field("apiVersion", TEXT, null));
        fields.add(field("kind", TEXT, null));
        fields.add(field("metadata", new Shape.Structure(Schema.builtin().type(OBJECT_META)), null));
        schema.properties().forEach((property, below) -> {
            if (!Structural.isMeta(property)) {
                fields.add(field(property, shape(below), below.defaultValue()));
            }
        });
        type.completeCustom(fields, schema.mapType().equals("atomic"),
                schema.preservesUnknown() || schema.permitsAdditional());
        return type;
    }

    private static Field field(String name, Shape shape, @Nullable JsonNode standard) {
        return new Field(name, shape, false, standard, true, false, true, List.of(), null, null);
    }

    private static Shape shape(Structural schema) {
        if (schema.intOrString()) {
            return new Shape.Any();
        }
        if (schema.embedded()) {
            return new Shape.Structure(resource("", schema));
        }
        return switch (schema.type()) {
            case "string" -> TEXT;
            case "integer" -> new Shape.Scalar(Shape.ScalarKind.INT64, List.of());
            case "number" -> new Shape.Scalar(Shape.ScalarKind.DOUBLE, List.of());
            case "boolean" -> new Shape.Scalar(Shape.ScalarKind.BOOLEAN, List.of());
            case "array" -> list(schema);
            case "object" -> object(schema);
            default -> new Shape.Any();
        };
    }

    private static Shape list(Structural schema) {
        Structural items = schema.items();
        return new Shape.ListOf(items == null ? new Shape.Any() : shape(items), switch (schema.listType()) {
            case "set" -> Shape.ListSemantics.SET;
            case "map" -> Shape.ListSemantics.MAP;
            default -> Shape.ListSemantics.ATOMIC;
        }, schema.mapKeys());
    }

    private static Shape object(Structural schema) {
        boolean atomic = schema.mapType().equals("atomic");
        if (schema.properties().isEmpty() && schema.permitsAdditional()) {
            return new Shape.MapOf(schema.additional() == null ? new Shape.Any() : shape(schema.additional()), atomic);
        }
        if (schema.properties().isEmpty() && schema.preservesUnknown() && !atomic) {
            return new Shape.Any();
        }
        ObjectType type = new ObjectType("");
        List<Field> fields = new ArrayList<>();
        schema.properties().forEach((name, below) -> fields.add(field(name, shape(below), below.defaultValue())));
        type.completeCustom(fields, atomic, schema.preservesUnknown() || schema.permitsAdditional());
        return new Shape.Structure(type);
    }
}
