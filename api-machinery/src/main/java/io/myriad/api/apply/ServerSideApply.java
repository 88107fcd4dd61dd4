package io.myriad.api.apply;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.codec.JsonWriter;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.value.JsonValues;
import io.myriad.api.value.Timestamps;

/**
 * Server-side apply: merges a configuration, which mentions what its manager cares about, into the stored object, and
 * makes the manager own that. See {@link Ownership} for the rules.
 */
public final class ServerSideApply {
    private static final String BEFORE_FIRST_APPLY = "before-first-apply";
    private static final String KUBECTL = "kubectl";
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
    /** As much as all annotations of an object may have together. */
    private static final int MAX_ANNOTATION_CHARACTERS = 256 * 1024;

    private ServerSideApply() {}

    /**
     * The object after an apply, its managed fields set. It may hold nulls, as configurations do: it has to be read by
     * type and given its defaults before it is stored. It shares nothing with the arguments.
     *
     * @param live the stored object, or null to create one; not changed
     * @param configuration what is applied, with {@code apiVersion} and {@code kind}; not changed
     * @param kind the kind that the request's path names
     * @param type the type of both objects
     * @param writer who applies
     * @param force whether to take fields from those who own them
     * @param versions the other versions of the kind
     * @throws StatusException 400 when the configuration is of another kind or does not fit its type, 409 with a cause for
     *             each field when others own what would change and {@code force} is not set
     */
    public static ObjectNode apply(@Nullable ObjectNode live, ObjectNode configuration, GroupVersionKind kind,
            ObjectType type, Writer writer, boolean force, Versions versions) {
        check(configuration, kind, type);
        Request request = new Request(live, configuration, type, writer, versions);
        ObjectNode result;
        try {
            result = request.run(force);
        } catch (Ownership.Conflicts conflicts) {
            Map<Managers.Id, FieldSet> remaining = writer.manager().equals(KUBECTL) && live != null
                    ? without(conflicts.fields(), lastAppliedFields(live, type, writer.apiVersion()))
                    : conflicts.fields();
            if (!remaining.isEmpty()) {
                throw conflict(remaining);
            }
            result = request.run(true);
        } catch (UntypedException failure) {
            throw new StatusException(Status.badRequest("failed to merge config: " + failure.getMessage()));
        }
        if (writer.manager().equals(KUBECTL)) {
            updateLastApplied(result, configuration);
        }
        return result;
    }

    private static void check(ObjectNode configuration, GroupVersionKind kind, ObjectType type) {
        String apiVersion = configuration.path("apiVersion").asString("");
        if (!apiVersion.equals(kind.apiVersion()) || !configuration.path("kind").asString("").equals(kind.kind())) {
            throw new StatusException(Status.badRequest("invalid object type: " + apiVersion + ", Kind="
                    + configuration.path("kind").asString("")));
        }
        JsonNode metadata = configuration.path("metadata");
        JsonNode managedFields = metadata.path("managedFields");
        if (!managedFields.isMissingNode() && !managedFields.isNull()) {
            throw new StatusException(Status.badRequest("metadata.managedFields must be nil"));
        }
        try {
            Fields.check(configuration, type);
        } catch (UntypedException failure) {
            throw new StatusException(Status.badRequest("failed to create typed patch object ("
                    + metadata.path("namespace").asString("") + "/" + metadata.path("name").asString("") + "; "
                    + apiVersion + ", Kind=" + kind.kind() + "): " + failure.getMessage()));
        }
    }

    /** One apply, which may be run again with force. */
    private record Request(@Nullable ObjectNode stored, ObjectNode configuration, ObjectType type, Writer writer,
            Versions versions) {

        ObjectNode run(boolean force) {
            ObjectNode live = ManagedFields.withoutManagedFields(stored, type);
            Managers managers = stored == null
                    ? new Managers()
                    : ManagedFields.decodeOrEmpty(stored.path("metadata").get("managedFields"));
            if (managers.isEmpty() && stored != null) {
                ManagedFields.track(managers, CanonicalForm.empty(type), live, type, writer.named(BEFORE_FIRST_APPLY),
                        versions);
            }
            Ownership ownership = new Ownership(managers, writer, versions);
            Ownership.Versioned before = new Ownership.Versioned(live, type, writer.apiVersion());
            ownership.reconcile(before);
            Managers.Id self = Managers.Id.applier(writer);
            Managers.Owned last = managers.owners().get(self);
            FieldSet fields = Fields.of(configuration, type).without(writer.resetFields());
            String lastTime = last == null ? null : last.time();
            managers.owners().put(self, new Managers.Owned(fields, writer.apiVersion(), lastTime));

            Ownership.Versioned merged = new Ownership.Versioned(Trees.merge(live, configuration, type), type,
                    writer.apiVersion());
            Ownership.Versioned after = last == null ? merged : ownership.prune(merged, last);
            ownership.take(before, after, self, force);

            boolean changed = !JsonValues.equal(live, after.object());
            String time = changed ? Timestamps.format(writer.time()) : lastTime;
            managers.owners().computeIfPresent(self, (same, owned) -> {
                FieldSet kept = owned.fields().difference(ManagedFields.NEVER_OWNED);
                return kept.isEmpty() ? null : new Managers.Owned(kept, owned.apiVersion(), time);
            });
            return withManagers(changed ? after.object() : live, managers);
        }

        private static ObjectNode withManagers(ObjectNode object, Managers managers) {
            ObjectNode result = object.deepCopy();
            if (!(result.get("metadata") instanceof ObjectNode)) {
                result.putObject("metadata");
            }
            ManagedFields.set(result, managers);
            return result;
        }
    }

    private static StatusException conflict(Map<Managers.Id, FieldSet> conflicts) {
        List<Status.Cause> causes = new ArrayList<>();
        TreeMap<String, List<String>> byManager = new TreeMap<>();
        conflicts.forEach((id, fields) -> {
            byManager.computeIfAbsent(id.text(), manager -> new ArrayList<>()).addAll(fields.paths());
            for (String path : fields.paths()) {
                causes.add(new Status.Cause("FieldManagerConflict", "conflict with " + id.text(), path));
            }
        });
        StringBuilder message = new StringBuilder("Apply failed with ").append(causes.size());
        if (causes.size() == 1) {
            message.append(" conflict: ").append(causes.getFirst().message()).append(": ")
                    .append(causes.getFirst().field());
        } else {
            message.append(" conflicts: ");
            byManager.forEach((manager, paths) -> {
                message.append(byManager.firstKey().equals(manager) ? "" : "\n").append("conflicts with ")
                        .append(manager).append(':');
                paths.forEach(path -> message.append("\n- ").append(path));
            });
        }
        return new StatusException(new Status(StatusReason.CONFLICT.code(), StatusReason.CONFLICT, message.toString(),
                new Status.Details("", "", "", "", causes, 0)));
    }

    private static Map<Managers.Id, FieldSet> without(Map<Managers.Id, FieldSet> conflicts, FieldSet allowed) {
        Map<Managers.Id, FieldSet> remaining = new LinkedHashMap<>();
        conflicts.forEach((id, fields) -> {
            FieldSet rest = fields.difference(allowed);
            if (!rest.isEmpty()) {
                remaining.put(id, rest);
            }
        });
        return remaining;
    }

    /**
     * The fields that kubectl's client-side apply left as they are: whoever moves on to server-side apply may take them
     * without force.
     */
    private static FieldSet lastAppliedFields(ObjectNode live, ObjectType type, String apiVersion) {
        String text = live.path("metadata").path("annotations").path(LAST_APPLIED).asString("");
        try {
            if (text.isEmpty() || !(JsonMapper.shared().readTree(text) instanceof ObjectNode lastApplied)
                    || !lastApplied.path("apiVersion").asString("").equals(apiVersion)) {
                return FieldSet.EMPTY;
            }
            Comparison comparison = Comparison.of(lastApplied, ManagedFields.withoutManagedFields(live, type), type);
            return Fields.of(lastApplied, type).difference(comparison.modified()).difference(comparison.added())
                    .difference(comparison.removed());
        } catch (JacksonException | UntypedException unusable) {
            return FieldSet.EMPTY;
        }
    }

    /** Keeps the annotation that client-side apply reads in step, where there is one. */
    private static void updateLastApplied(ObjectNode result, ObjectNode configuration) {
        if (!(result.path("metadata").get("annotations") instanceof ObjectNode annotations)
                || annotations.path(LAST_APPLIED).asString("").isEmpty()) {
            return;
        }
        ObjectNode applied = configuration.deepCopy();
        if (applied.path("metadata").get("annotations") instanceof ObjectNode own) {
            own.remove(LAST_APPLIED);
        }
        ObjectNode changed = annotations.deepCopy();
        changed.put(LAST_APPLIED, new String(JsonWriter.write(sorted(applied)), StandardCharsets.UTF_8) + "\n");
        int characters = 0;
        for (Map.Entry<String, JsonNode> annotation : changed.properties()) {
            characters += annotation.getKey().length() + annotation.getValue().asString("").length();
        }
        if (characters > MAX_ANNOTATION_CHARACTERS) {
            changed.remove(LAST_APPLIED);
        }
        ((ObjectNode) result.get("metadata")).set("annotations", changed);
    }

    /** The value with the fields of all objects in order of their names. */
    private static JsonNode sorted(JsonNode value) {
        if (value instanceof ObjectNode object) {
            ObjectNode sorted = object.objectNode();
            new TreeMap<>(asMap(object)).forEach((name, inner) -> sorted.set(name, sorted(inner)));
            return sorted;
        }
        if (value.isArray()) {
            var sorted = JsonMapper.shared().createArrayNode();
            value.forEach(element -> sorted.add(sorted(element)));
            return sorted;
        }
        return value;
    }

    private static Map<String, JsonNode> asMap(ObjectNode object) {
        Map<String, JsonNode> map = new LinkedHashMap<>();
        object.forEachEntry(map::put);
        return map;
    }
}
