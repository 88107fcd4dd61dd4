package io.myriad.apiserver.registry;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.codec.JsonReader;
import io.myriad.api.codec.JsonWriter;
import io.myriad.api.codec.YamlReader;
import io.myriad.api.patch.JsonPatch;
import io.myriad.api.patch.MergePatch;
import io.myriad.api.patch.StrategicMergePatch;
import io.myriad.apiserver.storage.StoredKind;

/** Makes an object out of the current one and a patch, for each of the four kinds of patches. */
final class Patcher {
    /** The kinds of patches, by media type. */
    enum PatchType {
        JSON("application/json-patch+json"),
        MERGE("application/merge-patch+json"),
        STRATEGIC("application/strategic-merge-patch+json"),
        APPLY("application/apply-patch+yaml");

        private final String mediaType;

        PatchType(String mediaType) {
            this.mediaType = mediaType;
        }

        String mediaType() {
            return mediaType;
        }
    }

    private static final String MANAGED_FIELDS = "managedFields";

    private final FieldOwnership ownership;

    Patcher(FieldOwnership ownership) {
        this.ownership = ownership;
    }

    /**
     * Parses a patch.
     *
     * @param force whether an apply takes fields over from other managers
     * @return the change to make
     * @throws StatusException 400 when it is malformed
     */
    Updater.Change parse(PatchType type, byte[] patch, ServedResource resource, boolean force, WriteRequest request) {
        return switch (type) {
            case JSON -> jsonPatch(patch, resource, request);
            case MERGE -> mergePatch(patch, resource, request);
            case STRATEGIC -> strategicMergePatch(patch, resource, request);
            case APPLY -> apply(patch, resource, force, request);
        };
    }

    private Updater.Change jsonPatch(byte[] text, ServedResource resource, WriteRequest request) {
        JsonNode patch;
        try {
            patch = JsonMapper.shared().readTree(text);
        } catch (JacksonException malformed) {
            throw new StatusException(
                    Status.badRequest("error decoding patch: " + malformed.getOriginalMessage()));
        }
        if (!(patch instanceof ArrayNode)) {
            throw new StatusException(
                    Status.badRequest("error decoding patch: a JSON patch is an array of operations"));
        }
        List<String> problems = JsonPatch.problems(patch);
        return existing -> {
            JsonNode patched = JsonPatch.apply(present(existing, resource, request), patch);
            return typed(patched, false, resource, existing, problems, request);
        };
    }

    private Updater.Change mergePatch(byte[] text, ServedResource resource, WriteRequest request) {
        JsonReader.Parsed patch = JsonReader.read(text, null);
        return existing -> {
            ObjectNode patched = MergePatch.apply(present(existing, resource, request), patch.object());
            return typed(patched, true, resource, existing, patch.problems(), request);
        };
    }

    private Updater.Change strategicMergePatch(byte[] text, ServedResource resource, WriteRequest request) {
        JsonReader.Parsed patch = JsonReader.read(text, null);
        return existing -> {
            ObjectNode patched = StrategicMergePatch.apply(present(existing, resource, request), patch.object(),
                    resource.type());
            return typed(patched, true, resource, existing, patch.problems(), request);
        };
    }

    private Updater.Change apply(byte[] text, ServedResource resource, boolean force, WriteRequest request) {
        ObjectNode configuration = YamlReader.read(text);
        return existing -> {
            ObjectNode merged = ownership.apply(resource, existing, configuration, force, request);
            Writes.applyDefaults(resource, merged);
            return merged;
        };
    }

    private static ObjectNode present(@Nullable ObjectNode existing, ServedResource resource, WriteRequest request) {
        if (existing == null) {
            throw resource.notFound(request.name());
        }
        return existing;
    }

    /**
     * Reads what came out of a patch as the kind that it must be.
     *
     * @param merged whether it is no deeper than what it was made of: JSON patches copy things into themselves
     */
    private ObjectNode typed(JsonNode patched, boolean merged, ServedResource resource, @Nullable ObjectNode existing,
            List<String> patchProblems, WriteRequest request) {
        JsonReader.Parsed parsed;
        try {
            // The tree itself where the order of its maps does not matter: writing and parsing its text is a fifth of what
            // the patch of a pod's status costs.
            boolean ordered = resource.form().encoding() == StoredKind.Encoding.JSON;
            parsed = merged && !ordered && patched instanceof ObjectNode tree
                    ? readTree(tree, resource, existing)
                    : resource.read(JsonWriter.write(patched));
        } catch (StatusException malformed) {
            throw invalidPatch(patched, malformed.status().message());
        }
        ObjectNode object = parsed.object();
        requireKind(resource, object);
        List<String> problems = new ArrayList<>(patchProblems);
        problems.addAll(parsed.problems());
        switch (problems.isEmpty() ? FieldValidation.IGNORE : request.fieldValidation()) {
            case IGNORE -> {}
            case WARN -> problems.forEach(request.warnings());
            case STRICT -> throw invalidPatch(patched, "strict decoding error: " + String.join(", ", problems));
        }
        Writes.applyDefaults(resource, object);
        ownership.recordUpdate(resource, existing, object, request);
        return object;
    }

    /** Reads the tree by its type, but for managed fields that are the ones from before: they are as long as the rest. */
    private static JsonReader.Parsed readTree(ObjectNode tree, ServedResource resource, @Nullable ObjectNode existing) {
        JsonNode managed = tree.path("metadata").get(MANAGED_FIELDS);
        if (managed == null || existing == null
                || !managed.equals(existing.path("metadata").get(MANAGED_FIELDS))) {
            return JsonReader.read(tree, resource.type());
        }
        ObjectNode rest = tree.objectNode().setAll(tree);
        ObjectNode metadata = tree.objectNode().setAll((ObjectNode) tree.path("metadata"));
        metadata.remove(MANAGED_FIELDS);
        rest.set("metadata", metadata);
        JsonReader.Parsed parsed = JsonReader.read(rest, resource.type());
        if (parsed.object().get("metadata") instanceof ObjectNode read) {
            read.set(MANAGED_FIELDS, managed);
        }
        return parsed;
    }

    private static void requireKind(ServedResource resource, ObjectNode object) {
        GroupVersionKind kind = GroupVersionKind.of(object.path("apiVersion").asString(""),
                object.path("kind").asString(""));
        if (!kind.equals(resource.kind())) {
            throw invalidPatch(object, "the patch makes a " + kind + " of a " + resource.kind());
        }
    }

    private static StatusException invalidPatch(JsonNode patched, String why) {
        return new StatusException(Status.invalid(new GroupVersionKind("", "", ""), "",
                List.of(FieldError.invalid("patch", patched.toString(), why))));
    }
}
