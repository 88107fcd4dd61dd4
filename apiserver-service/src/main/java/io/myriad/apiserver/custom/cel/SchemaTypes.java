package io.myriad.apiserver.custom.cel;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;

import io.myriad.api.custom.Structural;

/** The types that expressions see: structures for objects with named fields, maps for others. */
@SuppressWarnings("Immutable") // filled before a compiler gets it
final class SchemaTypes implements CelTypeProvider {
    private static final String PREFIX = "schema.object";

    private final Map<String, CelType> types = new LinkedHashMap<>();

    /** The type of values of a schema; structures that it needs are added to this provider. */
    CelType of(Structural schema) {
        if (schema.intOrString()) {
            return SimpleType.DYN;
        }
        return switch (schema.type()) {
            case "string" -> text(schema);
            case "integer" -> SimpleType.INT;
            case "number" -> SimpleType.DOUBLE;
            case "boolean" -> SimpleType.BOOL;
            case "array" -> ListType.create(schema.items() == null ? SimpleType.DYN : of(schema.items()));
            case "object" -> object(schema);
            default -> SimpleType.DYN;
        };
    }

    private static CelType text(Structural schema) {
        return switch (schema.source().path("format").stringValue("")) {
            case "byte" -> SimpleType.BYTES;
            case "date", "date-time", "datetime" -> SimpleType.TIMESTAMP;
            case "duration" -> SimpleType.DURATION;
            default -> SimpleType.STRING;
        };
    }

    private CelType object(Structural schema) {
        if (schema.properties().isEmpty() && !schema.embedded()) {
            if (schema.additional() != null) {
                return MapType.create(SimpleType.STRING, of(schema.additional()));
            }
            return schema.preservesUnknown() || schema.permitsAdditional() ? SimpleType.DYN : struct(Map.of());
        }
        Map<String, CelType> fields = new LinkedHashMap<>();
        if (schema.embedded()) {
            fields.put("apiVersion", SimpleType.STRING);
            fields.put("kind", SimpleType.STRING);
            fields.put("metadata", struct(Map.of("name", SimpleType.STRING, "generateName", SimpleType.STRING)));
        }
        schema.properties().forEach((name, property) -> {
            String identifier = Identifiers.escape(name);
            if (!identifier.isEmpty() && !fields.containsKey(identifier)) {
                fields.put(identifier, of(property));
            }
        });
        return struct(fields);
    }

    private CelType struct(Map<String, CelType> fields) {
        String name = PREFIX + types.size();
        Map<String, CelType> fixed = Map.copyOf(fields);
        StructType type = StructType.create(name, ImmutableSet.copyOf(fixed.keySet()),
                field -> Optional.ofNullable(fixed.get(field)));
        types.put(name, type);
        return type;
    }

    @Override
    public ImmutableCollection<CelType> types() {
        return ImmutableList.copyOf(types.values());
    }

    @Override
    public Optional<CelType> findType(String name) {
        return Optional.ofNullable(types.get(name));
    }
}
