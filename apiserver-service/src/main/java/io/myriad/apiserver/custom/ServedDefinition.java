package io.myriad.apiserver.custom;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.custom.CustomSchema;
import io.myriad.api.custom.Structural;
import io.myriad.api.schema.Resource;
import io.myriad.apiserver.registry.Conversion;
import io.myriad.apiserver.registry.ObjectForm;
import io.myriad.apiserver.registry.ServedResource;
import io.myriad.apiserver.registry.WriteHooks;
import io.myriad.apiserver.storage.ObjectStorage;
import io.myriad.apiserver.storage.StoredKind;
import io.myriad.apiserver.table.Columns;
import io.myriad.apiserver.table.CustomColumns;

/**
 * A definition as it is served: its versions compiled to what the registry takes. Immutable.
 *
 * @param definition the definition
 * @param resources a resource for each version that is served
 * @param columns the printed columns of each
 */
record ServedDefinition(Definition definition, List<ServedResource> resources,
        Map<GroupVersionKind, Columns<?>> columns) {
    /** The verbs in the order in which upstream lists them. */
    private static final Set<String> VERBS = ordered("delete", "deletecollection", "get", "list", "patch", "create",
            "update", "watch");
    private static final Set<String> PART_VERBS = ordered("get", "patch", "update");
    private static final GroupVersionKind SCALE = new GroupVersionKind("autoscaling", "v1", "Scale");

    /** Opens the storage of a definition's objects. */
    interface StorageOpener {
        ObjectStorage open(CustomIndexer indexer, GroupVersionKind storedKind);
    }

    private static Set<String> ordered(String... verbs) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(List.of(verbs)));
    }

    /**
     * Compiles a definition whose names are accepted.
     *
     * @param engine evaluates its rules
     * @param conversions for conversion webhooks
     * @param opener opens the storage
     * @return null when it has no storage version
     */
    static @Nullable ServedDefinition compile(Definition definition, RuleEngine engine,
            ConversionWebhook.Means conversions, StorageOpener opener) {
        Definition.Version storage = definition.storageVersion();
        if (storage == null) {
            return null;
        }
        GroupVersionKind storedKind = definition.kindIn(storage.name());
        CustomSchema storedSchema = schema(definition, storage);
        ConversionWebhook webhook = definition.convertsByWebhook()
                ? new ConversionWebhook(definition.name(), definition.conversion(), conversions)
                : null;
        ObjectStorage objects = opener.open(
                new CustomIndexer(storedSchema, storedKind, selectableFields(definition, storage), webhook != null),
                storedKind);
        List<ServedResource> resources = new ArrayList<>();
        Map<GroupVersionKind, Columns<?>> columns = new LinkedHashMap<>();
        for (Definition.Version version : definition.versions()) {
            if (!version.served()) {
                continue;
            }
            CustomSchema schema = version.storage() ? storedSchema : schema(definition, version);
            GroupVersionKind kind = definition.kindIn(version.name());
            ObjectForm form = new ObjectForm(StoredKind.Encoding.JSON, storedKind, null, kind,
                    webhook != null
                            ? new WebhookConversion(webhook, storedKind, storedSchema, kind, schema)
                            : version.storage() ? null : new SameFields(schema));
            RuleEvaluator rules = schema.structural().hasRules()
                    ? engine.evaluator(schema.structural())
                    : RuleEvaluator.NONE;
            resources.add(new ServedResource(describe(definition, version, schema),
                    new CustomStrategy(version, schema, rules), objects, form, WriteHooks.NONE,
                    new CustomVersion(definition, version, schema)));
            columns.put(kind, CustomColumns.of(version.printerColumns()));
        }
        return new ServedDefinition(definition, List.copyOf(resources), Map.copyOf(columns));
    }

    private static CustomSchema schema(Definition definition, Definition.Version version) {
        String[] parts = definition.group().split("\\.");
        StringBuilder name = new StringBuilder();
        for (int i = parts.length - 1; i >= 0; i--) {
            name.append(parts[i]).append('.');
        }
        return CustomSchema.compile(name + version.name() + "." + definition.kind(), version.schema(),
                definition.preservesUnknownFields());
    }

    /** Every field that any version lets selectors name, as far as the storage version has it. */
    private static Map<String, List<String>> selectableFields(Definition definition, Definition.Version storage) {
        Map<String, List<String>> fields = new TreeMap<>();
        Structural stored = Structural.of(storage.schema());
        for (Definition.Version version : definition.versions()) {
            for (String field : version.selectableFields()) {
                if (SelectableFieldRules.find(stored, "." + field) != null) {
                    fields.put(field, CustomStrategy.steps(field));
                }
            }
        }
        return fields;
    }

    private static Resource describe(Definition definition, Definition.Version version, CustomSchema schema) {
        GroupVersionKind kind = definition.kindIn(version.name());
        List<Resource.Subresource> subresources = new ArrayList<>();
        if (version.hasStatus()) {
            subresources.add(new Resource.Subresource("status", kind, PART_VERBS));
        }
        if (version.scale().isObject()) {
            subresources.add(new Resource.Subresource("scale", SCALE, PART_VERBS));
        }
        JsonNode names = definition.acceptedNames();
        return new Resource(definition.resourceIn(version.name()), kind, names.path("singular").stringValue(""),
                texts(names.path("shortNames")), texts(names.path("categories")), definition.namespaced(),
                Resource.Level.STABLE, VERBS, schema.type(), null, List.copyOf(subresources));
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(one -> one.stringValue("")).toList();
    }

    /** Versions that differ in their schemas alone: the served one's defaults are added, and what it lacks is left out. */
    private record SameFields(CustomSchema served) implements Conversion {
        @Override
        public ObjectNode toServed(ObjectNode stored) {
            served.conformStored(stored);
            return stored;
        }

        @Override
        public ObjectNode toStored(ObjectNode object) {
            return object;
        }
    }
}
