package io.myriad.api;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of a request that failed, as the API's {@code Status} object says it.
 *
 * @param code the HTTP status code, usually the reason's
 * @param reason the machine-readable reason
 * @param message the sentence for people
 * @param details what the failure is about, or null
 * @param continueToken where a list whose version is gone can go on, as {@code metadata.continue} carries it; usually
 *            empty
 */
public record Status(int code, StatusReason reason, String message, @Nullable Details details, String continueToken) {
    /** A failure without a continue token. */
    public Status(int code, StatusReason reason, String message, @Nullable Details details) {
        this(code, reason, message, details, "");
    }

    /**
     * What a failure is about.
     *
     * @param name the object's name, or empty
     * @param group its API group, or empty
     * @param kind its kind or resource, as upstream fills it in, or empty
     * @param uid its uid, or empty
     * @param causes one entry for each thing that is wrong
     * @param retryAfterSeconds seconds to wait before the next try, 0 for none
     */
    public record Details(String name, String group, String kind, String uid, List<Cause> causes,
            int retryAfterSeconds) {}

    /**
     * One cause.
     *
     * @param reason such as {@code FieldValueInvalid}
     * @param message the sentence for people
     * @param field the path in the object, or empty
     */
    public record Cause(String reason, String message, String field) {}

    public static Status of(StatusReason reason, String message) {
        return new Status(reason.code(), reason, message, null);
    }

    public static Status notFound(String groupResource, String name) {
        return about(StatusReason.NOT_FOUND, groupResource, name, groupResource + " \"" + name + "\" not found");
    }

    public static Status alreadyExists(String groupResource, String name) {
        return about(StatusReason.ALREADY_EXISTS, groupResource, name,
                groupResource + " \"" + name + "\" already exists");
    }

    public static Status conflict(String groupResource, String name, String why) {
        return about(StatusReason.CONFLICT, groupResource, name,
                "Operation cannot be fulfilled on " + groupResource + " \"" + name + "\": " + why);
    }

    public static Status forbidden(String groupResource, String name, String why) {
        return about(StatusReason.FORBIDDEN, groupResource, name,
                groupResource + (name.isEmpty() ? "" : " \"" + name + "\"") + " is forbidden: " + why);
    }

    public static Status badRequest(String message) {
        return of(StatusReason.BAD_REQUEST, message);
    }

    public static Status internal(String message) {
        return of(StatusReason.INTERNAL_ERROR, "Internal error occurred: " + message);
    }

    /** 422 for an object, with a cause for each error. {@code errors} is not empty. */
    public static Status invalid(GroupVersionKind kind, String name, List<FieldError> errors) {
        List<Cause> causes = errors.stream()
                .map(error -> new Cause(error.type().reason(), error.detail(), error.field())).toList();
        StringBuilder message = new StringBuilder(
                kind.group().isEmpty() ? kind.kind() : kind.kind() + "." + kind.group())
                .append(" \"").append(name).append("\" is invalid: ");
        if (errors.size() > 1) {
            message.append('[');
        }
        for (int i = 0; i < errors.size(); i++) {
            message.append(i == 0 ? "" : ", ").append(errors.get(i).field()).append(": ")
                    .append(errors.get(i).detail());
        }
        if (errors.size() > 1) {
            message.append(']');
        }
        return new Status(StatusReason.INVALID.code(), StatusReason.INVALID, message.toString(),
                new Details(name, kind.group(), kind.kind(), "", causes, 0));
    }

    private static Status about(StatusReason reason, String groupResource, String name, String message) {
        int dot = groupResource.indexOf('.');
        String group = dot < 0 ? "" : groupResource.substring(dot + 1);
        String resource = dot < 0 ? groupResource : groupResource.substring(0, dot);
        return new Status(reason.code(), reason, message, new Details(name, group, resource, "", List.of(), 0));
    }
}
