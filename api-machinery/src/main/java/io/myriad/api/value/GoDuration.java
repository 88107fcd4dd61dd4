package io.myriad.api.value;

/** Durations as Go writes them: {@code 1h30m0s}, {@code 1.5s}, {@code 300ms}; a signed number of nanoseconds. */
public final class GoDuration {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;

    private GoDuration() {}

    /**
     * Reads a duration: signed decimal numbers, each with a unit of {@code ns us µs ms s m h}.
     *
     * @return nanoseconds
     * @throws IllegalArgumentException in Go's words when the text is no duration
     */
    public static long parse(String text) {
        int at = 0;
        boolean negative = false;
        if (!text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+')) {
            negative = text.charAt(0) == '-';
            at = 1;
        }
        if (text.substring(at).equals("0")) {
            return 0;
        }
        if (at == text.length()) {
            throw invalid(text);
        }
        // Summed as a negative number, whose range has room for the smallest duration.
        long total = 0;
        while (at < text.length()) {
            int from = at;
            long whole = 0;
            while (at < text.length() && isDigit(text.charAt(at))) {
                whole = times(whole, 10, text) - (text.charAt(at) - '0');
                if (whole > 0) {
                    throw invalid(text);
                }
                at++;
            }
            boolean digits = at > from;
            int fractionFrom = at;
            int fractionTo = at;
            if (at < text.length() && text.charAt(at) == '.') {
                fractionFrom = ++at;
                while (at < text.length() && isDigit(text.charAt(at))) {
                    at++;
                }
                fractionTo = at;
                digits |= fractionTo > fractionFrom;
            }
            if (!digits) {
                throw invalid(text);
            }
            int unitFrom = at;
            while (at < text.length() && text.charAt(at) != '.' && !isDigit(text.charAt(at))) {
                at++;
            }
            long unit = unit(text.substring(unitFrom, at), text);
            long part = times(whole, unit, text) - fraction(text, fractionFrom, fractionTo, unit);
            long sum = total + part;
            if (part > 0 || sum > total) {
                throw invalid(text);
            }
            total = sum;
        }
        if (!negative && total == Long.MIN_VALUE) {
            throw invalid(text);
        }
        return negative ? total : -total;
    }

    private static long times(long negativeValue, long factor, String text) {
        try {
            return Math.multiplyExact(negativeValue, factor);
        } catch (ArithmeticException overflow) {
            throw invalid(text);
        }
    }

    private static long fraction(String text, int from, int to, long unit) {
        long value = 0;
        double scale = 1;
        for (int i = from; i < to && value <= (Long.MAX_VALUE - 9) / 10; i++) {
            value = value * 10 + text.charAt(i) - '0';
            scale *= 10;
        }
        return (long) (value * (unit / scale));
    }

    private static long unit(String unit, String text) {
        return switch (unit) {
            case "ns" -> 1;
            case "us", "\u00b5s", "\u03bcs" -> 1000;
            case "ms" -> 1_000_000;
            case "s" -> SECOND;
            case "m" -> MINUTE;
            case "h" -> HOUR;
            case "" -> throw new IllegalArgumentException("time: missing unit in duration \"" + text + '"');
            default ->
                throw new IllegalArgumentException("time: unknown unit \"" + unit + "\" in duration \"" + text + '"');
        };
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException("time: invalid duration \"" + text + '"');
    }

    /** The duration's text; {@code 0s} for none. */
    public static String format(long nanos) {
        if (nanos == 0) {
            return "0s";
        }
        StringBuilder out = new StringBuilder();
        if (nanos < 0) {
            out.append('-');
        }
        // Taken apart with unsigned arithmetic, so that the smallest duration needs no case of its own.
        long size = nanos < 0 ? -nanos : nanos;
        if (Long.compareUnsigned(size, SECOND) < 0) {
            String unit = size < 1000 ? "ns" : size < 1_000_000 ? "\u00b5s" : "ms";
            decimal(out, size, size < 1000 ? 0 : size < 1_000_000 ? 3 : 6);
            return out.append(unit).toString();
        }
        long hours = Long.divideUnsigned(size, HOUR);
        long rest = Long.remainderUnsigned(size, HOUR);
        if (hours > 0) {
            out.append(hours).append('h');
        }
        if (hours > 0 || rest >= MINUTE) {
            out.append(rest / MINUTE).append('m');
        }
        decimal(out, rest % MINUTE, 9);
        return out.append('s').toString();
    }

    /** {@code value / 10^digits} without trailing zeros. */
    private static void decimal(StringBuilder out, long value, int digits) {
        long power = 1;
        for (int i = 0; i < digits; i++) {
            power *= 10;
        }
        out.append(value / power);
        long fraction = value % power;
        if (fraction != 0) {
            out.append('.');
            for (long place = power / 10; fraction != 0; place /= 10) {
                out.append((char) ('0' + fraction / place));
                fraction %= place;
            }
        }
    }
}
