package io.myriad.controller.endpoints;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.controller.model.Pod;
import io.myriad.controller.model.Service;

/**
 * The subsets of an Endpoints object: addresses that have the same ports stand together, each once, sorted. Pure.
 *
 * @param subsets the subsets, as the API writes them
 * @param truncated whether addresses had to be left out
 */
record Subsets(ArrayNode subsets, boolean truncated) {
    /** Addresses of one object at most; more are a matter for EndpointSlices. */
    static final int ADDRESSES_MAX = 1000;

    private record Port(String name, int number, String protocol, String appProtocol) {}

    private record Address(String ip, String uid, boolean ready) {}

    static Subsets of(Service service, Collection<Pod> pods) {
        Map<Address, Pod> addresses = new TreeMap<>(Comparator.comparing(Address::ready).reversed()
                .thenComparing(Address::ip).thenComparing(Address::uid));
        for (Pod pod : pods) {
            boolean counts = service.selects(pod) && !pod.finished()
                    && (service.publishNotReady() || !pod.meta().terminating());
            String ip = counts ? address(service, pod) : "";
            if (!ip.isEmpty()) {
                addresses.put(new Address(ip, pod.meta().uid(), service.publishNotReady() || pod.ready()), pod);
            }
        }
        Map<List<Port>, ObjectNode> subsets = new TreeMap<>(Comparator.comparing(List<Port>::toString));
        int count = 0;
        for (Map.Entry<Address, Pod> entry : addresses.entrySet()) {
            List<Port> ports = ports(service, entry.getValue());
            boolean portless = ports.isEmpty() && !(service.headless() && service.ports().isEmpty());
            if (!portless && ++count <= ADDRESSES_MAX) {
                ObjectNode subset = subsets.computeIfAbsent(ports, Subsets::subset);
                subset.withArray(entry.getKey().ready ? "addresses" : "notReadyAddresses")
                        .add(tree(service, entry.getKey().ip, entry.getValue()));
            }
        }
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        subsets.values().forEach(result::add);
        return new Subsets(result, count > ADDRESSES_MAX);
    }

    private static String address(Service service, Pod pod) {
        boolean six = service.families().getFirst().equals("IPv6");
        for (String address : pod.addresses()) {
            if (address.contains(":") == six) {
                return address;
            }
        }
        return "";
    }

    private static List<Port> ports(Service service, Pod pod) {
        TreeSet<Port> ports = new TreeSet<>(Comparator.comparing(Port::toString));
        for (Service.Port port : service.ports()) {
            int number = port.number(pod);
            if (number > 0) {
                ports.add(new Port(port.name(), number, port.protocol(), port.appProtocol()));
            }
        }
        return List.copyOf(ports);
    }

    private static ObjectNode subset(List<Port> ports) {
        ObjectNode subset = JsonNodeFactory.instance.objectNode();
        if (!ports.isEmpty()) {
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            for (Port port : ports) {
                ObjectNode one = list.addObject();
                if (!port.name.isEmpty()) {
                    one.put("name", port.name);
                }
                one.put("port", port.number).put("protocol", port.protocol);
                if (!port.appProtocol.isEmpty()) {
                    one.put("appProtocol", port.appProtocol);
                }
            }
            subset.set("ports", list);
        }
        return subset;
    }

    private static ObjectNode tree(Service service, String ip, Pod pod) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode().put("ip", ip);
        if (!pod.network().hostname().isEmpty() && pod.network().subdomain().equals(service.meta().name())) {
            tree.put("hostname", pod.network().hostname());
        }
        if (!pod.nodeName().isEmpty()) {
            tree.put("nodeName", pod.nodeName());
        }
        tree.putObject("targetRef").put("kind", "Pod").put("namespace", pod.meta().namespace())
                .put("name", pod.meta().name()).put("uid", pod.meta().uid());
        return tree;
    }

    /** A comparable form of the subsets of an object: order does not count. */
    static Map<String, TreeSet<String>> comparable(JsonNode subsets) {
        Map<String, TreeSet<String>> comparable = new LinkedHashMap<>(); // equal maps have equal entries in any order
        for (JsonNode subset : subsets) {
            TreeSet<String> ports = new TreeSet<>();
            subset.path("ports").forEach(port -> ports.add(new Port(port.path("name").asString(""),
                    port.path("port").asInt(0), port.path("protocol").asString("TCP"),
                    port.path("appProtocol").asString("")).toString()));
            TreeSet<String> addresses = comparable.computeIfAbsent(ports.toString(), any -> new TreeSet<>());
            for (String list : List.of("addresses", "notReadyAddresses")) {
                for (JsonNode address : subset.path(list)) {
                    addresses.add(list + " " + address.path("ip").asString("") + " "
                            + address.path("hostname").asString("") + " " + address.path("nodeName").asString("") + " "
                            + address.path("targetRef").path("uid").asString(""));
                }
            }
        }
        return comparable;
    }
}
