package io.myriad.api.custom;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.myriad.api.FieldError;
import io.myriad.api.value.JsonValues;

/**
 * A schema as a check of values: types, limits, patterns, formats, required fields, and combinations of schemas, with
 * the errors of kube-openapi's validator. Immutable and safe for any thread; patterns take time linear in the text.
 */
public final class ValueRules {
    private static final String WHERE = " in body ";

    private final JsonNode schema;
    private final Set<String> types;
    private final boolean nullable;
    private final String format;
    private final Map<String, ValueRules> properties = new LinkedHashMap<>();
    private final @Nullable ValueRules items;
    private final @Nullable ValueRules additional;
    private final boolean closed;
    private final List<String> required;
    private final List<JsonNode> permitted = new ArrayList<>();
    private final @Nullable Pattern pattern;
    private final List<ValueRules> allOf;
    private final List<ValueRules> anyOf;
    private final List<ValueRules> oneOf;
    private final @Nullable ValueRules not;

    private ValueRules(JsonNode schema) {
        this.schema = schema;
        String type = schema.path("type").stringValue("");
        boolean intOrString = schema.path("x-kubernetes-int-or-string").booleanValue(false);
        this.types = intOrString
                ? new TreeSet<>(Set.of("integer", "string"))
                : type.isEmpty() ? Set.of() : Set.of(type);
        this.nullable = schema.path("nullable").booleanValue(false);
        String named = schema.path("format").stringValue("");
        this.format = Formats.isKnown(named, type) ? named : "";
        schema.path("properties").forEachEntry((name, property) -> properties.put(name, new ValueRules(property)));
        this.items = below(schema.path("items"));
        JsonNode additionalProperties = schema.path("additionalProperties");
        this.additional = below(additionalProperties);
        this.closed = additionalProperties.isBoolean() && !additionalProperties.booleanValue();
        this.required = Structural.strings(schema.path("required"));
        schema.path("enum").forEach(permitted::add);
        this.pattern = pattern(schema.path("pattern").stringValue(""));
        this.allOf = all(schema.path("allOf"));
        this.anyOf = all(schema.path("anyOf"));
        this.oneOf = all(schema.path("oneOf"));
        this.not = below(schema.path("not"));
    }

    /** Compiles a schema. A pattern that is malformed is left out: definitions are validated before. */
    public static ValueRules of(JsonNode schema) {
        return new ValueRules(schema);
    }

    private static @Nullable ValueRules below(JsonNode schema) {
        return schema.isObject() ? new ValueRules(schema) : null;
    }

    private static List<ValueRules> all(JsonNode schemas) {
        List<ValueRules> rules = new ArrayList<>(schemas.size());
        schemas.forEach(one -> rules.add(new ValueRules(one)));
        return List.copyOf(rules);
    }

    private static @Nullable Pattern pattern(String text) {
        try {
            return text.isEmpty() ? null : Pattern.compile(text);
        } catch (PatternSyntaxException malformed) {
            return null;
        }
    }

    /** The rules of a field, or null where there are none. */
    public @Nullable ValueRules field(String name) {
        ValueRules property = properties.get(name);
        return property != null ? property : additional;
    }

    @Nullable
    ValueRules items() {
        return items;
    }

    /** What is wrong with a value whose path errors begin with; empty for the whole object. */
    public List<FieldError> check(JsonNode value, String path) {
        Findings findings = new Findings();
        check(value, path, findings);
        return findings.errors;
    }

    /** Errors, and how many checks went well: of several alternatives the one that fits best is reported. */
    private static final class Findings {
        private final List<FieldError> errors = new ArrayList<>();
        private int matches;

        void merge(Findings other) {
            errors.addAll(other.errors);
            matches += other.matches;
        }
    }

    private Findings findings(JsonNode value, String path) {
        Findings findings = new Findings();
        check(value, path, findings);
        return findings;
    }

    private void check(JsonNode value, String path, Findings into) {
        checkType(value, path, into);
        if (!permitted.isEmpty() && permitted.stream().noneMatch(one -> JsonValues.equal(one, value))) {
            into.errors.add(FieldError.notSupported(place(path), shown(value), permitted.stream()
                    .map(one -> one.isString() ? one.stringValue() : one.toString()).toList()));
        }
        if (value.isNull()) {
            return;
        }
        combinations(value, path, into);
        if (value.isString()) {
            checkText(value.stringValue(), path, into);
        } else if (value.isNumber()) {
            checkNumber(value, path, into);
        } else if (value.isArray()) {
            checkArray(value, path, into);
        } else if (value.isObject()) {
            checkObject(value, path, into);
        }
    }

    /** Upstream writes the place of an error about the whole object so. */
    private static String place(String path) {
        return path.isEmpty() ? "<nil>" : path;
    }

    private static Object shown(JsonNode value) {
        return value.isString() ? value.stringValue() : value.isNull() ? "" : value;
    }

    private void checkType(JsonNode value, String path, Findings into) {
        String found = typeOf(value);
        if (value.isNull()) {
            if (!types.isEmpty() && !nullable) {
                wrongType(path, String.join(",", types), found, into);
            }
            return;
        }
        boolean whole = found.equals("number") && types.contains("integer") && isWhole(value);
        boolean wider = found.equals("integer") && types.contains("number");
        if (!types.isEmpty() && !types.contains(found) && !whole && !wider) {
            wrongType(path, format.isEmpty() ? String.join(",", types) : format, found, into);
        } else {
            into.matches++;
        }
    }

    private static void wrongType(String path, String wanted, String found, Findings into) {
        into.errors.add(FieldError.typeInvalid(place(path), found,
                path + WHERE + "must be of type " + wanted + ": \"" + found + "\""));
    }

    static String typeOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "object";
            case ARRAY -> "array";
            case STRING, BINARY, POJO -> "string";
            case BOOLEAN -> "boolean";
            case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
            case NULL, MISSING -> "null";
        };
    }

    private static boolean isWhole(JsonNode value) {
        double number = value.doubleValue();
        return number == Math.rint(number) && Math.abs(number) < 1L << 53;
    }

    private void checkText(String text, String path, Findings into) {
        int length = text.codePointCount(0, text.length());
        JsonNode max = schema.get("maxLength");
        if (max != null && length > max.longValue(Long.MAX_VALUE)) {
            into.errors.add(FieldError.tooLong(place(path), max.intValue(0)));
        }
        JsonNode min = schema.get("minLength");
        if (min != null && length < min.longValue(0)) {
            invalid(path, text, "should be at least " + min.longValue(0) + " chars long", into);
        }
        if (pattern != null && !pattern.matcher(text).find()) {
            invalid(path, text, "should match '" + pattern.pattern() + "'", into);
        }
        if (!format.isEmpty() && !Formats.matches(format, text)) {
            into.errors.add(FieldError.typeInvalid(place(path), text,
                    path + WHERE + "must be of type " + format + ": \"" + text + "\""));
        }
        into.matches++;
    }

    private void checkNumber(JsonNode value, String path, Findings into) {
        BigDecimal number = value.decimalValue();
        JsonNode multipleOf = schema.get("multipleOf");
        if (multipleOf != null && multipleOf.decimalValue().signum() > 0
                && number.remainder(multipleOf.decimalValue()).signum() != 0) {
            invalid(path, value, "should be a multiple of " + plain(multipleOf), into);
        }
        JsonNode max = schema.get("maximum");
        boolean belowMax = schema.path("exclusiveMaximum").booleanValue(false);
        if (max != null && number.compareTo(max.decimalValue()) >= (belowMax ? 0 : 1)) {
            invalid(path, value, (belowMax ? "should be less than " : "should be less than or equal to ")
                    + plain(max), into);
        }
        JsonNode min = schema.get("minimum");
        boolean aboveMin = schema.path("exclusiveMinimum").booleanValue(false);
        if (min != null && number.compareTo(min.decimalValue()) <= (aboveMin ? 0 : -1)) {
            invalid(path, value, (aboveMin ? "should be greater than " : "should be greater than or equal to ")
                    + plain(min), into);
        }
        if (types.contains("integer") && types.size() == 1 && !fitsInteger(number)) {
            into.errors.add(FieldError.invalid("<nil>", "", "Checked value must be of type integer "
                    + (format.isEmpty() ? "(default format)" : "with format " + format) + " in " + path));
        }
        into.matches++;
    }

    private boolean fitsInteger(BigDecimal number) {
        try {
            long whole = number.longValueExact();
            return !format.equals("int32") || whole == (int) whole;
        } catch (ArithmeticException none) {
            return false;
        }
    }

    private static String plain(JsonNode number) {
        BigDecimal value = number.decimalValue().stripTrailingZeros();
        return value.toPlainString();
    }

    private static void invalid(String path, Object value, String what, Findings into) {
        into.errors.add(FieldError.invalid(place(path), value, path + WHERE + what));
    }

    private void checkArray(JsonNode value, String path, Findings into) {
        if (items != null) {
            for (int i = 0; i < value.size(); i++) {
                items.check(value.get(i), path + "[" + i + "]", into);
            }
        }
        JsonNode min = schema.get("minItems");
        if (min != null && value.size() < min.longValue(0)) {
            invalid(path, value.size(), "should have at least " + min.longValue(0) + " items", into);
        }
        JsonNode max = schema.get("maxItems");
        if (max != null && value.size() > max.longValue(Long.MAX_VALUE)) {
            into.errors.add(FieldError.tooMany(place(path), value.size(), max.intValue(0)));
        }
        into.matches++;
    }

    private void checkObject(JsonNode value, String path, Findings into) {
        JsonNode min = schema.get("minProperties");
        if (min != null && value.size() < min.longValue(0)) {
            invalid(path, value.size(), "should have at least " + min.longValue(0) + " properties", into);
        }
        JsonNode max = schema.get("maxProperties");
        if (max != null && value.size() > max.longValue(Long.MAX_VALUE)) {
            into.errors.add(FieldError.tooMany(place(path), value.size(), max.intValue(0)));
        }
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            String below = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
            ValueRules rules = field(entry.getKey());
            if (rules != null) {
                rules.check(entry.getValue(), below, into);
            } else if (closed) {
                into.errors.add(FieldError.invalid(place(path), "", below + WHERE + "is a forbidden property"));
            }
        }
        for (String name : required) {
            if (!value.has(name)) {
                into.errors.add(FieldError.required(path.isEmpty() ? name : path + "." + name, ""));
            }
        }
        into.matches++;
    }

    private void combinations(JsonNode value, String path, Findings into) {
        if (!anyOf.isEmpty()) {
            Findings best = null;
            for (ValueRules alternative : anyOf) {
                Findings found = alternative.findings(value, path);
                if (found.errors.isEmpty()) {
                    best = found;
                    break;
                }
                best = best == null || found.matches > best.matches ? found : best;
            }
            if (best != null && !best.errors.isEmpty()) {
                combined(path, "must validate at least one schema (anyOf)", into);
                into.merge(best);
            }
        }
        if (!oneOf.isEmpty()) {
            oneOf(value, path, into);
        }
        int valid = 0;
        for (ValueRules part : allOf) {
            Findings found = part.findings(value, path);
            valid += found.errors.isEmpty() ? 1 : 0;
            into.merge(found);
        }
        if (valid < allOf.size()) {
            combined(path, "must validate all the schemas (allOf)" + (valid == 0 ? ". None validated" : ""), into);
        }
        if (not != null && not.findings(value, path).errors.isEmpty()) {
            combined(path, "must not validate the schema (not)", into);
        }
        into.matches++;
    }

    private void oneOf(JsonNode value, String path, Findings into) {
        Findings best = null;
        int valid = 0;
        for (ValueRules alternative : oneOf) {
            Findings found = alternative.findings(value, path);
            if (found.errors.isEmpty()) {
                valid++;
            } else {
                best = best == null || found.matches > best.matches ? found : best;
            }
        }
        if (valid != 1) {
            combined(path, "must validate one and only one schema (oneOf). "
                    + (valid == 0 ? "Found none valid" : "Found " + valid + " valid alternatives"), into);
            if (valid == 0 && best != null) {
                into.merge(best);
            }
        }
    }

    private static void combined(String path, String what, Findings into) {
        into.errors.add(FieldError.invalid("<nil>", "", "\"" + path + "\" " + what));
    }
}
