package io.myriad.apiserver.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** The parameters of a request's query, decoded, in the order sent. Immutable. */
public final class QueryParameters {
    /** A request with no query. */
    public static final QueryParameters NONE = new QueryParameters(Map.of());

    /** More pairs than any client sends; what follows is not read. */
    private static final int MAX_PAIRS = 1000;

    private final Map<String, List<String>> values;

    private QueryParameters(Map<String, List<String>> values) {
        this.values = values;
    }

    /**
     * Reads what follows the question mark. Pairs that are not well-formed are left out, as Go's server leaves them out.
     */
    public static QueryParameters parse(String query) {
        if (query.isEmpty()) {
            return NONE;
        }
        Map<String, List<String>> values = new LinkedHashMap<>();
        int start = 0;
        for (int pairs = 0; start <= query.length() && pairs < MAX_PAIRS; pairs++) {
            int end = query.indexOf('&', start);
            end = end < 0 ? query.length() : end;
            String pair = query.substring(start, end);
            start = end + 1;
            if (pair.isEmpty() || pair.indexOf(';') >= 0) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = percentDecode(equals < 0 ? pair : pair.substring(0, equals), true);
            String value = equals < 0 ? "" : percentDecode(pair.substring(equals + 1), true);
            if (name != null && value != null) {
                values.computeIfAbsent(name, any -> new ArrayList<>(1)).add(value);
            }
        }
        return new QueryParameters(values);
    }

    /** The first value of a parameter, or null when it was not sent. */
    public @Nullable String first(String name) {
        List<String> all = values.get(name);
        return all == null ? null : all.getFirst();
    }

    /** The first value of a parameter, or empty when it was not sent. */
    public String text(String name) {
        String value = first(name);
        return value == null ? "" : value;
    }

    /** All values of a parameter. */
    public List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** Whether the parameter was sent, with or without a value. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** Whether the parameter was sent and means yes: any value but {@code false} and {@code 0}, as apimachinery decides. */
    public boolean flag(String name) {
        String value = first(name);
        return value != null && !value.equalsIgnoreCase("false") && !value.equals("0");
    }

    /** Decodes percent escapes ({@code plusIsSpace} as in queries); null when an escape is malformed. */
    static @Nullable String percentDecode(String text, boolean plusIsSpace) {
        if (text.indexOf('%') < 0 && (!plusIsSpace || text.indexOf('+') < 0)) {
            return text;
        }
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        byte[] decoded = new byte[encoded.length];
        int length = 0;
        for (int i = 0; i < encoded.length; i++) {
            byte b = encoded[i];
            if (b == '%') {
                int high = i + 2 <= encoded.length - 1 ? Character.digit(encoded[i + 1], 16) : -1;
                int low = i + 2 <= encoded.length - 1 ? Character.digit(encoded[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    return null;
                }
                decoded[length++] = (byte) (high << 4 | low);
                i += 2;
            } else {
                decoded[length++] = b == '+' && plusIsSpace ? (byte) ' ' : b;
            }
        }
        return new String(decoded, 0, length, StandardCharsets.UTF_8);
    }
}
