package io.myriad.api.apply;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Shape;

/**
 * What apply does to objects: merging a configuration into one, and removing fields from one. Results share what stays
 * the same with their arguments, which are not changed.
 */
final class Trees {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Trees() {}

    /**
     * The object with the configuration merged in: nothing is removed, and where both have a leaf the configuration's
     * stands. Lists that merge keep the object's order unless the configuration has another one.
     *
     * @throws UntypedException when elements of a list cannot be told apart
     */
    static ObjectNode merge(ObjectNode object, ObjectNode configuration, ObjectType type) {
        return (ObjectNode) merge(new Shape.Structure(type), object, configuration);
    }

    private static JsonNode merge(Shape shape, @Nullable JsonNode object, JsonNode configuration) {
        if (object == null || object == configuration) {
            return configuration;
        }
        if (isEmpty(object) && isEmpty(configuration)) {
            return configuration;
        }
        JsonNode present = configuration.isNull() ? object : configuration;
        return switch (MergeRules.granularity(shape, present)) {
            case LEAF -> configuration;
            case FIELDS -> mergeFields(shape, object, configuration);
            case ITEMS -> new ListMerge((Shape.ListOf) shape, object, configuration).run();
        };
    }

    private static boolean isEmpty(JsonNode value) {
        return value.isNull() || value.isContainer() && value.isEmpty();
    }

    private static JsonNode mergeFields(Shape shape, JsonNode object, JsonNode configuration) {
        ObjectNode result = NODES.objectNode();
        if (object instanceof ObjectNode fields) {
            result.setAll(fields);
        }
        for (Map.Entry<String, JsonNode> field : configuration.properties()) {
            String name = field.getKey();
            try {
                result.set(name, merge(MergeRules.fieldShape(shape, name), result.get(name), field.getValue()));
            } catch (UntypedException failure) {
                throw failure.below(new PathElement.Name(name));
            }
        }
        return result;
    }

    /**
     * Weaves the configuration's elements into the object's. Elements that both have follow the configuration's order;
     * the object's other elements stay behind the one they stood behind.
     */
    private static final class ListMerge {
        private final Shape.ListOf list;
        private final JsonNode object;
        private final JsonNode configuration;
        /** The object's elements by key; those that are not alone with their key have none to merge with. */
        private final Map<PathElement, JsonNode> existing = new LinkedHashMap<>();
        private final Map<PathElement, JsonNode> wanted = new LinkedHashMap<>();
        private final Deque<PathElement> sharedOrder = new ArrayDeque<>();
        private final Set<PathElement> merged = new HashSet<>();
        private final ArrayNode result = NODES.arrayNode();

        ListMerge(Shape.ListOf list, JsonNode object, JsonNode configuration) {
            this.list = list;
            this.object = object;
            this.configuration = configuration;
        }

        ArrayNode run() {
            PathElement[] left = keys();
            for (JsonNode element : configuration) {
                PathElement key = MergeRules.item(list, element);
                if (wanted.put(key, element) != null) {
                    throw new UntypedException("", "duplicate entries for key " + key.text());
                }
            }
            PathElement[] right = wanted.keySet().toArray(PathElement[]::new);
            for (PathElement key : right) {
                if (existing.containsKey(key)) {
                    sharedOrder.add(key);
                }
            }
            weave(left, right);
            return result;
        }

        private PathElement[] keys() {
            PathElement[] keys = new PathElement[object.size()];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = MergeRules.item(list, object.get(i));
                existing.merge(keys[i], object.get(i), (first, second) -> NullNode.getInstance());
            }
            return keys;
        }

        private void weave(PathElement[] left, PathElement[] right) {
            int i = 0;
            int j = 0;
            while (i < left.length || j < right.length) {
                if (i < left.length && !wanted.containsKey(left[i])) {
                    result.add(object.get(i++));
                    continue;
                }
                boolean sameNext = i < left.length && j < right.length && left[i].equals(right[j]);
                if (sameNext) {
                    take(right[j++]);
                    sharedOrder.poll();
                    i++;
                } else if (i < left.length && j < right.length && isSharedButLater(left[i])) {
                    i++;
                } else {
                    if (i < left.length && merged.contains(left[i])) {
                        i++;
                    }
                    if (j < right.length) {
                        PathElement key = right[j++];
                        take(key);
                        if (key.equals(sharedOrder.peek())) {
                            sharedOrder.poll();
                        }
                    }
                }
            }
        }

        /** Whether an element of both lists comes later in the configuration than the next shared one. */
        private boolean isSharedButLater(PathElement key) {
            return !sharedOrder.isEmpty() && !key.equals(sharedOrder.peek());
        }

        private void take(PathElement key) {
            merged.add(key);
            JsonNode element = wanted.get(key);
            if (element != null) {
                result.add(merge(list.element(), existing.get(key), element));
            }
        }
    }

    /** The object without the given fields and elements. What becomes empty by that becomes null. */
    static ObjectNode remove(ObjectNode object, FieldSet fields, ObjectType type) {
        return remove(new Shape.Structure(type), object, fields) instanceof ObjectNode rest ? rest : NODES.objectNode();
    }

    private static JsonNode remove(Shape shape, JsonNode value, FieldSet fields) {
        MergeRules.Granularity granularity = MergeRules.granularity(shape, value);
        if (granularity == MergeRules.Granularity.LEAF && !value.isContainer()) {
            return value;
        }
        if (granularity == MergeRules.Granularity.LEAF || isEmpty(value)) {
            return NullNode.getInstance();
        }
        return granularity == MergeRules.Granularity.FIELDS
                ? removeFields(shape, value, fields)
                : removeItems((Shape.ListOf) shape, value, fields);
    }

    private static JsonNode removeFields(Shape shape, JsonNode value, FieldSet fields) {
        ObjectNode rest = NODES.objectNode();
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            PathElement element = new PathElement.Name(field.getKey());
            if (!fields.hasMember(element)) {
                FieldSet below = fields.below(element);
                rest.set(field.getKey(), below.isEmpty()
                        ? field.getValue()
                        : remove(MergeRules.fieldShape(shape, field.getKey()), field.getValue(), below));
            }
        }
        return rest.isEmpty() ? NullNode.getInstance() : rest;
    }

    private static JsonNode removeItems(Shape.ListOf list, JsonNode elements, FieldSet fields) {
        ArrayNode rest = NODES.arrayNode();
        for (JsonNode element : elements) {
            PathElement item = MergeRules.item(list, element);
            if (!fields.hasMember(item)) {
                FieldSet below = fields.below(item);
                rest.add(below.isEmpty() ? element : remove(list.element(), element, below));
            }
        }
        return rest.isEmpty() ? NullNode.getInstance() : rest;
    }

    /** The set together with the structures' fields that its members stand in; keys of maps are not added. */
    static FieldSet withNamedFields(FieldSet set, ObjectType type) {
        return withNamedFields(set, new Shape.Structure(type));
    }

    private static FieldSet withNamedFields(FieldSet set, Shape shape) {
        FieldSet.Builder builder = new FieldSet.Builder();
        set.forEach((element, member, below) -> {
            boolean named = element instanceof PathElement.Name field
                    && MergeRules.declaredField(shape, field.name()) != null;
            Shape inner = switch (element) {
                case PathElement.Name field -> MergeRules.fieldShape(shape, field.name());
                case PathElement.Key key -> shape instanceof Shape.ListOf list ? list.element() : new Shape.Any();
                case PathElement.Value value -> new Shape.Any();
                case PathElement.Index index -> new Shape.Any();
            };
            builder.add(element, member || named && !below.isEmpty(), withNamedFields(below, inner));
        });
        return builder.build();
    }

    /**
     * The set as the type wants it: where the type has become atomic since somebody got fields in it, that is owned as a
     * whole. The set itself when that has not happened.
     */
    static FieldSet reconcile(FieldSet set, ObjectType type) {
        return reconcile(set, new Shape.Structure(type));
    }

    private static FieldSet reconcile(FieldSet set, Shape shape) {
        FieldSet.Builder builder = new FieldSet.Builder();
        boolean[] changed = new boolean[1];
        set.forEach((element, member, below) -> {
            Shape inner = element instanceof PathElement.Name field
                    ? MergeRules.fieldShape(shape, field.name())
                    : shape instanceof Shape.ListOf list ? list.element() : new Shape.Any();
            boolean whole = !below.isEmpty() && MergeRules.isAtomic(inner);
            FieldSet kept = whole ? FieldSet.EMPTY : reconcile(below, inner);
            changed[0] |= kept != below;
            builder.add(element, member || whole, kept);
        });
        return changed[0] ? builder.build() : set;
    }
}
