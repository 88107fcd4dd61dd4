package io.myriad.api.apply;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.LongNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.codec.JsonWriter;
import io.myriad.api.value.JsonValues;

/**
 * One step from a value to a part of it. Written in {@code fieldsV1} as a letter, a colon and the content: {@code f:spec},
 * <code>k:{"containerPort":80,"protocol":"TCP"}</code>, {@code v:"a"}, {@code i:0}. Steps of the four kinds sort in this
 * order.
 */
sealed interface PathElement extends Comparable<PathElement> {
    /** A field of an object or a key of a map. */
    record Name(String name) implements PathElement {}

    /**
     * The element of a keyed list that has these values in its key fields.
     *
     * @param fields sorted by name; a key field without value and default is left out
     */
    record Key(List<KeyField> fields) implements PathElement {
        public Key {
            fields = fields.stream().sorted(Comparator.comparing(KeyField::name)).toList();
        }
    }

    /** One key field and its value. Equal numbers are equal values. */
    record KeyField(String name, JsonNode value) {
        public KeyField {
            value = canonical(value);
        }
    }

    /** The element of a set that has this value. Equal numbers are equal values. */
    record Value(JsonNode value) implements PathElement {
        public Value {
            value = canonical(value);
        }
    }

    /** An element by position; the API's sets have none, but clients may send it. */
    record Index(int index) implements PathElement {}

    private static JsonNode canonical(JsonNode value) {
        return value.isNumber() && value.canConvertToExactIntegral() && value.canConvertToLong()
                ? LongNode.valueOf(value.longValue())
                : value;
    }

    /**
     * The step that a key of {@code fieldsV1} stands for, or null when the key is of a kind that is not known.
     *
     * @throws IllegalArgumentException when the text is malformed
     */
    static @Nullable PathElement parse(String text) {
        if (text.length() < 2 || text.charAt(1) != ':') {
            throw new IllegalArgumentException("not a path element: " + text);
        }
        String content = text.substring(2);
        try {
            return switch (text.charAt(0)) {
                case 'f' -> new Name(content);
                case 'k' -> {
                    JsonNode key = JsonMapper.shared().readTree(content);
                    if (!key.isObject()) {
                        throw new IllegalArgumentException("not an object: " + text);
                    }
                    List<KeyField> fields = new ArrayList<>(key.size());
                    key.forEachEntry((name, value) -> fields.add(new KeyField(name, value)));
                    yield new Key(fields);
                }
                case 'v' -> {
                    JsonNode value = JsonMapper.shared().readTree(content);
                    if (value.isMissingNode()) {
                        throw new IllegalArgumentException("no value: " + text);
                    }
                    yield new Value(value);
                }
                case 'i' -> new Index(Integer.parseInt(content));
                default -> null;
            };
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException("not a path element: " + text, malformed);
        }
    }

    /** The key that stands for this step in {@code fieldsV1}. */
    default String serialized() {
        return switch (this) {
            case Name name -> "f:" + name.name;
            case Key key -> {
                ObjectNode object = JsonNodeFactory.instance.objectNode();
                key.fields.forEach(field -> object.set(field.name, field.value));
                yield "k:" + json(object);
            }
            case Value value -> "v:" + json(value.value);
            case Index index -> "i:" + index.index;
        };
    }

    private static String json(JsonNode value) {
        return new String(JsonWriter.write(value), StandardCharsets.UTF_8);
    }

    /** The step as messages show it: {@code .spec}, {@code [containerPort=80,protocol="TCP"]}, {@code [="a"]}. */
    default String text() {
        return switch (this) {
            case Name name -> "." + name.name;
            case Key key -> {
                StringBuilder text = new StringBuilder("[");
                for (KeyField field : key.fields) {
                    text.append(text.length() == 1 ? "" : ",").append(field.name).append('=').append(field.value);
                }
                yield text.append(']').toString();
            }
            case Value value -> "[=" + value.value + "]";
            case Index index -> "[" + index.index + "]";
        };
    }

    @Override
    default int compareTo(PathElement other) {
        if (this instanceof Name name && other instanceof Name otherName) {
            return name.name.compareTo(otherName.name);
        }
        if (this instanceof Key key && other instanceof Key otherKey) {
            return compareKeys(key.fields, otherKey.fields);
        }
        if (this instanceof Value value && other instanceof Value otherValue) {
            return JsonValues.compare(value.value, otherValue.value);
        }
        if (this instanceof Index index && other instanceof Index otherIndex) {
            return Integer.compare(index.index, otherIndex.index);
        }
        return Integer.compare(rank(), other.rank());
    }

    private static int compareKeys(List<KeyField> left, List<KeyField> right) {
        int common = Math.min(left.size(), right.size());
        for (int i = 0; i < common; i++) {
            int order = left.get(i).name.compareTo(right.get(i).name);
            if (order == 0) {
                order = JsonValues.compare(left.get(i).value, right.get(i).value);
            }
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    private int rank() {
        return switch (this) {
            case Name name -> 0;
            case Key key -> 1;
            case Value value -> 2;
            case Index index -> 3;
        };
    }
}
