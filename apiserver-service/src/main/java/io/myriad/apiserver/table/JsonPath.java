package io.myriad.apiserver.table;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

import io.myriad.api.value.JsonValues;

/**
 * A path into JSON, in the dialect of kubectl and of printer columns: {@code .spec.ports[0].name}, {@code ['a.b']},
 * {@code .list[*].x}, {@code [1:3]}, {@code [-1]}, {@code ..name}, {@code [0,2]},
 * {@code .status.conditions[?(@.type=="Ready")].status}. Compiled once, then safe for any thread.
 */
final class JsonPath {
    /** How many values one step may give; what is beyond is left out. */
    static final int MAX_VALUES = 10_000;

    private sealed interface Step {}

    private record Name(String name) implements Step {}

    private record Wildcard() implements Step {}

    private record Descent() implements Step {}

    /** Elements from {@code start} to before {@code end}; null stands for the list's own bounds. */
    private record Slice(@Nullable Integer start, @Nullable Integer end, int step) implements Step {}

    private record Element(int index) implements Step {}

    private record Union(List<JsonPath> paths) implements Step {}

    /** The elements for which a comparison holds; without operator those that have the left side. */
    private record Filter(JsonPath left, @Nullable String operator, @Nullable JsonPath right,
            @Nullable JsonNode literal) implements Step {}

    private final List<Step> steps;

    private JsonPath(List<Step> steps) {
        this.steps = steps;
    }

    /**
     * Compiles a path.
     *
     * @throws IllegalArgumentException when it is malformed
     */
    static JsonPath compile(String text) {
        return new JsonPath(new Parser(text).parse());
    }

    /** Every value that the path leads to; none where it leads nowhere. */
    List<JsonNode> find(JsonNode root) {
        List<JsonNode> values = List.of(root);
        for (Step step : steps) {
            List<JsonNode> next = new ArrayList<>();
            for (JsonNode value : values) {
                walk(step, value, next);
            }
            values = next;
        }
        return values;
    }

    private static void walk(Step step, JsonNode value, List<JsonNode> out) {
        switch (step) {
            case Name name -> {
                JsonNode field = value.get(name.name);
                if (field != null) {
                    add(out, field);
                }
            }
            case Wildcard wildcard -> value.forEach(element -> add(out, element));
            case Descent descent -> descend(value, out);
            case Element element -> {
                JsonNode found = value.isArray()
                        ? value.get(element.index < 0 ? element.index + value.size() : element.index)
                        : null;
                if (found != null) {
                    add(out, found);
                }
            }
            case Slice slice -> slice(slice, value, out);
            case Union union -> union.paths.forEach(path -> path.find(value).forEach(found -> add(out, found)));
            case Filter filter -> {
                if (value.isArray()) {
                    value.forEach(element -> {
                        if (holds(filter, element)) {
                            add(out, element);
                        }
                    });
                }
            }
        }
    }

    private static void add(List<JsonNode> out, JsonNode value) {
        if (out.size() < MAX_VALUES) {
            out.add(value);
        }
    }

    private static void descend(JsonNode value, List<JsonNode> out) {
        if (value.isContainer() && !value.isEmpty()) {
            add(out, value);
            value.forEach(element -> descend(element, out));
        }
    }

    private static void slice(Slice slice, JsonNode value, List<JsonNode> out) {
        int size = value.isArray() ? value.size() : 0;
        int start = bound(slice.start, 0, size);
        int end = bound(slice.end, size, size);
        for (int i = Math.max(start, 0); i < Math.min(end, size); i += slice.step) {
            add(out, value.get(i));
        }
    }

    private static int bound(@Nullable Integer bound, int otherwise, int size) {
        return bound == null ? otherwise : bound < 0 ? bound + size : bound;
    }

    private static boolean holds(Filter filter, JsonNode element) {
        List<JsonNode> left = filter.left.find(element);
        if (filter.operator == null) {
            return !left.isEmpty();
        }
        List<JsonNode> right = filter.right != null ? filter.right.find(element) : literal(filter);
        if (left.size() != 1 || right.size() != 1) {
            return false;
        }
        int order = JsonValues.compare(left.getFirst(), right.getFirst());
        boolean comparable = left.getFirst().getNodeType() == right.getFirst().getNodeType();
        return switch (filter.operator) {
            case "==" -> order == 0;
            case "!=" -> order != 0;
            case "<" -> comparable && order < 0;
            case "<=" -> comparable && order <= 0;
            case ">" -> comparable && order > 0;
            default -> comparable && order >= 0;
        };
    }

    private static List<JsonNode> literal(Filter filter) {
        return filter.literal == null ? List.of() : List.of(filter.literal);
    }

    /** Recursive descent over the text of a path. */
    private static final class Parser {
        private static final List<String> OPERATORS = List.of("==", "!=", "<=", ">=", "<", ">");
        private final String text;
        private int position;

        Parser(String text) {
            this.text = text;
        }

        List<Step> parse() {
            List<Step> steps = new ArrayList<>();
            if (startsWith("$") || startsWith("@")) {
                position++;
            }
            while (position < text.length()) {
                if (startsWith("..")) {
                    position += 2;
                    steps.add(new Descent());
                    if (position < text.length() && text.charAt(position) != '[') {
                        steps.add(name());
                    }
                } else if (startsWith(".")) {
                    position++;
                    if (position < text.length() && text.charAt(position) != '[') {
                        steps.add(name());
                    }
                } else if (startsWith("[?(")) {
                    steps.add(filter());
                } else if (startsWith("[")) {
                    steps.add(subscript());
                } else {
                    throw malformed();
                }
            }
            return steps;
        }

        private boolean startsWith(String prefix) {
            return text.startsWith(prefix, position);
        }

        private Step name() {
            StringBuilder name = new StringBuilder();
            while (position < text.length() && ".[],{}$@ \t\n".indexOf(text.charAt(position)) < 0) {
                if (text.charAt(position) == '\\' && position + 1 < text.length()) {
                    position++;
                }
                name.append(text.charAt(position++));
            }
            if (name.isEmpty()) {
                throw malformed();
            }
            return name.toString().equals("*") ? new Wildcard() : new Name(name.toString());
        }

        private Step subscript() {
            int end = closing(position);
            String content = text.substring(position + 1, end);
            position = end + 1;
            List<String> parts = splitOutsideQuotes(content);
            if (parts.size() == 1) {
                return single(parts.getFirst().strip());
            }
            return new Union(parts.stream().map(part -> new JsonPath(List.of(single(part.strip())))).toList());
        }

        private Step single(String content) {
            if (content.equals("*")) {
                return new Wildcard();
            }
            if (content.length() >= 2 && isQuote(content.charAt(0))
                    && content.charAt(content.length() - 1) == content.charAt(0)) {
                return new Name(content.substring(1, content.length() - 1).replace("\\", ""));
            }
            String[] bounds = content.split(":", -1);
            if (bounds.length == 1) {
                Integer index = integer(content);
                if (index == null) {
                    throw malformed();
                }
                return new Element(index);
            }
            Integer step = bounds.length == 3 ? integer(bounds[2]) : null;
            if (bounds.length > 3 || step != null && step <= 0) {
                throw malformed();
            }
            return new Slice(integer(bounds[0]), integer(bounds[1]), step == null ? 1 : step);
        }

        private @Nullable Integer integer(String digits) {
            try {
                return digits.isBlank() ? null : Integer.valueOf(digits.strip());
            } catch (NumberFormatException wrong) {
                throw malformed();
            }
        }

        private Step filter() {
            int end = text.indexOf(")]", position);
            int quoted = end;
            while (end >= 0 && insideQuotes(text.substring(position + 3, end))) {
                quoted = end + 1;
                end = text.indexOf(")]", quoted);
            }
            if (end < 0) {
                throw malformed();
            }
            String content = text.substring(position + 3, end);
            position = end + 2;
            for (int i = 0; i < content.length(); i++) {
                if (!insideQuotes(content.substring(0, i))) {
                    for (String operator : OPERATORS) {
                        if (content.startsWith(operator, i)) {
                            return comparison(content.substring(0, i), operator,
                                    content.substring(i + operator.length()));
                        }
                    }
                }
            }
            return new Filter(compile(content.strip()), null, null, null);
        }

        private Step comparison(String left, String operator, String right) {
            String value = right.strip();
            JsonPath path = compile(left.strip());
            if (value.startsWith("@") || value.startsWith("$") || value.startsWith(".")) {
                return new Filter(path, operator, compile(value), null);
            }
            return new Filter(path, operator, null, constant(value));
        }

        private JsonNode constant(String value) {
            JsonNodeFactory nodes = JsonNodeFactory.instance;
            if (value.length() >= 2 && isQuote(value.charAt(0))
                    && value.charAt(value.length() - 1) == value.charAt(0)) {
                return nodes.stringNode(value.substring(1, value.length() - 1).replace("\\", ""));
            }
            if (value.equals("true") || value.equals("false")) {
                return nodes.booleanNode(value.equals("true"));
            }
            try {
                return value.contains(".")
                        ? nodes.numberNode(Double.parseDouble(value))
                        : nodes.numberNode(Long.parseLong(value));
            } catch (NumberFormatException wrong) {
                throw malformed();
            }
        }

        private int closing(int from) {
            int end = text.indexOf(']', from);
            while (end >= 0 && insideQuotes(text.substring(from, end))) {
                end = text.indexOf(']', end + 1);
            }
            if (end < 0) {
                throw malformed();
            }
            return end;
        }

        private static List<String> splitOutsideQuotes(String content) {
            List<String> parts = new ArrayList<>();
            int start = 0;
            for (int i = 0; i < content.length(); i++) {
                if (content.charAt(i) == ',' && !insideQuotes(content.substring(start, i))) {
                    parts.add(content.substring(start, i));
                    start = i + 1;
                }
            }
            parts.add(content.substring(start));
            return parts;
        }

        /** Whether a quote that opens in this text is still open at its end. */
        private static boolean insideQuotes(String prefix) {
            char open = 0;
            for (int i = 0; i < prefix.length(); i++) {
                char c = prefix.charAt(i);
                if (open != 0 && c == '\\') {
                    i++;
                } else if (open == 0 && isQuote(c)) {
                    open = c;
                } else if (c == open) {
                    open = 0;
                }
            }
            return open != 0;
        }

        private static boolean isQuote(char c) {
            return c == '\'' || c == '"';
        }

        private IllegalArgumentException malformed() {
            return new IllegalArgumentException("malformed JSONPath: " + text);
        }
    }
}
