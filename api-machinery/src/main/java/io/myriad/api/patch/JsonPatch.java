package io.myriad.api.patch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.value.JsonValues;

/**
 * JSON patch (RFC 6902) with the deviations of the library behind the real API, which clients have come to rely on:
 *
 * <ul>
 * <li>{@code replace} of a field that is missing adds it; {@code test} for null holds where a field is missing;
 * {@code copy} of a missing field adds null
 * <li>{@code add} without a value adds null
 * <li>a negative index counts from the end of the list
 * </ul>
 *
 * Failures carry that library's words.
 */
public final class JsonPatch {
    /** The largest number of operations in one patch. */
    public static final int MAX_OPERATIONS = 10_000;
    /** How many bytes of JSON the copy operations of one patch may add together. */
    public static final int MAX_COPIED_BYTES = 3 * 1024 * 1024;

    private static final Set<String> MEMBERS = Set.of("op", "path", "from", "value");

    private JsonNode document;
    private long copiedBytes;

    private JsonPatch(JsonNode document) {
        this.document = document;
    }

    /**
     * The document with the patch applied: usually an object, but a patch may put a list in its place.
     *
     * @param document an object or list; not changed
     * @param patch the list of operations; not changed, and the result shares nothing with it
     * @throws StatusException 400 when the patch is malformed, 413 when it has too many operations, 422 when one of them
     *             fails; nothing is applied then
     */
    public static JsonNode apply(JsonNode document, JsonNode patch) {
        check(patch);
        JsonPatch application = new JsonPatch(document.deepCopy());
        for (JsonNode operation : patch) {
            application.run(operation);
        }
        return application.document;
    }

    /** What strict field validation finds in a patch: members that no operation has. */
    public static List<String> problems(JsonNode patch) {
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < patch.size(); i++) {
            for (String member : patch.get(i).propertyNames()) {
                if (!MEMBERS.contains(member)) {
                    problems.add("json patch unknown field \"[" + i + "]." + member + "\"");
                }
            }
        }
        return problems;
    }

    private static void check(JsonNode patch) {
        if (patch.isNull()) {
            return;
        }
        if (!patch.isArray()) {
            throw PatchFailures.malformed("error decoding patch: a JSON patch is a list of operations");
        }
        if (patch.size() > MAX_OPERATIONS) {
            throw PatchFailures.tooLarge("The allowed maximum operations in a JSON patch is " + MAX_OPERATIONS
                    + ", got " + patch.size());
        }
        for (JsonNode operation : patch) {
            if (operation.isNull()) {
                continue;
            }
            if (!operation.isObject()) {
                throw PatchFailures.malformed("error decoding patch: an operation must be an object");
            }
            for (String member : new String[]{"op", "path", "from"}) {
                JsonNode value = operation.path(member);
                if (!value.isMissingNode() && !value.isNull() && !value.isString()) {
                    throw PatchFailures.malformed("error decoding patch: " + member + " must be a string");
                }
            }
        }
    }

    private void run(JsonNode operation) {
        String kind = operation.path("op").stringValue("unknown");
        switch (kind) {
            case "add" -> {
                String path = path(operation, kind);
                Place place = place(path, "add operation does not apply: doc is missing path: \"" + path + "\"");
                add(place, value(operation), "error in add for path: '" + path + "'");
            }
            case "remove" -> {
                String path = path(operation, kind);
                Place place = place(path, "remove operation does not apply: doc is missing path: \"" + path + "\"");
                remove(place, "error in remove for path: '" + path + "'");
            }
            case "replace" -> replace(path(operation, kind), value(operation));
            case "move" -> move(operation);
            case "copy" -> copy(operation);
            case "test" -> test(path(operation, kind), operation.get("value"));
            default -> throw PatchFailures.inapplicable("Unexpected kind: " + kind);
        }
    }

    private void replace(String path, JsonNode value) {
        if (path.isEmpty()) {
            if (!value.isContainer()) {
                throw PatchFailures.inapplicable("replace operation value must be object or array");
            }
            document = value;
            return;
        }
        Place place = place(path, "replace operation does not apply: doc is missing path: " + path);
        if (place.container instanceof ArrayNode list) {
            list.set(index(list, place.key, list.size() - 1,
                    "replace operation does not apply: doc is missing key: " + path), value);
        } else {
            ((ObjectNode) place.container).set(place.key, value);
        }
    }

    private void move(JsonNode operation) {
        String from = from(operation, "move operation failed to decode from: operation, missing from field");
        Place source = place(from, "move operation does not apply: doc is missing from path: " + from);
        String failure = "error in move for path: '" + source.key + "'";
        JsonNode value = get(source, failure);
        remove(source, failure);
        String path = path(operation, "move");
        Place target = place(path, "move operation does not apply: doc is missing destination path: " + path);
        add(target, value == null ? NullNode.getInstance() : value, "error in move for path: '" + path + "'");
    }

    private void copy(JsonNode operation) {
        String from = from(operation, "copy operation failed to decode from: operation, missing from field");
        Place source = place(from, "copy operation does not apply: doc is missing from path: " + from);
        JsonNode value = get(source, "error in copy for from: '" + from + "'");
        String path = path(operation, "copy");
        Place target = place(path, "copy operation does not apply: doc is missing destination path: " + path);
        JsonNode copy = value == null ? NullNode.getInstance() : value.deepCopy();
        copiedBytes += copy.toString().getBytes(StandardCharsets.UTF_8).length;
        if (copiedBytes > MAX_COPIED_BYTES) {
            throw PatchFailures.inapplicable("Unable to complete the copy, the accumulated size increase of copy is "
                    + copiedBytes + ", exceeding the limit " + MAX_COPIED_BYTES);
        }
        add(target, copy, "error while adding value during copy");
    }

    private void test(String path, @Nullable JsonNode expected) {
        JsonNode actual = document;
        if (!path.isEmpty()) {
            Place place = place(path, "test operation does not apply: is missing path: " + path);
            actual = get(place, "error in test for path: '" + path + "'");
        }
        boolean holds = actual == null || actual.isNull()
                ? expected == null || expected.isNull()
                : expected != null && JsonValues.equal(actual, expected);
        if (!holds) {
            throw PatchFailures.inapplicable("testing value " + path + " failed: test failed");
        }
    }

    /** A field of an object or an element of a list, which need not exist. */
    private record Place(JsonNode container, String key) {}

    /** Follows a pointer to its last but one part; what stands before the first slash is ignored. */
    private Place place(String pointer, String failure) {
        int start = pointer.indexOf('/');
        JsonNode container = document;
        while (start >= 0) {
            int end = pointer.indexOf('/', start + 1);
            String part = pointer.substring(start + 1, end < 0 ? pointer.length() : end).replace("~1", "/")
                    .replace("~0", "~");
            if (end < 0) {
                return new Place(container, part);
            }
            JsonNode next = container instanceof ArrayNode list ? element(list, part) : container.get(part);
            if (next == null || !next.isContainer()) {
                break;
            }
            container = next;
            start = end;
        }
        throw PatchFailures.inapplicable(failure + ": missing value");
    }

    private static @Nullable JsonNode element(ArrayNode list, String key) {
        int index = parse(key);
        if (index == NO_INDEX) {
            return null;
        }
        return list.get(index < 0 ? index + list.size() : index);
    }

    private static @Nullable JsonNode get(Place place, String failure) {
        return place.container instanceof ArrayNode list
                ? list.get(index(list, place.key, list.size() - 1, failure))
                : place.container.get(place.key);
    }

    private static void add(Place place, JsonNode value, String failure) {
        if (!(place.container instanceof ArrayNode list)) {
            ((ObjectNode) place.container).set(place.key, value);
        } else if (place.key.equals("-")) {
            list.add(value);
        } else {
            list.insert(index(list, place.key, list.size(), failure), value);
        }
    }

    private static void remove(Place place, String failure) {
        if (place.container instanceof ArrayNode list) {
            list.remove(index(list, place.key, list.size() - 1, failure));
        } else if (((ObjectNode) place.container).remove(place.key) == null) {
            throw PatchFailures
                    .inapplicable(failure + ": Unable to remove nonexistent key: " + place.key + ": missing value");
        }
    }

    private static final int NO_INDEX = Integer.MIN_VALUE;

    private static int parse(String key) {
        try {
            return Integer.parseInt(key);
        } catch (NumberFormatException notANumber) {
            return NO_INDEX;
        }
    }

    /** The index that {@code key} means, at most {@code max}; a negative one counts back from behind {@code max}. */
    private static int index(ArrayNode list, String key, int max, String failure) {
        int index = parse(key);
        if (index == NO_INDEX) {
            throw PatchFailures.inapplicable(failure + ": value was not a proper array index: '" + key + "'");
        }
        int position = index < 0 ? index + max + 1 : index;
        if (position < 0 || position > max) {
            throw PatchFailures.inapplicable(failure + ": Unable to access invalid index: " + index
                    + ": invalid index referenced");
        }
        return position;
    }

    private static String path(JsonNode operation, String kind) {
        String path = operation.path("path").stringValue(null);
        if (path == null) {
            throw PatchFailures.inapplicable(
                    kind + " operation failed to decode path: operation missing path field: missing value");
        }
        return path;
    }

    private static String from(JsonNode operation, String failure) {
        String from = operation.path("from").stringValue(null);
        if (from == null) {
            throw PatchFailures.inapplicable(failure + ": missing value");
        }
        return from;
    }

    private static JsonNode value(JsonNode operation) {
        JsonNode value = operation.get("value");
        return value == null ? NullNode.getInstance() : value.deepCopy();
    }
}
