package io.myriad.api.golden;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.api.StatusException;
import io.myriad.api.apply.FieldSet;
import io.myriad.api.apply.ManagedFields;
import io.myriad.api.apply.ScaleOwnership;
import io.myriad.api.apply.ServerSideApply;
import io.myriad.api.apply.Versions;
import io.myriad.api.apply.Writer;
import io.myriad.api.patch.JsonPatch;
import io.myriad.api.patch.MergePatch;
import io.myriad.api.patch.StrategicMergePatch;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Resource;
import io.myriad.api.schema.Schema;

/**
 * Replays one golden case without a server: the recorded answer of each step is the stored object that the next one
 * starts from. What a server does besides (defaults, allocation, validation) is taken from the answers.
 */
final class GoldenReplay {
    private static final String TIME = "2001-02-03T04:05:06Z";

    /** Fields that the real server sets after it has computed the managed fields, so that nobody owns them. */
    private static final Map<String, List<List<String>>> SET_LATER = Map.of("pods",
            List.of(List.of("spec", "priority"), List.of("spec", "preemptionPolicy"),
                    List.of("spec", "serviceAccount"), List.of("spec", "serviceAccountName"),
                    List.of("spec", "tolerations")),
            "services",
            List.of(List.of("spec", "clusterIP"), List.of("spec", "clusterIPs"), List.of("spec", "ipFamilies"),
                    List.of("spec", "ipFamilyPolicy"), List.of("spec", "healthCheckNodePort")),
            "jobs",
            List.of(List.of("metadata", "labels"), List.of("spec", "selector"),
                    List.of("spec", "template", "metadata", "labels")),
            "persistentvolumes", List.of(List.of("metadata", "finalizers")), "namespaces", List.of(List.of("spec")));

    /** What comes of a step. */
    record Outcome(String caseName, int step, List<String> differences) {}

    private final JsonNode golden;
    private final boolean tracksManagedFields;
    private final Map<String, ObjectType> customTypes = new HashMap<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private @Nullable ObjectNode stored;
    /** Whether the stored object is one that was computed here, so that reading it proves something. */
    private boolean scaled;

    private GoldenReplay(JsonNode golden) {
        this.golden = golden;
        this.tracksManagedFields = golden.path("managedFields").booleanValue(false);
    }

    /** An outcome for each step that can be evaluated. */
    static List<Outcome> run(JsonNode golden) {
        GoldenReplay replay = new GoldenReplay(golden);
        JsonNode steps = golden.path("steps");
        for (int i = 0; i < steps.size(); i++) {
            List<String> differences = replay.step(steps.get(i));
            if (differences != null) {
                replay.outcomes.add(new Outcome(golden.path("name").asString(), i, differences));
            }
        }
        return replay.outcomes;
    }

    private @Nullable List<String> step(JsonNode step) {
        Target target = target(step);
        if (target == null) {
            return null;
        }
        int code = step.path("expect").path("code").intValue();
        JsonNode expected = step.path("expect").get("body");
        if (target.subresource.equals("scale") && isApply(step) && code < 400) {
            scale(step, target);
            return null;
        }
        if (code >= 400) {
            return refusal(step, target, code, expected);
        }
        ObjectNode answer = expected instanceof ObjectNode object ? object : null;
        List<String> differences = new ArrayList<>();
        ObjectNode result;
        switch (step.path("method").asString()) {
            case "GET" -> result = stored;
            case "POST" -> result = write(null, step, target, answer, step.path("body"));
            case "PUT" -> result = write(stored, step, target, answer, step.path("body"));
            case "PATCH" -> {
                ObjectNode patched = patch(step, target);
                if (isApply(step)) {
                    result = patched;
                } else {
                    result = write(stored, step, target, answer == null ? patched : answer, patched);
                }
                if (answer != null) {
                    Differences.find(stored, patched, answer, target.subresource, differences);
                }
            }
            default -> {
                return null;
            }
        }
        if (answer != null && tracksManagedFields) {
            compareManagers(result, answer, differences);
        }
        if (!step.path("query").has("dryRun")) {
            stored = answer == null ? result : withTimes(answer);
        }
        boolean checked = switch (step.path("method").asString()) {
            case "PATCH" -> answer != null;
            case "GET" -> scaled;
            default -> answer != null && tracksManagedFields;
        };
        return checked ? differences : null;
    }

    /** Apply on the scale subresource, whose managed fields are the parent's in another form. */
    private void scale(JsonNode step, Target target) {
        Map<String, List<String>> replicas = Map.of("apps/v1", List.of("spec", "replicas"));
        JsonNode entries = stored.path("metadata").get("managedFields");
        ObjectNode scale = JsonMapper.shared().createObjectNode();
        scale.put("apiVersion", "autoscaling/v1").put("kind", "Scale");
        scale.putObject("metadata").put("name", "x").put("uid", "u").set("managedFields",
                ScaleOwnership.toScale(entries, replicas));
        scale.putObject("spec").set("replicas", stored.path("spec").get("replicas"));
        GroupVersionKind kind = new GroupVersionKind("autoscaling", "v1", "Scale");
        ObjectNode applied = ServerSideApply.apply(scale, (ObjectNode) step.path("body"), kind,
                Schema.builtin().kind(kind), writer(step, new Target("scale", "scale", kind, target.type, false)),
                step.path("query").path("force").asString("").equals("true"), Versions.ONE);
        ObjectNode parent = stored.deepCopy();
        ((ObjectNode) parent.get("spec")).set("replicas", applied.path("spec").get("replicas"));
        ((ObjectNode) parent.get("metadata")).set("managedFields", ScaleOwnership.toParent(entries,
                applied.path("metadata").get("managedFields"), target.kind.apiVersion(), replicas));
        stored = parent;
        scaled = true;
    }

    /** The object with the time of this replay where the answer does not tell one. */
    private static ObjectNode withTimes(ObjectNode answer) {
        ObjectNode object = answer.deepCopy();
        for (JsonNode entry : object.path("metadata").path("managedFields")) {
            if (entry.has("time")) {
                ((ObjectNode) entry).put("time", TIME);
            }
        }
        return object;
    }

    private @Nullable List<String> refusal(JsonNode step, Target target, int code, JsonNode expected) {
        if (step.path("method").asString().equals("GET")) {
            return null;
        }
        boolean checkable = code == 500 || isApply(step) && code == 409
                && expected.path("details").path("causes").size() > 0;
        if (!checkable && !step.path("headers").path("Content-Type").asString("").contains("patch")) {
            return null;
        }
        try {
            if (target.subresource.equals("scale")) {
                scale(step, target);
            } else {
                patch(step, target);
            }
            return checkable ? List.of("accepted, but " + code + " is expected") : null;
        } catch (StatusException refused) {
            List<String> differences = new ArrayList<>();
            int expectedCode = code == 500 ? 400 : code;
            if (refused.status().code() != expectedCode) {
                differences.add("code " + refused.status().code() + " instead of " + expectedCode);
            }
            Set<String> causes = new TreeSet<>();
            expected.path("details").path("causes").forEach(cause -> causes.add(cause.path("field").asString()));
            Set<String> actual = new TreeSet<>();
            if (refused.status().details() != null) {
                refused.status().details().causes().forEach(cause -> actual.add(cause.field()));
            }
            if (!causes.equals(actual)) {
                differences.add("causes " + actual + " instead of " + causes);
            }
            return differences;
        }
    }

    private static boolean isApply(JsonNode step) {
        return step.path("headers").path("Content-Type").asString("").equals("application/apply-patch+yaml");
    }

    /** The object with its managed fields after a write other than apply. */
    private ObjectNode write(@Nullable ObjectNode live, JsonNode step, Target target, ObjectNode content,
            JsonNode sent) {
        ObjectNode object = content.deepCopy();
        ObjectNode metadata = (ObjectNode) object.get("metadata");
        metadata.remove("managedFields");
        if (sent.path("metadata").has("managedFields")) {
            metadata.set("managedFields", sent.path("metadata").get("managedFields").deepCopy());
        }
        if (live == null) {
            removeWhatIsSetLater(object, sent, target.resource);
        }
        ManagedFields.update(live, object, target.type, writer(step, target), versions());
        return object;
    }

    private static void removeWhatIsSetLater(ObjectNode object, JsonNode body, String resource) {
        for (List<String> path : SET_LATER.getOrDefault(resource, List.of())) {
            JsonNode parent = object;
            JsonNode sent = body;
            for (String name : path.subList(0, path.size() - 1)) {
                parent = parent.path(name);
                sent = sent.path(name);
            }
            if (parent instanceof ObjectNode fields && !sent.has(path.getLast())) {
                fields.remove(path.getLast());
            }
        }
        if (resource.equals("services")) {
            object.path("spec").path("ports").forEach(port -> ((ObjectNode) port).remove("nodePort"));
        }
    }

    private ObjectNode patch(JsonNode step, Target target) {
        JsonNode body = step.has("raw")
                ? step.path("raw").asString().startsWith("{") ? json(step.path("raw").asString()) : yaml(step)
                : step.path("body");
        ObjectNode live = stored;
        if (live != null && !live.path("apiVersion").asString().equals(target.kind.apiVersion())) {
            live = versions().convert(live, target.kind.apiVersion()).object();
        }
        return switch (step.path("headers").path("Content-Type").asString("")) {
            case "application/json-patch+json" -> (ObjectNode) JsonPatch.apply(live, body);
            case "application/merge-patch+json" -> MergePatch.apply(live, body);
            case "application/strategic-merge-patch+json" ->
                StrategicMergePatch.apply(live, (ObjectNode) body, target.type);
            case "application/apply-patch+yaml" -> ServerSideApply.apply(live, (ObjectNode) body, target.kind,
                    target.type, writer(step, target), step.path("query").path("force").asString("").equals("true"),
                    versions());
            default -> throw new IllegalArgumentException("no patch: " + step);
        };
    }

    /** The one case with YAML is short enough to be read here: two levels of plain keys. */
    private static ObjectNode yaml(JsonNode step) {
        ObjectNode root = JsonMapper.shared().createObjectNode();
        ObjectNode inner = root;
        for (String line : step.path("raw").asString().lines().map(text -> text.replaceAll("#.*", "")).toList()) {
            if (line.isBlank() || line.startsWith("---")) {
                continue;
            }
            String key = line.substring(0, line.indexOf(':')).strip();
            String value = line.substring(line.indexOf(':') + 1).strip().replaceAll("^[\"']|[\"']$", "");
            ObjectNode owner = line.startsWith(" ") ? inner : root;
            if (value.isEmpty()) {
                inner = root.putObject(key);
            } else {
                owner.put(key, value);
            }
        }
        return root;
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text);
    }

    private Writer writer(JsonNode step, Target target) {
        FieldSet reset = target.subresource.equals("status")
                ? FieldSet.ofPath("spec").union(FieldSet.ofPath("metadata", "labels"))
                : target.hasStatus ? FieldSet.ofPath("status") : FieldSet.EMPTY;
        if (target.resource.equals("certificatesigningrequests")) {
            reset = reset.union(FieldSet.ofPath("spec"));
        }
        return new Writer(ManagedFields.managerName(step.path("query").path("fieldManager").asString(""), "golden/1.0"),
                target.kind.apiVersion(), target.subresource, reset, Instant.parse(TIME));
    }

    private Versions versions() {
        return new GoldenAutoscalers();
    }

    /** What a step's path names. */
    private record Target(String resource, String subresource, GroupVersionKind kind, ObjectType type,
            boolean hasStatus) {}

    private @Nullable Target target(JsonNode step) {
        String[] parts = step.path("path").asString().substring(1).split("/");
        boolean core = parts[0].equals("api");
        String group = core ? "" : parts[1];
        int next = core ? 2 : 3;
        if (parts.length <= next) {
            return null;
        }
        String version = parts[next - 1];
        if (parts[next].equals("namespaces") && parts.length > next + 2) {
            next += 2;
        }
        String subresource = parts.length > next + 2 ? parts[next + 2] : "";
        boolean applied = isApply(step);
        if (!subresource.isEmpty() && !subresource.equals("status") && !(subresource.equals("scale") && applied)) {
            return null;
        }
        if (parts[next].equals("customresourcedefinitions") && step.path("body").has("spec")
                && !golden.path("name").asString().startsWith("crd-")) {
            customTypes.put(step.path("body").path("spec").path("group").asString(),
                    GoldenCustomTypes.compile(step.path("body")));
            return null;
        }
        ObjectType custom = customTypes.get(group);
        if (custom != null) {
            return step.path("method").asString().equals("GET")
                    || step.path("expect").path("code").intValue() == 415
                            ? null
                            : new Target(parts[next], subresource, new GroupVersionKind(group, version, custom.name()),
                                    custom, true);
        }
        Resource resource = Schema.builtin().resource(new GroupVersionResource(group, version, parts[next]));
        return resource == null
                ? null
                : new Target(parts[next], subresource, resource.kind(), resource.type(),
                        resource.subresources().stream().anyMatch(sub -> sub.name().equals("status")));
    }

    private static void compareManagers(ObjectNode result, ObjectNode answer, List<String> differences) {
        Set<String> expected = managers(answer);
        Set<String> actual = managers(result);
        if (!expected.equals(actual)) {
            Set<String> missing = new TreeSet<>(expected);
            missing.removeAll(actual);
            Set<String> extra = new TreeSet<>(actual);
            extra.removeAll(expected);
            differences.add("managers: expected " + missing + " but got " + extra);
        }
    }

    private static Set<String> managers(ObjectNode object) {
        Set<String> managers = new TreeSet<>();
        for (JsonNode entry : object.path("metadata").path("managedFields")) {
            ObjectNode copy = (ObjectNode) entry.deepCopy();
            if (copy.has("time")) {
                copy.put("time", "<time>");
            }
            managers.add(sorted(copy).toString());
        }
        return managers;
    }

    private static JsonNode sorted(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode sorted = JsonMapper.shared().createObjectNode();
            new TreeSet<>(object.propertyNames()).forEach(name -> sorted.set(name, sorted(object.get(name))));
            return sorted;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode sorted = JsonMapper.shared().createArrayNode();
            array.forEach(element -> sorted.add(sorted(element)));
            return sorted;
        }
        return node;
    }
}
