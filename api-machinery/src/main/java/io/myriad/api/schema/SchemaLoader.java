package io.myriad.api.schema;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;

/**
 * Reads the tables {@code types.json} and {@code resources.json} of this package's resources into a {@link Schema}. Every
 * type is made by name first, so that fields can refer to types that come later or to their own; a type's fields are read
 * when somebody asks for them.
 */
final class SchemaLoader {
    private final Map<String, ObjectType> types = LinkedHashMap.newLinkedHashMap(1100);
    private final Map<GroupVersionKind, ObjectType> kinds = HashMap.newHashMap(300);
    private final Map<GroupVersionResource, Resource> resources = new LinkedHashMap<>();
    private final List<Schema.Group> groups = new ArrayList<>();

    private SchemaLoader() {}

    static Schema load() {
        SchemaLoader loader = new SchemaLoader();
        TableText.load("types.json").start().members((part, value) -> {
            if (part.equals("types")) {
                loader.readTypes(value);
            } else {
                value.skip();
            }
        });
        loader.readResources(TableText.load("resources.json").start().object());
        return new Schema(loader.types, loader.kinds, loader.resources, loader.groups);
    }

    /** What the table says of a type besides its fields. */
    private record Head(ObjectType type, TableText.@Nullable Slice fields, Map<String, Object> facts) {}

    private void readTypes(TableText.Cursor table) {
        List<Head> heads = new ArrayList<>();
        Map<String, ObjectType> messages = HashMap.newHashMap(1100);
        table.members((name, value) -> {
            Head head = readHead(name, value);
            heads.add(head);
            types.put(name, head.type);
            if (head.facts.get("proto") instanceof String message) {
                messages.put(message, head.type);
            }
        });
        for (Head head : heads) {
            complete(head, messages);
        }
    }

    private static Head readHead(String name, TableText.Cursor value) {
        Map<String, Object> facts = new HashMap<>();
        TableText.Slice[] fields = new TableText.Slice[1];
        value.members((key, fact) -> {
            if (key.equals("fields")) {
                fields[0] = fact.skip();
            } else {
                facts.put(key, fact.value());
            }
        });
        return new Head(new ObjectType(name), fields[0], facts);
    }

    private void complete(Head head, Map<String, ObjectType> messages) {
        ObjectType type = head.type;
        Map<String, Object> special = object(head.facts, "special");
        ObjectType.Form form = form(type.name(), special);
        String protoName = text(head.facts, "proto");
        String schemaMessage = text(object(object(special, "message"), "schema"), "message");
        if (schemaMessage != null) {
            ObjectType schema = messages.get(schemaMessage);
            if (schema == null) {
                throw new IllegalStateException("the schema tables refer to an unknown message: " + schemaMessage);
            }
            type.completeSchemaForm(form, schema, protoName);
        } else {
            TableText.Slice fields = head.fields;
            Map<String, Object> inline = object(head.facts, "inline");
            type.completeLater(form, () -> fields == null ? List.of() : fields(fields.object(), inline),
                    flag(head.facts, "typeMeta"), "atomic".equals(text(head.facts, "mapType")), protoName);
        }
        for (Map<String, Object> kind : objects(head.facts, "gvk")) {
            kinds.put(new GroupVersionKind(text(kind, "group", ""), text(kind, "version", ""), text(kind, "kind", "")),
                    type);
        }
    }

    private static ObjectType.Form form(String name, Map<String, Object> special) {
        return switch (text(special, "format", "")) {
            case "" -> ObjectType.Form.OBJECT;
            case "date-time" -> number(special, "fractionDigits") == 0
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

    private List<Field> fields(Map<String, Object> table, Map<String, Object> inline) {
        List<Field> fields = new ArrayList<>(table.size());
        for (String name : table.keySet()) {
            fields.add(field(name, object(table, name), inline));
        }
        return fields;
    }

    private Field field(String name, Map<String, Object> facts, Map<String, Object> inline) {
        List<Field.PatchStrategy> strategies = new ArrayList<>();
        for (String strategy : text(facts, "patchStrategy", "").split(",")) {
            switch (strategy) {
                case "merge" -> strategies.add(Field.PatchStrategy.MERGE);
                case "replace" -> strategies.add(Field.PatchStrategy.REPLACE);
                case "retainKeys" -> strategies.add(Field.PatchStrategy.RETAIN_KEYS);
                default -> {}
            }
        }
        Object defaultValue = facts.get("default");
        return new Field(name, shape(facts), flag(facts, "required"),
                defaultValue == null ? null : defaultValue(defaultValue),
                flag(facts, "omitempty"), flag(facts, "omitzero"), flag(facts, "pointer"), List.copyOf(strategies),
                text(facts, "patchMergeKey"), wire(facts, inline));
    }

    private static JsonNode defaultValue(Object value) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (value instanceof String text) {
            return nodes.stringNode(text);
        }
        if (value instanceof Boolean flag) {
            return nodes.booleanNode(flag);
        }
        if (value instanceof Long number) {
            return nodes.numberNode(Math.toIntExact(number));
        }
        if (value instanceof Map<?, ?> members) {
            ObjectNode object = nodes.objectNode();
            members.forEach((name, member) -> object.set(String.valueOf(name), defaultValue(member)));
            return object;
        }
        throw new IllegalStateException("a default of a kind the tables did not have: " + value);
    }

    private Shape shape(Map<String, Object> facts) {
        String reference = text(facts, "ref");
        if (reference != null) {
            ObjectType type = type(reference);
            return new Shape.Structure("granular".equals(text(facts, "mapType")) ? granular(type) : type);
        }
        return switch (text(facts, "type", "any")) {
            case "array" -> new Shape.ListOf(shape(object(facts, "items")), semantics(facts),
                    strings(facts, "listMapKeys"));
            case "map" -> new Shape.MapOf(shape(object(facts, "values")), "atomic".equals(text(facts, "mapType")));
            case "string" -> new Shape.Scalar("byte".equals(text(facts, "format"))
                    ? Shape.ScalarKind.BYTES
                    : Shape.ScalarKind.STRING, strings(facts, "enum"));
            case "integer" -> new Shape.Scalar("int32".equals(text(facts, "format"))
                    ? Shape.ScalarKind.INT32
                    : Shape.ScalarKind.INT64, List.of());
            case "number" -> new Shape.Scalar(Shape.ScalarKind.DOUBLE, List.of());
            case "boolean" -> new Shape.Scalar(Shape.ScalarKind.BOOLEAN, List.of());
            default -> new Shape.Any();
        };
    }

    /** A type like this one that server-side apply merges field by field. */
    private static ObjectType granular(ObjectType type) {
        ObjectType copy = new ObjectType(type.name());
        copy.completeLater(type.form(), type::fields, type.typeMeta(), false, type.protoName());
        return copy;
    }

    private static Shape.ListSemantics semantics(Map<String, Object> facts) {
        return switch (text(facts, "listType", "atomic")) {
            case "set" -> Shape.ListSemantics.SET;
            case "map" -> Shape.ListSemantics.MAP;
            default -> Shape.ListSemantics.ATOMIC;
        };
    }

    private static Field.@Nullable Wire wire(Map<String, Object> facts, Map<String, Object> inline) {
        Map<String, Object> proto = object(facts, "proto");
        if (proto.isEmpty()) {
            return null;
        }
        List<String> via = strings(proto, "via");
        int[] numbers = new int[via.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = number(object(inline, String.join(".", via.subList(0, i + 1))), "number");
        }
        String type = text(proto, "type", "");
        return new Field.Wire(number(proto, "number"),
                Field.WireType.valueOf((type.equals("map") ? text(proto, "value", "") : type).toUpperCase(Locale.ROOT)),
                numbers);
    }

    private void readResources(Map<String, Object> table) {
        for (Map<String, Object> group : objects(table, "groups")) {
            groups.add(new Schema.Group(text(group, "name", ""), strings(group, "versions"),
                    text(group, "preferred", "")));
        }
        for (Map<String, Object> row : objects(table, "resources")) {
            Resource resource = resource(row);
            resources.put(resource.name(), resource);
        }
    }

    private Resource resource(Map<String, Object> row) {
        String group = text(row, "group", "");
        String version = text(row, "version", "");
        List<Resource.Subresource> subresources = new ArrayList<>();
        for (Map<String, Object> sub : objects(row, "subresources")) {
            subresources.add(new Resource.Subresource(text(sub, "name", ""), new GroupVersionKind(
                    text(sub, "group", group), text(sub, "version", version), text(sub, "kind", "")),
                    new TreeSet<>(strings(sub, "verbs"))));
        }
        String listDefinition = text(row, "listDefinition");
        return new Resource(new GroupVersionResource(group, version, text(row, "resource", "")),
                new GroupVersionKind(group, version, text(row, "kind", "")), text(row, "singular", ""),
                strings(row, "shortNames"), strings(row, "categories"), flag(row, "namespaced"),
                Resource.Level.valueOf(text(row, "level", "stable").toUpperCase(Locale.ROOT)),
                new TreeSet<>(strings(row, "verbs")), type(text(row, "definition", "")),
                listDefinition == null ? null : type(listDefinition), List.copyOf(subresources));
    }

    private ObjectType type(String name) {
        ObjectType type = types.get(name);
        if (type == null) {
            throw new IllegalStateException("the schema tables refer to an unknown type: " + name);
        }
        return type;
    }

    @SuppressWarnings("unchecked") // the tables' objects have string keys
    private static Map<String, Object> object(Map<String, Object> facts, String key) {
        return facts.get(key) instanceof Map<?, ?> object ? (Map<String, Object>) object : Map.of();
    }

    @SuppressWarnings("unchecked") // as above
    private static List<Map<String, Object>> objects(Map<String, Object> facts, String key) {
        return facts.get(key) instanceof List<?> list ? (List<Map<String, Object>>) list : List.of();
    }

    private static List<String> strings(Map<String, Object> facts, String key) {
        if (!(facts.get(key) instanceof List<?> list)) {
            return List.of();
        }
        List<String> strings = new ArrayList<>(list.size());
        for (Object element : list) {
            strings.add(element.toString());
        }
        return List.copyOf(strings);
    }

    private static String text(Map<String, Object> facts, String key, String otherwise) {
        String value = text(facts, key);
        return value == null ? otherwise : value;
    }

    private static @Nullable String text(Map<String, Object> facts, String key) {
        return facts.get(key) instanceof String text ? text : null;
    }

    private static boolean flag(Map<String, Object> facts, String key) {
        return Boolean.TRUE.equals(facts.get(key));
    }

    private static int number(Map<String, Object> facts, String key) {
        return facts.get(key) instanceof Long number ? Math.toIntExact(number) : 0;
    }
}
