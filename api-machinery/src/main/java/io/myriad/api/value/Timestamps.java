package io.myriad.api.value;

import java.time.DateTimeException;
import java.time.Instant;

/**
 * Times as the API writes them: RFC 3339 in UTC, with whole seconds ({@code metav1.Time}) or with exactly six digits of
 * fraction ({@code metav1.MicroTime}). Reading follows Go's {@code time.Parse}: any offset, capital {@code T} and
 * {@code Z}, and for whole seconds any fraction, which is dropped.
 */
public final class Timestamps {
    /** Seconds since 1970 of the first instant of year 1, which upstream takes for "no time". */
    public static final long ZERO_SECONDS = -62_135_596_800L;

    private static final String SECOND_LAYOUT = "2006-01-02T15:04:05Z07:00";
    private static final String MICRO_LAYOUT = "2006-01-02T15:04:05.000000Z07:00";
    private static final long SECONDS_PER_DAY = 86_400;
    private static final int DAYS_PER_ERA = 146_097;
    private static final int DAYS_0000_TO_1970 = 719_468;

    private Timestamps() {}

    /**
     * Reads a time with or without fraction.
     *
     * @throws DateTimeException in Go's words when the text is no RFC 3339 time
     */
    public static Instant parse(String text) {
        return new Parser(text, false).parse();
    }

    /**
     * Reads a time with exactly six digits of fraction.
     *
     * @throws DateTimeException in Go's words when the text is no such time
     */
    public static Instant parseMicro(String text) {
        return new Parser(text, true).parse();
    }

    /** The time with whole seconds, such as {@code 2026-11-23T22:19:00Z}. */
    public static String format(Instant time) {
        return formatSeconds(time.getEpochSecond());
    }

    /** The time with six digits of fraction, such as {@code 2026-11-23T22:19:00.123456Z}. */
    public static String formatMicro(Instant time) {
        return formatMicro(time.getEpochSecond(), time.getNano());
    }

    /** As {@link #format}, from seconds since 1970. */
    public static String formatSeconds(long epochSeconds) {
        byte[] text = new byte[MAX_TEXT_BYTES];
        return ascii(text, writeSeconds(epochSeconds, text, 0));
    }

    /** As {@link #formatMicro}, from seconds since 1970 and nanoseconds, of which whole microseconds count. */
    public static String formatMicro(long epochSeconds, int nanos) {
        byte[] text = new byte[MAX_TEXT_BYTES];
        return ascii(text, writeMicros(epochSeconds, nanos, text, 0));
    }

    /** The most bytes that {@link #writeSeconds} and {@link #writeMicros} write. */
    public static final int MAX_TEXT_BYTES = 40;

    /** Writes the time with whole seconds at {@code offset}; returns the offset behind it. */
    public static int writeSeconds(long epochSeconds, byte[] into, int offset) {
        int at = writeLocal(epochSeconds, into, offset);
        into[at++] = 'Z';
        return at;
    }

    /** Writes the time with six digits of fraction at {@code offset}; returns the offset behind it. */
    public static int writeMicros(long epochSeconds, int nanos, byte[] into, int offset) {
        long seconds = epochSeconds + Math.floorDiv(nanos, 1_000_000_000);
        int micros = Math.floorMod(nanos, 1_000_000_000) / 1000;
        int at = writeLocal(seconds, into, offset);
        into[at++] = '.';
        digits(micros, 6, into, at);
        at += 6;
        into[at++] = 'Z';
        return at;
    }

    /** Days to a date after Howard Hinnant, "chrono-compatible low-level date algorithms": years begin in March. */
    private static int writeLocal(long epochSeconds, byte[] into, int offset) {
        long days = Math.floorDiv(epochSeconds, SECONDS_PER_DAY) + DAYS_0000_TO_1970;
        int second = (int) Math.floorMod(epochSeconds, SECONDS_PER_DAY);
        long era = Math.floorDiv(days, DAYS_PER_ERA);
        int dayOfEra = (int) Math.floorMod(days, (long) DAYS_PER_ERA);
        int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int shiftedMonth = (5 * dayOfYear + 2) / 153;
        int day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1;
        int month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
        long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        int at = writeYear(year, into, offset);
        into[at] = '-';
        digits(month, 2, into, at + 1);
        into[at + 3] = '-';
        digits(day, 2, into, at + 4);
        into[at + 6] = 'T';
        digits(second / 3600, 2, into, at + 7);
        into[at + 9] = ':';
        digits(second / 60 % 60, 2, into, at + 10);
        into[at + 12] = ':';
        digits(second % 60, 2, into, at + 13);
        return at + 15;
    }

    private static int writeYear(long year, byte[] into, int offset) {
        int at = offset;
        long rest = year;
        if (rest < 0) {
            into[at++] = '-';
            rest = -rest;
        }
        int width = 4;
        for (long bound = 10_000; rest >= bound; bound *= 10) {
            width++;
        }
        for (int i = width - 1; i >= 0; i--) {
            into[at + i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return at + width;
    }

    private static void digits(int value, int width, byte[] into, int offset) {
        int rest = value;
        for (int i = width - 1; i >= 0; i--) {
            into[offset + i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    @SuppressWarnings("deprecation") // the bytes are ASCII, and this is the one constructor that does not look at them
    private static String ascii(byte[] text, int length) {
        return new String(text, 0, 0, length);
    }

    /** Goes through the text once, element by element of the layout, so that an error names the element. */
    private static final class Parser {
        private final String text;
        private final boolean micro;
        private int at;

        Parser(String text, boolean micro) {
            this.text = text;
            this.micro = micro;
        }

        Instant parse() {
            int year = number(4, "2006");
            literal('-');
            int month = number(2, "01");
            inRange(month >= 1 && month <= 12, "month");
            literal('-');
            int day = number(2, "02");
            literal('T');
            int hour = hour();
            inRange(hour < 24, "hour");
            literal(':');
            int minute = number(2, "04");
            inRange(minute < 60, "minute");
            literal(':');
            int second = number(2, "05");
            inRange(second < 60, "second");
            int nanos = fraction();
            int offsetSeconds = offset();
            if (at != text.length()) {
                throw failure(": extra text: " + quote(text.substring(at)));
            }
            inRange(day >= 1 && day <= daysIn(year, month), "day");
            long days = daysSince1970(year, month, day);
            return Instant.ofEpochSecond(days * SECONDS_PER_DAY + hour * 3600L + minute * 60 + second - offsetSeconds,
                    nanos);
        }

        private int number(int width, String element) {
            int value = 0;
            for (int i = 0; i < width; i++) {
                char c = at + i < text.length() ? text.charAt(at + i) : ' ';
                if (c < '0' || c > '9') {
                    throw cannotParse(element);
                }
                value = value * 10 + c - '0';
            }
            at += width;
            return value;
        }

        private int hour() {
            if (at + 1 < text.length() && text.charAt(at + 1) == ':') {
                return number(1, "15");
            }
            return number(2, "15");
        }

        private void literal(char c) {
            if (at >= text.length() || text.charAt(at) != c) {
                throw cannotParse(String.valueOf(c));
            }
            at++;
        }

        private int fraction() {
            if (at >= text.length() || text.charAt(at) != '.' && text.charAt(at) != ',') {
                if (micro) {
                    throw cannotParse(".000000");
                }
                return 0;
            }
            int digits = 0;
            int nanos = 0;
            int most = micro ? 6 : text.length();
            while (digits < most && at + 1 + digits < text.length() && isDigit(text.charAt(at + 1 + digits))) {
                if (digits < 9) {
                    nanos = nanos * 10 + text.charAt(at + 1 + digits) - '0';
                }
                digits++;
            }
            if (micro ? digits != 6 : digits == 0) {
                throw cannotParse(micro ? ".000000" : "Z07:00");
            }
            at += 1 + digits;
            for (int i = digits; i < 9; i++) {
                nanos *= 10;
            }
            return nanos;
        }

        private int offset() {
            if (at < text.length() && text.charAt(at) == 'Z') {
                at++;
                return 0;
            }
            if (at + 6 > text.length() || text.charAt(at) != '+' && text.charAt(at) != '-'
                    || text.charAt(at + 3) != ':') {
                throw cannotParse("Z07:00");
            }
            int sign = text.charAt(at++) == '-' ? -1 : 1;
            int hours = number(2, "Z07:00");
            at++;
            int minutes = number(2, "Z07:00");
            inRange(hours <= 24, "time zone offset hour");
            inRange(minutes <= 60, "time zone offset minute");
            return sign * (hours * 3600 + minutes * 60);
        }

        private void inRange(boolean valid, String what) {
            if (!valid) {
                throw failure(": " + what + " out of range");
            }
        }

        private DateTimeException cannotParse(String element) {
            return failure(" as \"" + (micro ? MICRO_LAYOUT : SECOND_LAYOUT) + "\": cannot parse "
                    + quote(text.substring(Math.min(at, text.length()))) + " as \"" + element + "\"");
        }

        private DateTimeException failure(String rest) {
            return new DateTimeException("parsing time " + quote(text) + rest);
        }

        private static String quote(String part) {
            return '"' + part + '"';
        }

        private static boolean isDigit(char c) {
            return c >= '0' && c <= '9';
        }

        private static int daysIn(int year, int month) {
            return switch (month) {
                case 4, 6, 9, 11 -> 30;
                case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
                default -> 31;
            };
        }

        private static long daysSince1970(int year, int month, int day) {
            int shiftedYear = month <= 2 ? year - 1 : year;
            int era = Math.floorDiv(shiftedYear, 400);
            int yearOfEra = shiftedYear - era * 400;
            int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
            int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
            return (long) era * DAYS_PER_ERA + dayOfEra - DAYS_0000_TO_1970;
        }
    }
}
