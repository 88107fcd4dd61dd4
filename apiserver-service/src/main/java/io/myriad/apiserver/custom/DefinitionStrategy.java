package io.myriad.apiserver.custom;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.custom.Formats;
import io.myriad.apiserver.kind.Strategy;

/** Custom resource definitions themselves. */
public final class DefinitionStrategy implements Strategy {
    private final RuleChecker ruleChecker;

    /** @param ruleChecker compiles the rules in schemas */
    public DefinitionStrategy(RuleChecker ruleChecker) {
        this.ruleChecker = ruleChecker;
    }

    @Override
    public void applyDefaults(ObjectNode object) {
        if (!(object.get("spec") instanceof ObjectNode spec)) {
            return;
        }
        ObjectNode names = spec.withObjectProperty("names");
        String kind = names.path("kind").stringValue("");
        if (names.path("singular").stringValue("").isEmpty()) {
            names.put("singular", kind.toLowerCase(Locale.ROOT));
        }
        if (names.path("listKind").stringValue("").isEmpty() && !kind.isEmpty()) {
            names.put("listKind", kind + "List");
        }
        if (!spec.has("conversion")) {
            spec.putObject("conversion").put("strategy", "None");
        }
        JsonNode service = spec.path("conversion").path("webhook").path("clientConfig").path("service");
        if (service instanceof ObjectNode reference && !reference.has("port")) {
            reference.put("port", 443);
        }
        if (spec.get("preserveUnknownFields") instanceof JsonNode preserve && !preserve.booleanValue(true)) {
            spec.remove("preserveUnknownFields");
        }
    }

    @Override
    public void prepareForCreate(ObjectNode object) {
        object.withObjectProperty("metadata").put("generation", 1);
        ObjectNode status = object.putObject("status");
        status.putNull("conditions");
        status.putObject("acceptedNames").put("plural", "").put("kind", "");
        status.putNull("storedVersions");
        addStoredVersion(object);
    }

    /** Notes that objects may be stored in the version that is the storage version now. */
    private static void addStoredVersion(ObjectNode object) {
        Definition.Version storage = new Definition(object).storageVersion();
        ObjectNode status = object.withObjectProperty("status");
        if (storage == null) {
            return;
        }
        JsonNode stored = status.path("storedVersions");
        if (stored.valueStream().noneMatch(version -> version.stringValue("").equals(storage.name()))) {
            ArrayNode versions = stored instanceof ArrayNode present
                    ? present.deepCopy()
                    : status.putArray("storedVersions");
            versions.add(storage.name());
            status.set("storedVersions", versions);
        }
    }

    @Override
    public void prepareForUpdate(Target target, ObjectNode object, ObjectNode old) {
        switch (target) {
            case MAIN -> {
                take(object, old, "status");
                ObjectNode metadata = object.withObjectProperty("metadata");
                if (!object.path("spec").equals(old.path("spec"))) {
                    metadata.put("generation", old.path("metadata").path("generation").longValue(0) + 1);
                }
                addStoredVersion(object);
            }
            case STATUS -> {
                take(object, old, "spec");
                if (object.path("status") instanceof ObjectNode status && !status.has("conditions")) {
                    status.putNull("conditions");
                }
            }
        }
    }

    private static void take(ObjectNode object, ObjectNode old, String field) {
        JsonNode value = old.get(field);
        if (value == null) {
            object.remove(field);
        } else {
            object.set(field, value.deepCopy());
        }
    }

    @Override
    public List<FieldError> validateCreate(ObjectNode object) {
        return new DefinitionRules(object, null, ruleChecker).check();
    }

    @Override
    public List<FieldError> validateUpdate(Target target, ObjectNode object, ObjectNode old) {
        return switch (target) {
            case MAIN -> new DefinitionRules(object, old, ruleChecker).check();
            case STATUS -> DefinitionRules.checkNames(object.path("status").path("acceptedNames"),
                    "status.acceptedNames");
        };
    }

    @Override
    public List<String> warnings(ObjectNode object, @Nullable ObjectNode old) {
        List<String> warnings = new ArrayList<>(warnings(object));
        if (old != null) {
            warnings.removeAll(warnings(old));
        }
        return warnings;
    }

    private static Set<String> warnings(ObjectNode object) {
        Set<String> formats = new LinkedHashSet<>();
        Set<String> sets = new LinkedHashSet<>();
        for (Definition.Version version : new Definition(object).versions()) {
            warnings(version.schema(), formats, sets);
        }
        formats.addAll(sets);
        return formats;
    }

    private static void warnings(JsonNode schema, Set<String> formats, Set<String> sets) {
        if (!schema.isObject()) {
            return;
        }
        String format = schema.path("format").stringValue("");
        if (!format.isEmpty() && !Formats.isKnown(format, schema.path("type").stringValue(""))) {
            formats.add("unrecognized format \"" + format + "\"");
        }
        String itemType = schema.path("items").path("type").stringValue("");
        if (schema.path("x-kubernetes-list-type").stringValue("").equals("set")
                && (itemType.equals("object") || itemType.equals("array"))) {
            sets.add("x-kubernetes-list-type: set for items of type \"" + itemType
                    + "\" is not supported by server-side apply or CEL validation rules");
        }
        Schemas.forEachBelow(schema, (path, below) -> warnings(below, formats, sets));
    }

    @Override
    public boolean tracksGeneration() {
        return false;
    }

    @Override
    public boolean allowsUnconditionalUpdate() {
        return false;
    }

    @Override
    public Set<String> resetFields(Target target) {
        return target == Target.MAIN ? Set.of("status") : Set.of("spec");
    }
}
