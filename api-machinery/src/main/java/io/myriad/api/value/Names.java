package io.myriad.api.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The rules for names, keys and label values. Each check returns the sentences that upstream's answer carries, as clients
 * show and compare them, and an empty list for a valid text. Texts are scanned by hand in one pass: the patterns in the
 * sentences are for people, a backtracking matcher would let a long name exhaust the stack.
 */
public final class Names {
    private static final int MAX_LABEL = 63;
    private static final int MAX_SUBDOMAIN = 253;
    private static final int MAX_PORT_NAME = 15;

    private static final String DNS1123_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private static final String DNS1123_LABEL_MESSAGE = "a lowercase RFC 1123 label must consist of lower case "
            + "alphanumeric characters or '-', and must start and end with an alphanumeric character";
    private static final String DNS1123_SUBDOMAIN = DNS1123_LABEL + "(\\." + DNS1123_LABEL + ")*";
    private static final String DNS1123_SUBDOMAIN_MESSAGE = "a lowercase RFC 1123 subdomain must consist of lower "
            + "case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
    private static final String DNS1123_CASELESS_MESSAGE = "an RFC 1123 subdomain must consist of alphanumeric "
            + "characters, '-' or '.', and must start and end with an alphanumeric character";
    private static final String UNDERSCORE_LABEL = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
    private static final String UNDERSCORE_SUBDOMAIN = UNDERSCORE_LABEL + "(\\." + UNDERSCORE_LABEL + ")*";
    private static final String UNDERSCORE_SUBDOMAIN_MESSAGE = "a lowercase RFC 1123 subdomain must consist of lower "
            + "case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character";
    private static final String DNS1035_LABEL = "[a-z]([-a-z0-9]*[a-z0-9])?";
    private static final String DNS1035_LABEL_MESSAGE = "a DNS-1035 label must consist of lower case alphanumeric "
            + "characters or '-', start with an alphabetic character, and end with an alphanumeric character";
    private static final String WILDCARD_SUBDOMAIN_MESSAGE = "a wildcard DNS-1123 subdomain must start with '*.', "
            + "followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' "
            + "and end with an alphanumeric character";
    private static final String LABEL_KEY = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private static final String LABEL_KEY_MESSAGE = "must consist of alphanumeric characters, '-', '_' or '.', and "
            + "must start and end with an alphanumeric character";
    private static final String LABEL_VALUE_MESSAGE = "a valid label must be an empty string or consist of "
            + "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
    private static final String C_IDENTIFIER_MESSAGE = "a valid C identifier must start with alphabetic character or "
            + "'_', followed by a string of alphanumeric characters or '_'";
    private static final String ENV_VAR_MESSAGE = "a valid environment variable name must consist of alphabetic "
            + "characters, digits, '_', '-', or '.', and must not start with a digit";
    private static final String RELAXED_ENV_VAR_MESSAGE = "a valid environment variable name must consist only of "
            + "printable ASCII characters other than '='";
    private static final String CONFIG_KEY_MESSAGE = "a valid config key must consist of alphanumeric characters, "
            + "'-', '_' or '.'";
    private static final String HTTP_HEADER_MESSAGE = "a valid HTTP header must consist of alphanumeric characters "
            + "or '-'";
    private static final String PERCENT_MESSAGE = "a valid percent string must be a numeric string followed by an "
            + "ending '%'";

    private Names() {}

    /** A DNS label (RFC 1123): most object names that become host names, namespaces, container names. */
    public static List<String> dns1123Label(String value) {
        List<String> problems = tooLong(value, MAX_LABEL, "characters");
        if (!isLabel(value, 0, value.length(), false)) {
            problems.add(isSubdomain(value)
                    ? "must not contain dots"
                    : pattern(DNS1123_LABEL_MESSAGE, DNS1123_LABEL, "my-name", "123-abc"));
        }
        return problems;
    }

    /** A DNS subdomain (RFC 1123): the usual rule for object names. */
    public static List<String> dns1123Subdomain(String value) {
        return subdomain(value, "characters");
    }

    private static List<String> subdomain(String value, String unit) {
        List<String> problems = tooLong(value, MAX_SUBDOMAIN, unit);
        if (!isSubdomain(value)) {
            problems.add(pattern(DNS1123_SUBDOMAIN_MESSAGE, DNS1123_SUBDOMAIN, "example.com"));
        }
        return problems;
    }

    /** A DNS subdomain in which capital letters are permitted too. */
    public static List<String> dns1123SubdomainCaseless(String value) {
        List<String> problems = tooLong(value, MAX_SUBDOMAIN, "bytes");
        if (!isSubdomain(value.toLowerCase(Locale.ROOT)) || !isAscii(value)) {
            problems.add(pattern(DNS1123_CASELESS_MESSAGE, DNS1123_SUBDOMAIN, "Example.com"));
        }
        return problems;
    }

    /** A DNS subdomain whose labels may contain and start with underscores. */
    public static List<String> dns1123SubdomainWithUnderscore(String value) {
        List<String> problems = tooLong(value, MAX_SUBDOMAIN, "characters");
        if (!isDotted(value, 0, true)) {
            problems.add(pattern(UNDERSCORE_SUBDOMAIN_MESSAGE, UNDERSCORE_SUBDOMAIN, "example.com"));
        }
        return problems;
    }

    /** A DNS label that starts with a letter (RFC 1035): names of services. */
    public static List<String> dns1035Label(String value) {
        List<String> problems = tooLong(value, MAX_LABEL, "characters");
        if (!isLabel(value, 0, value.length(), false) || !isLower(value.charAt(0))) {
            problems.add(pattern(DNS1035_LABEL_MESSAGE, DNS1035_LABEL, "my-name", "abc-123"));
        }
        return problems;
    }

    /** A subdomain behind {@code *.}. */
    public static List<String> wildcardDns1123Subdomain(String value) {
        List<String> problems = tooLong(value, MAX_SUBDOMAIN, "characters");
        if (!value.startsWith("*.") || !isDotted(value, 2, false)) {
            problems.add(
                    pattern(WILDCARD_SUBDOMAIN_MESSAGE, "\\*\\." + DNS1123_SUBDOMAIN, "*.example.com"));
        }
        return problems;
    }

    /** A key of labels, annotations (in lower case), finalizers, resources: an optional subdomain, a slash, a name. */
    public static List<String> qualifiedName(String value) {
        List<String> problems = new ArrayList<>();
        int slash = value.indexOf('/');
        if (slash != value.lastIndexOf('/')) {
            problems.add("a valid label key " + pattern(LABEL_KEY_MESSAGE, LABEL_KEY, "MyName", "my.name", "123-abc")
                    + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
            return problems;
        }
        if (slash == 0) {
            problems.add("prefix part " + empty());
        } else if (slash > 0) {
            for (String problem : subdomain(value.substring(0, slash), "bytes")) {
                problems.add("prefix part " + problem);
            }
        }
        String name = value.substring(slash + 1);
        if (name.isEmpty()) {
            problems.add("name part " + empty());
        } else {
            for (String problem : tooLong(name, MAX_LABEL, "bytes")) {
                problems.add("name part " + problem);
            }
        }
        if (!isLabelKeyName(name)) {
            problems.add("name part " + pattern(LABEL_KEY_MESSAGE, LABEL_KEY, "MyName", "my.name", "123-abc"));
        }
        return problems;
    }

    /** A label's value. */
    public static List<String> labelValue(String value) {
        List<String> problems = tooLong(value, MAX_LABEL, "bytes");
        if (!value.isEmpty() && !isLabelKeyName(value)) {
            problems.add(pattern(LABEL_VALUE_MESSAGE, "(" + LABEL_KEY + ")?", "MyValue", "my_value", "12345"));
        }
        return problems;
    }

    /** A name that can be part of a path: RBAC names and others with few rules. Empty names pass. */
    public static List<String> pathSegment(String value) {
        if (value.equals(".") || value.equals("..")) {
            return List.of("may not be '" + value + "'");
        }
        return pathSegmentPrefix(value);
    }

    /** The beginning of a name for {@link #pathSegment}. */
    public static List<String> pathSegmentPrefix(String value) {
        List<String> problems = new ArrayList<>();
        for (String part : List.of("/", "%")) {
            if (value.contains(part)) {
                problems.add("may not contain '" + part + "'");
            }
        }
        return problems;
    }

    /** An identifier of C: letters, digits and underscores, no digit first. */
    public static List<String> cIdentifier(String value) {
        boolean valid = !value.isEmpty() && !isDigit(value.charAt(0));
        for (int i = 0; i < value.length(); i++) {
            valid &= isLetterOrDigit(value.charAt(i)) || value.charAt(i) == '_';
        }
        return valid
                ? List.of()
                : List.of(pattern(C_IDENTIFIER_MESSAGE, "[A-Za-z_][A-Za-z0-9_]*", "my_name", "MY_NAME", "MyName"));
    }

    /** The name of an environment variable by the older, narrower rule. */
    public static List<String> environmentVariable(String value) {
        List<String> problems = new ArrayList<>();
        if (!isConfigKey(value) || isDigit(value.charAt(0))) {
            problems.add(pattern(ENV_VAR_MESSAGE, "[-._a-zA-Z][-._a-zA-Z0-9]*", "my.env-name", "MY_ENV.NAME",
                    "MyEnvName1"));
        }
        problems.addAll(dots(value));
        return problems;
    }

    /** The name of an environment variable by today's rule: printable ASCII without {@code =}. */
    public static List<String> relaxedEnvironmentVariable(String value) {
        List<String> problems = new ArrayList<>();
        if (value.isEmpty()) {
            problems.add("environment variable name " + empty());
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > '~' || c == '=') {
                problems.add(RELAXED_ENV_VAR_MESSAGE);
                break;
            }
        }
        return problems;
    }

    /** A key of a config map or secret. */
    public static List<String> configMapKey(String value) {
        List<String> problems = tooLong(value, MAX_SUBDOMAIN, "characters");
        if (!isConfigKey(value)) {
            problems.add(pattern(CONFIG_KEY_MESSAGE, "[-._a-zA-Z0-9]+", "key.name", "KEY_NAME", "key-name"));
        }
        problems.addAll(dots(value));
        return problems;
    }

    /** The name of an HTTP header. */
    public static List<String> httpHeader(String value) {
        boolean valid = !value.isEmpty();
        for (int i = 0; i < value.length(); i++) {
            valid &= isLetterOrDigit(value.charAt(i)) || value.charAt(i) == '-';
        }
        return valid ? List.of() : List.of(pattern(HTTP_HEADER_MESSAGE, "[-A-Za-z0-9]+", "X-Header-Name"));
    }

    /** The name of a port. */
    public static List<String> portName(String value) {
        List<String> problems = tooLong(value, MAX_PORT_NAME, "characters");
        boolean charset = !value.isEmpty();
        boolean letter = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            charset &= isLower(c) || isDigit(c) || c == '-';
            letter |= isLower(c);
        }
        if (!charset) {
            problems.add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
        }
        if (!letter) {
            problems.add("must contain at least one letter (a-z)");
        }
        if (value.contains("--")) {
            problems.add("must not contain consecutive hyphens");
        }
        if (value.startsWith("-") || value.endsWith("-")) {
            problems.add("must not begin or end with a hyphen");
        }
        return problems;
    }

    /** The number of a port. */
    public static List<String> portNumber(long value) {
        return inRange(value, 1, 65_535);
    }

    /** A number between two others, both included. */
    public static List<String> inRange(long value, long low, long high) {
        return value >= low && value <= high
                ? List.of()
                : List.of("must be between " + low + " and " + high + ", inclusive");
    }

    /** Digits and a percent sign. */
    public static List<String> percent(String value) {
        boolean valid = value.length() > 1 && value.endsWith("%");
        for (int i = 0; i < value.length() - 1; i++) {
            valid &= isDigit(value.charAt(i));
        }
        return valid ? List.of() : List.of(pattern(PERCENT_MESSAGE, "[0-9]+%", "1%", "93%"));
    }

    /** A whole number without leading zeros or plus sign. */
    public static List<String> decimalInteger(String value) {
        if (value.isEmpty()) {
            return List.of(empty());
        }
        int from = value.charAt(0) == '-' ? 1 : 0;
        boolean valid = value.equals("0")
                || from < value.length() && value.charAt(from) >= '1' && value.charAt(from) <= '9';
        for (int i = from; i < value.length(); i++) {
            valid &= isDigit(value.charAt(i));
        }
        return valid ? List.of() : List.of("must be a valid decimal integer in canonical form");
    }

    /**
     * The text of a {@code generateName} as the check of a full name should see it: what is appended later makes a
     * trailing hyphen valid.
     */
    public static String maskTrailingHyphen(String prefix) {
        return prefix.length() > 1 && prefix.endsWith("-") ? prefix.substring(0, prefix.length() - 2) + "a" : prefix;
    }

    private static String empty() {
        return "must be non-empty";
    }

    private static List<String> tooLong(String value, int max, String unit) {
        List<String> problems = new ArrayList<>();
        if (utf8Length(value) > max) {
            problems.add("must be no more than " + max + " " + unit);
        }
        return problems;
    }

    private static String pattern(String message, String pattern, String... examples) {
        StringBuilder out = new StringBuilder(message).append(" (e.g. ");
        for (int i = 0; i < examples.length; i++) {
            out.append(i == 0 ? "" : " or ").append('\'').append(examples[i]).append("', ");
        }
        return out.append("regex used for validation is '").append(pattern).append("')").toString();
    }

    private static List<String> dots(String value) {
        if (value.equals(".") || value.equals("..")) {
            return List.of("must not be '" + value + "'");
        }
        return value.startsWith("..") ? List.of("must not start with '..'") : List.of();
    }

    /** The number of bytes in UTF-8, which is what upstream's length limits count. */
    public static int utf8Length(String value) {
        int length = value.length();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c >= 0x80) {
                // A surrogate pair is two chars and four bytes.
                length += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
            }
        }
        return length;
    }

    private static boolean isSubdomain(String value) {
        return isDotted(value, 0, false);
    }

    private static boolean isDotted(String value, int start, boolean underscore) {
        int from = start;
        while (true) {
            int dot = value.indexOf('.', from);
            if (!isLabel(value, from, dot < 0 ? value.length() : dot, underscore)) {
                return false;
            }
            if (dot < 0) {
                return true;
            }
            from = dot + 1;
        }
    }

    private static boolean isLabel(String value, int start, int end, boolean underscore) {
        int from = underscore && start < end && value.charAt(start) == '_' ? start + 1 : start;
        if (from >= end || !isLowerOrDigit(value.charAt(from)) || !isLowerOrDigit(value.charAt(end - 1))) {
            return false;
        }
        for (int i = from; i < end; i++) {
            char c = value.charAt(i);
            if (!isLowerOrDigit(c) && c != '-' && !(underscore && c == '_')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLabelKeyName(String value) {
        return isConfigKey(value) && isLetterOrDigit(value.charAt(0))
                && isLetterOrDigit(value.charAt(value.length() - 1));
    }

    private static boolean isConfigKey(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!isLetterOrDigit(c) && c != '-' && c != '_' && c != '.') {
                return false;
            }
        }
        return !value.isEmpty();
    }

    private static boolean isAscii(String value) {
        return utf8Length(value) == value.length();
    }

    private static boolean isLower(char c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLowerOrDigit(char c) {
        return isLower(c) || isDigit(c);
    }

    private static boolean isLetterOrDigit(char c) {
        return isLowerOrDigit(c) || c >= 'A' && c <= 'Z';
    }
}
