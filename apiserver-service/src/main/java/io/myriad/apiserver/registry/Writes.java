package io.myriad.apiserver.registry;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.value.Timestamps;
import io.myriad.api.value.Uuids;
import io.myriad.apiserver.admission.AdmissionChain;
import io.myriad.apiserver.admission.AdmissionPlugin;

/**
 * What every kind of write needs: time, randomness, admission, field ownership, and the steps that writes have in common.
 */
final class Writes {
    /** Letters of generated name suffixes: no vowels, so that no words appear, and nothing that is mistaken for another. */
    private static final String SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
    private static final int SUFFIX_LENGTH = 5;
    private static final int MAX_GENERATED_PREFIX = 63 - SUFFIX_LENGTH;

    private final AdmissionChain admission;
    private final FieldOwnership ownership;
    private final InstantSource clock;
    private final RandomGenerator random;

    Writes(AdmissionChain admission, FieldOwnership ownership, InstantSource clock, RandomGenerator random) {
        this.admission = admission;
        this.ownership = ownership;
        this.clock = clock;
        this.random = random;
    }

    AdmissionChain admission() {
        return admission;
    }

    FieldOwnership ownership() {
        return ownership;
    }

    Instant now() {
        return clock.instant();
    }

    /** A name from a {@code generateName}. */
    String generatedName(String prefix) {
        StringBuilder name = new StringBuilder(
                prefix.length() > MAX_GENERATED_PREFIX ? prefix.substring(0, MAX_GENERATED_PREFIX) : prefix);
        for (int i = 0; i < SUFFIX_LENGTH; i++) {
            name.append(SUFFIX_LETTERS.charAt(random.nextInt(SUFFIX_LETTERS.length())));
        }
        return name.toString();
    }

    /** Gives a new object its uid and creation time, and takes away what only the server may set. */
    void initialize(Metadata metadata) {
        for (String field : List.of("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink")) {
            metadata.node().remove(field);
        }
        metadata.node().put("creationTimestamp", Timestamps.format(now()));
        metadata.uid(Uuids.next(random));
    }

    /**
     * Puts the request's namespace into the object, or refuses one that differs.
     *
     * @param namespace the namespace of the path, empty for cluster-scoped resources
     */
    static void matchNamespace(Metadata metadata, String namespace) {
        if (namespace.isEmpty() || metadata.namespace().isEmpty()) {
            metadata.namespace(namespace);
        } else if (!metadata.namespace().equals(namespace)) {
            throw new StatusException(Status.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request"));
        }
    }

    /** Refuses an object whose name is missing or is not the path's. */
    static void matchName(Metadata metadata, String name) {
        if (metadata.name().isEmpty()) {
            throw new StatusException(Status.badRequest("name must be provided"));
        }
        if (!metadata.name().equals(name)) {
            throw new StatusException(Status.badRequest("the name of the object (" + metadata.name()
                    + ") does not match the name on the URL (" + name + ")"));
        }
    }

    /** Removes owner references that were sent twice, and says so. */
    static void removeDuplicateOwners(ObjectNode object, WriteRequest request) {
        List<String> uids = MetadataRules.removeDuplicateOwners(object);
        if (!uids.isEmpty()) {
            request.warnings().accept(".metadata.ownerReferences contains duplicate entries, which were removed;"
                    + " duplicate UID(s) observed: " + String.join(", ", uids));
        }
    }

    /** Table defaults and the kind's own; custom resources get theirs when they are read. */
    static void applyDefaults(ServedResource resource, ObjectNode object) {
        if (!resource.custom()) {
            TableDefaults.apply(object, resource.type());
        }
        resource.strategy().applyDefaults(object);
    }

    AdmissionPlugin.Attributes attributes(AdmissionPlugin.Operation operation, ServedResource resource,
            WriteRequest request, String name, @Nullable ObjectNode object, @Nullable ObjectNode old) {
        // Writing a namespace is a write in the namespace itself.
        String namespace = resource.groupResource().equals("namespaces") ? name : request.namespace();
        return new AdmissionPlugin.Attributes(operation, resource.name(), resource.kind(), request.subresource(),
                namespace, name, request.user(), object, old, request.dryRun(), request.warnings());
    }

    /** Refuses the object when there is something wrong with it; as upstream, names the kind as it is stored. */
    static void requireValid(ServedResource resource, ObjectNode object, List<FieldError> metadataErrors,
            List<FieldError> kindErrors) {
        List<FieldError> errors = new ArrayList<>(kindErrors);
        errors.addAll(metadataErrors);
        if (!errors.isEmpty()) {
            throw new StatusException(Status.invalid(resource.form().storedKind(), Metadata.of(object).name(), errors));
        }
    }

    /** Whether anything but metadata and status differs. */
    static boolean contentChanged(ObjectNode object, ObjectNode old) {
        return !content(object).equals(VALUES, content(old));
    }

    /** The same number is the same in whatever Java type. */
    private static final Comparator<JsonNode> VALUES = (one, other) -> one.isNumber() && other.isNumber()
            ? one.decimalValue().compareTo(other.decimalValue())
            : one.equals(other) ? 0 : 1;

    private static ObjectNode content(ObjectNode object) {
        ObjectNode copy = tools.jackson.databind.node.JsonNodeFactory.instance.objectNode();
        object.forEachEntry((String name, JsonNode value) -> {
            if (!name.equals("metadata") && !name.equals("status") && !name.equals("kind")
                    && !name.equals("apiVersion")) {
                copy.set(name, value);
            }
        });
        return copy;
    }
}
