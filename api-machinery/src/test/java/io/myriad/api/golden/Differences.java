package io.myriad.api.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.myriad.api.value.JsonValues;

/**
 * Compares what a patch makes with the server's answer: all that the patched object holds must be there, and all that
 * was stored and is still there must be in the patched object. What is only in the answer was added by defaults.
 */
final class Differences {
    private static final Set<String> SET_BY_SERVER = Set.of(".metadata.resourceVersion", ".metadata.generation",
            ".metadata.managedFields", ".metadata.uid", ".stringData");

    private Differences() {}

    static void find(@Nullable JsonNode stored, JsonNode patched, JsonNode answer, String subresource,
            List<String> differences) {
        List<String> found = new ArrayList<>();
        find("", stored, patched, answer, found);
        // The registry puts back what this kind of write may not change.
        String kept = subresource.equals("status") ? ".spec" : ".status";
        found.stream().filter(difference -> !difference.startsWith(kept)).forEach(differences::add);
    }

    private static void find(String path, @Nullable JsonNode stored, @Nullable JsonNode patched,
            @Nullable JsonNode answer, List<String> differences) {
        if (SET_BY_SERVER.contains(path)) {
            return;
        }
        if (isUnset(patched) || isUnset(answer)) {
            boolean defaulted = isUnset(patched) && !isUnset(answer) && isUnset(stored);
            if (isUnset(patched) != isUnset(answer) && !defaulted) {
                differences.add(path + " is " + patched + " instead of " + answer);
            }
            return;
        }
        if (patched.isObject() && answer.isObject()) {
            for (Map.Entry<String, JsonNode> field : patched.properties()) {
                find(path + "." + field.getKey(), get(stored, field.getKey()), field.getValue(),
                        answer.get(field.getKey()), differences);
            }
            for (Map.Entry<String, JsonNode> field : answer.properties()) {
                if (!patched.has(field.getKey())) {
                    find(path + "." + field.getKey(), get(stored, field.getKey()), null, field.getValue(),
                            differences);
                }
            }
        } else if (patched.isArray() && answer.isArray() && patched.size() == answer.size()) {
            for (int i = 0; i < patched.size(); i++) {
                find(path + "[" + i + "]", null, patched.get(i), answer.get(i), differences);
            }
        } else if (!JsonValues.equal(patched, answer)) {
            differences.add(path + " is " + patched + " instead of " + answer);
        }
    }

    private static @Nullable JsonNode get(@Nullable JsonNode object, String name) {
        return object == null ? null : object.get(name);
    }

    private static boolean isUnset(@Nullable JsonNode node) {
        return node == null || node.isNull() || node.isContainer() && node.isEmpty();
    }
}
