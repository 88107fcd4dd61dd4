package io.myriad.apiserver.custom;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.myriad.api.custom.Structural;

/** The paths by which a rule names the field that its error is about: {@code .spec.names['a.b']}. */
final class FieldPaths {
    private static final Pattern STEP = Pattern.compile("\\.([^.\\[]+)|\\['((?:[^'\\\\]|\\\\.)+)'\\]");

    private FieldPaths() {}

    /** Whether the path leads to a field of the schema. */
    static boolean isValid(Structural schema, String path) {
        Matcher steps = STEP.matcher(path);
        Structural at = schema;
        int end = 0;
        while (end < path.length()) {
            if (!steps.find(end) || steps.start() != end) {
                return false;
            }
            String plain = steps.group(1);
            Structural below = field(at, plain != null ? plain : steps.group(2).replace("\\'", "'"), plain == null);
            if (below == null) {
                return false;
            }
            at = below;
            end = steps.end();
        }
        return !path.isEmpty();
    }

    private static @Nullable Structural field(Structural schema, String name, boolean quoted) {
        Structural property = schema.properties().get(name);
        return property == null && quoted ? schema.additional() : property;
    }
}
