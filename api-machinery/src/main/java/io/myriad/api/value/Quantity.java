package io.myriad.api.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * An exact amount with a unit suffix, as in {@code 100m}, {@code 1536Mi} or {@code 12e6}. Follows upstream's
 * {@code resource.Quantity}: the family of the suffix is remembered, amounts finer than a billionth are rounded up, and
 * the canonical text has no fraction and the largest suffix that loses nothing ({@code 1.5Gi} becomes {@code 1536Mi}). A
 * text that upstream recognises as canonical while reading is kept as it is, even where it has a sign or a trailing point.
 *
 * <p>
 * Amounts that fit keep a {@code long} and a power of ten; others a {@link BigDecimal}. Immutable. Equality is equality
 * of the amount: {@code 1000m} equals {@code 1}.
 */
public final class Quantity implements Comparable<Quantity> {
    /** The families of suffixes. */
    public enum Format {
        /** {@code n u m k M G T P E}. */
        DECIMAL_SI,
        /** {@code Ki Mi Gi Ti Pi Ei}. */
        BINARY_SI,
        /** {@code e3}, {@code E-6}. */
        DECIMAL_EXPONENT
    }

    /** Longer texts are refused; upstream has no bound. */
    private static final int MAX_LENGTH = 1024;
    /** Larger exponents are refused; upstream takes any and then computes with them. */
    private static final int MAX_EXPONENT = 1000;
    /** Digits that surely fit a {@code long}. */
    private static final int LONG_DIGITS = 18;
    /** Digits in front of Ki, Mi ... that surely fit a {@code long} once multiplied. */
    private static final int[] BINARY_DIGITS = {18, 15, 12, 9, 6, 3, 0};
    private static final int NANO = -9;
    private static final String FORMAT_WRONG = "quantities must match the regular expression "
            + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    private static final String NUMERIC_WRONG = "unable to parse numeric part of quantity";
    private static final String SUFFIX_WRONG = "unable to parse quantity's suffix";
    private static final String DECIMAL_SUFFIXES = "num kMGTPE";
    private static final String BINARY_SUFFIXES = "KMGTPE";
    private static final BigDecimal MAX_LONG = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final BigInteger KIBI = BigInteger.valueOf(1024);

    /** Nothing. */
    public static final Quantity ZERO = new Quantity(0, 0, null, Format.DECIMAL_SI, "0");

    private final long unscaled;
    private final int exponent;
    private final @Nullable BigDecimal large;
    private final Format format;
    private @Nullable String text;

    private Quantity(long unscaled, int exponent, @Nullable BigDecimal large, Format format, @Nullable String text) {
        this.unscaled = unscaled;
        this.exponent = exponent;
        this.large = large;
        this.format = format;
        this.text = text;
    }

    /** A whole amount. */
    public static Quantity of(long value, Format format) {
        return new Quantity(value, 0, null, format, null);
    }

    /** A number of thousandths. */
    public static Quantity ofMilli(long value, Format format) {
        return new Quantity(value, -3, null, format, null);
    }

    /**
     * Reads a quantity.
     *
     * @throws IllegalArgumentException in upstream's words when the text is none
     */
    public static Quantity parse(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(FORMAT_WRONG);
        }
        return text.equals("0") ? ZERO : new Scanner(text).quantity();
    }

    /**
     * Whether reading this text and writing it again surely gives the same text; a quick look without false positives.
     *
     * @param ascii the text's bytes
     */
    public static boolean isSurelyCanonical(byte[] ascii, int offset, int length) {
        int at = offset;
        int end = offset + length;
        if (at < end && ascii[at] == '-') {
            at++;
        }
        int from = at;
        long number = 0;
        while (at < end && ascii[at] >= '0' && ascii[at] <= '9' && at - from < LONG_DIGITS) {
            number = number * 10 + ascii[at++] - '0';
        }
        int digits = at - from;
        if (digits == 0 || ascii[from] == '0') {
            return length == 1 && digits == 1;
        }
        if (at == end) {
            return number % 1000 != 0;
        }
        int suffix = ascii[at];
        if (at + 1 == end) {
            return suffix != ' ' && DECIMAL_SUFFIXES.indexOf(suffix) >= 0 && number % 1000 != 0;
        }
        int power = BINARY_SUFFIXES.indexOf(suffix) + 1;
        return at + 2 == end && ascii[at + 1] == 'i' && power > 0 && number % 1024 != 0
                && digits <= BINARY_DIGITS[power];
    }

    /** The canonical text. */
    public String canonical() {
        String known = text;
        if (known == null) {
            known = render();
            text = known;
        }
        return known;
    }

    /** The family of suffixes that {@link #canonical} uses where it can. */
    public Format format() {
        return format;
    }

    /** -1, 0 or 1. */
    public int signum() {
        return large != null ? large.signum() : Long.signum(unscaled);
    }

    public boolean isZero() { return signum() == 0; }

    /** The amount, rounded away from zero to a whole number; wraps where a {@code long} is too small, as upstream. */
    public long value() {
        return scaled(0);
    }

    /** The amount in thousandths, rounded away from zero. */
    public long milliValue() {
        return scaled(-3);
    }

    private long scaled(int scale) {
        if (large == null) {
            if (exponent == scale) {
                return unscaled;
            }
            if (exponent > scale && exponent - scale <= LONG_DIGITS) {
                long factor = powerOfTen(exponent - scale);
                long product = unscaled * factor;
                if (Math.multiplyHigh(unscaled, factor) == product >> 63) {
                    return product;
                }
                return 0;
            }
        }
        return amount().movePointLeft(scale).setScale(0, RoundingMode.UP).toBigInteger().longValue();
    }

    private static long powerOfTen(int exponent) {
        long power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= 10;
        }
        return power;
    }

    /** The exact amount. */
    public BigDecimal amount() {
        return large != null ? large : BigDecimal.valueOf(unscaled, -exponent);
    }

    /** The sum; its format is this one's, or the other's where this is zero. */
    public Quantity plus(Quantity other) {
        Format kept = isZero() ? other.format : format;
        if (large == null && other.large == null && exponent == other.exponent) {
            long sum = unscaled + other.unscaled;
            if (((unscaled ^ sum) & (other.unscaled ^ sum)) >= 0) {
                return new Quantity(sum, exponent, null, kept, null);
            }
        }
        return ofAmount(amount().add(other.amount()), kept);
    }

    /** The difference; its format is this one's, or the other's where this is zero. */
    public Quantity minus(Quantity other) {
        return plus(other.negated());
    }

    /** The same amount with the other sign. */
    public Quantity negated() {
        return large == null && unscaled != Long.MIN_VALUE
                ? new Quantity(-unscaled, exponent, null, format, null)
                : ofAmount(amount().negate(), format);
    }

    private static Quantity ofAmount(BigDecimal amount, Format format) {
        if (amount.unscaledValue().bitLength() < Long.SIZE) {
            return new Quantity(amount.unscaledValue().longValue(), -amount.scale(), null, format, null);
        }
        return new Quantity(0, 0, amount, format, null);
    }

    @Override
    public int compareTo(Quantity other) {
        if (large == null && other.large == null && exponent == other.exponent) {
            return Long.compare(unscaled, other.unscaled);
        }
        return amount().compareTo(other.amount());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Quantity quantity && compareTo(quantity) == 0;
    }

    @Override
    public int hashCode() {
        return amount().stripTrailingZeros().hashCode();
    }

    @Override
    public String toString() {
        return canonical();
    }

    private String render() {
        if (isZero()) {
            return "0";
        }
        BigDecimal amount = amount();
        if (format == Format.BINARY_SI) {
            BigDecimal size = amount.abs();
            if (size.compareTo(BigDecimal.valueOf(1024)) >= 0 && isWhole(size)) {
                return renderBinary(amount.toBigIntegerExact());
            }
        }
        BigDecimal stripped = amount.stripTrailingZeros();
        int power = -stripped.scale();
        int shift = Math.floorMod(power, 3);
        BigInteger number = stripped.unscaledValue().multiply(BigInteger.TEN.pow(shift));
        power -= shift;
        if (format == Format.DECIMAL_EXPONENT) {
            return power == 0 ? number.toString() : number + "e" + power;
        }
        int index = power / 3 + 3;
        // Upstream has no suffix for amounts this large or small and leaves it out.
        boolean known = index >= 0 && index < DECIMAL_SUFFIXES.length() && power != 0;
        return known ? number.toString() + DECIMAL_SUFFIXES.charAt(index) : number.toString();
    }

    private static boolean isWhole(BigDecimal amount) {
        return amount.scale() <= 0 || amount.stripTrailingZeros().scale() <= 0;
    }

    private static String renderBinary(BigInteger amount) {
        BigInteger number = amount;
        int power = 0;
        while (number.signum() != 0) {
            BigInteger[] parts = number.divideAndRemainder(KIBI);
            if (parts[1].signum() != 0) {
                break;
            }
            number = parts[0];
            power++;
        }
        boolean known = power > 0 && power <= BINARY_SUFFIXES.length();
        return known ? number.toString() + BINARY_SUFFIXES.charAt(power - 1) + 'i' : number.toString();
    }

    /** Takes a text apart into sign, digits before and behind the point, and suffix. */
    private static final class Scanner {
        private final String text;
        private boolean negative;
        private String whole = "0";
        private String fraction = "";
        private String suffix = "";
        private int suffixPower;
        private Format format = Format.DECIMAL_SI;

        Scanner(String text) {
            this.text = text;
            split();
        }

        private void split() {
            int end = text.length();
            int at = 0;
            if (text.charAt(0) == '-' || text.charAt(0) == '+') {
                negative = text.charAt(0) == '-';
                at++;
            }
            int zeros = at;
            at = skip(at, '0', '0');
            if (at == end) {
                return;
            }
            int digits = at;
            at = skip(at, '0', '9');
            if (at > digits) {
                whole = text.substring(digits, at);
            }
            boolean point = at < end && text.charAt(at) == '.';
            if (point) {
                int from = at + 1;
                at = skip(from, '0', '9');
                fraction = text.substring(from, at);
            }
            if (at == zeros || point && at == zeros + 1) {
                numberMissing = true;
            }
            int from = at;
            while (at < end && "eEinumkKMGTP".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            if (at < end && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
                at++;
            }
            at = skip(at, '0', '9');
            if (at != end) {
                throw new IllegalArgumentException(FORMAT_WRONG);
            }
            suffix = text.substring(from);
        }

        private boolean numberMissing;

        private int skip(int from, char low, char high) {
            int at = from;
            while (at < text.length() && text.charAt(at) >= low && text.charAt(at) <= high) {
                at++;
            }
            return at;
        }

        Quantity quantity() {
            interpretSuffix();
            Quantity small = fitting();
            if (small != null) {
                return small;
            }
            if (numberMissing) {
                throw new IllegalArgumentException(NUMERIC_WRONG);
            }
            BigDecimal amount = new BigDecimal(new BigInteger(whole + fraction), fraction.length());
            amount = format == Format.BINARY_SI
                    ? new BigDecimal(amount.unscaledValue().shiftLeft(suffixPower), amount.scale())
                    : amount.scaleByPowerOfTen(suffixPower);
            if (amount.scale() > -NANO) {
                amount = amount.setScale(-NANO, RoundingMode.UP);
            }
            if (format == Format.BINARY_SI) {
                if (amount.compareTo(MAX_LONG) > 0) {
                    amount = MAX_LONG;
                }
                if (amount.signum() > 0 && amount.compareTo(BigDecimal.ONE) < 0) {
                    format = Format.DECIMAL_SI;
                }
            }
            return ofAmount(negative ? amount.negate() : amount, format);
        }

        private void interpretSuffix() {
            if (suffix.isEmpty()) {
                return;
            }
            if (suffix.length() == 1) {
                int index = suffix.equals(" ") ? -1 : DECIMAL_SUFFIXES.indexOf(suffix.charAt(0));
                if (index >= 0) {
                    suffixPower = (index - 3) * 3;
                    return;
                }
            }
            if (suffix.length() == 2 && suffix.charAt(1) == 'i') {
                int index = BINARY_SUFFIXES.indexOf(suffix.charAt(0));
                if (index >= 0) {
                    format = Format.BINARY_SI;
                    suffixPower = (index + 1) * 10;
                    return;
                }
            }
            if (suffix.length() > 1 && suffix.toLowerCase(Locale.ROOT).charAt(0) == 'e') {
                format = Format.DECIMAL_EXPONENT;
                suffixPower = exponent(suffix.substring(1));
                return;
            }
            throw new IllegalArgumentException(SUFFIX_WRONG);
        }

        private static int exponent(String digits) {
            try {
                int power = Integer.parseInt(digits);
                if (Math.abs(power) <= MAX_EXPONENT) {
                    return power;
                }
            } catch (NumberFormatException notANumber) {
                // falls through to the refusal
            }
            throw new IllegalArgumentException(SUFFIX_WRONG);
        }

        /** The quantity as a long and a power of ten, with the text where upstream keeps it; null when too large. */
        private @Nullable Quantity fitting() {
            boolean binary = format == Format.BINARY_SI;
            int room = binary
                    ? 15 - whole.length() - (int) ((float) suffixPower * 3 / 10) - 1
                    : LONG_DIGITS - whole.length() - fraction.length();
            if (room < 0 || binary && !fraction.isEmpty()) {
                return null;
            }
            int power = (binary ? 0 : suffixPower) - fraction.length();
            if (power < NANO) {
                return null;
            }
            String digits = whole + fraction;
            long number = Long.parseLong(digits);
            long factor = binary ? 1L << suffixPower : 1;
            long product = number * factor;
            if (Math.multiplyHigh(number, factor) != product >> 63) {
                return null;
            }
            boolean keepsText = binary
                    ? (number & 7) != 0
                    : power % 3 == 0 && !digits.endsWith("000") && digits.charAt(0) != '0';
            return new Quantity(negative ? -product : product, power, null, format, keepsText ? text : null);
        }
    }
}
