package io.myriad.api.patch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.schema.Shape;

/**
 * Merges and orders the lists of a strategic merge patch. Elements are told apart by an identity, which is a plain value
 * itself or the merge key's value of an object; every step is linear in the lists' lengths but for sorting.
 */
final class ListMerge {
    private ListMerge() {}

    /** Merges {@code patch} into {@code current}; both may be used up. */
    static ArrayNode merge(ArrayNode current, ArrayNode patch, Shape element, @Nullable String mergeKey) {
        if (current.isEmpty() && patch.isEmpty()) {
            return current;
        }
        if (!checkElements(current, patch)) {
            return interleave(mergeValues(current, patch), patch, current, null);
        }
        if (mergeKey == null) {
            throw PatchFailures.malformed("cannot merge lists without merge key");
        }
        List<JsonNode> base = new ArrayList<>(current.size());
        current.forEach(base::add);
        List<JsonNode> changes = takeDirectives(base, patch, mergeKey);
        ArrayNode order = listOf(changes);
        ArrayNode baseOrder = listOf(base);
        return interleave(mergeObjects(base, changes, element, mergeKey), order, baseOrder, mergeKey);
    }

    /** {@code current} without the plain values that {@code patch} lists. */
    static ArrayNode deleteValues(ArrayNode current, ArrayNode patch) {
        Set<Object> deleted = identities(patch, null);
        List<JsonNode> kept = new ArrayList<>(current.size());
        for (JsonNode value : current) {
            if (!deleted.contains(identity(value, null))) {
                kept.add(value);
            }
        }
        return listOf(kept);
    }

    /** Demands that the order names every element of the patch that stays, in the patch's order. */
    static void checkOrder(ArrayNode patch, ArrayNode order, @Nullable String mergeKey) {
        if (order.isEmpty()) {
            return;
        }
        int position = 0;
        for (JsonNode element : patch) {
            if (element.has(StrategicMergePatch.DIRECTIVE)) {
                continue;
            }
            Object wanted = identity(element, mergeKey);
            while (position < order.size() && !identity(order.get(position), mergeKey).equals(wanted)) {
                position++;
            }
            if (position++ == order.size()) {
                throw PatchFailures.malformed("The order in patch list doesn't match $setElementOrder list");
            }
        }
    }

    /**
     * {@code merged} in the given order.
     *
     * @param order the identities in the wanted order; elements that it does not name keep the order of {@code current}
     * @param current the list before the patch, or null when there was none
     */
    static ArrayNode order(ArrayNode merged, ArrayNode order, @Nullable ArrayNode current, @Nullable String mergeKey) {
        List<JsonNode> elements = new ArrayList<>(merged.size());
        merged.forEach(elements::add);
        return interleave(elements, order, current == null ? listOf(List.of()) : current, mergeKey);
    }

    /** Whether the lists hold objects rather than plain values; refuses mixtures and lists of lists. */
    private static boolean checkElements(ArrayNode current, ArrayNode patch) {
        JsonNode first = current.isEmpty() ? patch.get(0) : current.get(0);
        if (first.isArray()) {
            throw PatchFailures.inapplicable("lists of lists are not supported");
        }
        for (ArrayNode list : List.of(current, patch)) {
            for (JsonNode element : list) {
                if (element.getNodeType() != first.getNodeType()) {
                    throw PatchFailures.malformed("list element types are not identical");
                }
            }
        }
        return first.isObject();
    }

    private static List<JsonNode> mergeValues(ArrayNode current, ArrayNode patch) {
        Set<Object> seen = HashSet.newHashSet(current.size() + patch.size());
        List<JsonNode> merged = new ArrayList<>(current.size() + patch.size());
        for (ArrayNode list : List.of(current, patch)) {
            for (JsonNode value : list) {
                if (seen.add(identity(value, null))) {
                    merged.add(value);
                }
            }
        }
        return merged;
    }

    /** Obeys the directives in {@code patch} by changing {@code base}, and gives the elements without one. */
    private static List<JsonNode> takeDirectives(List<JsonNode> base, ArrayNode patch, String mergeKey) {
        List<JsonNode> changes = new ArrayList<>(patch.size());
        Set<Object> deleted = new HashSet<>();
        boolean replace = false;
        for (JsonNode element : patch) {
            JsonNode directive = element.get(StrategicMergePatch.DIRECTIVE);
            if (directive == null) {
                changes.add(element);
                continue;
            }
            switch (directive.asString("")) {
                case "delete" -> deleted.add(identity(element, mergeKey));
                case "replace" -> replace = true;
                case "merge" ->
                    throw PatchFailures.malformed("merging lists cannot yet be specified in the patch");
                default -> throw StrategicMergePatch.unknownDirective(directive);
            }
        }
        if (replace) {
            base.clear();
            base.addAll(changes);
            return List.of();
        }
        base.removeIf(element -> element.has(mergeKey) && deleted.contains(identity(element, mergeKey)));
        return changes;
    }

    private static List<JsonNode> mergeObjects(List<JsonNode> base, List<JsonNode> changes, Shape element,
            String mergeKey) {
        Map<Object, Integer> positions = HashMap.newHashMap(base.size() + changes.size());
        for (int i = 0; i < base.size(); i++) {
            positions.putIfAbsent(identity(base.get(i), mergeKey), i);
        }
        for (JsonNode change : changes) {
            Integer position = positions.putIfAbsent(identity(change, mergeKey), base.size());
            if (position == null) {
                base.add(change);
            } else {
                base.set(position, StrategicMergePatch.mergeObject((ObjectNode) base.get(position),
                        (ObjectNode) change, element));
            }
        }
        return base;
    }

    /**
     * Orders the elements that {@code order} names by it and the others by {@code currentOrder}, then weaves the two
     * together: one of the others comes before a named one when both were in the current list, in that order.
     */
    private static ArrayNode interleave(List<JsonNode> elements, ArrayNode order, ArrayNode currentOrder,
            @Nullable String mergeKey) {
        Map<Object, Integer> wanted = positions(order, mergeKey);
        Map<Object, Integer> current = positions(currentOrder, mergeKey);
        List<Ranked> named = new ArrayList<>();
        List<Ranked> others = new ArrayList<>();
        for (JsonNode element : elements) {
            Object identity = identity(element, mergeKey);
            int currentPosition = current.getOrDefault(identity, ABSENT);
            Integer position = wanted.get(identity);
            if (position != null) {
                named.add(new Ranked(element, position, currentPosition));
            } else {
                others.add(new Ranked(element, currentPosition, currentPosition));
            }
        }
        named.sort(Ranked.BY_RANK);
        others.sort(Ranked.BY_RANK);
        List<JsonNode> woven = new ArrayList<>(elements.size());
        int next = 0;
        for (Ranked element : named) {
            while (next < others.size() && others.get(next).currentPosition < element.currentPosition
                    && element.currentPosition != ABSENT) {
                woven.add(others.get(next++).element);
            }
            woven.add(element.element);
        }
        while (next < others.size()) {
            woven.add(others.get(next++).element);
        }
        return listOf(woven);
    }

    private static final int ABSENT = Integer.MAX_VALUE;

    private record Ranked(JsonNode element, int rank, int currentPosition) {
        static final Comparator<Ranked> BY_RANK = Comparator.comparingInt(Ranked::rank);
    }

    private static Map<Object, Integer> positions(ArrayNode list, @Nullable String mergeKey) {
        Map<Object, Integer> positions = HashMap.newHashMap(list.size());
        for (int i = 0; i < list.size(); i++) {
            positions.putIfAbsent(identity(list.get(i), mergeKey), i);
        }
        return positions;
    }

    private static Set<Object> identities(ArrayNode list, @Nullable String mergeKey) {
        Set<Object> identities = HashSet.newHashSet(list.size());
        list.forEach(element -> identities.add(identity(element, mergeKey)));
        return identities;
    }

    /** What tells an element apart: equal for integers of any node type. */
    private static Object identity(JsonNode element, @Nullable String mergeKey) {
        JsonNode key = element;
        if (mergeKey != null) {
            key = element.get(mergeKey);
            if (key == null) {
                throw PatchFailures.malformed("map: " + element + " does not contain declared merge key: " + mergeKey);
            }
        }
        return key.isString()
                ? key.asString("")
                : key.isIntegralNumber() && key.canConvertToLong() ? (Object) key.longValue() : key;
    }

    private static ArrayNode listOf(List<JsonNode> elements) {
        return JsonNodeFactory.instance.arrayNode(elements.size()).addAll(elements);
    }
}
