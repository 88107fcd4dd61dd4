package io.myriad.apiserver.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A media type with its parameters, as {@code Accept} and {@code Content-Type} carry it.
 *
 * @param type such as {@code application}, or {@code *}
 * @param subtype such as {@code json}, or {@code *}
 * @param parameters without {@code q}
 * @param quality how much it is wanted, 0 to 1
 */
record MediaType(String type, String subtype, Map<String, String> parameters, double quality) {
    /** More clauses than any client sends. */
    private static final int MAX_CLAUSES = 64;

    /** The clauses of an {@code Accept} header, the most wanted first. */
    static List<MediaType> parseAccept(String header) {
        List<MediaType> clauses = new ArrayList<>();
        for (String clause : header.split(",", MAX_CLAUSES)) {
            MediaType parsed = parse(clause);
            if (parsed != null) {
                clauses.add(parsed);
            }
        }
        clauses.sort((one, other) -> {
            int byQuality = Double.compare(other.quality, one.quality);
            int byType = Boolean.compare(one.type.equals("*"), other.type.equals("*"));
            return byQuality != 0
                    ? byQuality
                    : byType != 0 ? byType : Boolean.compare(one.subtype.equals("*"), other.subtype.equals("*"));
        });
        return clauses;
    }

    /** One media type, or null when the text is none. */
    static @org.jspecify.annotations.Nullable MediaType parse(String text) {
        String[] parts = text.split(";");
        String name = parts[0].strip().toLowerCase(Locale.ROOT);
        int slash = name.indexOf('/');
        if (slash < 0 && !name.equals("*")) {
            return null;
        }
        Map<String, String> parameters = new HashMap<>();
        double quality = 1;
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            String key = (equals < 0 ? parts[i] : parts[i].substring(0, equals)).strip();
            String value = equals < 0 ? "" : unquoted(parts[i].substring(equals + 1).strip());
            if (key.equalsIgnoreCase("q")) {
                quality = quality(value);
            } else if (!key.isEmpty()) {
                parameters.put(key, value);
            }
        }
        return slash < 0
                ? new MediaType("*", "*", parameters, quality)
                : new MediaType(name.substring(0, slash), name.substring(slash + 1), parameters, quality);
    }

    private static double quality(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException malformed) {
            return 1;
        }
    }

    private static String unquoted(String text) {
        return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
                ? text.substring(1, text.length() - 1)
                : text;
    }

    /** Type and subtype. */
    String essence() {
        return type + "/" + subtype;
    }
}
