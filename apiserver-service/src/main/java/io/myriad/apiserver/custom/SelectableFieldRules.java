package io.myriad.apiserver.custom;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.myriad.api.FieldError;
import io.myriad.api.custom.Structural;

/** What must hold for the fields that a version lets selectors name. */
final class SelectableFieldRules {
    private static final int MAX_FIELDS = 8;
    private static final Set<String> TYPES = Set.of("string", "boolean", "integer");

    private SelectableFieldRules() {}

    static void check(Definition.Version version, String at, List<FieldError> errors) {
        JsonNode fields = version.node().path("selectableFields");
        Structural schema = Structural.of(version.schema());
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < fields.size(); i++) {
            String place = at + "[" + i + "].jsonPath";
            String path = fields.get(i).path("jsonPath").stringValue("");
            if (path.isEmpty()) {
                errors.add(FieldError.required(place, ""));
                continue;
            }
            Structural found = find(schema, path);
            if (found == null) {
                errors.add(FieldError.invalid(place, path,
                        "is an invalid path: does not refer to a valid field"));
                continue;
            }
            if (path.startsWith(".metadata")) {
                errors.add(FieldError.invalid(place, path, "must not point to fields in metadata"));
            }
            if (!TYPES.contains(found.type())) {
                errors.add(FieldError.invalid(place, path, "must point to a field of type string, boolean or "
                        + "integer. Enum string fields and strings with formats are allowed."));
            }
            if (!seen.add(path)) {
                errors.add(FieldError.duplicate(place, path));
            }
        }
        if (seen.size() > MAX_FIELDS) {
            errors.add(FieldError.tooMany(at, seen.size(), MAX_FIELDS));
        }
    }

    /** The schema of the field that a path such as {@code .spec.name} leads to, or null. */
    static @Nullable Structural find(Structural schema, String path) {
        if (!path.startsWith(".")) {
            return null;
        }
        Structural at = schema;
        for (String name : path.substring(1).split("\\.", -1)) {
            Structural below = at.properties().get(name);
            if (below == null) {
                return null;
            }
            at = below;
        }
        return at;
    }
}
