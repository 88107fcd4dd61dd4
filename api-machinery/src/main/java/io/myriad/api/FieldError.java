package io.myriad.api;

/**
 * One thing that is wrong with an object, at one place in it; a cause of a 422 answer.
 *
 * @param type what is wrong, which decides the cause's reason
 * @param field the path as upstream writes it: {@code spec.containers[0].ports[1].name}, {@code metadata.labels[a/b]}
 * @param detail what a person should know, without the path
 */
public record FieldError(Type type, String field, String detail) {
    /** The kinds of field errors and the reasons that clients see, as apimachinery's {@code field.ErrorType}. */
    public enum Type {
        NOT_FOUND("FieldValueNotFound"),
        REQUIRED("FieldValueRequired"),
        DUPLICATE("FieldValueDuplicate"),
        INVALID("FieldValueInvalid"),
        NOT_SUPPORTED("FieldValueNotSupported"),
        FORBIDDEN("FieldValueForbidden"),
        TOO_LONG("FieldValueTooLong"),
        TOO_MANY("FieldValueTooMany"),
        INTERNAL("InternalError"),
        TYPE_INVALID("FieldValueTypeInvalid");

        private final String reason;

        Type(String reason) {
            this.reason = reason;
        }

        /** The reason in {@code details.causes}. */
        public String reason() {
            return reason;
        }
    }

    public static FieldError required(String field, String detail) {
        return new FieldError(Type.REQUIRED, field, detail.isEmpty() ? "Required value" : "Required value: " + detail);
    }

    /** @param value a text is shown in quotes, anything else as it prints */
    public static FieldError invalid(String field, Object value, String detail) {
        return new FieldError(Type.INVALID, field, "Invalid value: " + shown(value) + ": " + detail);
    }

    public static FieldError typeInvalid(String field, Object value, String detail) {
        return new FieldError(Type.TYPE_INVALID, field, "Invalid value: " + shown(value) + ": " + detail);
    }

    public static FieldError duplicate(String field, Object value) {
        return new FieldError(Type.DUPLICATE, field, "Duplicate value: " + shown(value));
    }

    public static FieldError notFound(String field, Object value) {
        return new FieldError(Type.NOT_FOUND, field, "Not found: " + shown(value));
    }

    public static FieldError forbidden(String field, String detail) {
        return new FieldError(Type.FORBIDDEN, field, "Forbidden: " + detail);
    }

    public static FieldError notSupported(String field, Object value, Iterable<String> supported) {
        StringBuilder list = new StringBuilder();
        for (String one : supported) {
            list.append(list.isEmpty() ? "" : ", ").append('"').append(one).append('"');
        }
        return new FieldError(Type.NOT_SUPPORTED, field,
                "Unsupported value: " + shown(value) + ": supported values: " + list);
    }

    public static FieldError tooLong(String field, int maxLength) {
        return new FieldError(Type.TOO_LONG, field, "Too long: may not be more than " + maxLength + " bytes");
    }

    public static FieldError tooMany(String field, int actual, int max) {
        return new FieldError(Type.TOO_MANY, field, "Too many: " + actual + ": must have at most " + max + " items");
    }

    /** Texts in quotes, with escapes; numbers, and structures in their JSON form, as they are. */
    private static String shown(Object value) {
        if (!(value instanceof CharSequence text)) {
            return value.toString();
        }
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                case '\r' -> quoted.append("\\r");
                default -> quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
