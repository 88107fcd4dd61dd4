package io.myriad.apiserver.custom.cel;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Brings the path that a rule names into the form that errors have. */
final class FieldNames {
    private static final Pattern QUOTED = Pattern.compile("\\['((?:[^'\\\\]|\\\\.)+)'\\]");

    private FieldNames() {}

    /** {@code .spec['a.b']} becomes {@code .spec[a.b]}; names that are plain get a dot. */
    static String normal(String path) {
        return QUOTED.matcher(path.strip()).replaceAll(step -> {
            String name = step.group(1).replace("\\'", "'");
            return Matcher.quoteReplacement(name.matches("[a-zA-Z_][a-zA-Z0-9_-]*") ? "." + name : "[" + name + "]");
        });
    }
}
