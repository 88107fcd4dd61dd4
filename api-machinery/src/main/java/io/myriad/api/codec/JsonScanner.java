package io.myriad.api.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds values in JSON bytes without building anything. It trusts the bytes to be JSON that some encoder wrote: it never
 * reads outside the array, but it does not prove the text well-formed. Not safe for threads.
 */
final class JsonScanner {
    private final byte[] data;
    private final int limit;
    private int at;

    JsonScanner(byte[] data, int offset, int length) {
        this.data = data;
        this.at = offset;
        this.limit = offset + length;
    }

    /** Takes the next member of an object about to be visited. */
    interface Member {
        /**
         * A member; the scanner goes on behind the value by itself.
         *
         * @return whether to see more members
         */
        boolean visit(int keyOffset, int keyLength, int valueOffset, int valueLength);
    }

    /** Visits the members of the object that begins here; nothing where there is no object. */
    void members(Member visitor) {
        skipSpace();
        if (peek() != '{') {
            return;
        }
        at++;
        skipSpace();
        while (peek() != '}') {
            skipSpace();
            int key = at;
            skipString();
            int keyEnd = at;
            skipSpace();
            expect(':');
            skipSpace();
            int value = at;
            skipValue();
            if (!visitor.visit(key + 1, keyEnd - key - 2, value, at - value)) {
                return;
            }
            skipSpace();
            if (peek() == ',') {
                at++;
            } else if (peek() != '}') {
                throw new MalformedException("invalid JSON at offset " + at);
            }
        }
    }

    /** Takes the next element of an array. */
    interface Element {
        void visit(int offset, int length);
    }

    /** Visits the elements of the array that begins here; nothing where there is no array. */
    void elements(Element visitor) {
        skipSpace();
        if (peek() != '[') {
            return;
        }
        at++;
        skipSpace();
        while (peek() != ']') {
            skipSpace();
            int value = at;
            skipValue();
            visitor.visit(value, at - value);
            skipSpace();
            if (peek() == ',') {
                at++;
            } else if (peek() != ']') {
                throw new MalformedException("invalid JSON at offset " + at);
            }
        }
    }

    /** The place of the member's value: offset in the high, length in the low half; -1 where there is none. */
    static long find(byte[] data, int offset, int length, byte[] name) {
        long[] found = {-1};
        new JsonScanner(data, offset, length).members((key, keyLength, value, valueLength) -> {
            if (keyLength == name.length && Arrays.equals(data, key, key + keyLength, name, 0, keyLength)) {
                found[0] = (long) value << 32 | valueLength;
                return false;
            }
            return true;
        });
        return found[0];
    }

    /** The text of a value that is a string; null for another. */
    static @Nullable String text(byte[] data, int offset, int length) {
        if (length < 2 || data[offset] != '"') {
            return null;
        }
        return unescape(data, offset + 1, length - 2);
    }

    /** The text between quotes. */
    static String unescape(byte[] data, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (data[i] == '\\') {
                try {
                    return JsonMapper.shared().readValue(data, offset - 1, length + 2, String.class);
                } catch (JacksonException wrong) {
                    throw new MalformedException("invalid JSON text: " + wrong.getOriginalMessage());
                }
            }
        }
        return new String(data, offset, length, StandardCharsets.UTF_8);
    }

    private void skipValue() {
        int depth = 0;
        do {
            skipSpace();
            switch (peek()) {
                case '{', '[' -> {
                    depth++;
                    at++;
                }
                case '}', ']' -> {
                    depth--;
                    at++;
                }
                case '"' -> skipString();
                case ',', ':' -> {
                    if (depth == 0) {
                        throw new MalformedException("invalid JSON at offset " + at);
                    }
                    at++;
                }
                default -> skipLiteral();
            }
        } while (depth > 0);
        if (depth < 0) {
            throw new MalformedException("invalid JSON at offset " + at);
        }
    }

    private void skipLiteral() {
        int from = at;
        while (at < limit && ",:]}{[\" \t\r\n".indexOf(data[at]) < 0) {
            at++;
        }
        if (at == from) {
            throw MalformedException.truncated();
        }
    }

    private void skipString() {
        expect('"');
        while (at < limit) {
            byte b = data[at++];
            if (b == '"') {
                return;
            }
            if (b == '\\') {
                at++;
            }
        }
        throw MalformedException.truncated();
    }

    private void skipSpace() {
        while (at < limit && (data[at] == ' ' || data[at] == '\n' || data[at] == '\r' || data[at] == '\t')) {
            at++;
        }
    }

    private int peek() {
        if (at >= limit) {
            throw MalformedException.truncated();
        }
        return data[at];
    }

    private void expect(char c) {
        if (peek() != c) {
            throw new MalformedException("invalid JSON at offset " + at);
        }
        at++;
    }
}
