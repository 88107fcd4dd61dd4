package io.myriad.apiserver.custom;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.custom.CustomSchema;
import io.myriad.api.custom.Structural;
import io.myriad.apiserver.kind.Strategy;

/** The objects of one version of a custom resource. */
final class CustomStrategy implements Strategy {
    private static final String UNCHECKED_RULES = "some validation rules were not checked because the object was "
            + "invalid; correct the existing errors to complete validation";

    private static final Set<String> STANDARD_FINALIZERS = Set.of("orphan", "foregroundDeletion", "kubernetes");

    private final Definition.Version version;
    private final CustomSchema schema;
    private final RuleEvaluator rules;
    private final boolean hasStatus;

    CustomStrategy(Definition.Version version, CustomSchema schema, RuleEvaluator rules) {
        this.version = version;
        this.schema = schema;
        this.rules = rules;
        this.hasStatus = version.hasStatus();
    }

    @Override
    public void prepareForCreate(ObjectNode object) {
        if (hasStatus) {
            object.remove("status");
        }
    }

    @Override
    public void prepareForUpdate(Target target, ObjectNode object, ObjectNode old) {
        switch (target) {
            case MAIN -> {
                if (hasStatus) {
                    take(object, old, "status");
                }
                if (!content(object).equals(content(old))) {
                    object.withObjectProperty("metadata").put("generation",
                            old.path("metadata").path("generation").longValue(0) + 1);
                }
            }
            case STATUS -> keepAllButStatus(object, old);
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

    private static Map<String, JsonNode> content(ObjectNode object) {
        Map<String, JsonNode> content = new LinkedHashMap<>();
        object.forEachEntry((name, value) -> {
            if (!name.equals("metadata")) {
                content.put(name, value);
            }
        });
        return content;
    }

    private static void keepAllButStatus(ObjectNode object, ObjectNode old) {
        for (String field : List.copyOf(object.propertyNames())) {
            if (!field.equals("status") && !field.equals("metadata")) {
                take(object, old, field);
            }
        }
        for (String field : old.propertyNames()) {
            if (!field.equals("status") && !field.equals("metadata")) {
                take(object, old, field);
            }
        }
        ObjectNode metadata = object.withObjectProperty("metadata");
        JsonNode managed = metadata.get("managedFields");
        JsonNode resourceVersion = metadata.get("resourceVersion");
        take(object, old, "metadata");
        ObjectNode kept = object.withObjectProperty("metadata");
        put(kept, "managedFields", managed);
        put(kept, "resourceVersion", resourceVersion);
    }

    private static void put(ObjectNode object, String field, @Nullable JsonNode value) {
        if (value == null) {
            object.remove(field);
        } else {
            object.set(field, value);
        }
    }

    @Override
    public List<FieldError> validateCreate(ObjectNode object) {
        List<FieldError> errors = new ArrayList<>(schema.check(object));
        checkScale(object, true, errors);
        return withRules(errors, () -> rules.check(object, null));
    }

    @Override
    public List<FieldError> validateUpdate(Target target, ObjectNode object, ObjectNode old) {
        List<FieldError> errors = new ArrayList<>(switch (target) {
            case MAIN -> schema.check(object, old);
            case STATUS -> schema.checkStatus(object, old);
        });
        checkScale(object, target == Target.MAIN, errors);
        return withRules(errors, () -> rules.check(object, old));
    }

    /** Rules may rely on the schema: they are not evaluated on what is too far from it. */
    private List<FieldError> withRules(List<FieldError> errors,
            Supplier<List<FieldError>> evaluation) {
        if (rules == RuleEvaluator.NONE) {
            return errors;
        }
        boolean blocked = errors.stream().anyMatch(error -> switch (error.type()) {
            case NOT_SUPPORTED, REQUIRED, TOO_LONG, TOO_MANY, TYPE_INVALID -> true;
            case NOT_FOUND, DUPLICATE, INVALID, FORBIDDEN, INTERNAL -> false;
        });
        if (blocked) {
            errors.add(new FieldError(FieldError.Type.INVALID, "<nil>", "Invalid value: null: " + UNCHECKED_RULES));
        } else {
            errors.addAll(evaluation.get());
        }
        return errors;
    }

    private void checkScale(ObjectNode object, boolean spec, List<FieldError> errors) {
        JsonNode scale = version.scale();
        if (!scale.isObject()) {
            return;
        }
        if (spec) {
            checkReplicas(object, scale.path("specReplicasPath").stringValue(""), errors);
        }
        checkReplicas(object, scale.path("statusReplicasPath").stringValue(""), errors);
    }

    private static void checkReplicas(ObjectNode object, String path, List<FieldError> errors) {
        JsonNode value = Structural.at(object, steps(path));
        if (value.isMissingNode()) {
            return;
        }
        if (!value.isIntegralNumber()) {
            errors.add(FieldError.invalid(path, 0, path + " accessor error: " + value + " is of the type "
                    + (value.isString() ? "string" : "other") + ", expected int64"));
        } else if (value.longValue() < 0) {
            errors.add(FieldError.invalid(path, value.longValue(), "should be a non-negative integer"));
        } else if (value.longValue() > Integer.MAX_VALUE) {
            errors.add(FieldError.invalid(path, value.longValue(),
                    "should be less than or equal to " + Integer.MAX_VALUE));
        }
    }

    /** The names in a path such as {@code .spec.replicas}. */
    static List<String> steps(String path) {
        return path.isEmpty() ? List.of() : List.of(path.replaceFirst("^\\.", "").split("\\."));
    }

    @Override
    public List<String> warnings(ObjectNode object, @Nullable ObjectNode old) {
        List<String> warnings = new ArrayList<>();
        Set<String> before = old == null ? Set.of() : finalizers(old);
        for (String finalizer : finalizers(object)) {
            if (finalizer.indexOf('/') < 0 && !STANDARD_FINALIZERS.contains(finalizer)
                    && !before.contains(finalizer)) {
                warnings.add("metadata.finalizers: \"" + finalizer + "\": prefer a domain-qualified finalizer name "
                        + (finalizer.indexOf('.') >= 0 ? "including a path (/) " : "")
                        + "to avoid accidental conflicts with other finalizer writers");
            }
        }
        return warnings;
    }

    private static Set<String> finalizers(ObjectNode object) {
        Set<String> finalizers = new TreeSet<>();
        object.path("metadata").path("finalizers").forEach(one -> finalizers.add(one.stringValue("")));
        return finalizers;
    }

    @Override
    public boolean tracksGeneration() {
        return true;
    }

    @Override
    public boolean allowsUnconditionalUpdate() {
        return false;
    }

    @Override
    public Set<String> resetFields(Target target) {
        return switch (target) {
            case MAIN -> hasStatus ? Set.of("status") : Set.of();
            case STATUS -> Set.of("spec", "metadata");
        };
    }

    @Override
    public Map<String, List<String>> selectableFields() {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        version.selectableFields().forEach(field -> fields.put(field, steps(field)));
        return fields;
    }
}
