package io.myriad.api.selector;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * One condition on one label.
 *
 * @param key the label's key
 * @param operator how the label's value is compared
 * @param values what it is compared with, sorted: one value for {@code EQUALS}, {@code NOT_EQUALS}, {@code GREATER_THAN}
 *            and {@code LESS_THAN}, at least one for {@code IN} and {@code NOT_IN}, none for the others
 */
public record Requirement(String key, Operator operator, Set<String> values) {
    /** The ways to compare. */
    public enum Operator {
        /** The label is there and has the one value. */
        EQUALS("="),
        /** The label is absent or has another value. */
        NOT_EQUALS("!="),
        /** The label is there and has one of the values. */
        IN(" in "),
        /** The label is absent or has none of the values. */
        NOT_IN(" notin "),
        /** The label is there. */
        EXISTS(""),
        /** The label is absent. */
        DOES_NOT_EXIST(""),
        /** The label is a decimal integer above the value. */
        GREATER_THAN(">"),
        /** The label is a decimal integer below the value. */
        LESS_THAN("<");

        private final String text;

        Operator(String text) {
            this.text = text;
        }
    }

    public Requirement {
        values = values.size() <= 1 ? Set.copyOf(values) : Collections.unmodifiableSet(new TreeSet<>(values));
    }

    /**
     * Whether a label meets this condition. Readers of encoded objects look up the key themselves and call this.
     *
     * @param value the label's value, or null when the object has no such label
     */
    public boolean matches(@Nullable String value) {
        return switch (operator) {
            case EQUALS, IN -> value != null && values.contains(value);
            case NOT_EQUALS, NOT_IN -> value == null || !values.contains(value);
            case EXISTS -> value != null;
            case DOES_NOT_EXIST -> value == null;
            case GREATER_THAN -> compare(value) > 0;
            case LESS_THAN -> compare(value) < 0;
        };
    }

    /** The sign of {@code value} minus the required number; 0, which meets neither order, when it is no number. */
    private int compare(@Nullable String value) {
        if (value == null || !isInteger(value)) {
            return 0;
        }
        String bound = values.iterator().next();
        return isInteger(bound) ? Long.compare(Long.parseLong(value), Long.parseLong(bound)) : 0;
    }

    /** Whether {@code text} is a decimal number of 64 bits with an optional sign. */
    static boolean isInteger(String text) {
        int start = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        if (text.length() == start) {
            return false;
        }
        for (int i = start; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        if (text.length() - start <= 18) {
            return true;
        }
        try {
            Long.parseLong(text);
            return true;
        } catch (NumberFormatException tooLarge) {
            return false;
        }
    }

    /** The condition in the selector grammar; parsing it again gives an equal one. */
    @Override
    public String toString() {
        return switch (operator) {
            case EXISTS -> key;
            case DOES_NOT_EXIST -> "!" + key;
            case IN, NOT_IN -> key + operator.text + "(" + String.join(",", List.copyOf(values)) + ")";
            case EQUALS, NOT_EQUALS, GREATER_THAN, LESS_THAN ->
                key + operator.text + values.iterator().next();
        };
    }
}
