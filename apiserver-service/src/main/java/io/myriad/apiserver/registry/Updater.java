package io.myriad.apiserver.registry;

import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.apiserver.admission.AdmissionPlugin;
import io.myriad.apiserver.kind.Strategy;
import io.myriad.apiserver.storage.CachedObject;

/**
 * Changes objects: the common part of PUT, of the four patches and of the subresources that write. The change is made
 * on the object as the cache has it; when that turns out to be old it is made again on the current one, so that an
 * ordinary update costs a single round trip to the store.
 */
final class Updater {
    /** How often a change is made again because others write the same object, before the client gets the conflict. */
    private static final int MAX_ATTEMPTS = 32;

    static final String OPTIMISTIC_LOCK = "the object has been modified; please apply your changes to the latest version"
            + " and try again";

    /** Makes the new object. */
    interface Change {
        /**
         * @param existing the current object, not to be changed; null when there is none and one may be created
         * @return the new object, defaulted, with its ownership recorded
         */
        ObjectNode apply(@Nullable ObjectNode existing);
    }

    /**
     * What part of an object a write is about.
     *
     * @param target what the strategy is told
     * @param prepare brings the new object into form given the old one: what this write may not change is taken over
     * @param validate what is wrong with the result, beyond metadata
     */
    record Scope(Strategy.Target target, Prepare prepare, Validate validate) {
        /** Takes over what may not be changed. */
        interface Prepare {
            void apply(ObjectNode object, ObjectNode old);
        }

        /** Finds what is wrong. */
        interface Validate {
            List<FieldError> apply(ObjectNode object, ObjectNode old);
        }

        /** The write that the strategy knows. */
        static Scope of(ServedResource resource, Strategy.Target target) {
            return new Scope(target, (object, old) -> resource.strategy().prepareForUpdate(target, object, old),
                    (object, old) -> resource.strategy().validateUpdate(target, object, old));
        }
    }

    /** Decides whether a user who may change objects may also create this one. */
    interface CreateCheck {
        void check();
    }

    private final Writes writes;
    private final Creator creator;

    Updater(Writes writes, Creator creator) {
        this.writes = writes;
        this.creator = creator;
    }

    /**
     * Changes an object.
     *
     * @param change makes the new object from the current one; may be called several times
     * @param createCheck asked before an object is created that is not there; null when it may not be created
     */
    Answer update(ServedResource resource, Scope scope, Change change, WriteRequest request,
            @Nullable CreateCheck createCheck) {
        CachedObject current = resource.storage().get(request.namespace(), request.name(), "0");
        boolean fresh = false;
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            try {
                Answer answer = attempt(resource, scope, change, request, createCheck, current, fresh);
                if (answer != null) {
                    return answer;
                }
            } catch (StatusException refused) {
                // Perhaps only because the cache is behind.
                if (fresh) {
                    throw refused;
                }
                CachedObject newer = resource.storage().get(request.namespace(), request.name(), "");
                if (sameVersion(newer, current)) {
                    throw refused;
                }
                current = newer;
                fresh = true;
                continue;
            }
            current = resource.storage().get(request.namespace(), request.name(), "");
            fresh = true;
        }
        throw new StatusException(Status.conflict(resource.groupResource(), request.name(), OPTIMISTIC_LOCK));
    }

    private static boolean sameVersion(@Nullable CachedObject one, @Nullable CachedObject other) {
        return one == null || other == null ? one == other : one.resourceVersion() == other.resourceVersion();
    }

    /** One try; null when the object has changed meanwhile. */
    private @Nullable Answer attempt(ServedResource resource, Scope scope, Change change, WriteRequest request,
            @Nullable CreateCheck createCheck, @Nullable CachedObject current, boolean fresh) {
        if (current == null) {
            return create(resource, change, request, createCheck);
        }
        ObjectNode old = resource.form().decode(current);
        ObjectNode object = resource.form().canonical(change.apply(old.deepCopy()));
        Metadata metadata = Metadata.of(object);
        Writes.matchNamespace(metadata, resource.resource().namespaced() ? request.namespace() : "");
        Writes.matchName(metadata, request.name());
        requireVersion(resource, metadata, current, request);
        writes.admission().admit(writes.attributes(AdmissionPlugin.Operation.UPDATE, resource, request,
                request.name(), object, old));
        Writes.removeDuplicateOwners(object, request);
        WriteHooks.Outcome outcome = prepare(resource, scope, object, old, request);
        boolean stored = false;
        try {
            if (vanishes(resource, object, old)) {
                Answer answer = remove(resource, object, current, request);
                stored = answer != null && !request.dryRun();
                return answer;
            }
            byte[] bytes = resource.form().encodeWithoutVersion(object);
            if (request.dryRun()) {
                ObjectNode shown = Creator.reread(resource, request.namespace(), request.name(), bytes);
                Metadata.of(shown).resourceVersion(Long.toString(current.resourceVersion()));
                return Answer.Tree.of(200, resource, shown);
            }
            if (resource.storage().isStored(current, bytes)) {
                // Nothing changed: nothing is written, provided that this is what the store has.
                CachedObject now = fresh
                        ? current
                        : resource.storage().get(request.namespace(), request.name(), "");
                return sameVersion(now, current) ? new Answer.Stored(200, resource, current) : null;
            }
            CachedObject written = resource.storage().replace(current, bytes,
                    resource.strategy().timeToLiveSeconds(object));
            stored = written != null;
            return written == null ? null : new Answer.Stored(200, resource, written);
        } finally {
            outcome.decided(stored);
        }
    }

    private void requireVersion(ServedResource resource, Metadata metadata, CachedObject current,
            WriteRequest request) {
        String version = metadata.resourceVersion();
        if (version.isEmpty() || version.equals("0")) {
            if (!resource.strategy().allowsUnconditionalUpdate()) {
                throw new StatusException(Status.invalid(
                        new GroupVersionKind(resource.name().group(), resource.name().version(),
                                resource.name().resource()),
                        request.name(),
                        List.of(FieldError.invalid("metadata.resourceVersion", 0, "must be specified for an update"))));
            }
            metadata.resourceVersion(Long.toString(current.resourceVersion()));
            return;
        }
        if (!version.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new StatusException(Status.badRequest("metadata.resourceVersion: not a decimal number: " + version));
        }
        if (!version.equals(Long.toString(current.resourceVersion()))) {
            throw new StatusException(Status.conflict(resource.groupResource(), request.name(), OPTIMISTIC_LOCK));
        }
    }

    private WriteHooks.Outcome prepare(ServedResource resource, Scope scope, ObjectNode object, ObjectNode old,
            WriteRequest request) {
        Metadata now = Metadata.of(object);
        Metadata before = Metadata.of(old);
        now.generation(before.generation());
        scope.prepare().apply(object, old);
        if (resource.strategy().tracksGeneration() && now.generation() == before.generation()
                && Writes.contentChanged(object, old)) {
            now.generation(before.generation() + 1);
        }
        if (now.uid().isEmpty()) {
            now.uid(before.uid());
        }
        now.copyFrom(before, "creationTimestamp");
        if (before.isDeleting()) {
            now.copyFrom(before, "deletionTimestamp");
        }
        if (before.deletionGracePeriodSeconds() != null && now.deletionGracePeriodSeconds() == null) {
            now.copyFrom(before, "deletionGracePeriodSeconds");
        }
        WriteHooks.Outcome outcome = scope.target() == Strategy.Target.MAIN && request.subresource().isEmpty()
                ? resource.hooks().beforeWrite(object, old, request.dryRun())
                : WriteHooks.Outcome.NOTHING;
        boolean valid = false;
        try {
            Writes.requireValid(resource, object, MetadataRules.of(resource).checkChanged(object, old),
                    scope.validate().apply(object, old));
            // Who changes nothing that counts has heard it all before.
            boolean counts = !resource.strategy().tracksGeneration() || now.generation() != before.generation();
            if (scope.target() == Strategy.Target.MAIN && counts) {
                resource.strategy().warnings(object, old).forEach(request.warnings());
            }
            writes.ownership().ignoreTimes(resource, object, old);
            writes.admission().validate(writes.attributes(AdmissionPlugin.Operation.UPDATE, resource, request,
                    request.name(), object, old));
            valid = true;
        } finally {
            if (!valid) {
                outcome.decided(false);
            }
        }
        return outcome;
    }

    /** Whether the write takes away what kept a deleted object. */
    private static boolean vanishes(ServedResource resource, ObjectNode object, ObjectNode old) {
        Metadata before = Metadata.of(old);
        Long grace = before.deletionGracePeriodSeconds();
        return Metadata.of(object).finalizers().isEmpty() && before.isDeleting() && (grace == null || grace == 0)
                && resource.hooks().mayVanish(object);
    }

    private static @Nullable Answer remove(ServedResource resource, ObjectNode object, CachedObject current,
            WriteRequest request) {
        if (!request.dryRun()) {
            if (resource.storage().remove(current) == null) {
                return null;
            }
            resource.hooks().afterDelete(object);
        }
        return Answer.Tree.of(200, resource, object);
    }

    private Answer create(ServedResource resource, Change change, WriteRequest request,
            @Nullable CreateCheck createCheck) {
        if (createCheck == null) {
            throw resource.notFound(request.name());
        }
        ObjectNode object = change.apply(null);
        Metadata metadata = Metadata.of(object);
        if (!metadata.uid().isEmpty()) {
            throw new StatusException(Status.conflict(resource.groupResource(), request.name(),
                    "uid mismatch: the provided object specified uid " + metadata.uid()
                            + ", and no existing object was found"));
        }
        Writes.matchNamespace(metadata, resource.resource().namespaced() ? request.namespace() : "");
        Writes.matchName(metadata, request.name());
        metadata.resourceVersion("");
        createCheck.check();
        return creator.createPrepared(resource, object, request);
    }
}
