package io.myriad.apiserver.registry;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.value.Names;
import io.myriad.apiserver.kind.NameRule;
import io.myriad.apiserver.storage.StoredKind;

/** What must hold for the metadata of every kind, as apimachinery's object metadata validation has it. */
final class MetadataRules {
    /** The most bytes that all annotations of an object may have together. */
    static final int MAX_ANNOTATION_BYTES = 256 << 10;

    private static final int MAX_MANAGER_BYTES = 128;
    private static final int MAX_SUBRESOURCE_BYTES = 256;
    private static final String ORPHAN = "orphan";
    private static final String FOREGROUND = "foregroundDeletion";
    private static final Set<String> STANDARD_FINALIZERS = Set.of("kubernetes", ORPHAN, FOREGROUND);

    private final NameRule nameRule;
    private final boolean namespaced;
    private final boolean builtIn;

    /**
     * @param nameRule how names must look
     * @param namespaced whether objects live in namespaces
     * @param builtIn whether finalizers without a domain must be known ones, as they must for built-in kinds
     */
    MetadataRules(NameRule nameRule, boolean namespaced, boolean builtIn) {
        this.nameRule = nameRule;
        this.namespaced = namespaced;
        this.builtIn = builtIn;
    }

    static MetadataRules of(ServedResource resource) {
        return new MetadataRules(resource.strategy().nameRule(), resource.resource().namespaced(),
                resource.form().encoding() == StoredKind.Encoding.PROTOBUF);
    }

    /** What is wrong with the metadata of a new object. */
    List<FieldError> checkNew(ObjectNode object) {
        List<FieldError> errors = new ArrayList<>();
        Metadata metadata = Metadata.of(object);
        checkName(metadata, errors);
        checkNamespace(metadata, errors);
        checkCommon(metadata, errors);
        return errors;
    }

    /** What is wrong with the metadata of an object that replaces {@code old}. */
    List<FieldError> checkChanged(ObjectNode object, ObjectNode old) {
        List<FieldError> errors = checkNew(object);
        Metadata now = Metadata.of(object);
        Metadata before = Metadata.of(old);
        if (before.isDeleting()) {
            List<String> added = new ArrayList<>(now.finalizers());
            added.removeAll(before.finalizers());
            if (!added.isEmpty()) {
                errors.add(FieldError.forbidden("metadata.finalizers",
                        "no new finalizers can be added if the object is being deleted, found new finalizers "
                                + added));
            }
        }
        if (now.resourceVersion().isEmpty()) {
            errors.add(FieldError.invalid("metadata.resourceVersion", "", "must be specified for an update"));
        }
        if (now.generation() < before.generation()) {
            errors.add(FieldError.invalid("metadata.generation", now.generation(), "must not be decremented"));
        }
        for (String field : List.of("name", "namespace", "uid", "creationTimestamp", "deletionTimestamp",
                "deletionGracePeriodSeconds")) {
            JsonNode value = now.node().get(field);
            if (!Objects.equals(value, before.node().get(field))) {
                errors.add(FieldError.invalid("metadata." + field, value == null ? "" : value.asString(),
                        "field is immutable"));
            }
        }
        return errors;
    }

    private void checkName(Metadata metadata, List<FieldError> errors) {
        if (!metadata.generateName().isEmpty()) {
            for (String problem : problems(metadata.generateName(), true)) {
                errors.add(FieldError.invalid("metadata.generateName", metadata.generateName(), problem));
            }
        }
        if (metadata.name().isEmpty()) {
            errors.add(FieldError.required("metadata.name", "name or generateName is required"));
            return;
        }
        for (String problem : problems(metadata.name(), false)) {
            errors.add(FieldError.invalid("metadata.name", metadata.name(), problem));
        }
    }

    private List<String> problems(String name, boolean prefix) {
        String masked = prefix ? Names.maskTrailingHyphen(name) : name;
        return switch (nameRule) {
            case SUBDOMAIN -> Names.dns1123Subdomain(masked);
            case LABEL -> Names.dns1123Label(masked);
            case PATH_SEGMENT -> prefix ? Names.pathSegmentPrefix(name) : Names.pathSegment(name);
        };
    }

    private void checkNamespace(Metadata metadata, List<FieldError> errors) {
        String namespace = metadata.namespace();
        if (!namespaced) {
            if (!namespace.isEmpty()) {
                errors.add(FieldError.forbidden("metadata.namespace", "not allowed on this type"));
            }
        } else if (namespace.isEmpty()) {
            errors.add(FieldError.required("metadata.namespace", ""));
        } else {
            for (String problem : Names.dns1123Label(namespace)) {
                errors.add(FieldError.invalid("metadata.namespace", namespace, problem));
            }
        }
    }

    private void checkCommon(Metadata metadata, List<FieldError> errors) {
        if (metadata.generation() < 0) {
            errors.add(FieldError.invalid("metadata.generation", metadata.generation(),
                    "must be greater than or equal to 0"));
        }
        checkLabels(metadata.node().path("labels"), errors);
        checkAnnotations(metadata.node().path("annotations"), errors);
        checkOwners(metadata.node().path("ownerReferences"), errors);
        checkFinalizers(metadata.finalizers(), errors);
        checkManagedFields(metadata.node().path("managedFields"), errors);
    }

    private static void checkLabels(JsonNode labels, List<FieldError> errors) {
        labels.forEachEntry((key, value) -> {
            for (String problem : Names.qualifiedName(key)) {
                errors.add(FieldError.invalid("metadata.labels", key, problem));
            }
            for (String problem : Names.labelValue(value.asString())) {
                errors.add(FieldError.invalid("metadata.labels", value.asString(), problem));
            }
        });
    }

    private static void checkAnnotations(JsonNode annotations, List<FieldError> errors) {
        long[] bytes = {0};
        annotations.forEachEntry((key, value) -> {
            for (String problem : Names.qualifiedName(key.toLowerCase(Locale.ROOT))) {
                errors.add(FieldError.invalid("metadata.annotations", key, problem));
            }
            bytes[0] += Names.utf8Length(key) + Names.utf8Length(value.asString());
        });
        if (bytes[0] > MAX_ANNOTATION_BYTES) {
            errors.add(FieldError.tooLong("metadata.annotations", MAX_ANNOTATION_BYTES));
        }
    }

    private static void checkOwners(JsonNode owners, List<FieldError> errors) {
        String controller = "";
        for (int i = 0; i < owners.size(); i++) {
            JsonNode owner = owners.get(i);
            String at = "metadata.ownerReferences[" + i + "]";
            String apiVersion = owner.path("apiVersion").asString("");
            String kind = owner.path("kind").asString("");
            if (apiVersion.isEmpty()) {
                errors.add(FieldError.required(at + ".apiVersion", "must not be empty"));
            } else if (apiVersion.indexOf('/') != apiVersion.lastIndexOf('/') || apiVersion.endsWith("/")) {
                errors.add(FieldError.invalid(at + ".apiVersion", apiVersion,
                        "must be <group>/<version> or <version>"));
            }
            for (String field : List.of("kind", "name", "uid")) {
                if (owner.path(field).asString("").isEmpty()) {
                    errors.add(FieldError.required(at + "." + field, "must not be empty"));
                }
            }
            if (apiVersion.equals("v1") && kind.equals("Event")) {
                errors.add(
                        FieldError.invalid(at, owner.toString(), "/v1, Kind=Event is disallowed from being an owner"));
            }
            if (owner.path("controller").booleanValue(false)) {
                String name = kind + "/" + owner.path("name").asString("");
                if (!controller.isEmpty()) {
                    errors.add(FieldError.invalid("metadata.ownerReferences", owners.toString(),
                            "Only one reference can have Controller set to true. Found \"true\" in references for "
                                    + controller + " and " + name));
                }
                controller = controller.isEmpty() ? name : controller;
            }
        }
    }

    private void checkFinalizers(List<String> finalizers, List<FieldError> errors) {
        for (String finalizer : finalizers) {
            for (String problem : Names.qualifiedName(finalizer)) {
                errors.add(FieldError.invalid("metadata.finalizers", finalizer, problem));
            }
        }
        if (finalizers.contains(ORPHAN) && finalizers.contains(FOREGROUND)) {
            errors.add(FieldError.invalid("metadata.finalizers", finalizers.toString(),
                    "finalizer orphan and foregroundDeletion cannot be both set"));
        }
        if (!builtIn) {
            return;
        }
        for (int i = 0; i < finalizers.size(); i++) {
            if (finalizers.get(i).indexOf('/') < 0 && !STANDARD_FINALIZERS.contains(finalizers.get(i))) {
                errors.add(FieldError.invalid("metadata.finalizers[" + i + "]", finalizers.get(i),
                        "name is neither a standard finalizer name nor is it fully qualified"));
            }
        }
    }

    private static void checkManagedFields(JsonNode entries, List<FieldError> errors) {
        for (int i = 0; i < entries.size(); i++) {
            JsonNode entry = entries.get(i);
            String at = "metadata.managedFields[" + i + "]";
            String operation = entry.path("operation").asString("");
            if (!operation.equals("Apply") && !operation.equals("Update")) {
                errors.add(operation.isEmpty()
                        ? FieldError.required(at + ".operation", "must not be empty")
                        : FieldError.notSupported(at + ".operation", operation, List.of("Apply", "Update")));
            }
            String fieldsType = entry.path("fieldsType").asString("");
            if (!fieldsType.isEmpty() && !fieldsType.equals("FieldsV1")) {
                errors.add(FieldError.invalid(at + ".fieldsType", fieldsType, "must be `FieldsV1`"));
            }
            errors.addAll(checkManager(entry.path("manager").asString(""), at + ".manager"));
            if (Names.utf8Length(entry.path("subresource").asString("")) > MAX_SUBRESOURCE_BYTES) {
                errors.add(FieldError.tooLong(at + ".subresource", MAX_SUBRESOURCE_BYTES));
            }
        }
    }

    /** What is wrong with the name of a field manager. */
    static List<FieldError> checkManager(String manager, String field) {
        List<FieldError> errors = new ArrayList<>();
        if (Names.utf8Length(manager) > MAX_MANAGER_BYTES) {
            errors.add(FieldError.tooLong(field, MAX_MANAGER_BYTES));
        }
        if (manager.codePoints().anyMatch(c -> Character.isISOControl(c) || !Character.isDefined(c))) {
            errors.add(FieldError.invalid(field, manager, "should only contain printable characters"));
        }
        return errors;
    }

    /**
     * Removes owner references that name the same object twice.
     *
     * @return the uids that were found more than once
     */
    static List<String> removeDuplicateOwners(ObjectNode object) {
        JsonNode owners = object.path("metadata").path("ownerReferences");
        Set<JsonNode> seen = new HashSet<>();
        List<String> duplicates = new ArrayList<>();
        for (int i = 0; i < owners.size();) {
            JsonNode owner = owners.get(i);
            if (seen.add(owner)) {
                i++;
            } else {
                duplicates.add(owner.path("uid").asString(""));
                ((tools.jackson.databind.node.ArrayNode) owners).remove(i);
            }
        }
        return duplicates;
    }
}
