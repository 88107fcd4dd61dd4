package io.myriad.apiserver.registry;

import java.util.List;

import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.apiserver.admission.AdmissionPlugin;
import io.myriad.apiserver.storage.CachedObject;

/** Creates objects. */
final class Creator {
    /** How often another name is tried when a generated one is taken. */
    private static final int MAX_NAME_ATTEMPTS = 8;

    private final Writes writes;

    Creator(Writes writes) {
        this.writes = writes;
    }

    /**
     * Creates an object from what a client sent: decoded, not yet defaulted.
     *
     * @throws StatusException when it may not be created
     */
    Answer create(ServedResource resource, ObjectNode sent, WriteRequest request) {
        Metadata metadata = Metadata.of(sent);
        Writes.matchNamespace(metadata, namespaceOfObject(resource, request));
        WriteRequest named = request.named(request.namespace(), metadata.name());
        if (!metadata.resourceVersion().isEmpty()) {
            throw new StatusException(Status.badRequest("resourceVersion should not be set on objects to be created"));
        }
        for (String field : List.of("creationTimestamp", "uid", "deletionTimestamp", "deletionGracePeriodSeconds",
                "selfLink")) {
            metadata.node().remove(field);
        }
        Writes.applyDefaults(resource, sent);
        Writes.removeDuplicateOwners(sent, named);
        writes.ownership().recordUpdate(resource, null, sent, named);
        writes.admission().admit(writes.attributes(AdmissionPlugin.Operation.CREATE, resource, named,
                metadata.name(), sent, null));
        Writes.removeDuplicateOwners(sent, named);
        if (!metadata.name().isEmpty() || metadata.generateName().isEmpty()) {
            return attempt(resource, sent, named);
        }
        return createWithGeneratedName(resource, sent, named);
    }

    private static String namespaceOfObject(ServedResource resource, WriteRequest request) {
        return resource.resource().namespaced() ? request.namespace() : "";
    }

    private Answer createWithGeneratedName(ServedResource resource, ObjectNode sent, WriteRequest request) {
        String prefix = Metadata.of(sent).generateName();
        for (int attempt = 1;; attempt++) {
            ObjectNode copy = sent.deepCopy();
            String name = writes.generatedName(prefix);
            Metadata.of(copy).name(name);
            try {
                return attempt(resource, copy, request);
            } catch (StatusException failure) {
                if (failure.status().reason() != StatusReason.ALREADY_EXISTS) {
                    throw failure;
                }
                if (attempt == MAX_NAME_ATTEMPTS) {
                    throw new StatusException(new Status(StatusReason.ALREADY_EXISTS.code(),
                            StatusReason.ALREADY_EXISTS,
                            resource.groupResource() + " \"" + name
                                    + "\" already exists, the server was not able to generate a unique name for the object",
                            failure.status().details(), failure.status().continueToken()));
                }
            }
        }
    }

    /** Creates the object of a PUT or an apply on an absent name: defaulted, its ownership recorded. */
    Answer createPrepared(ServedResource resource, ObjectNode object, WriteRequest request) {
        writes.admission().admit(writes.attributes(AdmissionPlugin.Operation.CREATE, resource, request,
                request.name(), object, null));
        Writes.removeDuplicateOwners(object, request);
        return attempt(resource, object, request);
    }

    private Answer attempt(ServedResource resource, ObjectNode object, WriteRequest request) {
        writes.initialize(Metadata.of(object));
        WriteHooks.Outcome outcome = prepare(resource, object, request);
        boolean stored = false;
        try {
            Answer answer = store(resource, object, request);
            stored = !request.dryRun();
            return answer;
        } finally {
            outcome.decided(stored);
        }
    }

    /** Brings a new object into the form to store, validates it and lets admission have the last word. */
    private WriteHooks.Outcome prepare(ServedResource resource, ObjectNode object, WriteRequest request) {
        Metadata metadata = Metadata.of(object);
        if (resource.strategy().tracksGeneration()) {
            metadata.generation(1);
        }
        resource.strategy().prepareForCreate(object);
        WriteHooks.Outcome outcome = resource.hooks().beforeWrite(object, null, request.dryRun());
        boolean valid = false;
        try {
            Writes.requireValid(resource, object, MetadataRules.of(resource).checkNew(object),
                    resource.strategy().validateCreate(object));
            resource.strategy().warnings(object, null).forEach(request.warnings());
            writes.admission().validate(writes.attributes(AdmissionPlugin.Operation.CREATE, resource, request,
                    metadata.name(), object, null));
            valid = true;
        } finally {
            if (!valid) {
                outcome.decided(false);
            }
        }
        return outcome;
    }

    private Answer store(ServedResource resource, ObjectNode object, WriteRequest request) {
        Metadata metadata = Metadata.of(object);
        String namespace = metadata.namespace();
        String name = metadata.name();
        byte[] bytes = resource.form().encode(object);
        if (request.dryRun()) {
            if (resource.storage().get(namespace, name, "") != null) {
                throw new StatusException(Status.alreadyExists(resource.groupResource(), name));
            }
            return Answer.Tree.of(201, resource, reread(resource, namespace, name, bytes));
        }
        try {
            return new Answer.Stored(201, resource, resource.storage().create(namespace, name, bytes,
                    resource.strategy().timeToLiveSeconds(object)));
        } catch (StatusException failure) {
            throw explained(resource, namespace, name, failure);
        }
    }

    /** The object as a reader would see it: what has no place in the stored form is gone. */
    static ObjectNode reread(ServedResource resource, String namespace, String name, byte[] bytes) {
        return resource.form().decode(new CachedObject(namespace, name, bytes, 0));
    }

    /** Says of an object that is in the way that it is being deleted, if it is. */
    private static StatusException explained(ServedResource resource, String namespace, String name,
            StatusException failure) {
        Status status = failure.status();
        if (status.reason() != StatusReason.ALREADY_EXISTS) {
            return failure;
        }
        CachedObject existing = resource.storage().get(namespace, name, "");
        if (existing == null || !Metadata.of(resource.form().decode(existing)).isDeleting()) {
            return failure;
        }
        return new StatusException(new Status(status.code(), status.reason(),
                "object is being deleted: " + status.message(), status.details(), status.continueToken()));
    }
}
