package io.myriad.apiserver.custom;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.value.Names;

/**
 * What must hold for a definition, as apiextensions' validation has it. Upstream validates an older form, in which what
 * is the same for all versions stands once beside them; its errors name the places of that form.
 */
final class DefinitionRules {
    private static final Set<String> COLUMN_TYPES = Set.of("boolean", "date", "integer", "number", "string");
    private static final Set<String> COLUMN_FORMATS = Set.of("byte", "date", "date-time", "double", "float", "int32",
            "int64", "password");

    private final Definition definition;
    private final @Nullable Definition old;
    private final JsonNode spec;
    private final RuleChecker ruleChecker;
    private final List<FieldError> errors = new ArrayList<>();

    /** @param old the definition that is replaced, or null for a new one */
    DefinitionRules(ObjectNode object, @Nullable ObjectNode old, RuleChecker ruleChecker) {
        this.definition = new Definition(object);
        this.old = old == null ? null : new Definition(old);
        this.spec = object.path("spec");
        this.ruleChecker = ruleChecker;
    }

    List<FieldError> check() {
        if (old == null && !definition.name().equals(text(definition.names(), "plural") + "." + definition.group())) {
            invalid("metadata.name", definition.name(), "must be spec.names.plural+\".\"+spec.group");
        }
        checkGroup();
        String scope = text(spec, "scope");
        if (scope.isEmpty()) {
            errors.add(FieldError.required("spec.scope", ""));
        } else if (!scope.equals("Cluster") && !scope.equals("Namespaced")) {
            errors.add(FieldError.notSupported("spec.scope", scope, List.of("Cluster", "Namespaced")));
        }
        checkVersions();
        for (String name : List.of("plural", "singular", "kind", "listKind")) {
            if (text(definition.names(), name).isEmpty()) {
                errors.add(FieldError.required("spec.names." + name, ""));
            }
        }
        errors.addAll(checkNames(definition.names(), "spec.names"));
        new ConversionRules(spec.path("conversion"), errors).check();
        if (old != null) {
            checkUnchanged(old);
        }
        errors.addAll(checkNames(definition.acceptedNames(), "status.acceptedNames"));
        checkStoredVersions();
        checkApproval();
        if (definition.preservesUnknownFields() && (old == null || !old.preservesUnknownFields())) {
            invalid("spec.preserveUnknownFields", true, "cannot set to true, set "
                    + "x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead");
        }
        return errors;
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).stringValue("");
    }

    private void invalid(String path, Object value, String detail) {
        errors.add(FieldError.invalid(path, value, detail));
    }

    private void checkGroup() {
        String group = definition.group();
        List<String> problems = Names.dns1123Subdomain(group);
        if (group.isEmpty()) {
            errors.add(FieldError.required("spec.group", ""));
        } else if (!problems.isEmpty()) {
            invalid("spec.group", group, String.join(",", problems));
        } else if (group.indexOf('.') < 0) {
            invalid("spec.group", group, "should be a domain with at least one dot");
        }
    }

    private void checkVersions() {
        List<Definition.Version> versions = definition.versions();
        Set<String> names = new HashSet<>();
        int storage = 0;
        for (int i = 0; i < versions.size(); i++) {
            Definition.Version version = versions.get(i);
            storage += version.storage() ? 1 : 0;
            String at = "spec.versions[" + i + "]";
            List<String> problems = Names.dns1035Label(version.name());
            if (!problems.isEmpty()) {
                invalid(at + ".name", version.name(), String.join(",", problems));
                if (i == 0) {
                    invalid("spec.version", version.name(), String.join(",", problems));
                }
            }
            if (!names.add(version.name())) {
                invalid("spec.versions", spec.path("versions"), "must contain unique version names");
            }
            if (!version.schema().isObject()) {
                errors.add(FieldError.required(at + ".schema.openAPIV3Schema", ""));
            }
            checkDeprecation(version, at);
        }
        if (storage != 1) {
            invalid("spec.versions", spec.path("versions"), "must have exactly one version marked as storage version");
        }
        forEach(versions, "schema", "spec.validation", (version, at) -> checkSchema(version, at + ".openAPIV3Schema"));
        forEach(versions, "subresources", "spec.subresources", this::checkSubresources);
        forEach(versions, "additionalPrinterColumns", "spec.additionalPrinterColumns", (version, at) -> {
            for (int i = 0; i < version.printerColumns().size(); i++) {
                checkColumn(version.printerColumns().get(i), at + "[" + i + "]");
            }
        });
        forEach(versions, "selectableFields", "spec.selectableFields",
                (version, at) -> SelectableFieldRules.check(version, at, errors));
    }

    /** Checks a part of versions. */
    private interface PartRule {
        void check(Definition.Version version, String path);
    }

    /** Checks a part of every version; once, and at another place, where all have the same. */
    private static void forEach(List<Definition.Version> versions, String field, String shared, PartRule rule) {
        Set<JsonNode> different = new HashSet<>();
        versions.forEach(version -> different.add(version.node().path(field)));
        if (different.size() == 1 && !different.iterator().next().isMissingNode()) {
            rule.check(versions.getFirst(), shared);
            return;
        }
        for (int i = 0; i < versions.size(); i++) {
            if (versions.get(i).node().has(field)) {
                rule.check(versions.get(i), "spec.versions[" + i + "]." + field);
            }
        }
    }

    private void checkDeprecation(Definition.Version version, String at) {
        JsonNode warning = version.node().get("deprecationWarning");
        if (warning == null || warning.isNull()) {
            return;
        }
        String text = warning.stringValue("");
        String problem = !version.deprecated()
                ? "can only be set for deprecated versions"
                : text.isEmpty()
                        ? "must not be an empty string"
                        : Names.utf8Length(text) > 256
                                ? "must be <= 256 characters long"
                                : text.codePoints().anyMatch(Character::isISOControl)
                                        ? "must only contain printable UTF-8 characters"
                                        : "";
        if (!problem.isEmpty()) {
            invalid(at + ".deprecationWarning", text, problem);
        }
    }

    private void checkSchema(Definition.Version version, String at) {
        JsonNode schema = version.schema();
        if (schema.isObject()) {
            JsonNode before = old == null ? null : schemaBefore(old, version.name());
            errors.addAll(SchemaRules.check(schema, at, schema.equals(before) ? null : ruleChecker));
        }
    }

    private static @Nullable JsonNode schemaBefore(Definition old, String version) {
        return old.versions().stream().filter(one -> one.name().equals(version)).map(Definition.Version::schema)
                .findFirst().orElse(null);
    }

    private void checkSubresources(Definition.Version version, String at) {
        JsonNode scale = version.scale();
        if (!scale.isObject()) {
            return;
        }
        checkScalePath(text(scale, "specReplicasPath"), at + ".scale.specReplicasPath", List.of(".spec."),
                "should be a json path under .spec");
        checkScalePath(text(scale, "statusReplicasPath"), at + ".scale.statusReplicasPath", List.of(".status."),
                "should be a json path under .status");
        String selector = text(scale, "labelSelectorPath");
        if (!selector.isEmpty()) {
            checkScalePath(selector, at + ".scale.labelSelectorPath", List.of(".spec.", ".status."),
                    "should be a json path under either .spec or .status");
        }
    }

    private void checkScalePath(String path, String at, List<String> prefixes, String detail) {
        if (path.isEmpty()) {
            errors.add(FieldError.required(at, ""));
        } else if (path.charAt(0) != '.') {
            invalid(at, path, "must be a simple json path starting with .");
        } else if (prefixes.stream().noneMatch(path::startsWith)) {
            invalid(at, path, detail);
        }
    }

    private void checkColumn(JsonNode column, String at) {
        if (text(column, "name").isEmpty()) {
            errors.add(FieldError.required(at + ".name", ""));
        }
        String type = text(column, "type");
        if (type.isEmpty()) {
            errors.add(FieldError.required(at + ".type", oneOf(COLUMN_TYPES)));
        } else if (!COLUMN_TYPES.contains(type)) {
            invalid(at + ".type", type, oneOf(COLUMN_TYPES));
        }
        String format = text(column, "format");
        if (!format.isEmpty() && !COLUMN_FORMATS.contains(format)) {
            invalid(at + ".format", format, oneOf(COLUMN_FORMATS));
        }
        String path = text(column, "jsonPath");
        if (path.isEmpty()) {
            errors.add(FieldError.required(at + ".JSONPath", ""));
        } else if (path.charAt(0) != '.') {
            invalid(at + ".JSONPath", path, "must be a simple json path starting with .");
        }
    }

    private static String oneOf(Collection<String> values) {
        return "must be one of " + String.join(",", values.stream().sorted().toList());
    }

    /** What is wrong with names, those asked for or those accepted. */
    static List<FieldError> checkNames(JsonNode names, String path) {
        List<FieldError> errors = new ArrayList<>();
        for (String field : List.of("plural", "singular", "kind", "listKind")) {
            String name = text(names, field);
            boolean kind = field.endsWith("ind");
            List<String> problems = name.isEmpty()
                    ? List.of()
                    : Names.dns1035Label(kind ? name.toLowerCase(Locale.ROOT) : name);
            if (!problems.isEmpty()) {
                errors.add(FieldError.invalid(path + "." + field, name,
                        (kind ? "may have mixed case, but should otherwise match: " : "")
                                + String.join(",", problems)));
            }
        }
        for (String field : List.of("shortNames", "categories")) {
            for (int i = 0; i < names.path(field).size(); i++) {
                String name = names.path(field).get(i).stringValue("");
                List<String> problems = Names.dns1035Label(name);
                if (!problems.isEmpty()) {
                    errors.add(
                            FieldError.invalid(path + "." + field + "[" + i + "]", name, String.join(",", problems)));
                }
            }
        }
        String kind = text(names, "kind");
        if (!kind.isEmpty() && kind.equals(text(names, "listKind"))) {
            errors.add(FieldError.invalid(path + ".listKind", kind, "kind and listKind may not be the same"));
        }
        return errors;
    }

    private void checkUnchanged(Definition before) {
        if (before.isTrue(Definition.ESTABLISHED)) {
            unchanged("spec.scope", text(spec, "scope"), text(before.object().path("spec"), "scope"));
            unchanged("spec.names.kind", text(definition.names(), "kind"), text(before.names(), "kind"));
        }
        unchanged("spec.group", definition.group(), before.group());
        unchanged("spec.names.plural", text(definition.names(), "plural"), text(before.names(), "plural"));
    }

    private void unchanged(String path, String now, String before) {
        if (!now.equals(before)) {
            invalid(path, now, "field is immutable");
        }
    }

    private void checkStoredVersions() {
        JsonNode stored = definition.object().path("status").path("storedVersions");
        if (stored.isEmpty()) {
            invalid("status.storedVersions", "null", "must have at least one stored version");
            return;
        }
        Set<String> names = new HashSet<>();
        for (Definition.Version version : definition.versions()) {
            names.add(version.name());
            if (version.storage()
                    && stored.valueStream().noneMatch(one -> one.stringValue("").equals(version.name()))) {
                invalid("status.storedVersions", stored, "must have the storage version " + version.name());
            }
        }
        for (int i = 0; i < stored.size(); i++) {
            String name = stored.get(i).stringValue("");
            if (!names.contains(name)) {
                invalid("status.storedVersions[" + i + "]", name, "missing from spec.versions; " + name
                        + " was previously a storage version, and must remain in spec.versions until a storage "
                        + "migration ensures no data remains persisted in " + name
                        + " and removes it from status.storedVersions");
            }
        }
    }

    private void checkApproval() {
        if (!Approval.isProtected(definition.group())) {
            return;
        }
        Approval approval = Approval.of(definition.object());
        if (old != null && Approval.of(old.object()).state() == approval.state()) {
            return;
        }
        String at = "metadata.annotations[" + Approval.ANNOTATION + "]";
        switch (approval.state()) {
            case MISSING -> errors.add(FieldError.required(at, approval.detail()));
            case INVALID -> invalid(at, definition.object().path("metadata").path("annotations")
                    .path(Approval.ANNOTATION).stringValue(""), approval.detail());
            case APPROVED, BYPASSED -> {}
        }
    }
}
