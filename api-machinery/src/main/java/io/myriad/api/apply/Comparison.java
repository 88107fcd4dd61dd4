package io.myriad.api.apply;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Shape;
import io.myriad.api.value.JsonValues;

/**
 * What changes from one object to another. Where nothing does, nothing is allocated.
 *
 * @param added the paths that only the new object has
 * @param modified the paths that both have with different values
 * @param removed the paths that only the old object has
 */
record Comparison(FieldSet added, FieldSet modified, FieldSet removed) {

    /**
     * Compares two objects of a type.
     *
     * @throws UntypedException when elements of a list cannot be told apart
     */
    static Comparison of(ObjectNode before, ObjectNode after, ObjectType type) {
        Change change = compare(new Shape.Structure(type), before, after);
        return new Comparison(change.added, change.modified, change.removed);
    }

    /** The comparison without these fields and what is below them. */
    Comparison without(FieldSet fields) {
        return new Comparison(added.without(fields), modified.without(fields), removed.without(fields));
    }

    /** What happened to a value itself. */
    private enum Self {
        SAME, ADDED, MODIFIED, REMOVED
    }

    /** What happened to a value and below it. */
    private record Change(Self self, FieldSet added, FieldSet modified, FieldSet removed) {
        static final Change NONE = ofLeaf(Self.SAME);
        static final Change ADDED = ofLeaf(Self.ADDED);
        static final Change MODIFIED = ofLeaf(Self.MODIFIED);
        static final Change REMOVED = ofLeaf(Self.REMOVED);

        private static Change ofLeaf(Self self) {
            return new Change(self, FieldSet.EMPTY, FieldSet.EMPTY, FieldSet.EMPTY);
        }

        Change asModified() {
            return new Change(Self.MODIFIED, added, modified, removed);
        }
    }

    /** Collects what happened to the parts of a value. */
    private static final class Parts {
        private FieldSet.@Nullable Builder added;
        private FieldSet.@Nullable Builder modified;
        private FieldSet.@Nullable Builder removed;

        void put(PathElement element, Change change) {
            if (change != Change.NONE) {
                added = put(added, element, change.self == Self.ADDED, change.added);
                modified = put(modified, element, change.self == Self.MODIFIED, change.modified);
                removed = put(removed, element, change.self == Self.REMOVED, change.removed);
            }
        }

        private static FieldSet.@Nullable Builder put(FieldSet.@Nullable Builder builder, PathElement element,
                boolean member, FieldSet below) {
            if (!member && below.isEmpty()) {
                return builder;
            }
            return (builder == null ? new FieldSet.Builder() : builder).add(element, member, below);
        }

        Change of(Self self) {
            if (added == null && modified == null && removed == null) {
                return switch (self) {
                    case SAME -> Change.NONE;
                    case ADDED -> Change.ADDED;
                    case MODIFIED -> Change.MODIFIED;
                    case REMOVED -> Change.REMOVED;
                };
            }
            return new Change(self, build(added), build(modified), build(removed));
        }

        private static FieldSet build(FieldSet.@Nullable Builder builder) {
            return builder == null ? FieldSet.EMPTY : builder.build();
        }
    }

    /** Compares two values of which one may be absent. */
    private static Change compare(Shape shape, @Nullable JsonNode before, @Nullable JsonNode after) {
        if (before == after) {
            return Change.NONE;
        }
        JsonNode present = after != null && !after.isNull() || before == null ? after : before;
        if (present == null) {
            return Change.NONE;
        }
        MergeRules.Granularity granularity = MergeRules.granularity(shape, present);
        if (before != null && after != null && !before.isNull() && !after.isNull()
                && MergeRules.granularity(shape, before) != granularity) {
            return compare(shape, MergeRules.Granularity.FIELDS, before.isObject() ? before : null,
                    after.isObject() ? after : null).asModified();
        }
        return compare(shape, granularity, before, after);
    }

    private static Change compare(Shape shape, MergeRules.Granularity granularity, @Nullable JsonNode before,
            @Nullable JsonNode after) {
        if (granularity == MergeRules.Granularity.LEAF || isEmpty(before) && isEmpty(after)) {
            return before == null
                    ? Change.ADDED
                    : after == null
                            ? Change.REMOVED
                            : JsonValues.equal(before, after) ? Change.NONE : Change.MODIFIED;
        }
        Parts parts = new Parts();
        if (granularity == MergeRules.Granularity.ITEMS) {
            compareItems((Shape.ListOf) shape, before, after, parts);
        } else {
            compareFields(shape, before, after, parts);
        }
        return parts.of(before == null ? Self.ADDED : after == null ? Self.REMOVED : Self.SAME);
    }

    private static boolean isEmpty(@Nullable JsonNode value) {
        return value == null || value.isNull() || value.isContainer() && value.isEmpty();
    }

    private static void compareFields(Shape shape, @Nullable JsonNode before, @Nullable JsonNode after, Parts parts) {
        if (before != null) {
            for (Map.Entry<String, JsonNode> field : before.properties()) {
                String name = field.getKey();
                compareField(shape, name, field.getValue(), after == null ? null : after.get(name), parts);
            }
        }
        if (after != null) {
            for (Map.Entry<String, JsonNode> field : after.properties()) {
                if (before == null || before.get(field.getKey()) == null) {
                    compareField(shape, field.getKey(), null, field.getValue(), parts);
                }
            }
        }
    }

    private static void compareField(Shape shape, String name, @Nullable JsonNode before, @Nullable JsonNode after,
            Parts parts) {
        if (before != after) {
            PathElement element = new PathElement.Name(name);
            try {
                parts.put(element, compare(MergeRules.fieldShape(shape, name), before, after));
            } catch (UntypedException failure) {
                throw failure.below(element);
            }
        }
    }

    private static void compareItems(Shape.ListOf list, @Nullable JsonNode before, @Nullable JsonNode after,
            Parts parts) {
        Map<PathElement, List<JsonNode>> old = index(list, before);
        Map<PathElement, List<JsonNode>> now = index(list, after);
        Set<PathElement> all = new LinkedHashSet<>(old.keySet());
        all.addAll(now.keySet());
        for (PathElement item : all) {
            try {
                parts.put(item, compareItem(list.element(), old.getOrDefault(item, List.of()),
                        now.getOrDefault(item, List.of())));
            } catch (UntypedException failure) {
                throw failure.below(item);
            }
        }
    }

    private static Map<PathElement, List<JsonNode>> index(Shape.ListOf list, @Nullable JsonNode elements) {
        if (isEmpty(elements) || elements == null) {
            return Map.of();
        }
        Map<PathElement, List<JsonNode>> index = LinkedHashMap.newLinkedHashMap(elements.size());
        for (JsonNode element : elements) {
            index.computeIfAbsent(MergeRules.item(list, element), item -> new ArrayList<>(1)).add(element);
        }
        return index;
    }

    /** Elements that cannot be told apart are owned together, as a whole. */
    private static Change compareItem(Shape element, List<JsonNode> before, List<JsonNode> after) {
        if (before.size() <= 1 && after.size() <= 1) {
            return compare(element, before.isEmpty() ? null : before.getFirst(),
                    after.isEmpty() ? null : after.getFirst());
        }
        if (before.size() > 1 && after.size() > 1) {
            return before.size() == after.size() && equal(before, after) ? Change.NONE : Change.MODIFIED;
        }
        boolean gathered = after.size() > 1;
        List<JsonNode> single = gathered ? before : after;
        if (single.isEmpty()) {
            return gathered ? Change.ADDED : Change.REMOVED;
        }
        Change change = gathered
                ? compare(element, single.getFirst(), null)
                : compare(element, null, single.getFirst());
        // Between owned by parts and owned as a whole: who made the change owns the element itself either way.
        return new Change(Self.ADDED, change.added, change.modified, change.removed);
    }

    private static boolean equal(List<JsonNode> left, List<JsonNode> right) {
        for (int i = 0; i < left.size(); i++) {
            if (!JsonValues.equal(left.get(i), right.get(i))) {
                return false;
            }
        }
        return true;
    }
}
