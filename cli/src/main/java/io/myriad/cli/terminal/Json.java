package io.myriad.cli.terminal;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** JSON out of maps, lists, texts, numbers and booleans, indented for people. */
public final class Json {
    private static final String INDENT = "  ";

    private Json() {}

    /** The text of a value, without a line end behind it. */
    public static String of(@Nullable Object value) {
        StringBuilder text = new StringBuilder();
        append(text, value, "\n");
        return text.toString();
    }

    private static void append(StringBuilder text, @Nullable Object value, String lineStart) {
        switch (value) {
            case null -> text.append("null");
            case Number number -> text.append(number);
            case Boolean truth -> text.append(truth);
            case Map<?, ?> map -> append(text, map, lineStart);
            case List<?> list -> append(text, list, lineStart);
            default -> appendQuoted(text, value.toString());
        }
    }

    private static void append(StringBuilder text, Map<?, ?> map, String lineStart) {
        String separator = "{";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            text.append(separator).append(lineStart).append(INDENT);
            appendQuoted(text, String.valueOf(entry.getKey()));
            text.append(": ");
            append(text, entry.getValue(), lineStart + INDENT);
            separator = ",";
        }
        text.append(map.isEmpty() ? "{}" : lineStart + "}");
    }

    private static void append(StringBuilder text, List<?> list, String lineStart) {
        String separator = "[";
        for (Object element : list) {
            text.append(separator).append(lineStart).append(INDENT);
            append(text, element, lineStart + INDENT);
            separator = ",";
        }
        text.append(list.isEmpty() ? "[]" : lineStart + "]");
    }

    private static void appendQuoted(StringBuilder text, String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char character = value.charAt(i);
            switch (character) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (character < ' ') {
                        text.append(String.format("\\u%04x", (int) character));
                    } else {
                        text.append(character);
                    }
                }
            }
        }
        text.append('"');
    }
}
