package io.myriad.controller.endpointslice;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.controller.model.Node;
import io.myriad.controller.model.Pod;
import io.myriad.controller.model.Service;

/**
 * A pod behind a Service, at one address.
 *
 * @param address its IP address
 * @param ready whether it is to get new connections
 * @param serving whether it answers, also while it is being deleted
 * @param terminating whether it is being deleted
 * @param hostname its name within a headless Service, or empty
 * @param node its node, or empty
 * @param zone its node's zone, or empty
 * @param pod name and uid of the pod
 * @param hints where connections should come from, by the Service's traffic distribution
 */
record Endpoint(String address, boolean ready, boolean serving, boolean terminating, String hostname, String node,
        String zone, Target pod, Hints hints) {
    /** A pod. */
    record Target(String namespace, String name, String uid) {}

    /** A zone and a node, each may be empty. */
    record Hints(String zone, String node) {}

    /** What makes it the same endpoint at another time. */
    record Identity(String address, String podUid) {}

    Identity identity() {
        return new Identity(address, pod.uid);
    }

    static Endpoint of(Pod pod, String address, @Nullable Node node, Service service) {
        boolean serving = pod.ready();
        boolean terminating = pod.meta().terminating();
        boolean ready = service.publishNotReady() || pod.ready() && !terminating;
        String zone = node == null ? "" : node.meta().labels().getOrDefault("topology.kubernetes.io/zone", "");
        boolean named = !pod.network().hostname().isEmpty()
                && pod.network().subdomain().equals(service.meta().name());
        boolean sameNode = service.trafficDistribution().equals("PreferSameNode");
        boolean close = sameNode || service.trafficDistribution().equals("PreferClose")
                || service.trafficDistribution().equals("PreferSameZone");
        Hints hints = ready ? new Hints(close ? zone : "", sameNode ? pod.nodeName() : "") : new Hints("", "");
        return new Endpoint(address, ready, serving, terminating, named ? pod.network().hostname() : "",
                pod.nodeName(), zone, new Target(pod.meta().namespace(), pod.meta().name(), pod.meta().uid()), hints);
    }

    static Endpoint read(JsonNode tree) {
        JsonNode conditions = tree.path("conditions");
        JsonNode target = tree.path("targetRef");
        JsonNode hints = tree.path("hints");
        return new Endpoint(tree.path("addresses").path(0).asString(""), conditions.path("ready").asBoolean(false),
                conditions.path("serving").asBoolean(false), conditions.path("terminating").asBoolean(false),
                tree.path("hostname").asString(""), tree.path("nodeName").asString(""), tree.path("zone").asString(""),
                new Target(target.path("namespace").asString(""), target.path("name").asString(""),
                        target.path("uid").asString("")),
                new Hints(hints.path("forZones").path(0).path("name").asString(""),
                        hints.path("forNodes").path(0).path("name").asString("")));
    }

    ObjectNode tree() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.putArray("addresses").add(address);
        tree.putObject("conditions").put("ready", ready).put("serving", serving).put("terminating", terminating);
        if (!hostname.isEmpty()) {
            tree.put("hostname", hostname);
        }
        tree.putObject("targetRef").put("kind", "Pod").put("namespace", pod.namespace).put("name", pod.name).put("uid",
                pod.uid);
        if (!node.isEmpty()) {
            tree.put("nodeName", node);
        }
        if (!zone.isEmpty()) {
            tree.put("zone", zone);
        }
        if (!hints.zone.isEmpty()) {
            tree.withObject("hints").putArray("forZones").addObject().put("name", hints.zone);
        }
        if (!hints.node.isEmpty()) {
            tree.withObject("hints").putArray("forNodes").addObject().put("name", hints.node);
        }
        return tree;
    }
}
