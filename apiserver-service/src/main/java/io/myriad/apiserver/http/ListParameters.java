package io.myriad.apiserver.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.myriad.api.FieldError;
import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.selector.FieldSelector;
import io.myriad.api.selector.LabelSelector;
import io.myriad.apiserver.registry.ServedResource;
import io.myriad.apiserver.storage.ObjectStorage.ListQuery;
import io.myriad.apiserver.storage.ObjectStorage.VersionMatch;
import io.myriad.apiserver.storage.ObjectStorage.WatchQuery;
import io.myriad.apiserver.storage.Selection;

/**
 * The parameters of a list or watch, checked by the rules that need no data.
 *
 * @param selection which objects
 * @param resourceVersion as sent
 * @param match how it is meant
 * @param limit the most objects, 0 for all
 * @param continueToken where to go on, or empty
 * @param timeoutSeconds when a watch ends, 0 when not sent
 * @param bookmarks whether a watch may send bookmarks
 * @param sendInitialEvents null when not sent
 */
record ListParameters(Selection selection, String resourceVersion, VersionMatch match, long limit,
        String continueToken, long timeoutSeconds, boolean bookmarks, @Nullable Boolean sendInitialEvents) {
    private static final GroupVersionKind OPTIONS = new GroupVersionKind("meta.k8s.io", "v1", "ListOptions");

    /**
     * Reads and checks the parameters.
     *
     * @param watch whether they are those of a watch
     * @param name the object that the path names, or empty
     * @throws StatusException 400 for malformed ones, 422 for ones that contradict each other
     */
    static ListParameters parse(QueryParameters query, ServedResource resource, String namespace, String name,
            boolean watch) {
        String version = query.text("resourceVersion");
        String match = query.text("resourceVersionMatch");
        String continueToken = query.text("continue");
        long limit = number(query, "limit");
        long timeout = number(query, "timeoutSeconds");
        Boolean initialEvents = query.has("sendInitialEvents") ? query.flag("sendInitialEvents") : null;
        LabelSelector labels = labels(query.text("labelSelector"));
        FieldSelector fields = fields(query.text("fieldSelector"), resource);
        List<FieldError> errors = query.flag("watch")
                ? watchErrors(match, continueToken, initialEvents)
                : listErrors(version, match, continueToken, initialEvents);
        if (!errors.isEmpty()) {
            throw new StatusException(Status.invalid(OPTIONS, "", errors));
        }
        if (!name.isEmpty()) {
            fields = named(fields, name);
        }
        VersionMatch meant = switch (match) {
            case "Exact" -> VersionMatch.EXACT;
            case "NotOlderThan" -> VersionMatch.NOT_OLDER_THAN;
            default -> VersionMatch.UNSET;
        };
        return new ListParameters(new Selection(namespace, labels, fields), version, meant, Math.max(limit, 0),
                continueToken, timeout, query.flag("allowWatchBookmarks"), watch ? initialEvents : null);
    }

    private static FieldSelector named(FieldSelector fields, String name) {
        if (fields.isEverything()) {
            return FieldSelector.parse("metadata.name=" + name);
        }
        if (!name.equals(fields.requiredValue("metadata.name"))) {
            throw new StatusException(
                    Status.badRequest("fieldSelector metadata.name doesn't match requested name"));
        }
        return fields;
    }

    ListQuery list() {
        return new ListQuery(selection, resourceVersion, match, limit, continueToken);
    }

    WatchQuery watch() {
        return new WatchQuery(selection, resourceVersion, sendInitialEvents, bookmarks);
    }

    private static LabelSelector labels(String text) {
        try {
            return LabelSelector.parse(text);
        } catch (IllegalArgumentException malformed) {
            throw new StatusException(Status.badRequest(String.valueOf(malformed.getMessage())));
        }
    }

    private static FieldSelector fields(String text, ServedResource resource) {
        FieldSelector selector;
        try {
            selector = FieldSelector.parse(text);
        } catch (IllegalArgumentException malformed) {
            throw new StatusException(Status.badRequest(String.valueOf(malformed.getMessage())));
        }
        if (selector.isEverything()) {
            return selector;
        }
        Map<String, String> known = resource.selectableFields();
        StringBuilder stored = new StringBuilder();
        for (FieldSelector.Requirement requirement : selector.requirements()) {
            String name = known.get(requirement.field());
            if (name == null) {
                throw new StatusException(Status.badRequest(unknown(requirement.field(), resource)));
            }
            stored.append(stored.isEmpty() ? "" : ",")
                    .append(new FieldSelector.Requirement(name, requirement.equal(), requirement.value()));
        }
        return FieldSelector.parse(stored.toString());
    }

    /** Kinds with selectable fields of their own say less than the others, and jobs say it in their own way. */
    private static String unknown(String field, ServedResource resource) {
        Set<String> known = resource.selectableFields().keySet();
        if (resource.groupResource().equals("jobs.batch")) {
            return "field label \"" + field + "\" not supported for Job";
        }
        return known.stream().allMatch(name -> name.startsWith("metadata."))
                ? "\"" + field + "\" is not a known field selector: only " + quoted(known)
                : "field label not supported: " + field;
    }

    private static String quoted(Iterable<String> names) {
        StringBuilder list = new StringBuilder();
        names.forEach(name -> list.append(list.isEmpty() ? "" : ", ").append('"').append(name).append('"'));
        return list.toString();
    }

    private static long number(QueryParameters query, String name) {
        String text = query.text(name);
        if (text.isEmpty()) {
            return 0;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException malformed) {
            throw new StatusException(Status.badRequest(name + ": not a number: \"" + text + "\""));
        }
    }

    private static List<FieldError> listErrors(String version, String match, String continueToken,
            @Nullable Boolean initialEvents) {
        List<FieldError> errors = new ArrayList<>();
        if (!match.isEmpty()) {
            if (version.isEmpty()) {
                errors.add(forbidden("resourceVersionMatch is forbidden unless resourceVersion is provided"));
            }
            if (!continueToken.isEmpty()) {
                errors.add(forbidden("resourceVersionMatch is forbidden when continue is provided"));
            }
            if (!match.equals("Exact") && !match.equals("NotOlderThan")) {
                errors.add(FieldError.notSupported("resourceVersionMatch", match,
                        List.of("Exact", "NotOlderThan", "")));
            }
            if (match.equals("Exact") && version.equals("0")) {
                errors.add(forbidden("resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
            }
        }
        if (initialEvents != null) {
            errors.add(FieldError.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
        }
        return errors;
    }

    private static List<FieldError> watchErrors(String match, String continueToken,
            @Nullable Boolean initialEvents) {
        List<FieldError> errors = new ArrayList<>();
        if (initialEvents != null && !match.equals("NotOlderThan")) {
            errors.add(forbidden("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
        }
        if (!match.isEmpty()) {
            if (initialEvents == null) {
                errors.add(
                        forbidden("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
            }
            if (!match.equals("NotOlderThan")) {
                errors.add(FieldError.notSupported("resourceVersionMatch", match, List.of("NotOlderThan")));
            }
            if (!continueToken.isEmpty()) {
                errors.add(forbidden("resourceVersionMatch is forbidden when continue is provided"));
            }
        }
        return errors;
    }

    private static FieldError forbidden(String detail) {
        return FieldError.forbidden("resourceVersionMatch", detail);
    }
}
