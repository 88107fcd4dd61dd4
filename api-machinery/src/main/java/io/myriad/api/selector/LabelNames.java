package io.myriad.api.selector;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What label keys and values may look like, with messages as apimachinery's {@code content} package words them. */
final class LabelNames {
    private static final int MAX_LENGTH = 63;
    private static final int MAX_PREFIX_LENGTH = 253;
    private static final String NAME = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private static final String DNS = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
    private static final Pattern NAME_PATTERN = Pattern.compile(NAME);
    private static final Pattern DNS_PATTERN = Pattern.compile(DNS);
    private static final String NAME_RULE = "must consist of alphanumeric characters, '-', '_' or '.', and must start and"
            + " end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation"
            + " is '" + NAME + "')";

    private LabelNames() {}

    static List<String> keyProblems(String key) {
        List<String> problems = new ArrayList<>();
        String[] parts = key.split("/", -1);
        if (parts.length > 2) {
            problems.add("a valid label key " + NAME_RULE
                    + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
            return problems;
        }
        if (parts.length == 2) {
            prefixProblems(parts[0], problems);
        }
        String name = parts[parts.length - 1];
        if (name.isEmpty()) {
            problems.add("name part must be non-empty");
        } else if (name.length() > MAX_LENGTH) {
            problems.add("name part must be no more than " + MAX_LENGTH + " bytes");
        }
        if (!NAME_PATTERN.matcher(name).matches()) {
            problems.add("name part " + NAME_RULE);
        }
        return problems;
    }

    private static void prefixProblems(String prefix, List<String> problems) {
        if (prefix.isEmpty()) {
            problems.add("prefix part must be non-empty");
            return;
        }
        if (prefix.length() > MAX_PREFIX_LENGTH) {
            problems.add("prefix part must be no more than " + MAX_PREFIX_LENGTH + " bytes");
        }
        if (!DNS_PATTERN.matcher(prefix).matches()) {
            problems.add(
                    "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters,"
                            + " '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used"
                            + " for validation is '" + DNS + "')");
        }
    }

    static List<String> valueProblems(String value) {
        List<String> problems = new ArrayList<>();
        if (value.length() > MAX_LENGTH) {
            problems.add("must be no more than " + MAX_LENGTH + " bytes");
        }
        if (!value.isEmpty() && !NAME_PATTERN.matcher(value).matches()) {
            problems.add("a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.',"
                    + " and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or"
                    + " '12345', regex used for validation is '(" + NAME + ")?')");
        }
        return problems;
    }
}
