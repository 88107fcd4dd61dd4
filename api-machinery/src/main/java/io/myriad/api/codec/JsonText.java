package io.myriad.api.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The plain values of JSON as Go's encoder writes them. Texts are UTF-8 with {@code < > &}, the line separators and
 * control characters escaped; bytes that are no UTF-8 and single surrogates become U+FFFD.
 */
final class JsonText {
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    /** For each byte: 0 when it is written as it is, 1 when it takes a closer look. */
    private static final byte[] SPECIAL = new byte[256];
    private static final byte[] BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
            .getBytes(StandardCharsets.US_ASCII);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final int MAX_LONG_BYTES = 20;
    /** The most bytes that one byte of text takes: a control character as a backslash, u and four digits. */
    private static final int MAX_ESCAPE_BYTES = 6;

    static {
        for (int i = 0; i < 256; i++) {
            SPECIAL[i] = (byte) (i < 0x20 || i >= 0x80 || "\"\\<>&".indexOf(i) >= 0 ? 1 : 0);
        }
    }

    private JsonText() {}

    static void writeAscii(String text, ByteArraySink out) {
        int length = text.length();
        out.reserve(length);
        byte[] bytes = out.array();
        int at = out.size();
        for (int i = 0; i < length; i++) {
            bytes[at + i] = (byte) text.charAt(i);
        }
        out.size(at + length);
    }

    static void writeLong(long value, ByteArraySink out) {
        out.reserve(MAX_LONG_BYTES);
        byte[] bytes = out.array();
        int at = out.size();
        if (value == Long.MIN_VALUE) {
            writeAscii("-9223372036854775808", out);
            return;
        }
        long rest = value;
        if (rest < 0) {
            bytes[at++] = '-';
            rest = -rest;
        }
        int digits = 1;
        for (long bound = 10; digits < 19 && rest >= bound; bound *= 10) {
            digits++;
        }
        for (int i = digits - 1; i >= 0; i--) {
            long quotient = rest / 10;
            bytes[at + i] = (byte) ('0' + (rest - quotient * 10));
            rest = quotient;
        }
        out.size(at + digits);
    }

    /**
     * The shortest digits that give the same number back; plain between 1e-6 and 1e21, otherwise with an exponent, as
     * ECMAScript does and Go with it.
     */
    static void writeDouble(double value, ByteArraySink out) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new MalformedException("json: unsupported value: " + value);
        }
        if (value == Math.rint(value) && Math.abs(value) < 1e15 && (value != 0 || 1 / value > 0)) {
            writeLong((long) value, out);
            return;
        }
        double size = Math.abs(value);
        BigDecimal shortest = shortest(value);
        if (size == 0 || size >= 1e-6 && size < 1e21) {
            writeAscii(size == 0 ? "-0" : shortest.toPlainString(), out);
            return;
        }
        String digits = shortest.unscaledValue().abs().toString();
        int exponent = digits.length() - 1 - shortest.scale();
        StringBuilder text = new StringBuilder(value < 0 ? "-" : "").append(digits.charAt(0));
        if (digits.length() > 1) {
            text.append('.').append(digits, 1, digits.length());
        }
        writeAscii(text.append('e').append(exponent < 0 ? "" : "+").append(exponent).toString(), out);
    }

    private static BigDecimal shortest(double value) {
        BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        if (Math.abs(value) < Double.MIN_NORMAL && shortest.precision() == 2) {
            // Java always looks at two digits; for the smallest numbers one may do.
            BigDecimal one = shortest.round(new MathContext(1));
            return one.doubleValue() == value ? one.stripTrailingZeros() : shortest;
        }
        return shortest;
    }

    static void writeString(String text, ByteArraySink out) {
        int length = text.length();
        out.reserve(length + 2);
        byte[] bytes = out.array();
        int at = out.size();
        bytes[at++] = '"';
        int i = 0;
        for (; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80 || SPECIAL[c] != 0) {
                break;
            }
            bytes[at++] = (byte) c;
        }
        out.size(at);
        if (i < length) {
            writeRest(text, i, out);
        }
        out.write('"');
    }

    private static void writeRest(String text, int from, ByteArraySink out) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            out.reserve(MAX_ESCAPE_BYTES);
            if (c < 0x80) {
                writeAsciiChar(c, out);
            } else if (c < 0x800) {
                out.write(0xc0 | c >> 6);
                out.write(0x80 | c & 0x3f);
            } else if (c == 0x2028 || c == 0x2029) {
                writeAscii(c == 0x2028 ? "\\u2028" : "\\u2029", out);
            } else if (!Character.isSurrogate(c)) {
                out.write(0xe0 | c >> 12);
                out.write(0x80 | c >> 6 & 0x3f);
                out.write(0x80 | c & 0x3f);
            } else if (Character.isHighSurrogate(c) && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                int codePoint = Character.toCodePoint(c, text.charAt(++i));
                out.write(0xf0 | codePoint >> 18);
                out.write(0x80 | codePoint >> 12 & 0x3f);
                out.write(0x80 | codePoint >> 6 & 0x3f);
                out.write(0x80 | codePoint & 0x3f);
            } else {
                writeAscii("\\ufffd", out);
            }
        }
    }

    private static void writeAsciiChar(int c, ByteArraySink out) {
        if (SPECIAL[c] == 0) {
            out.write(c);
            return;
        }
        int letter = switch (c) {
            case '"' -> '"';
            case '\\' -> '\\';
            case '\b' -> 'b';
            case '\f' -> 'f';
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\t' -> 't';
            default -> 0;
        };
        out.write('\\');
        if (letter != 0) {
            out.write(letter);
        } else {
            out.write('u');
            out.write('0');
            out.write('0');
            out.write(HEX[c >> 4]);
            out.write(HEX[c & 15]);
        }
    }

    /** A text from bytes that should be UTF-8. */
    static void writeString(byte[] source, int offset, int length, ByteArraySink out) {
        out.write('"');
        int end = offset + length;
        int i = copyPlain(source, offset, end, out);
        while (i < end) {
            i = writeSpecial(source, i, end, out);
            i = copyPlain(source, i, end, out);
        }
        out.write('"');
    }

    /**
     * Copies bytes up to the first that JSON cannot have as it is; returns its place, or the end. Eight bytes at a time;
     * the last word overlaps the one before, and a shorter text is read together with the bytes behind it.
     */
    static int copyPlain(byte[] source, int from, int end, ByteArraySink out) {
        int length = end - from;
        out.reserve(length + 8);
        byte[] bytes = out.array();
        int at = out.size();
        int i = from;
        if (length >= 8) {
            int last = end - 8;
            while (i < last) {
                long word = (long) LONGS.get(source, i);
                if (special(word) != 0) {
                    return copyBytes(source, i, end, out, at);
                }
                LONGS.set(bytes, at, word);
                i += 8;
                at += 8;
            }
            at -= i - last;
            i = last;
            long word = (long) LONGS.get(source, i);
            if (special(word) != 0) {
                return copyBytes(source, i, end, out, at);
            }
            LONGS.set(bytes, at, word);
            out.size(at + 8);
            return end;
        }
        if (from <= source.length - 8) {
            long word = (long) LONGS.get(source, from);
            if ((special(word) & (1L << 8 * length) - 1) == 0) {
                LONGS.set(bytes, at, word);
                out.size(at + length);
                return end;
            }
        }
        return copyBytes(source, i, end, out, at);
    }

    /**
     * Not zero when the word holds a byte that JSON cannot have as it is. Each term has the highest bit of a byte set, or
     * of a byte above it, when the byte is below space, a quote or ampersand (alike but for bit 2), an angle bracket (alike
     * but for bit 1), a backslash, or above ASCII.
     */
    private static long special(long word) {
        long quote = (word & ~0x0404040404040404L) ^ 0x2222222222222222L;
        long angle = (word | 0x0202020202020202L) ^ 0x3e3e3e3e3e3e3e3eL;
        long slash = word ^ 0x5c5c5c5c5c5c5c5cL;
        return (word - 0x2020202020202020L | quote - ONES | angle - ONES | slash - ONES | word) & HIGH_BITS;
    }

    private static int copyBytes(byte[] source, int from, int end, ByteArraySink out, int size) {
        byte[] bytes = out.array();
        int i = from;
        int at = size;
        while (i < end && SPECIAL[source[i] & 0xff] == 0) {
            bytes[at++] = source[i++];
        }
        out.size(at);
        return i;
    }

    /** Writes the one byte or character at {@code i} that is not plain; returns the place behind it. */
    static int writeSpecial(byte[] source, int i, int end, ByteArraySink out) {
        int b = source[i];
        if (b >= 0) {
            writeAsciiChar(b, out);
            return i + 1;
        }
        int size = sequenceLength(source, i, end);
        if (size == 0) {
            writeAscii("\\ufffd", out);
            return i + 1;
        }
        if (size == 3 && b == (byte) 0xe2 && source[i + 1] == (byte) 0x80 && (source[i + 2] & 0xfe) == 0xa8) {
            writeAscii(source[i + 2] == (byte) 0xa8 ? "\\u2028" : "\\u2029", out);
        } else {
            out.write(source, i, size);
        }
        return i + size;
    }

    /** Bytes as base64 between quotes (RFC 4648, section 4). */
    static void writeBase64(byte[] source, int offset, int length, ByteArraySink out) {
        out.reserve((length + 2) / 3 * 4 + 2);
        byte[] bytes = out.array();
        int at = out.size();
        bytes[at++] = '"';
        int i = offset;
        for (int whole = offset + length / 3 * 3; i < whole; i += 3) {
            int bits = (source[i] & 0xff) << 16 | (source[i + 1] & 0xff) << 8 | source[i + 2] & 0xff;
            bytes[at++] = BASE64[bits >>> 18];
            bytes[at++] = BASE64[bits >>> 12 & 63];
            bytes[at++] = BASE64[bits >>> 6 & 63];
            bytes[at++] = BASE64[bits & 63];
        }
        int rest = offset + length - i;
        if (rest > 0) {
            int bits = (source[i] & 0xff) << 16 | (rest == 2 ? (source[i + 1] & 0xff) << 8 : 0);
            bytes[at++] = BASE64[bits >>> 18];
            bytes[at++] = BASE64[bits >>> 12 & 63];
            bytes[at++] = rest == 2 ? BASE64[bits >>> 6 & 63] : (byte) '=';
            bytes[at++] = '=';
        }
        bytes[at++] = '"';
        out.size(at);
    }

    /** The bytes, or a copy in which each byte that is no UTF-8 became U+FFFD, as Go reads them. */
    static byte[] repaired(byte[] source) {
        int i = 0;
        int end = source.length;
        while (i < end) {
            if (i <= end - 8 && ((long) LONGS.get(source, i) & HIGH_BITS) == 0) {
                i += 8;
                continue;
            }
            int size = source[i] >= 0 ? 1 : sequenceLength(source, i, end);
            if (size == 0) {
                return decode(source, 0, end).getBytes(StandardCharsets.UTF_8);
            }
            i += size;
        }
        return source;
    }

    /** The text of bytes that should be UTF-8; each byte that is not becomes U+FFFD, as Go does. */
    static String decode(byte[] source, int offset, int length) {
        String text = new String(source, offset, length, StandardCharsets.UTF_8);
        // Java replaces a broken sequence as a whole, so a replacement asks for a second look.
        if (text.indexOf(0xfffd) < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(length);
        int end = offset + length;
        int i = offset;
        while (i < end) {
            int size = source[i] >= 0 ? 1 : sequenceLength(source, i, end);
            out.append(size == 0 ? "\ufffd" : new String(source, i, size, StandardCharsets.UTF_8));
            i += Math.max(1, size);
        }
        return out.toString();
    }

    /** The length of the UTF-8 sequence at {@code i}, or 0 where there is none (RFC 3629, table of well-formed ones). */
    static int sequenceLength(byte[] source, int i, int end) {
        int first = source[i] & 0xff;
        if (first < 0xc2 || first > 0xf4) {
            return 0;
        }
        int size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        if (end - i < size) {
            return 0;
        }
        int second = source[i + 1] & 0xff;
        int low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        int high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        if (second < low || second > high) {
            return 0;
        }
        for (int k = 2; k < size; k++) {
            if ((source[i + k] & 0xc0) != 0x80) {
                return 0;
            }
        }
        return size;
    }
}
