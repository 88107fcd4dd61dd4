package io.myriad.apiserver.golden;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Compares normalised answers. */
final class Difference {
    private static final Set<String> VOLATILE_HEADERS = Set.of("etag", "date", "last-modified", "content-length",
            "warning");
    private static final int SHOWN_LENGTH = 200;

    private Difference() {}

    /** Where two values first differ, with both, or null. */
    static @Nullable String first(JsonNode expected, JsonNode actual, String path) {
        if (expected instanceof ObjectNode one && actual instanceof ObjectNode other) {
            TreeSet<String> keys = new TreeSet<>(one.propertyNames());
            keys.addAll(other.propertyNames());
            for (String key : keys) {
                String found = first(one.path(key), other.path(key), path + "/" + key);
                if (found != null) {
                    return found;
                }
            }
            return null;
        }
        if (expected.isArray() && actual.isArray()) {
            for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
                String found = first(expected.path(i), actual.path(i), path + "/" + i);
                if (found != null) {
                    return found;
                }
            }
            return null;
        }
        boolean same = expected.isNumber() && actual.isNumber()
                ? expected.decimalValue().compareTo(actual.decimalValue()) == 0
                : expected.equals(actual);
        return same ? null : path + ": expected " + shown(expected) + ", got " + shown(actual);
    }

    private static String shown(JsonNode value) {
        String text = value.isMissingNode() ? "nothing" : Normaliser.canonical(value);
        return text.length() <= SHOWN_LENGTH ? text : text.substring(0, SHOWN_LENGTH) + "...";
    }

    static ArrayNode sortedEvents(ArrayNode events) {
        List<JsonNode> list = new ArrayList<>();
        events.forEach(list::add);
        list.sort(Comparator.comparing((JsonNode event) -> event.path("type").stringValue(""))
                .thenComparing(event -> event.path("object").path("metadata").path("name").stringValue("")));
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        list.forEach(result::add);
        return result;
    }

    static JsonNode header(String name, GoldenClient.Answer answer) {
        if (answer.count(name) == 0) {
            return NullNode.instance;
        }
        String value = answer.header(name);
        boolean unstable = VOLATILE_HEADERS.contains(name.toLowerCase(Locale.ROOT))
                || value.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
        return StringNode.valueOf(unstable ? "<present>" : value);
    }
}
