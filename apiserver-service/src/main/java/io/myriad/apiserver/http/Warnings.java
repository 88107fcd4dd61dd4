package io.myriad.apiserver.http;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** Collects the warnings of a request and puts them into its answer's headers. Used by one thread. */
final class Warnings implements Consumer<String> {
    /** The total that clients are sure to take; beyond it warnings are shortened, then left out. */
    private static final int MAX_TOTAL_CHARACTERS = 4 << 10;
    private static final int MAX_SHORTENED_CHARACTERS = 256;

    /** Null until there is one: most requests have none. */
    private @Nullable Set<String> texts;

    @Override
    public void accept(String text) {
        if (texts == null) {
            texts = new LinkedHashSet<>();
        }
        texts.add(text);
    }

    void writeTo(HttpHeaders headers) {
        if (texts == null) {
            return;
        }
        int total = texts.stream().mapToInt(String::length).sum();
        int written = 0;
        for (String text : texts) {
            String shown = total > MAX_TOTAL_CHARACTERS && text.length() > MAX_SHORTENED_CHARACTERS
                    ? text.substring(0, MAX_SHORTENED_CHARACTERS)
                    : text;
            written += shown.length();
            if (written > MAX_TOTAL_CHARACTERS) {
                return;
            }
            headers.add("Warning", "299 - \"" + quoted(shown) + "\"");
        }
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else {
                out.append(c < 0x20 || c > 0x7e ? ' ' : c);
            }
        }
        return out.toString();
    }
}
