package io.myriad.api.custom;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.GroupVersionKind;
import io.myriad.api.StatusException;
import io.myriad.api.codec.JsonReader;
import io.myriad.api.codec.JsonWriter;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;
import io.myriad.api.value.Names;

/**
 * The metadata of custom resources and of whole API objects inside them: brought into the form that every kind's
 * metadata has, whatever the schema says.
 */
final class EmbeddedObjects {
    private static final String QUOTE = "\"";

    private EmbeddedObjects() {}

    /** The type of an object of which only the metadata counts. */
    private static final class Holder {
        static final ObjectType TYPE = type();

        private static ObjectType type() {
            ObjectType type = Schema.builtin()
                    .kind(new GroupVersionKind("meta.k8s.io", "v1", "PartialObjectMetadata"));
            if (type == null) {
                throw new IllegalStateException("the schema tables lack PartialObjectMetadata");
            }
            return type;
        }
    }

    /**
     * Brings the metadata of an object and of those inside it into form, in place.
     *
     * @param schema the schema of the object, which is a whole one itself
     * @param problems takes what strict decoding has to say, such as {@code unknown field "metadata.x"}
     * @throws StatusException 400 when metadata is none
     */
    static void coerce(JsonNode value, Structural schema, @Nullable List<String> problems) {
        coerce(value, schema, "", problems);
    }

    private static void coerce(JsonNode value, Structural schema, String path, @Nullable List<String> problems) {
        if (value instanceof ObjectNode object) {
            if (schema.embedded() && object.has("metadata")) {
                coerceMetadata(object, path, problems);
            }
            for (String name : List.copyOf(object.propertyNames())) {
                Structural below = schema.field(name);
                if (below != null && !(schema.embedded() && Structural.isMeta(name))) {
                    coerce(object.path(name), below, path.isEmpty() ? name : path + "." + name, problems);
                }
            }
        } else if (value.isArray() && schema.items() != null) {
            Structural items = schema.items();
            for (int i = 0; i < value.size(); i++) {
                coerce(value.get(i), items, path + "[" + i + "]", problems);
            }
        }
    }

    private static void coerceMetadata(ObjectNode object, String path, @Nullable List<String> problems) {
        ObjectNode alone = JsonNodeFactory.instance.objectNode();
        alone.set("metadata", object.path("metadata"));
        JsonReader.Parsed parsed = JsonReader.read(JsonWriter.write(alone), Holder.TYPE);
        JsonNode metadata = parsed.object().get("metadata");
        if (metadata == null) {
            object.remove("metadata");
        } else {
            object.set("metadata", metadata);
        }
        if (problems != null) {
            parsed.problems().forEach(problem -> problems.add(
                    path.isEmpty() ? problem : problem.replaceFirst(QUOTE, QUOTE + path.replace("$", "") + ".")));
        }
    }

    /** What is wrong with the API objects inside a value. */
    static List<FieldError> check(JsonNode value, Structural schema) {
        List<FieldError> errors = new ArrayList<>();
        check(value, schema, "", errors);
        return errors;
    }

    private static void check(JsonNode value, Structural schema, String path, List<FieldError> errors) {
        if (value.isObject()) {
            if (schema.embedded() && !path.isEmpty()) {
                checkObject(value, path + ".", errors);
            }
            value.forEachEntry((name, field) -> {
                Structural below = schema.field(name);
                if (below != null) {
                    check(field, below, path.isEmpty() ? name : path + "." + name, errors);
                }
            });
        } else if (value.isArray() && schema.items() != null) {
            Structural items = schema.items();
            for (int i = 0; i < value.size(); i++) {
                check(value.get(i), items, path + "[" + i + "]", errors);
            }
        }
    }

    private static void checkObject(JsonNode object, String prefix, List<FieldError> errors) {
        for (String name : List.of("apiVersion", "kind")) {
            JsonNode value = object.get(name);
            if (value == null) {
                errors.add(FieldError.required(prefix + name, ""));
            } else if (!value.isString()) {
                errors.add(FieldError.invalid(prefix + name, value, "must be a string"));
            } else if (value.stringValue().isEmpty()) {
                errors.add(FieldError.invalid(prefix + name, "", "must not be empty"));
            }
        }
        String kind = object.path("kind").stringValue("");
        List<String> problems = kind.isEmpty() ? List.of() : Names.dns1035Label(kind.toLowerCase(Locale.ROOT));
        if (!problems.isEmpty()) {
            errors.add(FieldError.invalid(prefix + "kind", kind,
                    "may have mixed case, but should otherwise match: " + String.join(",", problems)));
        }
    }
}
