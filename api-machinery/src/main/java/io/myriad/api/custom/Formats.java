package io.myriad.api.custom;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import com.google.re2j.Pattern;

/**
 * The formats of texts and numbers that schemas may name, as kube-openapi's {@code strfmt} knows them. Others are
 * accepted and mean nothing.
 */
public final class Formats {
    private static final Set<String> INTEGERS = Set.of("int32", "int64");
    private static final Set<String> NUMBERS = Set.of("float", "double");
    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final String IPV4 = OCTET + "(\\." + OCTET + "){3}";
    private static final String HEX4 = "[0-9a-f]{4}";
    private static final Map<String, Predicate<String>> TEXTS = Map.ofEntries(
            text("bsonobjectid", "(?i)[0-9a-f]{24}"), Map.entry("uri", Formats::isUri),
            text("email", "[^@\\s<>]+@[^@\\s<>]+"),
            text("hostname", "([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\.)*[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}"
                    + "[a-zA-Z0-9])?"),
            text("ipv4", IPV4), Map.entry("ipv6", Formats::isIpv6), Map.entry("cidr", Formats::isCidr),
            text("mac", "(?i)([0-9a-f]{2}([:-])([0-9a-f]{2}[:-]){4,18}[0-9a-f]{2}|(" + HEX4 + "\\.){2,9}" + HEX4 + ")"),
            text("uuid", "(?i)[0-9a-f]{8}-?" + HEX4 + "-?" + HEX4 + "-?" + HEX4 + "-?[0-9a-f]{12}"),
            text("uuid3", "(?i)[0-9a-f]{8}-?" + HEX4 + "-?3[0-9a-f]{3}-?" + HEX4 + "-?[0-9a-f]{12}"),
            text("uuid4", "(?i)[0-9a-f]{8}-?" + HEX4 + "-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}"),
            text("uuid5", "(?i)[0-9a-f]{8}-?" + HEX4 + "-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}"),
            Map.entry("isbn", value -> isIsbn10(value) || isIsbn13(value)), Map.entry("isbn10", Formats::isIsbn10),
            Map.entry("isbn13", Formats::isIsbn13), Map.entry("creditcard", Formats::isCreditCard),
            text("ssn", "[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}"),
            text("hexcolor", "#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})"),
            text("rgbcolor", "rgb\\(\\s*" + OCTET + "\\s*,\\s*" + OCTET + "\\s*,\\s*" + OCTET + "\\s*\\)"),
            Map.entry("byte", Formats::isBase64), Map.entry("password", value -> true),
            Map.entry("date", Formats::isDate),
            text("duration", "[-+]?([0-9]+(\\.[0-9]*)?\\s*[a-zA-Zµ]+\\s*)+|0"),
            text("datetime", "(?i)[0-9]{4}-[0-9]{2}-[0-9]{2}t([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?"
                    + "(z|[+-][0-9]{2}:[0-9]{2})"),
            text("k8sshortname", "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"),
            text("k8slongname", "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"));

    private Formats() {}

    private static Map.Entry<String, Predicate<String>> text(String name, String pattern) {
        Pattern compiled = Pattern.compile(pattern);
        return Map.entry(name, value -> compiled.matcher(value).matches());
    }

    /**
     * Whether a format means something.
     *
     * @param type the schema's type, or empty
     */
    public static boolean isKnown(String format, String type) {
        return switch (type) {
            case "", "string" -> TEXTS.containsKey(normal(format));
            case "integer" -> INTEGERS.contains(format);
            case "number" -> NUMBERS.contains(format);
            default -> false;
        };
    }

    private static String normal(String format) {
        return format.replace("-", "");
    }

    /** Whether a text has a format; every text has an unknown one. */
    static boolean matches(String format, String value) {
        Predicate<String> known = TEXTS.get(normal(format));
        return known == null || known.test(value);
    }

    private static boolean isUri(String value) {
        try {
            URI uri = new URI(value);
            return uri.getScheme() != null || value.startsWith("/");
        } catch (URISyntaxException broken) {
            return false;
        }
    }

    private static boolean isIpv6(String value) {
        String hex = value;
        int limit = 8;
        int lastColon = value.lastIndexOf(':');
        if (lastColon < 0) {
            return false;
        }
        if (value.indexOf('.') >= 0) {
            if (!matches("ipv4", value.substring(lastColon + 1))) {
                return false;
            }
            hex = value.substring(0, lastColon + 1) + "0:0";
        }
        int gap = hex.indexOf("::");
        if (gap != hex.lastIndexOf("::")) {
            return false;
        }
        String rest = gap < 0 ? hex : hex.substring(0, gap);
        String tail = gap < 0 ? "" : hex.substring(gap + 2);
        int groups = groups(rest) + groups(tail);
        return groups >= 0 && (gap < 0 ? groups == limit : groups < limit);
    }

    /** How many groups of hexadecimal digits there are, far below zero when it is none. */
    private static int groups(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        String[] groups = text.split(":", -1);
        for (String group : groups) {
            if (group.isEmpty() || group.length() > 4
                    || !group.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
                return -100;
            }
        }
        return groups.length;
    }

    private static boolean isCidr(String value) {
        int slash = value.indexOf('/');
        if (slash < 0) {
            return false;
        }
        String address = value.substring(0, slash);
        String bits = value.substring(slash + 1);
        boolean v4 = matches("ipv4", address);
        if (!v4 && !isIpv6(address) || bits.isEmpty() || bits.length() > 3
                || !bits.chars().allMatch(c -> c >= '0' && c <= '9') || bits.length() > 1 && bits.charAt(0) == '0') {
            return false;
        }
        return Integer.parseInt(bits) <= (v4 ? 32 : 128);
    }

    private static String digits(String value) {
        return value.replace("-", "").replace(" ", "");
    }

    private static boolean isIsbn10(String value) {
        String digits = digits(value);
        if (!digits.matches("[0-9]{9}[0-9X]")) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < 10; i++) {
            sum += (i + 1) * (digits.charAt(i) == 'X' ? 10 : digits.charAt(i) - '0');
        }
        return sum % 11 == 0;
    }

    private static boolean isIsbn13(String value) {
        String digits = digits(value);
        if (!digits.matches("[0-9]{13}")) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < 13; i++) {
            sum += (i % 2 == 0 ? 1 : 3) * (digits.charAt(i) - '0');
        }
        return sum % 10 == 0;
    }

    /** The digits of the big issuers' numbers, with the check digit of Luhn's algorithm. */
    private static boolean isCreditCard(String value) {
        String digits = value.replaceAll("[^0-9]+", "");
        if (digits.length() < 13 || digits.length() > 16) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int doubled = digit * 2;
            sum += i % 2 == 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
        }
        return sum % 10 == 0;
    }

    private static boolean isBase64(String value) {
        try {
            Base64.getDecoder().decode(value.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return value.length() % 4 == 0;
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    private static boolean isDate(String value) {
        try {
            LocalDate.parse(value);
            return value.length() == 10;
        } catch (DateTimeParseException none) {
            return false;
        }
    }
}
