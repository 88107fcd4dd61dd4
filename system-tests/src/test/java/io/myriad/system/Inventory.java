package io.myriad.system;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.fabric8.kubernetes.client.KubernetesClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every object of a cluster, found by discovery: all resources of all groups that can be listed.
 *
 * @param objects by path, such as {@code /apis/apps/v1/deployments default/web}
 * @param version the newest version in any list
 */
record Inventory(Map<String, Item> objects, long version) {
    /** What is compared of an object; {@code content} is everything but its version, the managed fields and the status. */
    record Item(String uid, long version, JsonNode content) {}

    /** Lists everything. */
    static Inventory of(KubernetesClient client) {
        Map<String, Item> objects = new TreeMap<>();
        long[] newest = new long[1];
        collect(client, "/api/v1", objects, newest);
        for (JsonNode group : read(client, "/apis").path("groups")) {
            collect(client, "/apis/" + group.path("preferredVersion").path("groupVersion").asString(), objects, newest);
        }
        return new Inventory(objects, newest[0]);
    }

    /** Lists everything when two lists after one another show the same: when nobody creates, deletes or changes content. */
    static Inventory ofQuiet(KubernetesClient client) {
        Inventory[] last = {of(client)};
        Eventually.holds("nothing changes any more", TestCluster.PATIENCE, () -> {
            Inventory now = of(client);
            boolean same = now.contents().equals(last[0].contents());
            last[0] = now;
            return same;
        });
        return last[0];
    }

    private Map<String, JsonNode> contents() {
        Map<String, JsonNode> contents = new TreeMap<>();
        objects.forEach((path, item) -> {
            if (isSettled(path)) {
                contents.put(path, item.content);
            }
        });
        return contents;
    }

    /** A lease's content is when it was renewed, and events count what happens again. */
    private static boolean isSettled(String path) {
        return !path.contains("/leases ") && !path.contains("/events ");
    }

    private static void collect(KubernetesClient client, String groupVersion, Map<String, Item> objects,
            long[] newest) {
        for (JsonNode resource : read(client, groupVersion).path("resources")) {
            String name = resource.path("name").asString();
            boolean listed = false;
            for (JsonNode verb : resource.path("verbs")) {
                listed |= verb.asString().equals("list");
            }
            if (!listed || name.contains("/")) {
                continue;
            }
            String path = groupVersion + "/" + name;
            JsonNode list = read(client, path);
            newest[0] = Math.max(newest[0], Long.parseLong(
                    list.path("metadata").path("resourceVersion").asString("0")));
            for (JsonNode item : list.path("items")) {
                JsonNode metadata = item.path("metadata");
                ObjectNode content = ((ObjectNode) item).deepCopy();
                content.remove("status");
                content.withObject("metadata").remove(List.of("resourceVersion", "managedFields"));
                objects.put(path + " " + metadata.path("namespace").asString("") + "/"
                        + metadata.path("name").asString(),
                        new Item(metadata.path("uid").asString(""),
                                Long.parseLong(metadata.path("resourceVersion").asString("0")), content));
            }
        }
    }

    private static JsonNode read(KubernetesClient client, String path) {
        String answer = client.raw(path);
        assertThat(answer).as("GET %s", path).isNotNull();
        return JsonMapper.shared().readTree(answer);
    }

    /** Fails unless a later inventory holds every object of this one: same uid, same content, no older version. */
    void assertKeptIn(Inventory later) {
        assertThat(later.version).isGreaterThanOrEqualTo(version);
        objects.forEach((path, item) -> {
            Item kept = later.objects.get(path);
            assertThat(kept).as(path).isNotNull();
            assertThat(kept.uid).as("uid of %s", path).isEqualTo(item.uid);
            assertThat(kept.version).as("version of %s", path).isGreaterThanOrEqualTo(item.version);
            if (isSettled(path)) {
                assertThat(kept.content).as(path).isEqualTo(item.content);
            }
        });
    }
}
