package io.myriad.api.codec;

/**
 * Copies JSON text into JSON text: checked, without spaces, and with the characters escaped that Go escapes. Numbers and
 * escapes keep their spelling. One loop over the tokens; which of the open brackets are objects is kept in bits, so that
 * nothing is allocated.
 */
final class RawJson {
    /** What may come next. */
    private static final int VALUE = 0;
    private static final int FIRST_ELEMENT = 1;
    private static final int FIRST_KEY = 2;
    private static final int KEY = 3;
    private static final int AFTER_VALUE = 4;
    /** Levels whose bits fit one word; deeper ones are copied by recursion. */
    private static final int LEVELS = 60;

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

    private void value(int outerDepth) {
        if (outerDepth > CodecLimits.MAX_DEPTH) {
            throw MalformedException.tooDeep();
        }
        out.reserve(end - at + 8);
        int depth = 0;
        long objects = 0;
        int state = VALUE;
        do {
            int c = next();
            switch (state) {
                case VALUE, FIRST_ELEMENT -> {
                    if (c == '{' || c == '[') {
                        if (depth == LEVELS) {
                            value(outerDepth + LEVELS);
                            state = AFTER_VALUE;
                        } else {
                            copy();
                            depth++;
                            objects = objects << 1 | (c == '{' ? 1 : 0);
                            state = c == '{' ? FIRST_KEY : FIRST_ELEMENT;
                        }
                    } else if (c == ']' && state == FIRST_ELEMENT) {
                        copy();
                        depth--;
                        objects >>= 1;
                        state = AFTER_VALUE;
                    } else {
                        plainValue(c);
                        state = AFTER_VALUE;
                    }
                }
                case FIRST_KEY, KEY -> {
                    if (c == '"') {
                        string();
                        next();
                        expect(':');
                        state = VALUE;
                    } else if (c == '}' && state == FIRST_KEY) {
                        copy();
                        depth--;
                        objects >>= 1;
                        state = AFTER_VALUE;
                    } else {
                        throw unexpected();
                    }
                }
                default -> {
                    boolean inObject = (objects & 1) != 0;
                    if (c == ',') {
                        state = inObject ? KEY : VALUE;
                    } else if (c == (inObject ? '}' : ']')) {
                        depth--;
                        objects >>= 1;
                    } else {
                        throw unexpected();
                    }
                    copy();
                }
            }
        } while (depth > 0);
    }

    private void plainValue(int c) {
        switch (c) {
            case '"' -> string();
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> number();
        }
    }

    private void string() {
        copy();
        while (true) {
            at = JsonText.copyPlain(in, at, end, out);
            int c = peek();
            if (c == '"') {
                copy();
                return;
            }
            if (c == '\\') {
                escape();
            } else if (c >= 0 && c < 0x20) {
                throw unexpected();
            } else {
                at = JsonText.writeSpecial(in, at, end, out);
            }
        }
    }

    private void escape() {
        copy();
        int c = peek();
        if (c == '"' || c == '\\') {
            copy();
        } else if (c == 'u') {
            copy();
            for (int i = 0; i < 4; i++) {
                if (Character.digit(peek(), 16) < 0) {
                    throw unexpected();
                }
                copy();
            }
        } else if ("/bfnrt".indexOf(c) >= 0) {
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

    /** The next byte that is no space. */
    private int next() {
        if (at < end && in[at] > ' ') {
            return in[at];
        }
        skipSpace();
        return peek();
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
