package io.myriad.api.selector;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.myriad.api.Status;
import io.myriad.api.StatusException;

/**
 * A field selector: fields that must, or must not, have given values; all conditions must hold. Which fields a kind
 * has is for the caller to know. Grammar, escapes and errors as apimachinery's {@code fields.ParseSelector}. Immutable.
 */
public final class FieldSelector {
    private static final FieldSelector EVERYTHING = new FieldSelector(List.of());

    /**
     * One condition.
     *
     * @param field such as {@code spec.nodeName}
     * @param equal whether the field must have the value, rather than not have it
     * @param value the value, unescaped
     */
    public record Requirement(String field, boolean equal, String value) {
        /** Whether a field with this value meets the condition; null, for a field that is not set, counts as empty. */
        public boolean matches(@Nullable String actual) {
            return value.equals(actual == null ? "" : actual) == equal;
        }

        @Override
        public String toString() {
            return field + (equal ? "=" : "!=") + escape(value);
        }
    }

    private final List<Requirement> requirements;

    private FieldSelector(List<Requirement> requirements) {
        this.requirements = List.copyOf(requirements);
    }

    /** The selector that matches every object. */
    public static FieldSelector everything() {
        return EVERYTHING;
    }

    /**
     * Parses the {@code fieldSelector} of a request.
     *
     * @param text such as {@code metadata.name=a,spec.nodeName!=b}; a backslash escapes a comma, an equals sign or a
     *            backslash in values; empty terms are skipped
     * @throws StatusException 400 when a term has no operator or a wrong escape
     */
    public static FieldSelector parse(String text) {
        List<String> terms = split(text);
        terms.sort(null);
        List<Requirement> requirements = new ArrayList<>(terms.size());
        for (String term : terms) {
            if (!term.isEmpty()) {
                requirements.add(requirement(text, term));
            }
        }
        return requirements.isEmpty() ? EVERYTHING : new FieldSelector(requirements);
    }

    private static List<String> split(String text) {
        List<String> terms = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == ',') {
                terms.add(text.substring(start, i));
                start = i + 1;
            }
        }
        terms.add(text.substring(start));
        return terms;
    }

    private static Requirement requirement(String selector, String term) {
        int equals = term.indexOf('=');
        if (equals < 0) {
            throw bad("invalid selector: '" + selector + "'; can't understand '" + term + "'");
        }
        boolean negated = equals > 0 && term.charAt(equals - 1) == '!';
        int valueStart = !negated && term.startsWith("==", equals) ? equals + 2 : equals + 1;
        return new Requirement(term.substring(0, negated ? equals - 1 : equals), !negated,
                unescape(term.substring(valueStart)));
    }

    private static String unescape(String escaped) {
        StringBuilder value = new StringBuilder(escaped.length());
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c == '\\') {
                String sequence = escaped.substring(i, Math.min(i + 2, escaped.length()));
                if (sequence.length() < 2 || "\\,=".indexOf(sequence.charAt(1)) < 0) {
                    throw bad("invalid field selector: invalid escape sequence: " + sequence);
                }
                c = sequence.charAt(1);
                i++;
            } else if (c == ',' || c == '=') {
                throw bad("invalid field selector: unescaped character in value: " + (int) c);
            }
            value.append(c);
        }
        return value.toString();
    }

    private static String escape(String value) {
        return value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=");
    }

    /**
     * Whether an object is selected.
     *
     * @param fields gives a field's value, or null when it is not set
     */
    public boolean matches(Function<String, @Nullable String> fields) {
        for (int i = 0; i < requirements.size(); i++) {
            Requirement requirement = requirements.get(i);
            if (!requirement.matches(fields.apply(requirement.field()))) {
                return false;
            }
        }
        return true;
    }

    /** The value that this field must have in every selected object, or null when none is demanded. */
    public @Nullable String requiredValue(String field) {
        for (Requirement requirement : requirements) {
            if (requirement.equal() && requirement.field().equals(field)) {
                return requirement.value();
            }
        }
        return null;
    }

    /** The conditions, in the order of their texts. */
    public List<Requirement> requirements() {
        return requirements;
    }

    /** Whether every object is selected. */
    public boolean isEverything() { return requirements.isEmpty(); }

    @Override
    public boolean equals(Object other) {
        return other instanceof FieldSelector selector && selector.requirements.equals(requirements);
    }

    @Override
    public int hashCode() {
        return requirements.hashCode();
    }

    /** The selector in its grammar; parsing it again gives an equal one. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Requirement requirement : requirements) {
            text.append(text.isEmpty() ? "" : ",").append(requirement);
        }
        return text.toString();
    }

    private static StatusException bad(String message) {
        return new StatusException(Status.badRequest(message));
    }
}
