package io.myriad.apiserver.registry;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Custom resource definitions: stored in the form of {@code v1beta1}, as upstream still does, in which what is the same
 * for all versions stands beside them; served as {@code v1}.
 */
final class DefinitionConversion implements Conversion {
    private static final String COLUMNS = "additionalPrinterColumns";
    /** Parts that stand beside the versions in the stored form, and what they are called inside a version. */
    private static final String[][] SHARED = {{"validation", "schema"}, {"subresources", "subresources"},
            {COLUMNS, COLUMNS}, {"selectableFields", "selectableFields"}};

    @Override
    public ObjectNode toServed(ObjectNode stored) {
        if (!(stored.get("spec") instanceof ObjectNode spec)) {
            return stored;
        }
        JsonNode named = spec.remove("version");
        if (!spec.path("versions").isArray() && named != null) {
            ObjectNode only = spec.putArray("versions").addObject().put("served", true).put("storage", true);
            only.set("name", named);
        }
        for (String[] part : SHARED) {
            JsonNode shared = spec.remove(part[0]);
            for (ObjectNode version : versions(spec)) {
                if (shared != null && !shared.isNull() && !version.has(part[1])) {
                    version.set(part[1], shared.deepCopy());
                }
            }
        }
        for (ObjectNode version : versions(spec)) {
            renameColumns(version, "JSONPath", "jsonPath");
        }
        JsonNode preserve = spec.remove("preserveUnknownFields");
        if (preserve == null || preserve.booleanValue(true)) {
            spec.put("preserveUnknownFields", true);
        }
        if (spec.get("conversion") instanceof ObjectNode conversion) {
            JsonNode client = conversion.remove("webhookClientConfig");
            JsonNode reviews = conversion.remove("conversionReviewVersions");
            if (present(client) != null || present(reviews) != null) {
                ObjectNode webhook = conversion.putObject("webhook");
                set(webhook, "clientConfig", present(client));
                set(webhook, "conversionReviewVersions", present(reviews));
            }
        }
        return stored;
    }

    private static @Nullable JsonNode present(@Nullable JsonNode value) {
        return value == null || value.isNull() ? null : value;
    }

    private static void set(ObjectNode object, String field, @Nullable JsonNode value) {
        if (value != null) {
            object.set(field, value);
        }
    }

    private static List<ObjectNode> versions(ObjectNode spec) {
        List<ObjectNode> versions = new ArrayList<>();
        for (JsonNode version : spec.path("versions")) {
            if (version instanceof ObjectNode object) {
                versions.add(object);
            }
        }
        return versions;
    }

    private static void renameColumns(ObjectNode holder, String from, String to) {
        for (JsonNode column : holder.path(COLUMNS)) {
            if (column instanceof ObjectNode object) {
                Conversions.rename(object, from, to);
            }
        }
    }

    @Override
    public ObjectNode toStored(ObjectNode served) {
        if (!(served.get("spec") instanceof ObjectNode spec)) {
            return served;
        }
        List<ObjectNode> versions = versions(spec);
        versions.forEach(version -> renameColumns(version, "jsonPath", "JSONPath"));
        if (!versions.isEmpty()) {
            spec.set("version", versions.getFirst().path("name"));
        }
        for (String[] part : SHARED) {
            Set<JsonNode> different = new HashSet<>();
            versions.forEach(version -> different.add(version.path(part[1])));
            JsonNode only = different.size() == 1 ? different.iterator().next() : null;
            if (only != null && !only.isMissingNode() && !(only instanceof ArrayNode list && list.isEmpty())) {
                versions.forEach(version -> version.remove(part[1]));
                spec.set(part[0], only);
            }
        }
        if (!spec.has("preserveUnknownFields")) {
            spec.put("preserveUnknownFields", false);
        }
        if (spec.get("conversion") instanceof ObjectNode conversion
                && conversion.remove("webhook") instanceof ObjectNode webhook) {
            set(conversion, "webhookClientConfig", present(webhook.get("clientConfig")));
            set(conversion, "conversionReviewVersions", present(webhook.get("conversionReviewVersions")));
        }
        return served;
    }
}
