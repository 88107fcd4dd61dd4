package io.myriad.apiserver.registry;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.apiserver.admission.AdmissionPlugin;
import io.myriad.apiserver.storage.CachedObject;

/**
 * Deletes objects. An object with finalizers is only marked; whoever takes the last one away deletes it. An object of a
 * kind with graceful deletion (a pod) is marked and left to its kubelet, which deletes it again with a period of 0.
 */
final class Deleter {
    /** How often a deletion is tried again because others write the same object. */
    private static final int MAX_ATTEMPTS = 32;

    /** Resources whose deletion answers with the object rather than with a Status. */
    private static final Set<String> ANSWER_WITH_OBJECT = Set.of("pods", "services", "namespaces", "serviceaccounts",
            "persistentvolumes", "persistentvolumeclaims", "podtemplates", "resourcequotas",
            "resourceclaims.resource.k8s.io", "resourceclaimtemplates.resource.k8s.io",
            "resourceslices.resource.k8s.io", "deviceclasses.resource.k8s.io", "csidrivers.storage.k8s.io",
            "csinodes.storage.k8s.io", "storageclasses.storage.k8s.io", "volumeattachments.storage.k8s.io",
            "volumeattributesclasses.storage.k8s.io");

    private final Writes writes;

    Deleter(Writes writes) {
        this.writes = writes;
    }

    /** What one try came to. */
    private sealed interface Outcome {
        /** The object has changed meanwhile. */
        record Changed() implements Outcome {}

        /** Done: {@code shown} is the object to answer with. */
        record Done(boolean removed, boolean asObject, Answer shown) implements Outcome {}
    }

    /** Deletes the object that the request names. */
    Answer delete(ServedResource resource, WriteRequest request, DeleteOptions options) {
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            CachedObject current = resource.storage().get(request.namespace(), request.name(), "");
            if (current == null) {
                throw resource.notFound(request.name());
            }
            if (attempt(resource, current, request, options) instanceof Outcome.Done done) {
                return answer(resource, done, options);
            }
        }
        throw new StatusException(
                Status.conflict(resource.groupResource(), request.name(), Updater.OPTIMISTIC_LOCK));
    }

    private static Answer answer(ServedResource resource, Outcome.Done done, DeleteOptions options) {
        boolean accepted = !done.removed() && Boolean.FALSE.equals(options.orphanDependents());
        int code = accepted ? 202 : 200;
        boolean asObject = done.asObject() || ANSWER_WITH_OBJECT.contains(resource.groupResource());
        return switch (done.shown()) {
            case Answer.Stored stored -> asObject
                    ? new Answer.Stored(code, resource, stored.object())
                    : success(resource, resource.form().decode(stored.object()), code);
            case Answer.Tree tree -> asObject
                    ? Answer.Tree.of(code, resource, tree.object())
                    : success(resource, tree.object(), code);
            case Answer.Success success -> success;
            case Answer.Listing listing -> listing;
        };
    }

    private static Answer success(ServedResource resource, ObjectNode object, int code) {
        Metadata metadata = Metadata.of(object);
        return new Answer.Success(code, new Status.Details(metadata.name(), resource.name().group(),
                resource.name().resource(), metadata.uid(), List.of(), 0));
    }

    private Outcome attempt(ServedResource resource, CachedObject current, WriteRequest request,
            DeleteOptions options) {
        ObjectNode old = resource.form().decode(current);
        checkPreconditions(resource, Metadata.of(old), options);
        ObjectNode object = old.deepCopy();
        Metadata metadata = Metadata.of(object);
        Mark mark = mark(resource, object, options);
        if (mark == Mark.PENDING) {
            return new Outcome.Done(false, false, new Answer.Stored(200, resource, current));
        }
        List<String> finalizers = GarbagePolicy.finalizers(resource.groupResource(), metadata.finalizers(), options);
        if (!new HashSet<>(finalizers).equals(new HashSet<>(metadata.finalizers()))) {
            metadata.finalizers(finalizers);
        }
        AdmissionPlugin.Attributes attributes = writes.attributes(AdmissionPlugin.Operation.DELETE, resource, request,
                request.name(), null, old);
        writes.admission().admit(attributes);
        writes.admission().validate(attributes);
        boolean heldBack = !metadata.finalizers().isEmpty() || !resource.hooks().mayVanish(object);
        if (mark == Mark.NONE && heldBack) {
            markDeleting(metadata);
            resource.hooks().adjustMarked(object);
        }
        if (mark == Mark.NONE && !heldBack) {
            return remove(resource, current, old, request, false);
        }
        return storeMark(resource, current, object, request, heldBack);
    }

    private Outcome storeMark(ServedResource resource, CachedObject current, ObjectNode object, WriteRequest request,
            boolean heldBack) {
        Long grace = Metadata.of(object).deletionGracePeriodSeconds();
        boolean stays = heldBack || grace != null && grace > 0;
        if (request.dryRun()) {
            return new Outcome.Done(!stays, stays, Answer.Tree.of(200, resource, object));
        }
        byte[] bytes = resource.form().encodeWithoutVersion(object);
        CachedObject marked = current;
        if (!Arrays.equals(bytes, resource.form().encodeWithoutVersion(resource.form().decode(current)))) {
            marked = resource.storage().replace(current, bytes, resource.strategy().timeToLiveSeconds(object));
        }
        if (marked == null) {
            return new Outcome.Changed();
        }
        if (stays) {
            return new Outcome.Done(false, true, new Answer.Stored(200, resource, marked));
        }
        return remove(resource, marked, object, request, true);
    }

    private Outcome remove(ServedResource resource, CachedObject current, ObjectNode object, WriteRequest request,
            boolean marked) {
        if (request.dryRun()) {
            return new Outcome.Done(true, false, Answer.Tree.of(200, resource, object));
        }
        CachedObject removed = resource.storage().remove(current);
        if (removed == null) {
            boolean gone = resource.storage().get(current.namespace(), current.name(), "") == null;
            return marked && gone
                    ? new Outcome.Done(true, false, new Answer.Stored(200, resource, current))
                    : new Outcome.Changed();
        }
        resource.hooks().afterDelete(object);
        return new Outcome.Done(true, false, new Answer.Stored(200, resource, removed));
    }

    private void checkPreconditions(ServedResource resource, Metadata metadata, DeleteOptions options) {
        String kind = resource.name().group().isEmpty()
                ? resource.kind().kind()
                : resource.kind().kind() + "." + resource.name().group();
        if (options.uid() != null && !options.uid().equals(metadata.uid())) {
            throw new StatusException(Status.conflict(kind, metadata.name(), "the UID in the precondition ("
                    + options.uid() + ") does not match the UID in record (" + metadata.uid()
                    + "). The object might have been deleted and then recreated"));
        }
        if (options.resourceVersion() != null && !options.resourceVersion().equals(metadata.resourceVersion())) {
            throw new StatusException(Status.conflict(kind, metadata.name(),
                    "the ResourceVersion in the precondition (" + options.resourceVersion()
                            + ") does not match the ResourceVersion in record (" + metadata.resourceVersion()
                            + "). The object might have been modified"));
        }
    }

    private enum Mark {
        /** The kind has no graceful deletion, or it has run out. */
        NONE,
        /** The object was marked for graceful deletion, or its period was shortened. */
        GRACEFUL,
        /** It is being deleted gracefully already, and not later than asked for. */
        PENDING
    }

    /** Marks the object for graceful deletion where its kind has it. */
    private Mark mark(ServedResource resource, ObjectNode object, DeleteOptions options) {
        Metadata metadata = Metadata.of(object);
        Long requested = options.gracePeriodSeconds();
        if (requested != null && requested < 0) {
            requested = 1L;
        }
        long period = resource.strategy().gracePeriodSeconds(object, requested);
        if (period < 0) {
            return Mark.NONE;
        }
        Instant deadline = metadata.deletionTimestamp();
        if (deadline != null) {
            return shorten(metadata, deadline, requested);
        }
        metadata.deletionTimestamp(writes.now().plusSeconds(period));
        metadata.deletionGracePeriodSeconds(period);
        if (metadata.generation() > 0) {
            metadata.generation(metadata.generation() + 1);
        }
        return Mark.GRACEFUL;
    }

    private Mark shorten(Metadata metadata, Instant deadline, @Nullable Long requested) {
        Long standing = metadata.deletionGracePeriodSeconds();
        if (standing == null || standing == 0) {
            return Mark.NONE;
        }
        if (requested == null || requested >= standing) {
            return Mark.PENDING;
        }
        long period = requested;
        Instant earlier = deadline.minusSeconds(standing).plusSeconds(period);
        Instant now = writes.now().truncatedTo(ChronoUnit.SECONDS);
        if (earlier.isBefore(now)) {
            earlier = now;
            // Whoever ends the object still has the last word, unless it was asked for at once.
            period = period == 0 ? 0 : 1;
        }
        metadata.deletionTimestamp(earlier);
        metadata.deletionGracePeriodSeconds(period);
        return Mark.GRACEFUL;
    }

    private void markDeleting(Metadata metadata) {
        Instant now = writes.now().truncatedTo(ChronoUnit.SECONDS);
        Instant deadline = metadata.deletionTimestamp();
        if (deadline == null && metadata.generation() > 0) {
            metadata.generation(metadata.generation() + 1);
        }
        if (deadline == null || deadline.isAfter(now)) {
            metadata.deletionTimestamp(now);
        }
        metadata.deletionGracePeriodSeconds(0);
    }
}
