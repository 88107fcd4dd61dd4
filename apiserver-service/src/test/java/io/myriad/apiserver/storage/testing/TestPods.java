package io.myriad.apiserver.storage.testing;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.api.codec.ProtobufReader;
import io.myriad.api.codec.ProtobufWriter;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Resource;
import io.myriad.api.schema.Schema;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.Indexer;
import io.myriad.apiserver.storage.ProtobufIndexer;

/** Small pods as stored bytes, for tests of storage. */
public final class TestPods {
    /** Selectable fields of pods, as far as tests need them. */
    public static final Map<String, List<String>> SELECTABLE = Map.of("spec.nodeName", List.of("spec", "nodeName"),
            "status.phase", List.of("status", "phase"), "spec.hostNetwork", List.of("spec", "hostNetwork"));
    public static final GroupVersionKind KIND = new GroupVersionKind("", "v1", "Pod");

    private TestPods() {}

    public static Resource resource() {
        Resource resource = Schema.builtin().resource(new GroupVersionResource("", "v1", "pods"));
        if (resource == null) {
            throw new IllegalStateException("no pods");
        }
        return resource;
    }

    public static ObjectType type() {
        return resource().type();
    }

    public static Indexer indexer() {
        return new ProtobufIndexer(type(), SELECTABLE);
    }

    /** The message of a pod; {@code note} makes versions of it differ. */
    public static byte[] pod(String namespace, String name, String node, Map<String, String> labels, String note) {
        ObjectNode pod = JsonNodeFactory.instance.objectNode();
        ObjectNode metadata = pod.putObject("metadata");
        metadata.put("name", name).put("namespace", namespace);
        ObjectNode labelNode = metadata.putObject("labels");
        new TreeMap<>(labels).forEach(labelNode::put);
        metadata.putObject("annotations").put("note", note);
        pod.putObject("spec").put("nodeName", node);
        pod.putObject("status").put("phase", node.isEmpty() ? "Pending" : "Running");
        return ProtobufWriter.write(pod, type());
    }

    /** The tree of a pod's bytes. */
    public static ObjectNode read(CachedObject object) {
        return ProtobufReader.read(object.bytes(), 0, object.bytes().length, type());
    }

    /** The note in a pod's bytes. */
    public static String note(CachedObject object) {
        return read(object).path("metadata").path("annotations").path("note").stringValue("");
    }

    /** The version that the bytes say. */
    public static String versionInBytes(CachedObject object) {
        return read(object).path("metadata").path("resourceVersion").stringValue("");
    }
}
