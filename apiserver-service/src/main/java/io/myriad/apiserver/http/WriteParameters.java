package io.myriad.apiserver.http;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.value.Names;
import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.registry.DeleteOptions;
import io.myriad.apiserver.registry.FieldValidation;
import io.myriad.apiserver.registry.WriteRequest;

/** Reads the parameters of writes from query and headers. */
final class WriteParameters {
    private static final int MAX_MANAGER_BYTES = 128;
    private static final List<String> VALIDATIONS = List.of("Ignore", "Warn", "Strict");

    private WriteParameters() {}

    /**
     * The write that a call asks for.
     *
     * @param options the kind of options as errors name it, such as {@code CreateOptions}
     * @param apply whether it is a server-side apply, which must name its manager
     * @throws StatusException 422 for values that are not permitted
     */
    static WriteRequest parse(HttpCall call, RequestInfo info, User user, String options, boolean apply,
            Consumer<String> warnings) {
        QueryParameters query = call.query();
        List<FieldError> errors = new ArrayList<>();
        String manager = query.text("fieldManager");
        if (apply && manager.isEmpty()) {
            errors.add(FieldError.required("fieldManager", "is required for apply patch"));
        }
        if (Names.utf8Length(manager) > MAX_MANAGER_BYTES) {
            errors.add(FieldError.tooLong("fieldManager", MAX_MANAGER_BYTES));
        }
        if (manager.codePoints().anyMatch(Character::isISOControl)) {
            errors.add(FieldError.invalid("fieldManager", manager, "should only contain printable characters"));
        }
        if (options.equals("PatchOptions") && !apply && query.has("force")) {
            errors.add(FieldError.forbidden("force", "may not be specified for non-apply patch"));
        }
        boolean dryRun = dryRun(query.all("dryRun"), errors);
        String validation = query.text("fieldValidation");
        if (!validation.isEmpty() && !VALIDATIONS.contains(validation)) {
            errors.add(FieldError.notSupported("fieldValidation", validation, VALIDATIONS));
        }
        requireValid(options, errors);
        FieldValidation meant = switch (validation) {
            case "Ignore" -> FieldValidation.IGNORE;
            case "Strict" -> FieldValidation.STRICT;
            default -> FieldValidation.WARN;
        };
        return new WriteRequest(user, info.namespace(), info.named() ? info.name() : "", info.subresource(),
                manager.isEmpty() ? managerOf(call.header("User-Agent")) : manager, dryRun, meant, warnings);
    }

    private static void requireValid(String options, List<FieldError> errors) {
        if (!errors.isEmpty()) {
            throw new StatusException(
                    Status.invalid(new GroupVersionKind("meta.k8s.io", "v1", options), "", errors));
        }
    }

    private static boolean dryRun(List<String> values, List<FieldError> errors) {
        boolean dryRun = false;
        for (String value : values) {
            if (value.equals("All")) {
                dryRun = true;
            } else {
                errors.add(FieldError.notSupported("dryRun", value, List.of("All")));
                break;
            }
        }
        return dryRun;
    }

    /** What the User-Agent begins with, printable and of bounded length. */
    private static String managerOf(String agent) {
        int slash = agent.indexOf('/');
        StringBuilder manager = new StringBuilder();
        int bytes = 0;
        for (int c : (slash < 0 ? agent : agent.substring(0, slash)).codePoints().toArray()) {
            if (Character.isISOControl(c)) {
                continue;
            }
            bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
            if (bytes > MAX_MANAGER_BYTES) {
                break;
            }
            manager.appendCodePoint(c);
        }
        return manager.toString();
    }

    /**
     * How something is to be deleted: as the body says, or the query when there is none.
     *
     * @param body the DeleteOptions sent, or null
     */
    static DeleteOptions delete(QueryParameters query, @Nullable ObjectNode body) {
        DeleteOptions options;
        if (body != null) {
            JsonNode preconditions = body.path("preconditions");
            options = new DeleteOptions(number(body.get("gracePeriodSeconds")), text(preconditions.get("uid")),
                    text(preconditions.get("resourceVersion")), flag(body.get("orphanDependents")),
                    text(body.get("propagationPolicy")));
        } else {
            options = new DeleteOptions(number(query, "gracePeriodSeconds"), query.first("uid"),
                    query.first("resourceVersion"),
                    query.has("orphanDependents") ? query.flag("orphanDependents") : null,
                    query.first("propagationPolicy"));
        }
        options.validate();
        return options;
    }

    private static @Nullable Long number(QueryParameters query, String name) {
        String text = query.text(name);
        try {
            return text.isEmpty() ? null : Long.valueOf(text);
        } catch (NumberFormatException malformed) {
            throw new StatusException(Status.badRequest(name + ": not a number: \"" + text + "\""));
        }
    }

    private static @Nullable Long number(@Nullable JsonNode node) {
        return node == null || node.isNull() ? null : Long.valueOf(node.longValue());
    }

    private static @Nullable String text(@Nullable JsonNode node) {
        return node == null || node.isNull() ? null : node.asString();
    }

    private static @Nullable Boolean flag(@Nullable JsonNode node) {
        return node == null || node.isNull() ? null : Boolean.valueOf(node.booleanValue());
    }
}
