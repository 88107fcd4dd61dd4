package io.myriad.api.apply;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.value.JsonValues;
import io.myriad.api.value.Timestamps;

/**
 * Keeps {@code metadata.managedFields} when objects are created, updated and patched: who owns which field, in which
 * version, since when. The rules are those of apimachinery's {@code managedfields}.
 */
public final class ManagedFields {
    /** The longest name of a manager, in bytes. */
    public static final int MAX_MANAGER_BYTES = 128;

    private static final String FIELD = "managedFields";

    /** Fields that belong to the object itself: nobody owns them. */
    static final FieldSet NEVER_OWNED = FieldSet.ofFields(List.of("apiVersion", "kind", "metadata"))
            .union(FieldSet.ofPath("metadata", "name")).union(FieldSet.ofPath("metadata", "namespace"))
            .union(FieldSet.ofPath("metadata", "creationTimestamp")).union(FieldSet.ofPath("metadata", "selfLink"))
            .union(FieldSet.ofPath("metadata", "uid")).union(FieldSet.ofPath("metadata", "clusterName"))
            .union(FieldSet.ofPath("metadata", "generation")).union(FieldSet.ofPath("metadata", FIELD))
            .union(FieldSet.ofPath("metadata", "resourceVersion"));

    private ManagedFields() {}

    /**
     * The manager's name: the request's {@code fieldManager}, else what its User-Agent header has before the first
     * slash, printable characters only, cut to {@link #MAX_MANAGER_BYTES}.
     */
    public static String managerName(String fieldManager, String userAgent) {
        if (!fieldManager.isEmpty()) {
            return fieldManager;
        }
        int slash = userAgent.indexOf('/');
        StringBuilder name = new StringBuilder();
        int bytes = 0;
        for (int c : (slash < 0 ? userAgent : userAgent.substring(0, slash)).codePoints().toArray()) {
            if (isPrintable(c)) {
                bytes += Character.toString(c).getBytes(StandardCharsets.UTF_8).length;
                if (bytes > MAX_MANAGER_BYTES) {
                    break;
                }
                name.appendCodePoint(c);
            }
        }
        return name.toString();
    }

    /** What is wrong with a {@code fieldManager} parameter. */
    public static List<FieldError> validateManagerName(String fieldManager) {
        if (fieldManager.getBytes(StandardCharsets.UTF_8).length > MAX_MANAGER_BYTES) {
            return List.of(FieldError.tooLong("fieldManager", MAX_MANAGER_BYTES));
        }
        return fieldManager.codePoints().allMatch(ManagedFields::isPrintable)
                ? List.of()
                : List.of(FieldError.invalid("fieldManager", fieldManager,
                        "should only contain printable characters"));
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }

    /**
     * Why {@code metadata.managedFields} is invalid, or null when it is valid. Entries that admission made invalid are
     * to be put back to what they were before.
     */
    public static @Nullable String problem(ObjectNode object) {
        try {
            Managers.decode(object.path("metadata").get(FIELD));
            return null;
        } catch (IllegalArgumentException invalid) {
            return String.valueOf(invalid.getMessage());
        }
    }

    /**
     * Sets {@code metadata.managedFields} of an object that was created, updated or patched, once its defaults are set.
     * What the client sent there counts only when it is valid and this is the main resource; an empty list, or one empty
     * entry, ends the tracking.
     *
     * @param live the stored object, or null on create; not changed
     * @param object the object as it will be stored; its managed fields are replaced
     * @param type the type of both
     * @param writer who writes
     * @param versions the other versions of the kind
     */
    public static void update(@Nullable ObjectNode live, ObjectNode object, ObjectType type, Writer writer,
            Versions versions) {
        JsonNode stored = live == null ? null : live.path("metadata").get(FIELD);
        Managers managers = managersOf(stored, object, writer);
        if (!(object.get("metadata") instanceof ObjectNode metadata)) {
            return;
        }
        metadata.remove(FIELD);
        boolean created = live == null || live.path("metadata").path("uid").asString("").isEmpty();
        if (managers.isEmpty() && !created) {
            return;
        }
        try {
            track(managers, withoutManagedFields(live, type), object, type, writer, versions);
            set(object, managers);
        } catch (UntypedException cannotBeTracked) {
            // Ownership is bookkeeping: an object that it cannot follow is still written, with the old entries.
            if (stored != null) {
                metadata.set(FIELD, stored);
            }
        }
    }

    private static Managers managersOf(@Nullable JsonNode stored, ObjectNode object, Writer writer) {
        JsonNode sent = object.path("metadata").get(FIELD);
        if (writer.subresource().isEmpty() && sent != null && !sent.isNull()) {
            if (sent.isEmpty() || sent.size() == 1 && sent.get(0).isEmpty()) {
                return new Managers();
            }
            Managers valid = decodeOrEmpty(sent);
            if (!valid.isEmpty()) {
                return valid;
            }
        }
        return decodeOrEmpty(stored);
    }

    static Managers decodeOrEmpty(@Nullable JsonNode entries) {
        try {
            return Managers.decode(entries);
        } catch (IllegalArgumentException invalid) {
            return new Managers();
        }
    }

    /** Gives the writer what it changed from {@code live} to {@code object}. */
    static void track(Managers managers, ObjectNode live, ObjectNode object, ObjectType type, Writer writer,
            Versions versions) {
        String apiVersion = writer.apiVersion();
        Ownership ownership = new Ownership(managers, writer, versions);
        Ownership.Versioned before = new Ownership.Versioned(live, type, apiVersion);
        ownership.reconcile(before);
        Comparison changes = ownership.take(before,
                new Ownership.Versioned(CanonicalForm.of(object, type), type, apiVersion), null, true);
        FieldSet taken = changes.modified().union(changes.added()).without(writer.resetFields())
                .difference(NEVER_OWNED);
        if (!taken.isEmpty()) {
            String time = Timestamps.format(writer.time());
            managers.owners().merge(Managers.Id.updater(writer), new Managers.Owned(taken, apiVersion, time),
                    (previous, now) -> now.with(now.fields().union(previous.fields())));
        }
        managers.limitUpdaters();
    }

    /** The canonical form of a stored object, without its managed fields; of an empty one when there is none. */
    static ObjectNode withoutManagedFields(@Nullable ObjectNode live, ObjectType type) {
        if (live == null) {
            return CanonicalForm.empty(type);
        }
        if (!(live.get("metadata") instanceof ObjectNode metadata) || !metadata.has(FIELD)) {
            return CanonicalForm.of(live, type);
        }
        ObjectNode copy = live.objectNode().setAll(live);
        ObjectNode rest = metadata.objectNode().setAll(metadata);
        rest.remove(FIELD);
        copy.set("metadata", rest);
        return CanonicalForm.of(copy, type);
    }

    static void set(ObjectNode object, Managers managers) {
        if (object.get("metadata") instanceof ObjectNode metadata) {
            if (managers.isEmpty()) {
                metadata.remove(FIELD);
            } else {
                metadata.set(FIELD, managers.encode());
            }
        }
    }

    /**
     * Puts the times of managed fields back when they are all that a write would change, so that it changes nothing. To
     * be called last, when the object is as it would be stored.
     *
     * @param stored the stored object; not changed
     * @param object the object that would replace it
     * @param type the type of both
     */
    public static void keepTimes(ObjectNode stored, ObjectNode object, ObjectType type) {
        JsonNode old = stored.path("metadata").path(FIELD);
        JsonNode now = object.path("metadata").path(FIELD);
        if (old.size() != now.size() || now.isEmpty() || old.equals(now)) {
            return;
        }
        for (int i = 0; i < now.size(); i++) {
            if (!JsonValues.equal(withoutTime(old.get(i)), withoutTime(now.get(i)))) {
                return;
            }
        }
        if (JsonValues.equal(withoutManagedFields(stored, type), withoutManagedFields(object, type))
                && object.get("metadata") instanceof ObjectNode metadata) {
            metadata.set(FIELD, old.deepCopy());
        }
    }

    private static JsonNode withoutTime(JsonNode entry) {
        ObjectNode copy = ((ObjectNode) entry).objectNode().setAll((ObjectNode) entry);
        copy.remove("time");
        return copy;
    }
}
