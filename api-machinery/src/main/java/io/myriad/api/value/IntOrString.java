package io.myriad.api.value;

/**
 * A number or a text, such as a port's number or name, or an amount or percentage.
 */
public sealed interface IntOrString {
    /** A number. */
    record Number(int value) implements IntOrString {
        @Override
        public String toString() {
            return Integer.toString(value);
        }
    }

    /** A text. */
    record Text(String value) implements IntOrString {
        @Override
        public String toString() {
            return value;
        }
    }

    /**
     * The amount that this stands for, where a text is a percentage of {@code total}.
     *
     * @param roundUp whether a fraction counts as one more
     * @throws IllegalArgumentException in upstream's words when the text is no percentage
     */
    default int scaled(int total, boolean roundUp) {
        return switch (this) {
            case Number number -> number.value;
            case Text text -> {
                long percent = percent(text.value);
                double share = percent * (double) total / 100;
                yield (int) (roundUp ? Math.ceil(share) : Math.floor(share));
            }
        };
    }

    private static int percent(String text) {
        if (!text.endsWith("%")) {
            throw new IllegalArgumentException(
                    "invalid value for IntOrString: invalid type: string is not a percentage");
        }
        try {
            return Integer.parseInt(text.substring(0, text.length() - 1));
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("invalid value for IntOrString: invalid value \"" + text + '"',
                    notANumber);
        }
    }
}
