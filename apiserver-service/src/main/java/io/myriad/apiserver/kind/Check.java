package io.myriad.apiserver.kind;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.myriad.api.FieldError;
import io.myriad.api.value.Quantity;

/**
 * One place in an object under validation: the value there, the path that errors name, and the list they go to. Checks of
 * an absent value pass, but for {@link #required}; so a rule reads as one chain: {@code
 * check.at("name").required().named(Names::dns1123Label)}. After one error about a value the rest of its chain is silent,
 * as upstream reports one error for each mistake.
 */
final class Check {
    private final List<FieldError> errors;
    private final String path;
    private final JsonNode value;
    private boolean failed;

    private Check(List<FieldError> errors, String path, JsonNode value) {
        this.errors = errors;
        this.path = path;
        this.value = value;
    }

    /** The whole object; paths start without a dot. */
    static Check of(JsonNode object, List<FieldError> errors) {
        return new Check(errors, "", object);
    }

    /** The value of a field. */
    Check at(String field) {
        return new Check(errors, path.isEmpty() ? field : path + "." + field, value.path(field));
    }

    /** The value below several fields. */
    Check at(String first, String second) {
        return at(first).at(second);
    }

    /** The value of a map's key. */
    Check key(String key) {
        return new Check(errors, path + "[" + key + "]", value.path(key));
    }

    /** An element of a list. */
    Check item(int index) {
        return new Check(errors, path + "[" + index + "]", value.path(index));
    }

    /** Every element of a list, in order. */
    void items(Consumer<Check> rule) {
        for (int i = 0; i < value.size(); i++) {
            rule.accept(item(i));
        }
    }

    /** Every entry of a map, in order; the check's path ends in the key in brackets. */
    void entries(java.util.function.BiConsumer<String, Check> rule) {
        for (String key : value.propertyNames()) {
            rule.accept(key, key(key));
        }
    }

    /** Whether there is a value: not absent, not null. */
    boolean present() {
        return !value.isMissingNode() && !value.isNull();
    }

    /** Whether there is nothing, or only an empty text, list or map. */
    boolean empty() {
        return !present() || value.isString() && value.stringValue().isEmpty()
                || value.isContainer() && value.isEmpty();
    }

    JsonNode value() {
        return value;
    }

    String path() {
        return path;
    }

    /** The text, or empty. */
    String text() {
        return value.stringValue("");
    }

    /** The whole number, or 0. */
    long number() {
        return value.longValue(0);
    }

    boolean isTrue() { return value.booleanValue(false); }

    boolean is(String text) {
        return text().equals(text);
    }

    int size() {
        return value.size();
    }

    /** There must be something. */
    Check required() {
        return required("");
    }

    Check required(String detail) {
        if (empty()) {
            add(FieldError.required(path, detail));
        }
        return this;
    }

    /** One of these texts, when there is any. */
    Check oneOf(String... supported) {
        return oneOf(List.of(supported));
    }

    Check oneOf(Collection<String> supported) {
        if (!empty() && !supported.contains(text())) {
            add(FieldError.notSupported(path, text(), supported));
        }
        return this;
    }

    /** A rule of {@code io.myriad.api.value.Names}, for texts that are not empty. */
    Check named(Function<String, List<String>> rule) {
        return empty() ? this : matches(rule);
    }

    /** As {@link #named}, for empty texts too. */
    Check matches(Function<String, List<String>> rule) {
        if (present() && !failed) {
            for (String message : rule.apply(text())) {
                errors.add(FieldError.invalid(path, text(), message));
                failed = true;
            }
        }
        return this;
    }

    /** At least this number. */
    Check min(long min) {
        if (present() && value.isNumber() && number() < min) {
            invalid("must be greater than or equal to " + min);
        }
        return this;
    }

    /** Between these numbers, both included. */
    Check range(long min, long max) {
        if (present() && value.isNumber() && (number() < min || number() > max)) {
            invalid("must be between " + min + " and " + max + ", inclusive");
        }
        return this;
    }

    Check maxLength(int length) {
        if (present() && text().length() > length) {
            add(FieldError.tooLong(path, length));
        }
        return this;
    }

    /** A quantity that is not negative. */
    Check quantity() {
        Quantity quantity = parsed();
        if (quantity != null && quantity.signum() < 0) {
            invalid("must be greater than or equal to 0");
        }
        return this;
    }

    /** The quantity, or null when there is none. The codecs have refused texts that are none. */
    @Nullable
    Quantity parsed() {
        return present() ? quantity(value) : null;
    }

    static Quantity quantity(JsonNode value) {
        return Quantity.parse(value.isString() ? value.stringValue() : value.toString());
    }

    /** The same as in the old object. */
    Check unchanged(JsonNode old) {
        return unchanged(old, "field is immutable");
    }

    Check unchanged(JsonNode old, String detail) {
        JsonNode before = old.isNull() ? old.path(0) : old;
        JsonNode now = value.isNull() ? value.path(0) : value;
        boolean bothEmpty = empty() && (before.isMissingNode() || before.isContainer() && before.isEmpty()
                || before.isString() && before.stringValue().isEmpty());
        if (!bothEmpty && !before.equals(now)) {
            invalid(detail);
        }
        return this;
    }

    /** No two elements with the same key; keys that are null do not count. The error is at the element's {@code field}. */
    Check unique(String field, Function<JsonNode, @Nullable String> keyOf) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < value.size(); i++) {
            String key = keyOf.apply(value.path(i));
            if (key != null && !seen.add(key)) {
                errors.add(FieldError.duplicate(item(i).path + (field.isEmpty() ? "" : "." + field), key));
            }
        }
        return this;
    }

    /** No two elements with the same text in a field; empty texts do not count. */
    Check uniqueBy(String field) {
        return unique(field, element -> {
            String text = element.path(field).stringValue("");
            return text.isEmpty() ? null : text;
        });
    }

    /** Exactly one of these fields; {@code none} and {@code several} say what is wrong otherwise. */
    Check exactlyOne(List<String> fields, Consumer<Check> none) {
        List<String> found = new ArrayList<>();
        for (String field : fields) {
            if (value.hasNonNull(field)) {
                found.add(field);
            }
        }
        if (found.isEmpty()) {
            none.accept(this);
        }
        for (int i = 1; i < found.size(); i++) {
            at(found.get(i)).forbidden("may not specify more than 1 of " + String.join(", ", fields));
        }
        return this;
    }

    /** This place's path over another value: where upstream's errors name a place that holds something else. */
    Check on(JsonNode other) {
        return new Check(errors, path, other);
    }

    /** The same place without what was found there: for several errors about one place. */
    Check fresh() {
        return new Check(errors, path, value);
    }

    /** Reports a key or value of the map at this place, which upstream names by the map alone. */
    Check invalidKey(String shown, String detail) {
        return add(FieldError.invalid(path, shown, detail));
    }

    Check invalid(String detail) {
        Object shown = !present() ? "" : value.isString() ? value.stringValue() : value;
        return add(FieldError.invalid(path, shown, detail));
    }

    Check forbidden(String detail) {
        return add(FieldError.forbidden(path, detail));
    }

    Check duplicate() {
        return add(FieldError.duplicate(path, text()));
    }

    Check notFound() {
        return add(FieldError.notFound(path, text()));
    }

    Check tooMany(int max) {
        if (value.size() > max) {
            add(FieldError.tooMany(path, value.size(), max));
        }
        return this;
    }

    /** Adds an error, unless this check has found one already. */
    Check add(FieldError error) {
        if (!failed) {
            failed = true;
            errors.add(error);
        }
        return this;
    }

    /** Whether this check has found nothing so far. */
    boolean passed() {
        return !failed;
    }

    /** How many errors there are in the whole object. */
    int errorCount() {
        return errors.size();
    }
}
