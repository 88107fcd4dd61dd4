package io.myriad.api.custom;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.schema.ObjectType;

/** Everything that the schema of one version of a custom resource says. Immutable and safe for any thread. */
public final class CustomSchema {
    private final Structural structural;
    private final ObjectType type;
    private final ValueRules rules;
    private final boolean preservesEverything;

    private CustomSchema(Structural structural, ObjectType type, ValueRules rules, boolean preservesEverything) {
        this.structural = structural;
        this.type = type;
        this.rules = rules;
        this.preservesEverything = preservesEverything;
    }

    /**
     * Compiles a schema.
     *
     * @param typeName the name of the type of its objects
     * @param schema the version's {@code openAPIV3Schema}, or a missing node
     * @param preservesEverything whether nothing is pruned, as definitions from before v1 may demand
     */
    public static CustomSchema compile(String typeName, JsonNode schema, boolean preservesEverything) {
        Structural structural = Structural.of(schema).asResource();
        return new CustomSchema(structural, CustomTypes.compile(typeName, structural), ValueRules.of(schema),
                preservesEverything);
    }

    /** The structure, as that of a whole API object. */
    public Structural structural() {
        return structural;
    }

    /** The type for apply, patches and field selectors. */
    public ObjectType type() {
        return type;
    }

    /**
     * Gives an object its defaults, brings its metadata into form and takes away what the schema does not know, in
     * place.
     *
     * @return what strict decoding has to say: {@code unknown field "spec.x"}
     * @throws io.myriad.api.StatusException 400 when the metadata is none
     */
    public List<String> conform(ObjectNode object) {
        Defaulting.apply(object, structural);
        Set<String> problems = new LinkedHashSet<>();
        List<String> found = new ArrayList<>();
        EmbeddedObjects.coerce(object, structural, found);
        problems.addAll(found);
        if (!preservesEverything) {
            List<String> unknown = new ArrayList<>();
            Pruning.prune(object, structural, unknown);
            new TreeSet<>(unknown).forEach(path -> problems.add("unknown field \"" + path + "\""));
        }
        Defaulting.removeNulls(object, structural);
        return List.copyOf(problems);
    }

    /** The same for an object from the store, where nobody is told. */
    public void conformStored(ObjectNode object) {
        Defaulting.apply(object, structural);
        if (!preservesEverything) {
            Pruning.prune(object, structural, null);
        }
        Defaulting.removeNulls(object, structural);
    }

    /** Takes away what the schema does not know, and nothing else. */
    public void prune(ObjectNode object) {
        if (!preservesEverything) {
            Pruning.prune(object, structural, null);
        }
    }

    /** What is wrong with the values of an object, its lists and the API objects in it. */
    public List<FieldError> check(ObjectNode object) {
        List<FieldError> errors = new ArrayList<>(rules.check(object, ""));
        errors.addAll(EmbeddedObjects.check(object, structural));
        errors.addAll(ListTypes.check(object, structural, ""));
        return errors;
    }

    /** As {@link #check(ObjectNode)} for a change: values that have not changed may stay what they were. */
    public List<FieldError> check(ObjectNode object, ObjectNode old) {
        List<FieldError> errors = new ArrayList<>(Ratchet.check(rules, object, old));
        errors.addAll(EmbeddedObjects.check(object, structural));
        if (ListTypes.check(old, structural, "").isEmpty()) {
            errors.addAll(ListTypes.check(object, structural, ""));
        }
        return errors;
    }

    /** As {@link #check(ObjectNode, ObjectNode)} for a change of the status alone. */
    public List<FieldError> checkStatus(ObjectNode object, ObjectNode old) {
        JsonNode status = object.get("status");
        ValueRules below = rules.field("status");
        List<FieldError> errors = new ArrayList<>();
        if (status != null && below != null) {
            errors.addAll(Ratchet.check(below, status, old.get("status"), "status"));
        }
        if (ListTypes.check(old, structural, "").isEmpty()) {
            errors.addAll(ListTypes.check(object, structural, ""));
        }
        return errors;
    }

    /** Whether a default is a value of its schema without unknown fields; what is wrong otherwise. */
    public static List<FieldError> checkDefault(JsonNode value, Structural schema, String path) {
        List<FieldError> errors = new ArrayList<>();
        JsonNode pruned = value.deepCopy();
        Pruning.prune(pruned, schema, null);
        if (!pruned.equals(value)) {
            errors.add(FieldError.invalid(path, value, "must not have unknown fields"));
        }
        errors.addAll(ValueRules.of(schema.source()).check(value, path));
        return errors;
    }
}
