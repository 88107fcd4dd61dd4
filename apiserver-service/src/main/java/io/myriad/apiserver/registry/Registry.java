package io.myriad.apiserver.registry;

import java.time.InstantSource;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.apiserver.admission.AdmissionChain;
import io.myriad.apiserver.authorization.Authorizer;
import io.myriad.apiserver.kind.Strategy;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.ObjectStorage.ListQuery;

/**
 * What can be done with stored resources, for any of them: the operations behind the paths of the API. Knows nothing of
 * HTTP; answers are encoded by whoever asks. Refusals are {@link StatusException}. Methods block; call them on virtual
 * threads. Safe for any number of threads.
 */
public final class Registry {
    private final Writes writes;
    private final Creator creator;
    private final Updater updater;
    private final Deleter deleter;
    private final CollectionDeleter collectionDeleter;
    private final Patcher patcher;
    private final Authorizer authorizer;

    /**
     * @param admission changes and refuses writes
     * @param ownership keeps managed fields
     * @param authorizer decides whether an update may create
     * @param clock for creation and deletion times
     * @param random for uids and generated names
     */
    public Registry(AdmissionChain admission, FieldOwnership ownership, Authorizer authorizer, InstantSource clock,
            RandomGenerator random) {
        this.writes = new Writes(admission, ownership, clock, random);
        this.creator = new Creator(writes);
        this.updater = new Updater(writes, creator);
        this.deleter = new Deleter(writes);
        this.collectionDeleter = new CollectionDeleter(deleter);
        this.patcher = new Patcher(ownership);
        this.authorizer = authorizer;
    }

    Writes writes() {
        return writes;
    }

    Updater updater() {
        return updater;
    }

    Patcher patcher() {
        return patcher;
    }

    /** Reads one object; {@code resourceVersion} as {@link io.myriad.apiserver.storage.ObjectStorage#get} takes it. */
    public Answer get(ServedResource resource, String namespace, String name, String resourceVersion) {
        CachedObject object = resource.storage().get(namespace, name, resourceVersion);
        if (object == null) {
            throw resource.notFound(name);
        }
        return new Answer.Stored(200, resource, object);
    }

    /** Lists objects. */
    public Answer list(ServedResource resource, ListQuery query) {
        return new Answer.Listing(resource, resource.storage().list(query));
    }

    /** Creates an object from a tree that was decoded but not defaulted; the tree is used up. */
    public Answer create(ServedResource resource, ObjectNode object, WriteRequest request) {
        return creator.create(resource, object, request);
    }

    /** Replaces an object, or its status; the tree was decoded but not defaulted, and is used up. */
    public Answer update(ServedResource resource, Strategy.Target target, ObjectNode object, WriteRequest request) {
        return updater.update(resource, Updater.Scope.of(resource, target), replacement(resource, object, request),
                request, createCheck(resource, target, request, false));
    }

    /** The change that a PUT makes. */
    Updater.Change replacement(ServedResource resource, ObjectNode sent, WriteRequest request) {
        Metadata metadata = Metadata.of(sent);
        Writes.matchNamespace(metadata, resource.resource().namespaced() ? request.namespace() : "");
        Writes.matchName(metadata, request.name());
        Writes.applyDefaults(resource, sent);
        Writes.removeDuplicateOwners(sent, request);
        String uid = metadata.uid();
        return existing -> {
            if (existing != null && !uid.isEmpty() && !uid.equals(Metadata.of(existing).uid())) {
                throw new StatusException(Status.conflict(resource.groupResource(), request.name(),
                        "Precondition failed: UID in precondition: " + uid + ", UID in object meta: "
                                + Metadata.of(existing).uid()));
            }
            ObjectNode object = sent.deepCopy();
            if (existing == null) {
                // A new object's version is of no account, whatever was sent.
                Metadata.of(object).resourceVersion("");
            }
            writes.ownership().recordUpdate(resource, existing, object, request);
            return object;
        };
    }

    /**
     * Patches an object, or its status.
     *
     * @param mediaType the patch's media type, without parameters
     * @param force whether an apply takes fields over from other managers
     */
    public Answer patch(ServedResource resource, Strategy.Target target, String mediaType, byte[] patch, boolean force,
            WriteRequest request) {
        Patcher.PatchType type = patchType(mediaType);
        Updater.Change change = patcher.parse(type, patch, resource, force, request);
        return updater.update(resource, Updater.Scope.of(resource, target), change, request,
                type == Patcher.PatchType.APPLY && target == Strategy.Target.MAIN
                        ? createCheck(resource, target, request, true)
                        : null);
    }

    static Patcher.PatchType patchType(String mediaType) {
        for (Patcher.PatchType type : Patcher.PatchType.values()) {
            if (type.mediaType().equals(mediaType)) {
                return type;
            }
        }
        throw new StatusException(Status.of(StatusReason.UNSUPPORTED_MEDIA_TYPE,
                "the body of the request was in an unknown format: " + mediaType));
    }

    private Updater.@Nullable CreateCheck createCheck(ServedResource resource, Strategy.Target target,
            WriteRequest request, boolean always) {
        if (target != Strategy.Target.MAIN || !always && !resource.strategy().allowsCreateOnUpdate()) {
            return null;
        }
        return () -> {
            GroupVersionResource name = resource.name();
            Authorizer.Decision decision = authorizer.authorize(new Authorizer.Attributes(request.user(), "create",
                    request.namespace(), name.group(), name.version(), name.resource(), request.subresource(),
                    request.name(), "", ""));
            if (!decision.allowed()) {
                throw new StatusException(Status.forbidden(resource.groupResource(), request.name(),
                        "User \"" + request.user().name() + "\" cannot create resource \"" + name.resource()
                                + "\" in API group \"" + name.group() + "\""
                                + (request.namespace().isEmpty()
                                        ? " at the cluster scope"
                                        : " in the namespace \"" + request.namespace() + "\"")));
            }
        };
    }

    /** Deletes an object. */
    public Answer delete(ServedResource resource, WriteRequest request, DeleteOptions options) {
        return deleter.delete(resource, request, options);
    }

    /** Deletes what a list finds. */
    public Answer deleteCollection(ServedResource resource, ListQuery query, WriteRequest request,
            DeleteOptions options) {
        return collectionDeleter.delete(resource, query, request, options);
    }
}
