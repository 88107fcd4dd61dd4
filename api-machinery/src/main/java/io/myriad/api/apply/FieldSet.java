package io.myriad.api.apply;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A set of paths into an object: what one manager owns. A tree, written as {@code fieldsV1}; a path is a member when the
 * set says so, which its parents need not be. For example
 *
 * <pre>
 * {"f:spec": {"f:replicas": {}, "f:template": {".": {}, "f:name": {}}}}
 * </pre>
 *
 * has the members {@code .spec.replicas}, {@code .spec.template} and {@code .spec.template.name}, but not {@code .spec}.
 *
 * <p>
 * Immutable. Each level is three arrays sorted by path element, so that the operations are linear merges that share
 * what they do not change. The model is that of structured-merge-diff's {@code fieldpath.Set}.
 */
public final class FieldSet {
    /** The set without members. */
    public static final FieldSet EMPTY = new FieldSet(new PathElement[0], new boolean[0], new FieldSet[0]);

    private final PathElement[] elements;
    private final boolean[] members;
    private final FieldSet[] children;

    private FieldSet(PathElement[] elements, boolean[] members, FieldSet[] children) {
        this.elements = elements;
        this.members = members;
        this.children = children;
    }

    /** The set whose one member is the path through fields of these names. */
    public static FieldSet ofPath(String... names) {
        FieldSet set = EMPTY;
        for (int i = names.length - 1; i >= 0; i--) {
            set = new Builder().add(new PathElement.Name(names[i]), i == names.length - 1, set).build();
        }
        return set;
    }

    /** The set of these top-level fields. */
    public static FieldSet ofFields(Collection<String> names) {
        Builder builder = new Builder();
        names.stream().distinct().forEach(name -> builder.add(new PathElement.Name(name), true, EMPTY));
        return builder.build();
    }

    /**
     * Reads {@code fieldsV1}. Steps of an unknown kind are dropped.
     *
     * @throws IllegalArgumentException when it is malformed
     */
    public static FieldSet parse(JsonNode fieldsV1) {
        Parsed parsed = parseLevel(fieldsV1);
        return parsed.children;
    }

    private record Parsed(boolean member, FieldSet children) {}

    private static Parsed parseLevel(JsonNode level) {
        if (!level.isObject()) {
            throw new IllegalArgumentException("fields are written as objects, not as " + level.getNodeType());
        }
        boolean member = false;
        Builder builder = new Builder();
        for (var entry : level.properties()) {
            if (entry.getKey().equals(".")) {
                member = true;
                continue;
            }
            PathElement element = PathElement.parse(entry.getKey());
            if (element != null) {
                Parsed child = parseLevel(entry.getValue());
                builder.add(element, child.member, child.children);
            }
        }
        FieldSet children = builder.build();
        return new Parsed(member || children.isEmpty(), children);
    }

    /** The set as {@code fieldsV1}, sorted. */
    public ObjectNode toJson() {
        return toJson(false);
    }

    private ObjectNode toJson(boolean member) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (member && elements.length > 0) {
            json.putObject(".");
        }
        for (int i = 0; i < elements.length; i++) {
            json.set(elements[i].serialized(), children[i].toJson(members[i]));
        }
        return json;
    }

    /** Whether there is no member. */
    public boolean isEmpty() { return elements.length == 0; }

    /** How many members there are. */
    public int size() {
        int size = 0;
        for (int i = 0; i < elements.length; i++) {
            size += (members[i] ? 1 : 0) + children[i].size();
        }
        return size;
    }

    /** Whether the path through fields of these names is a member. */
    public boolean has(String... names) {
        FieldSet set = this;
        for (int i = 0; i < names.length; i++) {
            int index = set.indexOf(new PathElement.Name(names[i]));
            if (index < 0) {
                return false;
            }
            if (i == names.length - 1) {
                return set.members[index];
            }
            set = set.children[index];
        }
        return false;
    }

    boolean hasMember(PathElement element) {
        int index = indexOf(element);
        return index >= 0 && members[index];
    }

    /** The members below an element, as paths from there. */
    FieldSet below(PathElement element) {
        int index = indexOf(element);
        return index < 0 ? EMPTY : children[index];
    }

    private int indexOf(PathElement element) {
        return Arrays.binarySearch(elements, element);
    }

    /** Called for each level of a set. */
    interface Visitor {
        void visit(PathElement element, boolean member, FieldSet below);
    }

    void forEach(Visitor visitor) {
        for (int i = 0; i < elements.length; i++) {
            visitor.visit(elements[i], members[i], children[i]);
        }
    }

    /** Every member as messages show it, such as {@code .spec.containers[name="a"].image}; parents before children. */
    public List<String> paths() {
        List<String> paths = new ArrayList<>();
        collectPaths("", paths);
        return paths;
    }

    private void collectPaths(String prefix, List<String> paths) {
        for (int i = 0; i < elements.length; i++) {
            if (members[i]) {
                paths.add(prefix + elements[i].text());
            }
        }
        for (int i = 0; i < elements.length; i++) {
            if (!children[i].isEmpty()) {
                children[i].collectPaths(prefix + elements[i].text(), paths);
            }
        }
    }

    private enum Operation {
        UNION, INTERSECTION, DIFFERENCE, DEEP_DIFFERENCE
    }

    /** The members of either set. */
    public FieldSet union(FieldSet other) {
        return other.isEmpty() ? this : isEmpty() ? other : combine(other, Operation.UNION);
    }

    /** The members of both sets. */
    public FieldSet intersection(FieldSet other) {
        return isEmpty() || other.isEmpty() ? EMPTY : combine(other, Operation.INTERSECTION);
    }

    /** The members of this set that the other one does not have. */
    public FieldSet difference(FieldSet other) {
        return isEmpty() || other.isEmpty() ? this : combine(other, Operation.DIFFERENCE);
    }

    /** The members of this set that are neither members of the other one nor below one of its members. */
    public FieldSet without(FieldSet other) {
        return isEmpty() || other.isEmpty() ? this : combine(other, Operation.DEEP_DIFFERENCE);
    }

    private FieldSet combine(FieldSet other, Operation operation) {
        Builder builder = new Builder();
        int i = 0;
        int j = 0;
        while (i < elements.length || j < other.elements.length) {
            int order = i == elements.length
                    ? 1
                    : j == other.elements.length ? -1 : elements[i].compareTo(other.elements[j]);
            if (order < 0) {
                if (operation != Operation.INTERSECTION) {
                    builder.add(elements[i], members[i], children[i]);
                }
                i++;
            } else if (order > 0) {
                if (operation == Operation.UNION) {
                    builder.add(other.elements[j], other.members[j], other.children[j]);
                }
                j++;
            } else {
                combineOne(builder, elements[i], i, other, j, operation);
                i++;
                j++;
            }
        }
        return builder.buildSorted();
    }

    private void combineOne(Builder builder, PathElement element, int i, FieldSet other, int j, Operation operation) {
        FieldSet left = children[i];
        FieldSet right = other.children[j];
        switch (operation) {
            case UNION -> builder.add(element, members[i] || other.members[j], left.union(right));
            case INTERSECTION -> builder.add(element, members[i] && other.members[j], left.intersection(right));
            case DIFFERENCE -> builder.add(element, members[i] && !other.members[j], left.difference(right));
            case DEEP_DIFFERENCE -> {
                if (!other.members[j]) {
                    builder.add(element, members[i], left.without(right));
                }
            }
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FieldSet set && Arrays.equals(members, set.members)
                && Arrays.equals(elements, set.elements) && Arrays.equals(children, set.children);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(elements) * 31 + Arrays.hashCode(children);
    }

    @Override
    public String toString() {
        return paths().toString();
    }

    /** Collects one level of a set. */
    static final class Builder {
        private record Entry(PathElement element, boolean member, FieldSet children) {}

        private final List<Entry> entries = new ArrayList<>();

        /** Adds an element, unless it is neither a member nor has members below. Each element may be added once. */
        Builder add(PathElement element, boolean member, FieldSet below) {
            if (member || !below.isEmpty()) {
                entries.add(new Entry(element, member, below));
            }
            return this;
        }

        FieldSet build() {
            entries.sort(Comparator.comparing(Entry::element));
            return buildSorted();
        }

        FieldSet buildSorted() {
            if (entries.isEmpty()) {
                return EMPTY;
            }
            PathElement[] elements = new PathElement[entries.size()];
            boolean[] members = new boolean[elements.length];
            FieldSet[] children = new FieldSet[elements.length];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = entries.get(i).element;
                members[i] = entries.get(i).member;
                children[i] = entries.get(i).children;
            }
            return new FieldSet(elements, members, children);
        }
    }
}
