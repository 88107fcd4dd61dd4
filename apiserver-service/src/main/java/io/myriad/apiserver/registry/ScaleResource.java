package io.myriad.apiserver.registry;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.apply.ScaleOwnership;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Resource;
import io.myriad.api.selector.LabelSelector;
import io.myriad.apiserver.kind.Strategy;
import io.myriad.apiserver.storage.CachedObject;

/**
 * The number of replicas of an object, as the {@code Scale} that is the same for all kinds that have one: read from the
 * parent, and written through to it with the parent's rules.
 */
public final class ScaleResource {
    private static final GroupVersionKind KIND = new GroupVersionKind("autoscaling", "v1", "Scale");

    /**
     * Where the parent keeps what a Scale shows.
     *
     * @param specReplicas the wanted number
     * @param statusReplicas the actual number
     * @param selector a label selector as an object, a map of labels, or text; empty where there is none
     */
    public record Paths(List<String> specReplicas, List<String> statusReplicas, List<String> selector) {
        /** Where built-in kinds keep it. */
        public static final Paths BUILTIN = new Paths(List.of("spec", "replicas"), List.of("status", "replicas"),
                List.of("spec", "selector"));
    }

    private static final Strategy STRATEGY = new Strategy() {
        @Override
        public Set<String> resetFields(Target target) {
            return Set.of("status");
        }
    };

    private final Registry registry;
    private final ServedResource parent;
    private final Paths paths;
    private final ServedResource scale;

    /**
     * @param parent the resource that has replicas
     * @param type the type of {@code autoscaling/v1 Scale}
     */
    public ScaleResource(Registry registry, ServedResource parent, ObjectType type, Paths paths) {
        this.registry = registry;
        this.parent = parent;
        this.paths = paths;
        Resource of = parent.resource();
        Resource described = new Resource(of.name(), KIND, "", List.of(), List.of(), of.namespaced(), of.level(),
                Set.of(), type, null, List.of());
        this.scale = new ServedResource(described, STRATEGY, parent.storage(), parent.form(), WriteHooks.NONE, null);
    }

    /** Reads the Scale of an object. */
    public Answer get(String namespace, String name, String resourceVersion) {
        CachedObject object = parent.storage().get(namespace, name, resourceVersion);
        if (object == null) {
            throw parent.notFound(name);
        }
        return answer(parent.form().decode(object));
    }

    /** Replaces the Scale of an object. */
    public Answer update(ObjectNode sent, WriteRequest request) {
        return write(registry.replacement(scale, sent, request), request);
    }

    /** Patches the Scale of an object. */
    public Answer patch(String mediaType, byte[] patch, boolean force, WriteRequest request) {
        return write(registry.patcher().parse(Registry.patchType(mediaType), patch, scale, force, request), request);
    }

    private Answer write(Updater.Change change, WriteRequest request) {
        Updater.Scope scope = Updater.Scope.of(parent, Strategy.Target.MAIN);
        Answer written = registry.updater().update(parent, scope, existing -> changed(existing, change, request),
                request, null);
        return switch (written) {
            case Answer.Stored stored -> answer(parent.form().decode(stored.object()));
            case Answer.Tree tree -> answer(tree.object());
            case Answer.Success success -> success;
            case Answer.Listing listing -> listing;
        };
    }

    private ObjectNode changed(@Nullable ObjectNode existing, Updater.Change change, WriteRequest request) {
        if (existing == null) {
            throw parent.notFound(request.name());
        }
        ObjectNode before = scaleOf(existing);
        Metadata metadata = Metadata.of(existing);
        JsonNode managed = metadata.node().get("managedFields");
        ArrayNode owners = ScaleOwnership.toScale(managed, ownedPaths());
        if (!owners.isEmpty()) {
            Metadata.of(before).node().set("managedFields", owners);
        }
        ObjectNode wanted = change.apply(before);
        Metadata scaleMetadata = Metadata.of(wanted);
        Writes.matchName(scaleMetadata, request.name());
        Writes.matchNamespace(scaleMetadata, parent.resource().namespaced() ? request.namespace() : "");
        requireValid(wanted);
        ObjectNode object = existing.deepCopy();
        put(object, paths.specReplicas(), wanted.path("spec").path("replicas").intValue(0));
        Metadata result = Metadata.of(object);
        if (!scaleMetadata.resourceVersion().isEmpty()) {
            result.resourceVersion(scaleMetadata.resourceVersion());
        } else if (parent.strategy().allowsUnconditionalUpdate()) {
            result.resourceVersion("");
        }
        ArrayNode owned = ScaleOwnership.toParent(managed, scaleMetadata.node().get("managedFields"),
                parent.kind().apiVersion(), ownedPaths());
        if (owned.isEmpty()) {
            result.node().remove("managedFields");
        } else {
            result.node().set("managedFields", owned);
        }
        return object;
    }

    private Map<String, List<String>> ownedPaths() {
        return Map.of(parent.kind().apiVersion(), paths.specReplicas());
    }

    private static void requireValid(ObjectNode scale) {
        long replicas = scale.path("spec").path("replicas").longValue(0);
        if (replicas < 0) {
            throw new StatusException(Status.invalid(KIND, Metadata.of(scale).name(),
                    List.of(FieldError.invalid("spec.replicas", replicas, "must be greater than or equal to 0"))));
        }
    }

    private Answer answer(ObjectNode object) {
        return new Answer.Tree(200, KIND, scale.type(), scaleOf(object), scale);
    }

    /** The Scale of an object. */
    private ObjectNode scaleOf(ObjectNode object) {
        ObjectNode result = JsonNodeFactory.instance.objectNode().put("kind", KIND.kind()).put("apiVersion",
                KIND.apiVersion());
        ObjectNode metadata = result.putObject("metadata");
        for (String field : List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
            JsonNode value = object.path("metadata").get(field);
            if (value != null) {
                metadata.set(field, value);
            }
        }
        ObjectNode spec = result.putObject("spec");
        int replicas = at(object, paths.specReplicas()).intValue(0);
        if (replicas != 0) {
            spec.put("replicas", replicas);
        }
        ObjectNode status = result.putObject("status").put("replicas",
                at(object, paths.statusReplicas()).intValue(0));
        String selector = selector(at(object, paths.selector()));
        if (!selector.isEmpty()) {
            status.put("selector", selector);
        }
        return result;
    }

    private static String selector(JsonNode selector) {
        if (selector.isString()) {
            return selector.asString();
        }
        boolean structured = selector.has("matchLabels") || selector.has("matchExpressions");
        if (structured) {
            return LabelSelector.of(selector).toString();
        }
        Map<String, String> labels = new TreeMap<>();
        selector.forEachEntry((key, value) -> labels.put(key, value.asString()));
        return labels.isEmpty() ? "" : LabelSelector.ofLabels(labels).toString();
    }

    private static JsonNode at(JsonNode object, List<String> path) {
        JsonNode node = object;
        for (String part : path) {
            node = node.path(part);
        }
        return path.isEmpty() ? JsonNodeFactory.instance.missingNode() : node;
    }

    private static void put(ObjectNode object, List<String> path, int value) {
        ObjectNode node = object;
        for (String part : path.subList(0, path.size() - 1)) {
            node = node.withObjectProperty(part);
        }
        node.put(path.getLast(), value);
    }
}
