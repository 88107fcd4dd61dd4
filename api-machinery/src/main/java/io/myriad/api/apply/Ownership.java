package io.myriad.api.apply;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.schema.ObjectType;

/**
 * Who owns what after a write, and what a write may take: structured-merge-diff's {@code merge.Updater}. Works on one
 * request; managers are changed in place.
 *
 * <p>
 * An update takes what it adds or changes from everybody, and nobody owns what it removes. An apply owns what the
 * configuration mentions; where that changes a field that somebody else owns it conflicts, unless forced. A field that
 * the manager applied before and does not apply now is removed when nobody else owns it.
 */
final class Ownership {
    /** An object, its type and its version. */
    record Versioned(ObjectNode object, ObjectType type, String apiVersion) {}

    private final Managers managers;
    private final Writer writer;
    private final Versions versions;

    Ownership(Managers managers, Writer writer, Versions versions) {
        this.managers = managers;
        this.writer = writer;
        this.versions = versions;
    }

    /** Fits what the managers own to the types as they are now. */
    void reconcile(Versioned live) {
        managers.owners().replaceAll((id, owned) -> {
            Versioned there = convert(live, owned.apiVersion());
            return there == null ? owned : owned.with(Trees.reconcile(owned.fields(), there.type));
        });
    }

    /**
     * Takes what a write changed from the other managers.
     *
     * @param self who applies and so keeps what it has; null for an update
     * @return what changed, in the request's version
     * @throws Conflicts when others own it and {@code force} is not set; nothing is taken then
     */
    Comparison take(Versioned before, Versioned after, Managers.@Nullable Id self, boolean force) {
        Comparison own = compare(before, after);
        Map<String, Comparison> byVersion = new HashMap<>(Map.of(writer.apiVersion(), own));
        Map<Managers.Id, FieldSet> conflicts = new LinkedHashMap<>();
        Map<Managers.Id, FieldSet> removed = new LinkedHashMap<>();
        List<Managers.Id> obsolete = new ArrayList<>();
        managers.owners().forEach((id, owned) -> {
            if (id.equals(self)) {
                return;
            }
            Comparison comparison = byVersion.get(owned.apiVersion());
            if (comparison == null) {
                comparison = compareIn(owned.apiVersion(), before, after);
                if (comparison == null) {
                    obsolete.add(id);
                    return;
                }
                byVersion.put(owned.apiVersion(), comparison);
            }
            FieldSet taken = owned.fields().intersection(comparison.modified().union(comparison.added()));
            if (!taken.isEmpty()) {
                conflicts.put(id, taken);
            }
            removed.put(id, comparison.removed());
        });
        if (!force && !conflicts.isEmpty()) {
            throw new Conflicts(conflicts);
        }
        obsolete.forEach(managers.owners()::remove);
        conflicts.forEach(this::takeAway);
        removed.forEach(this::takeAway);
        managers.owners().values().removeIf(owned -> owned.fields().isEmpty());
        return own;
    }

    private void takeAway(Managers.Id id, FieldSet fields) {
        managers.owners().computeIfPresent(id, (same, owned) -> owned.with(owned.fields().difference(fields)));
    }

    private Comparison compare(Versioned before, Versioned after) {
        return Comparison.of(before.object, after.object, before.type).without(writer.resetFields());
    }

    private @Nullable Comparison compareIn(String apiVersion, Versioned before, Versioned after) {
        Versioned old = convert(before, apiVersion);
        Versioned now = convert(after, apiVersion);
        return old == null || now == null ? null : compare(old, now);
    }

    /** The object in a version; null when there is no such version. */
    private @Nullable Versioned convert(Versioned object, String apiVersion) {
        if (object.apiVersion.equals(apiVersion)) {
            return object;
        }
        Versions.Versioned converted = versions.convert(object.object, apiVersion);
        return converted == null
                ? null
                : new Versioned(CanonicalForm.of(converted.object(), converted.type()), converted.type(), apiVersion);
    }

    /**
     * Removes what the applying manager does not apply any more, keeping what others own.
     *
     * @param merged the object with the configuration merged in
     * @param last what the manager owned before
     */
    Versioned prune(Versioned merged, Managers.Owned last) {
        if (last.fields().isEmpty()) {
            return merged;
        }
        Versioned full = convert(merged, last.apiVersion());
        if (full == null) {
            return merged;
        }
        FieldSet lastFields = Trees.withNamedFields(last.fields(), full.type);
        Versioned pruned = addBackOwned(full, remove(full, lastFields));
        Versioned comparable = convert(pruned, full.apiVersion);
        if (comparable == null) {
            return merged;
        }
        // Only what the manager itself owned may go, whatever else went with it.
        FieldSet gone = named(full).difference(named(comparable)).intersection(lastFields);
        Versioned result = convert(remove(full, gone), writer.apiVersion());
        return result == null ? merged : result;
    }

    /** {@code pruned} with what any manager owns put back, version by version, the pruned one first. */
    private Versioned addBackOwned(Versioned merged, Versioned pruned) {
        Map<String, FieldSet> ownedByVersion = new LinkedHashMap<>();
        ownedByVersion.put(pruned.apiVersion, FieldSet.EMPTY);
        for (Managers.Owned owned : managers.owners().values()) {
            ownedByVersion.merge(owned.apiVersion(), owned.fields(), FieldSet::union);
        }
        Versioned full = merged;
        Versioned rest = pruned;
        for (Map.Entry<String, FieldSet> owned : ownedByVersion.entrySet()) {
            Versioned fullThere = convert(full, owned.getKey());
            Versioned restThere = convert(rest, owned.getKey());
            if (fullThere != null && restThere != null) {
                FieldSet keep = named(restThere).union(Trees.withNamedFields(owned.getValue(), fullThere.type));
                full = fullThere;
                rest = remove(fullThere, named(fullThere).difference(keep));
            }
        }
        return rest;
    }

    private static Versioned remove(Versioned object, FieldSet fields) {
        return new Versioned(Trees.remove(object.object, fields, object.type), object.type, object.apiVersion);
    }

    private static FieldSet named(Versioned object) {
        return Trees.withNamedFields(Fields.of(object.object, object.type), object.type);
    }

    /** An apply changes fields that others own. Carries no stack trace: it becomes an answer. */
    static final class Conflicts extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Map<Managers.Id, FieldSet> fields;

        Conflicts(Map<Managers.Id, FieldSet> fields) {
            super("conflicts", null, false, false);
            this.fields = fields;
        }

        /** What each other manager owns of it. */
        Map<Managers.Id, FieldSet> fields() {
            return fields;
        }
    }
}
