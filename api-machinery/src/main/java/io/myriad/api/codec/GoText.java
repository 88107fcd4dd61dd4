package io.myriad.api.codec;

/** Texts between quotes as Go's {@code %q} prints them in messages. */
final class GoText {
    private static final String HEX = "0123456789abcdef";

    private GoText() {}

    static String quote(CharSequence text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(point -> append(out, point));
        return out.append('"').toString();
    }

    private static void append(StringBuilder out, int point) {
        switch (point) {
            case '"', '\\' -> out.append('\\').append((char) point);
            case 7 -> out.append("\\a");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case 11 -> out.append("\\v");
            default -> {
                if (isPrintable(point)) {
                    out.appendCodePoint(point);
                } else if (point < 0x80) {
                    hex(out.append("\\x"), point, 2);
                } else if (point < 0x10000) {
                    hex(out.append("\\u"), point, 4);
                } else {
                    hex(out.append("\\U"), point, 8);
                }
            }
        }
    }

    /** Letters, marks, numbers, punctuation, symbols and the ASCII space, as Go's {@code strconv.IsPrint}. */
    private static boolean isPrintable(int point) {
        if (point == ' ') {
            return true;
        }
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SPACE_SEPARATOR ->
                false;
            default -> true;
        };
    }

    private static void hex(StringBuilder out, int value, int digits) {
        for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
            out.append(HEX.charAt(value >>> shift & 15));
        }
    }
}
