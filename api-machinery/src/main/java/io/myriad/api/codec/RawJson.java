package io.myriad.api.codec;

/**
 * Copies JSON text into JSON text: checked, without spaces, and with the characters escaped that Go escapes. Numbers and
 * escapes keep their spelling.
 */
final class RawJson {
    private final byte[] in;
    private final int end;
    private final ByteArraySink out;
    private int at;

    private RawJson(byte[] in, int offset, int length, ByteArraySink out) {
        this.in = in;
        this.at = offset;
        this.end = offset + length;
        this.out = out;
    }

    /**
     * Copies one value.
     *
     * @throws MalformedException when the bytes are no JSON value
     */
    static void compact(byte[] in, int offset, int length, ByteArraySink out) {
        RawJson copy = new RawJson(in, offset, length, out);
        copy.value(0);
        copy.skipSpace();
        if (copy.at != copy.end) {
            throw copy.unexpected();
        }
    }

    private void value(int depth) {
        if (depth > CodecLimits.MAX_DEPTH) {
            throw MalformedException.tooDeep();
        }
        skipSpace();
        switch (peek()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> number();
        }
    }

    private void object(int depth) {
        copy();
        skipSpace();
        if (peek() == '}') {
            copy();
            return;
        }
        while (true) {
            skipSpace();
            string();
            skipSpace();
            expect(':');
            value(depth + 1);
            skipSpace();
            if (peek() != ',') {
                break;
            }
            copy();
        }
        expect('}');
    }

    private void array(int depth) {
        copy();
        skipSpace();
        if (peek() == ']') {
            copy();
            return;
        }
        while (true) {
            value(depth + 1);
            skipSpace();
            if (peek() != ',') {
                break;
            }
            copy();
        }
        expect(']');
    }

    private void string() {
        expect('"');
        while (true) {
            at = JsonText.copyPlain(in, at, end, out);
            int c = peek() & 0xff;
            if (c == '"') {
                copy();
                return;
            }
            if (c == '\\') {
                escape();
            } else if (c < 0x20) {
                throw unexpected();
            } else {
                at = JsonText.writeSpecial(in, at, end, out);
            }
        }
    }

    private void escape() {
        copy();
        int c = peek();
        if (c == 'u') {
            copy();
            for (int i = 0; i < 4; i++) {
                if (Character.digit(peek(), 16) < 0) {
                    throw unexpected();
                }
                copy();
            }
        } else if ("\"\\/bfnrt".indexOf(c) >= 0) {
            copy();
        } else {
            throw unexpected();
        }
    }

    private void number() {
        if (peek() == '-') {
            copy();
        }
        if (peek() == '0') {
            copy();
        } else {
            digits();
        }
        if (at < end && in[at] == '.') {
            copy();
            digits();
        }
        if (at < end && (in[at] == 'e' || in[at] == 'E')) {
            copy();
            if (peek() == '+' || peek() == '-') {
                copy();
            }
            digits();
        }
    }

    private void digits() {
        if (peek() < '0' || peek() > '9') {
            throw unexpected();
        }
        while (at < end && in[at] >= '0' && in[at] <= '9') {
            copy();
        }
    }

    private void literal(String text) {
        for (int i = 0; i < text.length(); i++) {
            expect(text.charAt(i));
        }
    }

    private void skipSpace() {
        while (at < end && (in[at] == ' ' || in[at] == '\n' || in[at] == '\r' || in[at] == '\t')) {
            at++;
        }
    }

    private int peek() {
        if (at >= end) {
            throw MalformedException.truncated();
        }
        return in[at];
    }

    private void copy() {
        out.write(in[at++]);
    }

    private void expect(char c) {
        if (peek() != c) {
            throw unexpected();
        }
        copy();
    }

    private MalformedException unexpected() {
        return at < end
                ? new MalformedException("raw bytes are no JSON: unexpected byte " + (in[at] & 0xff))
                : MalformedException.truncated();
    }
}
