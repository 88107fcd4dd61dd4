package io.myriad.api.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.YAMLException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What plain YAML scalars mean, by YAML 1.1 as upstream's library reads it and then writes as JSON. */
final class YamlScalars {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Set<String> TRUE = Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On",
            "ON");
    private static final Set<String> FALSE = Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off",
            "Off", "OFF");
    private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
    private static final Set<String> NOT_FINITE = Set.of(".nan", ".inf", "+.inf", "-.inf");
    private static final Pattern FLOAT = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    private static final int MAX_NUMBER_LENGTH = 1000;
    private static final BigInteger MAX_UNSIGNED = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private YamlScalars() {}

    /** The value of a plain scalar without a tag. */
    static JsonNode resolve(String text) {
        if (NULL.contains(text)) {
            return NODES.nullNode();
        }
        if (TRUE.contains(text) || FALSE.contains(text)) {
            return NODES.booleanNode(TRUE.contains(text));
        }
        JsonNode number = number(text);
        return number != null ? number : NODES.stringNode(text);
    }

    /** The value of a scalar with a tag; null where the text does not fit the tag. Unknown tags leave a text. */
    static @Nullable JsonNode resolve(String tag, String text) {
        JsonNode value = resolve(text);
        return switch (tag) {
            case "tag:yaml.org,2002:bool" -> value.isBoolean() ? value : null;
            case "tag:yaml.org,2002:int" -> value.isIntegralNumber() ? value : null;
            case "tag:yaml.org,2002:float" -> value.isNumber() ? value : null;
            case "tag:yaml.org,2002:null" -> value.isNull() ? value : null;
            case "tag:yaml.org,2002:binary" -> null;
            default -> NODES.stringNode(text);
        };
    }

    /** The text of a number that is a map's key; null for whole numbers that fit no {@code long}. */
    static @Nullable String numberKey(String text) {
        String plain = text.replace("_", "");
        JsonNode whole = plain.charAt(0) == '.' ? null : integer(plain);
        if (whole != null) {
            return whole.isIntegralNumber() ? whole.asString() : null;
        }
        return shortFloat(Float.parseFloat(plain));
    }

    /** A single-precision number with the fewest digits; with an exponent below 1e-4 and from 1e6 upwards. */
    private static String shortFloat(float value) {
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        BigDecimal shortest = new BigDecimal(Float.toString(value)).stripTrailingZeros();
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent >= -4 && exponent < 6) {
            return shortest.toPlainString();
        }
        String digits = shortest.unscaledValue().abs().toString();
        return (value < 0 ? "-" : "") + digits.charAt(0) + (digits.length() > 1 ? "." + digits.substring(1) : "") + "e"
                + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }

    private static @Nullable JsonNode number(String text) {
        char first = text.charAt(0);
        boolean digit = first >= '0' && first <= '9' || first == '+' || first == '-';
        if (!digit && first != '.' || text.length() > MAX_NUMBER_LENGTH) {
            return null;
        }
        String plain = digit ? text.replace("_", "") : text;
        if (NOT_FINITE.contains(text.toLowerCase(Locale.ROOT))) {
            throw new YAMLException("json: unsupported value: " + text);
        }
        JsonNode whole = digit ? integer(plain) : null;
        if (whole != null || !FLOAT.matcher(plain).matches()) {
            return whole;
        }
        double value = Double.parseDouble(plain);
        return Double.isInfinite(value) ? null : number(value);
    }

    /** A number as it comes out of JSON text: whole ones lose their point. */
    private static JsonNode number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 0x1p63
                ? JsonReader.number((long) value)
                : NODES.numberNode(value);
    }

    private static @Nullable JsonNode integer(String text) {
        int at = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
        int radix = 10;
        if (text.length() > at + 1 && text.charAt(at) == '0') {
            char prefix = Character.toLowerCase(text.charAt(at + 1));
            radix = prefix == 'x' ? 16 : prefix == 'b' ? 2 : 8;
            at += prefix == 'x' || prefix == 'b' || prefix == 'o' ? 2 : 1;
        }
        if (at >= text.length()) {
            return null;
        }
        for (int i = at; i < text.length(); i++) {
            if (text.charAt(i) > 'f' || Character.digit(text.charAt(i), radix) < 0) {
                return null;
            }
        }
        BigInteger size = new BigInteger(text.substring(at), radix);
        BigInteger value = text.charAt(0) == '-' ? size.negate() : size;
        if (value.bitLength() < Long.SIZE) {
            return JsonReader.number(value.longValue());
        }
        return value.signum() > 0 && value.compareTo(MAX_UNSIGNED) <= 0 ? NODES.numberNode(value.doubleValue()) : null;
    }
}
