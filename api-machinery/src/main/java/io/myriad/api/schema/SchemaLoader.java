package io.myriad.api.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;

/**
 * Reads the tables {@code types.json} and {@code resources.json} of this package's resources into a {@link Schema}.
 * Every type is made by name first, so that fields can refer to types that come later or to their own.
 */
final class SchemaLoader {
    private final Map<String, ObjectType> types = new LinkedHashMap<>();
    private final Map<String, ObjectType> messages = new HashMap<>();
    private final Map<GroupVersionKind, ObjectType> kinds = new HashMap<>();
    private final Map<GroupVersionResource, Resource> resources = new LinkedHashMap<>();
    private final List<Schema.Group> groups = new ArrayList<>();
    private final List<Runnable> copies = new ArrayList<>();

    private SchemaLoader() {}

    static Schema load() {
        SchemaLoader loader = new SchemaLoader();
        loader.readTypes(read("types.json").get("types"));
        loader.readResources(read("resources.json"));
        return new Schema(loader.types, loader.kinds, loader.resources, loader.groups);
    }

    private static JsonNode read(String name) {
        try (InputStream in = SchemaLoader.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the schema table " + name + " is missing from the class path");
            }
            return JsonMapper.shared().readTree(in);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void readTypes(JsonNode table) {
        table.forEachEntry((name, facts) -> {
            ObjectType type = new ObjectType(name);
            types.put(name, type);
            String message = text(facts, "proto");
            if (message != null) {
                messages.put(message, type);
            }
        });
        table.forEachEntry(this::readType);
        copies.forEach(Runnable::run);
    }

    private void readType(String name, JsonNode facts) {
        ObjectType type = type(name);
        JsonNode inline = facts.path("inline");
        List<Field> fields = new ArrayList<>();
        facts.path("fields").forEachEntry((field, of) -> fields.add(field(field, of, inline)));
        JsonNode special = facts.path("special");
        String schemaMessage = text(special.path("message").path("schema"), "message");
        if (schemaMessage != null) {
            type.completeSchemaForm(form(name, special), typeOfMessage(schemaMessage), text(facts, "proto"));
        } else {
            type.complete(form(name, special), fields, facts.path("typeMeta").booleanValue(false),
                    "atomic".equals(facts.path("mapType").stringValue("")), text(facts, "proto"));
        }
        for (JsonNode gvk : facts.path("gvk")) {
            kinds.put(new GroupVersionKind(gvk.path("group").stringValue(""), gvk.path("version").stringValue(""),
                    gvk.path("kind").stringValue("")), type);
        }
    }

    private static ObjectType.Form form(String name, JsonNode special) {
        return switch (special.path("format").stringValue("")) {
            case "" -> ObjectType.Form.OBJECT;
            case "date-time" -> special.path("fractionDigits").intValue(0) == 0
                    ? ObjectType.Form.TIME
                    : ObjectType.Form.MICRO_TIME;
            case "go-duration" -> ObjectType.Form.DURATION;
            case "quantity" -> ObjectType.Form.QUANTITY;
            case "int-or-string" -> ObjectType.Form.INT_OR_STRING;
            case "raw-json" -> ObjectType.Form.RAW_JSON;
            case "raw-object" -> ObjectType.Form.RAW_OBJECT;
            case "wrapped-list" -> ObjectType.Form.WRAPPED_LIST;
            case "schema-or-array" -> ObjectType.Form.SCHEMA_OR_ARRAY;
            case "schema-or-bool" -> ObjectType.Form.SCHEMA_OR_BOOL;
            case "schema-or-string-array" -> ObjectType.Form.SCHEMA_OR_STRING_ARRAY;
            case "patch-body" -> ObjectType.Form.PATCH_BODY;
            default -> throw new IllegalStateException(name + " has a form this version does not know: " + special);
        };
    }

    private Field field(String name, JsonNode facts, JsonNode inline) {
        List<Field.PatchStrategy> strategies = new ArrayList<>();
        for (String strategy : facts.path("patchStrategy").stringValue("").split(",")) {
            switch (strategy) {
                case "merge" -> strategies.add(Field.PatchStrategy.MERGE);
                case "replace" -> strategies.add(Field.PatchStrategy.REPLACE);
                case "retainKeys" -> strategies.add(Field.PatchStrategy.RETAIN_KEYS);
                default -> {}
            }
        }
        return new Field(name, shape(facts), facts.path("required").booleanValue(false), facts.get("default"),
                facts.path("omitempty").booleanValue(false), facts.path("omitzero").booleanValue(false),
                facts.path("pointer").booleanValue(false), List.copyOf(strategies), text(facts, "patchMergeKey"),
                wire(facts.path("proto"), inline));
    }

    private Shape shape(JsonNode facts) {
        String reference = text(facts, "ref");
        if (reference != null) {
            ObjectType type = type(reference);
            return new Shape.Structure("granular".equals(text(facts, "mapType")) ? granular(type) : type);
        }
        return switch (facts.path("type").stringValue("any")) {
            case "array" -> new Shape.ListOf(shape(facts.get("items")), semantics(facts),
                    strings(facts.path("listMapKeys")));
            case "map" -> new Shape.MapOf(shape(facts.get("values")), "atomic".equals(text(facts, "mapType")));
            case "string" -> new Shape.Scalar("byte".equals(text(facts, "format"))
                    ? Shape.ScalarKind.BYTES
                    : Shape.ScalarKind.STRING, strings(facts.path("enum")));
            case "integer" -> new Shape.Scalar("int32".equals(text(facts, "format"))
                    ? Shape.ScalarKind.INT32
                    : Shape.ScalarKind.INT64, List.of());
            case "number" -> new Shape.Scalar(Shape.ScalarKind.DOUBLE, List.of());
            case "boolean" -> new Shape.Scalar(Shape.ScalarKind.BOOLEAN, List.of());
            default -> new Shape.Any();
        };
    }

    /** A type like this one that server-side apply merges field by field; completed when all types are. */
    private ObjectType granular(ObjectType type) {
        ObjectType copy = new ObjectType(type.name());
        copies.add(() -> copy.complete(type.form(), type.fields(), type.typeMeta(), false, type.protoName()));
        return copy;
    }

    private static Shape.ListSemantics semantics(JsonNode facts) {
        return switch (facts.path("listType").stringValue("atomic")) {
            case "set" -> Shape.ListSemantics.SET;
            case "map" -> Shape.ListSemantics.MAP;
            default -> Shape.ListSemantics.ATOMIC;
        };
    }

    private static Field.@Nullable Wire wire(JsonNode proto, JsonNode inline) {
        if (proto.isMissingNode()) {
            return null;
        }
        List<String> via = strings(proto.path("via"));
        int[] numbers = new int[via.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = inline.path(String.join(".", via.subList(0, i + 1))).path("number").intValue();
        }
        String type = proto.path("type").stringValue("");
        if (type.equals("map")) {
            type = proto.path("value").stringValue("");
        }
        return new Field.Wire(proto.path("number").intValue(), Field.WireType.valueOf(type.toUpperCase(Locale.ROOT)),
                numbers);
    }

    private void readResources(JsonNode table) {
        for (JsonNode group : table.path("groups")) {
            groups.add(new Schema.Group(group.path("name").stringValue(""), strings(group.path("versions")),
                    group.path("preferred").stringValue("")));
        }
        for (JsonNode row : table.path("resources")) {
            Resource resource = resource(row);
            resources.put(resource.name(), resource);
        }
    }

    private Resource resource(JsonNode row) {
        String group = row.path("group").stringValue("");
        String version = row.path("version").stringValue("");
        List<Resource.Subresource> subresources = new ArrayList<>();
        for (JsonNode sub : row.path("subresources")) {
            subresources.add(new Resource.Subresource(sub.path("name").stringValue(""),
                    new GroupVersionKind(sub.path("group").stringValue(group),
                            sub.path("version").stringValue(version), sub.path("kind").stringValue("")),
                    new TreeSet<>(strings(sub.path("verbs")))));
        }
        String listDefinition = text(row, "listDefinition");
        return new Resource(new GroupVersionResource(group, version, row.path("resource").stringValue("")),
                new GroupVersionKind(group, version, row.path("kind").stringValue("")),
                row.path("singular").stringValue(""), strings(row.path("shortNames")),
                strings(row.path("categories")), row.path("namespaced").booleanValue(false),
                Resource.Level.valueOf(row.path("level").stringValue("stable").toUpperCase(Locale.ROOT)),
                new TreeSet<>(strings(row.path("verbs"))), type(row.path("definition").stringValue("")),
                listDefinition == null ? null : type(listDefinition), List.copyOf(subresources));
    }

    private ObjectType type(String name) {
        ObjectType type = types.get(name);
        if (type == null) {
            throw new IllegalStateException("the schema tables refer to an unknown type: " + name);
        }
        return type;
    }

    private ObjectType typeOfMessage(String protoName) {
        ObjectType type = messages.get(protoName);
        if (type == null) {
            throw new IllegalStateException("the schema tables refer to an unknown message: " + protoName);
        }
        return type;
    }

    private static List<String> strings(JsonNode array) {
        List<String> result = new ArrayList<>(array.size());
        for (JsonNode element : array) {
            result.add(element.asString());
        }
        return List.copyOf(result);
    }

    private static @Nullable String text(JsonNode node, String key) {
        JsonNode value = node.get(key);
        return value == null ? null : value.asString();
    }
}
