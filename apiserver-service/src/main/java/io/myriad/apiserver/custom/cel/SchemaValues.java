package io.myriad.apiserver.custom.cel;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.myriad.api.custom.Structural;
import io.myriad.api.value.GoDuration;
import io.myriad.api.value.Timestamps;

/** Values as expressions see them. */
final class SchemaValues {
    private SchemaValues() {}

    /**
     * The value of JSON.
     *
     * @param schema the schema that gives it its type, or null for what has none
     */
    static Object of(JsonNode value, @Nullable Structural schema) {
        return switch (value.getNodeType()) {
            case OBJECT -> object(value, schema);
            case ARRAY -> {
                List<Object> list = new ArrayList<>(value.size());
                value.forEach(element -> list.add(of(element, schema == null ? null : schema.items())));
                yield list;
            }
            case STRING, BINARY, POJO -> text(value.stringValue(""), schema);
            case NUMBER -> schema != null && schema.type().equals("number") || !isWhole(value)
                    ? (Object) value.doubleValue()
                    : (Object) value.longValue();
            case BOOLEAN -> value.booleanValue();
            case NULL, MISSING -> NullValue.NULL_VALUE;
        };
    }

    private static boolean isWhole(JsonNode value) {
        return value.isIntegralNumber() || value.doubleValue() == Math.rint(value.doubleValue())
                && Math.abs(value.doubleValue()) < 1L << 53;
    }

    private static Object object(JsonNode value, @Nullable Structural schema) {
        Map<String, Object> map = new LinkedHashMap<>();
        value.forEachEntry((name, field) -> {
            Structural property = schema == null ? null : schema.properties().get(name);
            boolean meta = schema != null && schema.embedded() && switch (name) {
                case "apiVersion", "kind", "metadata" -> true;
                default -> false;
            };
            if (property != null || meta) {
                boolean absent = field.isNull() && property != null && property.nullable();
                String identifier = Identifiers.escape(name);
                if (!identifier.isEmpty() && !absent) {
                    map.put(identifier, of(field, meta ? null : property));
                }
            } else {
                map.put(name, of(field, schema == null ? null : schema.additional()));
            }
        });
        return map;
    }

    private static Object text(String text, @Nullable Structural schema) {
        if (schema == null || !schema.type().equals("string")) {
            return text;
        }
        try {
            return switch (schema.source().path("format").stringValue("")) {
                case "byte" -> CelByteString.of(Base64.getDecoder().decode(text));
                case "date-time", "datetime" -> Timestamps.parse(text);
                case "date" -> (Object) Instant.from(LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC));
                case "duration" -> Duration.ofNanos(GoDuration.parse(text));
                default -> text;
            };
        } catch (DateTimeException | IllegalArgumentException malformed) {
            // The format is checked elsewhere; a rule over such a value fails with the wrong type.
            return text;
        }
    }
}
