package io.myriad.api.patch;

import java.util.Iterator;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;

/**
 * JSON merge patch (RFC 7386): objects are merged field by field, null removes a field, everything else replaces.
 * Where the RFC leaves nulls alone, inside lists that replace nothing or another list, the library behind the real API
 * removes them from the lists' objects; this one does too.
 */
public final class MergePatch {
    private MergePatch() {}

    /**
     * The document with the patch applied.
     *
     * @param document an object; not changed
     * @param patch an object; not changed, and the result shares nothing with it
     * @throws StatusException 400 when the patch is no object
     */
    public static ObjectNode apply(JsonNode document, JsonNode patch) {
        if (!(patch instanceof ObjectNode) || !(document instanceof ObjectNode object)) {
            throw PatchFailures.malformed("Invalid JSON Patch");
        }
        ObjectNode result = object.deepCopy();
        merge(result, patch);
        return result;
    }

    private static void merge(ObjectNode target, JsonNode patch) {
        for (Map.Entry<String, JsonNode> change : patch.properties()) {
            String name = change.getKey();
            JsonNode value = change.getValue();
            if (value.isNull()) {
                target.remove(name);
                continue;
            }
            JsonNode current = target.get(name);
            if (current instanceof ObjectNode inner) {
                if (value.isObject()) {
                    merge(inner, value);
                } else {
                    target.set(name, value.deepCopy());
                }
            } else {
                target.set(name, withoutNulls(value.deepCopy()));
            }
        }
    }

    private static @Nullable JsonNode withoutNulls(JsonNode value) {
        if (value.isObject()) {
            Iterator<Map.Entry<String, JsonNode>> fields = value.properties().iterator();
            while (fields.hasNext()) {
                JsonNode field = fields.next().getValue();
                if (field.isNull()) {
                    fields.remove();
                } else {
                    withoutNulls(field);
                }
            }
        } else if (value.isArray()) {
            value.forEach(MergePatch::withoutNulls);
        }
        return value;
    }
}
