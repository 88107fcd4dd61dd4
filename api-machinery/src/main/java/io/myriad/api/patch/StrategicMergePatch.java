package io.myriad.api.patch;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.schema.Field;
import io.myriad.api.schema.Field.PatchStrategy;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Shape;

/**
 * Strategic merge patch: a merge patch that knows, from the type's tables, which lists are merged and by which key, and
 * that takes directives. The rules are those of apimachinery's {@code strategicpatch}:
 *
 * <ul>
 * <li>objects merge field by field and null removes a field, as in a merge patch
 * <li>a list with strategy {@code merge} merges: objects by their merge key, plain values as a set; other lists are
 * replaced
 * <li>{@code "$patch": "replace"} in an object makes the patch's object stand as it is, {@code "delete"} empties it. In
 * an element of a merged list {@code delete} removes the element with that key, {@code replace} makes the patch's list
 * stand as it is
 * <li>{@code "$retainKeys": [names]} in an object removes every field that it does not name
 * <li>{@code "$deleteFromPrimitiveList/x": [values]} removes values from list {@code x}
 * <li>{@code "$setElementOrder/x": [keys]} gives the order of list {@code x}: first what the directive says, then the
 * patch's order, then the object's; elements that only the object has keep their place between their neighbours
 * </ul>
 *
 * For example, on {@code containers: [{name: a, image: a:1}, {name: b}]} the patch
 * {@code $setElementOrder/containers: [{name: b}, {name: a}], containers: [{name: a, image: a:2}]} gives
 * {@code containers: [{name: b}, {name: a, image: a:2}]}.
 */
public final class StrategicMergePatch {
    static final String DIRECTIVE = "$patch";
    private static final String RETAIN_KEYS = "$retainKeys";
    private static final String DELETE_FROM_LIST = "$deleteFromPrimitiveList";
    private static final String ELEMENT_ORDER = "$setElementOrder";

    private StrategicMergePatch() {}

    /**
     * The document with the patch applied. Fields that the type does not have are kept where they stand; reading the
     * result by type finds them.
     *
     * @param document an object of the type; not changed
     * @param patch the patch; not changed, and the result shares nothing with it
     * @param type the type of the document
     * @throws StatusException 400 when a directive is unknown or malformed or an element lacks its key, 422 for lists of
     *             lists
     */
    public static ObjectNode apply(ObjectNode document, ObjectNode patch, ObjectType type) {
        return mergeObject(document.deepCopy(), patch.deepCopy(), new Shape.Structure(type));
    }

    /** Merges into {@code target} and uses {@code patch} up; the result is either of them. */
    static ObjectNode mergeObject(ObjectNode target, ObjectNode patch, Shape shape) {
        JsonNode directive = patch.get(DIRECTIVE);
        if (directive != null) {
            return switch (directive.asString("")) {
                case "replace" -> {
                    patch.remove(DIRECTIVE);
                    yield patch;
                }
                case "delete" -> target.removeAll();
                default -> throw unknownDirective(directive);
            };
        }
        retainKeys(target, patch);
        orderLists(target, patch, shape);
        for (Map.Entry<String, JsonNode> change : patch.properties()) {
            boolean deletion = change.getKey().startsWith(DELETE_FROM_LIST);
            String name = deletion ? listName(change.getKey(), DELETE_FROM_LIST) : change.getKey();
            mergeField(target, name, change.getValue(), shape, deletion);
        }
        return target;
    }

    private static void mergeField(ObjectNode target, String name, JsonNode value, Shape shape, boolean deletion) {
        if (value.isNull()) {
            target.remove(name);
            return;
        }
        JsonNode current = target.get(name);
        if (current instanceof ObjectNode currentObject && value instanceof ObjectNode object) {
            Strategy strategy = strategy(shape, name);
            target.set(name, strategy.replace ? object : mergeObject(currentObject, object, strategy.shape));
        } else if (current instanceof ArrayNode currentList && value instanceof ArrayNode list) {
            target.set(name, mergeList(currentList, list, strategy(shape, name), deletion));
        } else if (!deletion) {
            addField(target, name, value);
        }
    }

    /** Sets a field that there is nothing to merge with. */
    private static void addField(ObjectNode target, String name, JsonNode value) {
        dropNulls(value);
        if (dropDirectives(value)) {
            target.set(name, value);
        } else {
            target.remove(name);
        }
    }

    private static ArrayNode mergeList(ArrayNode current, ArrayNode patch, Strategy strategy, boolean deletion) {
        if (deletion) {
            return ListMerge.deleteValues(current, patch);
        }
        return strategy.merge ? ListMerge.merge(current, patch, strategy.element(), strategy.mergeKey) : patch;
    }

    private static void retainKeys(ObjectNode target, ObjectNode patch) {
        JsonNode names = patch.remove(RETAIN_KEYS);
        if (names == null) {
            return;
        }
        if (!names.isArray()) {
            throw PatchFailures.malformed("invalid patch format of retainKeys");
        }
        Set<String> retained = new HashSet<>();
        names.forEach(name -> retained.add(name.asString("")));
        for (Map.Entry<String, JsonNode> change : patch.properties()) {
            String name = change.getKey();
            boolean directive = name.startsWith(DELETE_FROM_LIST) || name.startsWith(ELEMENT_ORDER);
            if (!directive && !change.getValue().isNull() && !retained.contains(name)) {
                throw PatchFailures.malformed("invalid patch format of retainKeys");
            }
        }
        target.retain(retained);
    }

    /** Merges the lists that come with an order, and takes them out of the patch. */
    private static void orderLists(ObjectNode target, ObjectNode patch, Shape shape) {
        for (String key : new ArrayList<>(patch.propertyNames())) {
            if (!key.startsWith(ELEMENT_ORDER)) {
                continue;
            }
            JsonNode order = patch.remove(key);
            String name = listName(key, ELEMENT_ORDER);
            ArrayNode orderList = list(order, key);
            ArrayNode current = list(target.get(name), name);
            ArrayNode change = list(patch.get(name), name);
            Strategy strategy = strategy(shape, name);
            if (orderList == null) {
                throw PatchFailures.malformed("invalid patch format of setElementOrder list");
            }
            if (change != null) {
                ListMerge.checkOrder(change, orderList, strategy.mergeKey);
            }
            ArrayNode merged = current;
            if (change != null) {
                patch.remove(name);
                dropDirectivesOfElements(current, change);
                merged = current == null ? change : mergeList(current, change, strategy, false);
            }
            if (merged != null) {
                target.set(name, ListMerge.order(merged, orderList, current, strategy.mergeKey));
            }
        }
    }

    /** A list that there is nothing to merge with takes no directives; one that is merged needs them. */
    private static void dropDirectivesOfElements(@Nullable ArrayNode current, ArrayNode change) {
        if (current == null) {
            dropDirectives(change);
        }
    }

    private static @Nullable ArrayNode list(@Nullable JsonNode node, String name) {
        if (node == null || node instanceof ArrayNode) {
            return (ArrayNode) node;
        }
        throw PatchFailures.malformed("expected a list in " + name + ", but received " + node.getNodeType());
    }

    /** The part of a directive's key behind the slash. */
    private static String listName(String key, String directive) {
        if (!key.startsWith("/", directive.length())) {
            throw PatchFailures.malformed(directive.equals(ELEMENT_ORDER)
                    ? "invalid patch format of setElementOrder list"
                    : "invalid patch format of primitive list");
        }
        return key.substring(directive.length() + 1);
    }

    private static void dropNulls(JsonNode value) {
        if (value.isObject()) {
            Iterator<Map.Entry<String, JsonNode>> fields = value.properties().iterator();
            while (fields.hasNext()) {
                JsonNode field = fields.next().getValue();
                if (field.isNull()) {
                    fields.remove();
                } else {
                    dropNulls(field);
                }
            }
        } else {
            value.forEach(StrategicMergePatch::dropNulls);
        }
    }

    /** Takes out every object below that carries a directive, and says whether {@code value} itself may stay. */
    private static boolean dropDirectives(JsonNode value) {
        if (value.isObject()) {
            if (value.has(DIRECTIVE)) {
                return false;
            }
            value.properties().removeIf(field -> !dropDirectives(field.getValue()));
        } else if (value instanceof ArrayNode list) {
            list.removeIf(element -> !dropDirectives(element));
        }
        return true;
    }

    /** What the tables say about a field: how it is patched, and what it looks like. */
    private record Strategy(Shape shape, boolean merge, boolean replace, @Nullable String mergeKey) {
        Shape element() {
            return shape instanceof Shape.ListOf list ? list.element() : new Shape.Any();
        }
    }

    private static Strategy strategy(Shape shape, String name) {
        return switch (shape) {
            case Shape.Structure structure -> {
                Field field = structure.type().field(name);
                if (field != null) {
                    List<PatchStrategy> strategies = field.patchStrategy();
                    yield new Strategy(field.shape(), strategies.contains(PatchStrategy.MERGE),
                            strategies.contains(PatchStrategy.REPLACE), field.patchMergeKey());
                }
                if (structure.type().form() == ObjectType.Form.OBJECT) {
                    throw PatchFailures.malformed("unable to find api field in struct " + structure.type().name()
                            + " for the json field \"" + name + "\"");
                }
                yield new Strategy(new Shape.Any(), false, false, null);
            }
            case Shape.MapOf map -> new Strategy(map.value(), false, false, null);
            case Shape.ListOf list -> new Strategy(list.element(), false, false, null);
            case Shape.Scalar scalar -> new Strategy(scalar, false, false, null);
            case Shape.Any any -> new Strategy(any, false, false, null);
        };
    }

    static StatusException unknownDirective(JsonNode directive) {
        return PatchFailures.malformed("unknown patch type: " + directive.asString(directive.toString()));
    }
}
