package io.myriad.api.testing;

import java.util.Base64;
import java.util.List;
import java.util.random.RandomGenerator;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.schema.Field;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Shape;
import io.myriad.api.value.GoDuration;
import io.myriad.api.value.Quantity;
import io.myriad.api.value.Timestamps;

/**
 * Makes random objects of any type: every value has its field's type and its canonical text, and nothing else holds (names
 * are no names, references lead nowhere). The same seed gives the same objects.
 */
public final class RandomObjects {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    /** Structures deeper than this stay empty, so that types that contain themselves end. */
    private static final int MAX_DEPTH = 7;
    private static final int MAX_ELEMENTS = 3;
    /** Values in one object; types that contain themselves in many ways would grow without end. */
    private static final int MAX_VALUES = 4000;
    private static final List<String> TEXTS = List.of("", "a", "web-0", "app.kubernetes.io/name", "0", "true", "null",
            " spaced out ", "line\nbreak\ttab", "\"quoted\" \\ back", "<a href='x'>&amp;</a>",
            "\u0000\u0001\u001f\u007f",
            "\u00e9\u00df\u4e2d\u6587", "\ud83d\ude80 rocket", "\u2028\u2029", "\ufffd\uffff",
            "exactly seventeen", "x".repeat(127), "y".repeat(128), "z".repeat(300));
    private static final List<String> QUANTITIES = List.of("0", "1", "100m", "1500m", "1Gi", "128Mi", "1536Mi", "12e6",
            "1e-3", "5n", "7u", "3k", "2M", "9T", "1P", "1E", "1Ei", "-5", "-128Mi", "0.5", "1.25Gi", "1000", "1024",
            "9223372036854775807", "0.000000001", "1000000", "123456789012345678901234567890", "+5", "5.", "1024Ki");
    private static final long[] NUMBERS = {0, 1, -1, 2, 10, 99, 100, 127, 128, 255, 256, 16_383, 16_384, 65_535,
            Integer.MAX_VALUE, Integer.MIN_VALUE, 1L << 32, 1L << 53, Long.MAX_VALUE, Long.MIN_VALUE};
    private static final double[] DOUBLES = {0, 1, -1, 0.5, 1.5, 1e21, 1e20, 123456789.123, 1e-6, 1e-7, 5e-324,
            Double.MAX_VALUE, 1e15, 123456789012345680.0, -0.25};

    private final RandomGenerator random;
    private final double fill;
    private int values;

    /**
     * A source of objects.
     *
     * @param random all randomness comes from here
     * @param fill the share of fields that are set, from 0 to 1
     */
    public RandomObjects(RandomGenerator random, double fill) {
        this.random = random;
        this.fill = fill;
    }

    /** An object of this kind, with {@code apiVersion} and {@code kind} where its type has them. */
    public ObjectNode of(GroupVersionKind kind, ObjectType type) {
        values = 0;
        ObjectNode object = NODES.objectNode();
        if (type.typeMeta()) {
            object.put("apiVersion", kind.apiVersion());
            object.put("kind", kind.kind());
        }
        fill(object, type, 0);
        return object;
    }

    /** A value of this type; for plain types an object without {@code apiVersion} and {@code kind}. */
    public JsonNode of(ObjectType type) {
        values = 0;
        return structure(type, 0);
    }

    private void fill(ObjectNode object, ObjectType type, int depth) {
        for (Field field : type.fields()) {
            if (type.typeMeta() && (field.name().equals("apiVersion") || field.name().equals("kind"))) {
                continue;
            }
            double share = depth > MAX_DEPTH || values > MAX_VALUES ? 0 : depth > MAX_DEPTH / 2 ? fill / 2 : fill;
            if (random.nextDouble() < share) {
                values++;
                object.set(field.name(), value(field.shape(), depth + 1));
            }
        }
    }

    private JsonNode value(Shape shape, int depth) {
        return switch (shape) {
            case Shape.Scalar scalar -> scalar(scalar);
            case Shape.Structure structure -> structure(structure.type(), depth);
            case Shape.ListOf list -> {
                ArrayNode array = NODES.arrayNode();
                for (int i = elements(depth); i > 0; i--) {
                    array.add(value(list.element(), depth));
                }
                yield array;
            }
            case Shape.MapOf map -> {
                ObjectNode object = NODES.objectNode();
                for (int i = elements(depth); i > 0; i--) {
                    object.set(text(), value(map.value(), depth));
                }
                yield object;
            }
            case Shape.Any any -> json(depth);
        };
    }

    private int elements(int depth) {
        return depth > MAX_DEPTH ? 0 : random.nextInt(MAX_ELEMENTS + 1);
    }

    private JsonNode scalar(Shape.Scalar scalar) {
        return switch (scalar.kind()) {
            case STRING -> NODES.stringNode(!scalar.enumValues().isEmpty() && random.nextInt(4) > 0
                    ? scalar.enumValues().get(random.nextInt(scalar.enumValues().size()))
                    : text());
            case BYTES -> NODES.stringNode(bytes());
            case INT32 -> NODES.numberNode((int) number());
            case INT64 -> number(number());
            case DOUBLE -> NODES.numberNode(DOUBLES[random.nextInt(DOUBLES.length)]);
            case BOOLEAN -> NODES.booleanNode(random.nextBoolean());
        };
    }

    private static JsonNode number(long value) {
        return value == (int) value ? NODES.numberNode((int) value) : NODES.numberNode(value);
    }

    private long number() {
        return random.nextInt(4) == 0 ? random.nextLong() : NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private String text() {
        return random.nextInt(3) == 0 ? "t" + random.nextInt(100) : TEXTS.get(random.nextInt(TEXTS.size()));
    }

    private String bytes() {
        // Never empty: JSON leaves out what protobuf then would have.
        byte[] bytes = new byte[1 + random.nextInt(20)];
        random.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private JsonNode structure(ObjectType type, int depth) {
        return switch (type.form()) {
            case OBJECT -> {
                ObjectNode object = NODES.objectNode();
                fill(object, type, depth);
                yield object;
            }
            case TIME -> NODES.stringNode(Timestamps.formatSeconds(seconds()));
            case MICRO_TIME -> NODES.stringNode(Timestamps.formatMicro(seconds(), random.nextInt(1_000_000_000)));
            case DURATION -> NODES.stringNode(GoDuration.format(number()));
            case QUANTITY -> NODES.stringNode(
                    Quantity.parse(QUANTITIES.get(random.nextInt(QUANTITIES.size()))).canonical());
            case INT_OR_STRING -> random.nextBoolean() ? NODES.numberNode((int) number()) : NODES.stringNode(text());
            case RAW_JSON -> json(depth);
            case RAW_OBJECT, PATCH_BODY -> jsonObject(depth);
            case WRAPPED_LIST -> strings(random.nextInt(MAX_ELEMENTS + 1));
            case SCHEMA_OR_ARRAY -> random.nextBoolean()
                    ? structure(type.schema(), depth + 1)
                    : NODES.arrayNode().add(structure(type.schema(), depth + 1));
            case SCHEMA_OR_BOOL -> random.nextBoolean()
                    ? structure(type.schema(), depth + 1)
                    : NODES.booleanNode(random.nextBoolean());
            case SCHEMA_OR_STRING_ARRAY -> random.nextBoolean()
                    ? structure(type.schema(), depth + 1)
                    : strings(1 + random.nextInt(MAX_ELEMENTS));
        };
    }

    private ArrayNode strings(int count) {
        ArrayNode array = NODES.arrayNode();
        for (int i = 0; i < count; i++) {
            array.add(text());
        }
        return array;
    }

    private long seconds() {
        // Between the years 1 and 9999; the zero time itself would mean "not set".
        return random.nextLong(Timestamps.ZERO_SECONDS + 1, 253_402_300_800L);
    }

    private JsonNode json(int depth) {
        return switch (random.nextInt(depth > MAX_DEPTH ? 4 : 6)) {
            case 0 -> NODES.stringNode(text());
            case 1 -> number(number());
            case 2 -> NODES.booleanNode(random.nextBoolean());
            case 3 -> NODES.numberNode(0.5 + random.nextInt(100));
            case 4 -> NODES.arrayNode().add(json(depth + 1)).add(NODES.nullNode());
            default -> jsonObject(depth + 1);
        };
    }

    private ObjectNode jsonObject(int depth) {
        ObjectNode object = NODES.objectNode();
        for (int i = elements(depth); i > 0; i--) {
            object.set("f:" + text(), json(depth + 1));
        }
        return object;
    }
}
