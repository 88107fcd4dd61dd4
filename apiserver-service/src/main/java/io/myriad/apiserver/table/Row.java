package io.myriad.apiserver.table;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.selector.LabelSelector;

/** An object to be printed, with the questions that the cells of many kinds ask. */
final class Row {
    static final String NONE = "<none>";
    static final String UNSET = "<unset>";

    private final ObjectNode object;
    private final Instant now;

    Row(ObjectNode object, Instant now) {
        this.object = object;
        this.now = now;
    }

    Instant now() {
        return now;
    }

    String name() {
        return text("metadata", "name");
    }

    /** What is at a path; a missing node where nothing is. */
    JsonNode at(String... path) {
        JsonNode node = object;
        for (String name : path) {
            node = node.path(name);
        }
        return node;
    }

    /** Whether something other than null is at a path. */
    boolean has(String... path) {
        JsonNode node = at(path);
        return !node.isMissingNode() && !node.isNull();
    }

    /** The text at a path, empty where there is none; numbers count as their text. */
    String text(String... path) {
        return string(at(path));
    }

    /** The text at a path, or another one where it is absent or empty. */
    String textOr(String otherwise, String... path) {
        String text = text(path);
        return text.isEmpty() ? otherwise : text;
    }

    /** The number at a path, 0 where there is none. */
    long integer(String... path) {
        return at(path).longValue(0);
    }

    boolean flag(boolean otherwise, String... path) {
        return at(path).booleanValue(otherwise);
    }

    static String string(JsonNode node) {
        return node.isMissingNode() || node.isNull() ? "" : node.asString("");
    }

    /** How old the object is. */
    String age() {
        return since("metadata", "creationTimestamp");
    }

    /** How long ago the time at a path was. */
    String since(String... path) {
        return Ages.since(text(path), now);
    }

    boolean isDeleted() { return has("metadata", "deletionTimestamp"); }

    /** The labels or other texts at a path as {@code a=b,c=d}, sorted. */
    String labels(String... path) {
        Map<String, String> sorted = new TreeMap<>();
        at(path).forEachEntry((key, value) -> sorted.put(key, string(value)));
        StringBuilder text = new StringBuilder();
        sorted.forEach((key, value) -> text.append(text.isEmpty() ? "" : ",").append(key).append('=').append(value));
        return text.isEmpty() ? NONE : text.toString();
    }

    /** The label selector at a path in the selector grammar. */
    String selector(String... path) {
        try {
            String text = LabelSelector.of(at(path)).toString();
            return text.isEmpty() ? NONE : text;
        } catch (StatusException invalid) {
            return "<error>";
        }
    }

    /** One text from each element of the list at a path, joined by commas. */
    String join(Function<JsonNode, String> text, String... path) {
        List<String> texts = new ArrayList<>();
        at(path).forEach(element -> texts.add(text.apply(element)));
        return String.join(",", texts);
    }

    String containerNames(String... template) {
        return containers(template, "name");
    }

    String containerImages(String... template) {
        return containers(template, "image");
    }

    private String containers(String[] template, String field) {
        List<String> texts = new ArrayList<>();
        at(template).path("spec").path("containers").forEach(container -> texts.add(string(container.path(field))));
        return String.join(",", texts);
    }

    /** The condition of a type, or null. */
    @Nullable
    JsonNode condition(String type) {
        return condition(at("status", "conditions"), type);
    }

    static @Nullable JsonNode condition(JsonNode conditions, String type) {
        for (JsonNode condition : conditions) {
            if (string(condition.path("type")).equals(type)) {
                return condition;
            }
        }
        return null;
    }

    /** Whether the condition of a type is there and true. */
    boolean isTrue(String conditionType) {
        JsonNode condition = condition(conditionType);
        return condition != null && string(condition.path("status")).equals("True");
    }

    /** The first texts of a list that may be long, and how many more there are. */
    static String abbreviate(List<String> texts, int shown) {
        String text = String.join(",", texts.subList(0, Math.min(shown, texts.size())));
        return texts.size() > shown ? text + " + " + (texts.size() - shown) + " more..." : text;
    }
}
