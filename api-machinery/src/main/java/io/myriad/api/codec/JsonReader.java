package io.myriad.api.codec;

import java.time.DateTimeException;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.TreeTraversingParser;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.schema.Field;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Shape;

/**
 * Reads JSON into a tree, by the rules by which upstream reads it into a structure: names are case-sensitive, every value
 * must have its field's type, {@code null} is the same as absent, quantities, times and durations get their canonical
 * text. What strict decoding reports (unknown and duplicate fields) is collected, not refused: that depends on the
 * request. Without a type everything is kept, {@code null} too.
 */
public final class JsonReader {
    /**
     * What was read.
     *
     * @param object the tree
     * @param problems what strict decoding has to say: {@code unknown field "spec.foo"}, {@code duplicate field "kind"}
     */
    public record Parsed(ObjectNode object, List<String> problems) {}

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonFactory FACTORY = JsonFactory.builder().streamReadConstraints(
            StreamReadConstraints.builder().maxNestingDepth(CodecLimits.MAX_DEPTH).maxNumberLength(1000).build())
            .build();

    private final JsonParser parser;
    /** Where the reader is, for strict decoding: with indexes and map keys. */
    private final StringBuilder path = new StringBuilder();
    /** Where the reader is, for wrong types: the names of fields alone. */
    private final StringBuilder fieldPath = new StringBuilder();
    private final Set<String> problems = new LinkedHashSet<>();
    private final ObjectNode root = NODES.objectNode();

    private JsonReader(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * Reads one object.
     *
     * @param json UTF-8
     * @param type the object's type, or null to take everything as it is
     * @throws StatusException 400 when the text is no JSON object or a value has the wrong type
     */
    public static Parsed read(byte[] json, @Nullable ObjectType type) {
        // Jackson would take other encodings too.
        if (json.length >= 2 && (json[0] == 0 || json[1] == 0 || json[0] < 0)) {
            throw new StatusException(Status.badRequest("json parse error: the text is not UTF-8"));
        }
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), JsonText.repaired(json))) {
            return new JsonReader(parser).read(type);
        } catch (JacksonException failure) {
            throw new StatusException(Status.badRequest("json parse error: " + failure.getOriginalMessage()));
        }
    }

    /**
     * Reads a tree that was made of something else, by the same rules as its text.
     *
     * @param tree not changed, and not shared with the result
     * @throws StatusException 400 when a value has the wrong type
     */
    public static Parsed read(ObjectNode tree, ObjectType type) {
        try (JsonParser parser = new TreeTraversingParser(tree, ObjectReadContext.empty())) {
            return new JsonReader(parser).read(type);
        } catch (JacksonException failure) {
            throw new StatusException(Status.badRequest("json parse error: " + failure.getOriginalMessage()));
        }
    }

    private Parsed read(@Nullable ObjectType type) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw failure("json: cannot unmarshal " + found(false) + " into Go value of type "
                    + (type == null ? "map[string]interface {}" : goType(new Shape.Structure(type))));
        }
        if (type == null) {
            readUntypedInto(root, true);
        } else {
            readFields(root, type);
        }
        if (parser.nextToken() != null) {
            throw failure("json parse error: unexpected text after top-level value");
        }
        return new Parsed(root, List.copyOf(problems));
    }

    private void readFields(ObjectNode into, ObjectType type) {
        int outer = path.length();
        int outerField = fieldPath.length();
        Set<String> nulls = null;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            Field field = type.field(name);
            JsonToken token = parser.nextToken();
            enter(name);
            fieldPath.append('.').append(name);
            if (field == null) {
                report("unknown field");
                parser.skipChildren();
            } else {
                if (into.has(name) || nulls != null && nulls.contains(name)) {
                    report("duplicate field");
                }
                if (token == JsonToken.VALUE_NULL) {
                    nulls = nulls == null ? new LinkedHashSet<>() : nulls;
                    nulls.add(name);
                } else {
                    JsonNode value = readValue(field.shape(), type);
                    if (value != null) {
                        into.set(name, value);
                    }
                }
            }
            path.setLength(outer);
            fieldPath.setLength(outerField);
        }
    }

    /** The value at the current token, which is not null; the result is null where the value means "not set". */
    private @Nullable JsonNode readValue(Shape shape, ObjectType owner) {
        return switch (shape) {
            case Shape.Scalar scalar -> readScalar(scalar, owner);
            case Shape.Structure structure -> readStructure(structure, owner);
            case Shape.ListOf list -> readList(list, owner);
            case Shape.MapOf map -> readMap(map, owner);
            case Shape.Any any -> readUntyped(false);
        };
    }

    private JsonNode readScalar(Shape.Scalar scalar, ObjectType owner) {
        JsonToken token = parser.currentToken();
        return switch (scalar.kind()) {
            case STRING -> {
                require(token == JsonToken.VALUE_STRING, scalar, owner);
                yield NODES.stringNode(text());
            }
            case BYTES -> {
                if (token == JsonToken.START_ARRAY) {
                    yield NODES.stringNode(bytesFromNumbers(owner));
                }
                require(token == JsonToken.VALUE_STRING, scalar, owner);
                yield NODES.stringNode(canonicalBase64(text()));
            }
            case BOOLEAN -> {
                require(token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE, scalar, owner);
                yield NODES.booleanNode(token == JsonToken.VALUE_TRUE);
            }
            case INT32 -> {
                require(isLong(token) && parser.getLongValue() == (int) parser.getLongValue(), scalar, owner);
                yield NODES.numberNode((int) parser.getLongValue());
            }
            case INT64 -> {
                require(isLong(token), scalar, owner);
                yield number(parser.getLongValue());
            }
            case DOUBLE -> {
                require(token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT, scalar, owner);
                double value = parser.getDoubleValue();
                require(!Double.isInfinite(value), scalar, owner);
                yield NODES.numberNode(value);
            }
        };
    }

    private boolean isLong(@Nullable JsonToken token) {
        return token == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    }

    /** A whole number as Jackson's own parser keeps it, so that equal numbers are equal nodes. */
    static JsonNode number(long value) {
        return value == (int) value ? NODES.numberNode((int) value) : NODES.numberNode(value);
    }

    private @Nullable JsonNode readStructure(Shape.Structure shape, ObjectType owner) {
        ObjectType type = shape.type();
        JsonToken token = parser.currentToken();
        return switch (type.form()) {
            case OBJECT -> {
                require(token == JsonToken.START_OBJECT, shape, owner);
                ObjectNode object = NODES.objectNode();
                readFields(object, type);
                yield object;
            }
            case TIME, MICRO_TIME, DURATION -> {
                require(token == JsonToken.VALUE_STRING, shape, owner);
                yield canonical(type.form(), text());
            }
            case QUANTITY -> {
                require(token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NUMBER_INT
                        || token == JsonToken.VALUE_NUMBER_FLOAT, shape, owner);
                yield canonical(type.form(), parser.getString());
            }
            case INT_OR_STRING -> {
                boolean text = token == JsonToken.VALUE_STRING;
                require(text || isLong(token) && parser.getLongValue() == (int) parser.getLongValue(), shape, owner);
                yield text ? NODES.stringNode(text()) : NODES.numberNode((int) parser.getLongValue());
            }
            case RAW_JSON, RAW_OBJECT, PATCH_BODY -> readUntyped(false);
            case WRAPPED_LIST -> readStrings(owner);
            case SCHEMA_OR_ARRAY -> token == JsonToken.START_ARRAY
                    ? readElements(new Shape.Structure(type.schema()), owner)
                    : readStructure(new Shape.Structure(type.schema()), owner);
            case SCHEMA_OR_BOOL -> token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE
                    ? NODES.booleanNode(token == JsonToken.VALUE_TRUE)
                    : readStructure(new Shape.Structure(type.schema()), owner);
            case SCHEMA_OR_STRING_ARRAY -> token == JsonToken.START_ARRAY
                    ? readStrings(owner)
                    : readStructure(new Shape.Structure(type.schema()), owner);
        };
    }

    private @Nullable JsonNode canonical(ObjectType.Form form, String text) {
        try {
            return SpecialForms.canonical(form, text);
        } catch (DateTimeException | IllegalArgumentException wrong) {
            throw failure(String.valueOf(wrong.getMessage()));
        }
    }

    private JsonNode readStrings(ObjectType owner) {
        return readElements(new Shape.Scalar(Shape.ScalarKind.STRING, List.of()), owner);
    }

    private JsonNode readList(Shape.ListOf list, ObjectType owner) {
        require(parser.currentToken() == JsonToken.START_ARRAY, list, owner);
        return readElements(list.element(), owner);
    }

    private ArrayNode readElements(Shape element, ObjectType owner) {
        ArrayNode array = NODES.arrayNode();
        int outer = path.length();
        JsonToken token;
        while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
            path.append('[').append(array.size()).append(']');
            array.add(readOrZero(element, owner, token));
            path.setLength(outer);
        }
        return array;
    }

    private JsonNode readMap(Shape.MapOf map, ObjectType owner) {
        require(parser.currentToken() == JsonToken.START_OBJECT, map, owner);
        ObjectNode object = NODES.objectNode();
        int outer = path.length();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = wellFormed(parser.currentName());
            JsonToken token = parser.nextToken();
            enter(key);
            if (object.has(key)) {
                report("duplicate field");
            }
            object.set(key, readOrZero(map.value(), owner, token));
            path.setLength(outer);
        }
        return object;
    }

    /** A value inside a list or map, where null is the zero value. */
    private JsonNode readOrZero(Shape shape, ObjectType owner, @Nullable JsonToken token) {
        JsonNode value = token == JsonToken.VALUE_NULL ? null : readValue(shape, owner);
        return value == null ? SpecialForms.zero(shape) : value;
    }

    private JsonNode readUntyped(boolean strict) {
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw failure("json parse error: unexpected end of JSON input");
        }
        return switch (token) {
            case START_OBJECT -> {
                ObjectNode object = NODES.objectNode();
                readUntypedInto(object, strict);
                yield object;
            }
            case START_ARRAY -> {
                ArrayNode array = NODES.arrayNode();
                int outer = path.length();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    path.append('[').append(array.size()).append(']');
                    array.add(readUntyped(strict));
                    path.setLength(outer);
                }
                yield array;
            }
            case VALUE_STRING -> NODES.stringNode(text());
            case VALUE_NUMBER_INT -> isLong(token)
                    ? number(parser.getLongValue())
                    : NODES.numberNode(finite(parser.getDoubleValue()));
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(finite(parser.getDoubleValue()));
            case VALUE_TRUE, VALUE_FALSE -> NODES.booleanNode(token == JsonToken.VALUE_TRUE);
            case VALUE_NULL -> NODES.nullNode();
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT ->
                throw failure("json parse error: unexpected " + token);
        };
    }

    private void readUntypedInto(ObjectNode object, boolean strict) {
        int outer = path.length();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = wellFormed(parser.currentName());
            parser.nextToken();
            enter(key);
            if (strict && object.has(key)) {
                report("duplicate field");
            }
            object.set(key, readUntyped(strict));
            path.setLength(outer);
        }
    }

    private double finite(double value) {
        if (Double.isInfinite(value)) {
            throw failure("json: cannot unmarshal number " + parser.getString() + " into Go value of type float64");
        }
        return value;
    }

    private String text() {
        return wellFormed(parser.getString());
    }

    /** The text with single surrogates, which UTF-8 cannot carry, replaced. */
    private static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return SpecialForms.replaceSingleSurrogates(text);
            }
        }
        return text;
    }

    private String canonicalBase64(String text) {
        String compact = text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0
                ? text.replace("\n", "").replace("\r", "")
                : text;
        try {
            if (compact.length() % 4 != 0) {
                throw new IllegalArgumentException("length");
            }
            return Base64.getEncoder().encodeToString(Base64.getDecoder().decode(compact));
        } catch (IllegalArgumentException notBase64) {
            throw failure("illegal base64 data in field " + path);
        }
    }

    /** Go also takes an array of numbers for bytes. */
    private String bytesFromNumbers(ObjectType owner) {
        ByteArraySink bytes = new ByteArraySink();
        JsonToken token;
        while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
            boolean isByte = isLong(token) && parser.getLongValue() >= 0 && parser.getLongValue() <= 0xff;
            if (!isByte && token != JsonToken.VALUE_NULL) {
                throw wrongType("uint8", true, owner);
            }
            bytes.write(isByte ? (int) parser.getLongValue() : 0);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private void enter(String name) {
        if (!path.isEmpty()) {
            path.append('.');
        }
        path.append(name);
    }

    private void report(String problem) {
        if (problems.size() < CodecLimits.MAX_STRICT_PROBLEMS) {
            problems.add(problem + " " + GoText.quote(path));
        }
    }

    private void require(boolean valid, Shape shape, ObjectType owner) {
        if (!valid) {
            boolean number = shape instanceof Shape.Scalar scalar && (scalar.kind() == Shape.ScalarKind.INT32
                    || scalar.kind() == Shape.ScalarKind.INT64 || scalar.kind() == Shape.ScalarKind.DOUBLE);
            throw wrongType(goType(shape), number, owner);
        }
    }

    private StatusException wrongType(String goType, boolean showNumber, ObjectType owner) {
        return failure("json: cannot unmarshal " + found(showNumber) + " into Go struct field " + simpleName(owner)
                + fieldPath + " of type " + goType);
    }

    private String found(boolean showNumber) {
        JsonToken token = parser.currentToken();
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT -> "object";
            case START_ARRAY -> "array";
            case VALUE_STRING -> "string";
            case VALUE_TRUE, VALUE_FALSE -> "bool";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> showNumber ? "number " + parser.getString() : "number";
            case VALUE_NULL -> "null";
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT -> token.toString();
        };
    }

    private StatusException failure(String message) {
        String kind = root.path("kind").stringValue("");
        String version = root.path("apiVersion").stringValue("");
        return new StatusException(Status.badRequest(kind.isEmpty() || version.isEmpty()
                ? message
                : kind + " in version \"" + version + "\" cannot be handled as a " + kind + ": " + message));
    }

    private static String goType(Shape shape) {
        return switch (shape) {
            case Shape.Scalar scalar -> switch (scalar.kind()) {
                case STRING -> "string";
                case INT32 -> "int32";
                case INT64 -> "int64";
                case DOUBLE -> "float64";
                case BOOLEAN -> "bool";
                case BYTES -> "[]uint8";
            };
            case Shape.Structure structure -> switch (structure.type().form()) {
                case TIME, MICRO_TIME, DURATION -> "string";
                case OBJECT, QUANTITY, INT_OR_STRING, RAW_JSON, RAW_OBJECT, WRAPPED_LIST, SCHEMA_OR_ARRAY,
                        SCHEMA_OR_BOOL, SCHEMA_OR_STRING_ARRAY, PATCH_BODY -> {
                    String name = structure.type().name();
                    int last = name.lastIndexOf('.');
                    yield last < 0 ? name : name.substring(name.lastIndexOf('.', last - 1) + 1);
                }
            };
            case Shape.ListOf list -> "[]" + goType(list.element());
            case Shape.MapOf map -> "map[string]" + goType(map.value());
            case Shape.Any any -> "interface {}";
        };
    }

    private static String simpleName(ObjectType type) {
        return type.name().substring(type.name().lastIndexOf('.') + 1);
    }
}
