package io.myriad.controller.endpointslice;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.controller.model.Workload;

/**
 * An EndpointSlice, as it is or as it shall be.
 *
 * @param name its name, empty for one that is to be created
 * @param group what its endpoints have in common
 * @param endpoints the endpoints
 * @param labels its labels
 */
record Slice(String name, Group group, List<Endpoint> endpoints, Map<String, String> labels) {
    /** A port of a slice. */
    record Port(String name, int number, String protocol, String appProtocol) {}

    /**
     * What all endpoints of a slice have in common.
     *
     * @param addressType IPv4 or IPv6
     * @param ports the ports, sorted
     */
    record Group(String addressType, List<Port> ports) {}

    static Slice read(Workload slice) {
        ObjectNode tree = slice.tree();
        List<Port> ports = new ArrayList<>();
        for (JsonNode port : tree.path("ports")) {
            ports.add(new Port(port.path("name").asString(""), port.path("port").asInt(0),
                    port.path("protocol").asString("TCP"), port.path("appProtocol").asString("")));
        }
        List<Endpoint> endpoints = new ArrayList<>(tree.path("endpoints").size());
        tree.path("endpoints").forEach(one -> endpoints.add(Endpoint.read(one)));
        return new Slice(slice.meta().name(), group(tree.path("addressType").asString(""), ports), endpoints,
                slice.meta().labels());
    }

    static Group group(String addressType, List<Port> ports) {
        return new Group(addressType, ports.stream().sorted(java.util.Comparator.comparing(Port::toString)).toList());
    }

    /** Writes endpoints, ports and labels into an object. */
    void fill(ObjectNode tree) {
        tree.put("addressType", group.addressType);
        ObjectNode labelTree = tree.withObject("metadata").putObject("labels");
        labels.forEach(labelTree::put);
        ArrayNode list = tree.putArray("endpoints");
        endpoints.forEach(endpoint -> list.add(endpoint.tree()));
        ArrayNode portList = JsonNodeFactory.instance.arrayNode();
        for (Port port : group.ports) {
            ObjectNode one = portList.addObject().put("name", port.name).put("protocol", port.protocol).put("port",
                    port.number);
            if (!port.appProtocol.isEmpty()) {
                one.put("appProtocol", port.appProtocol);
            }
        }
        tree.set("ports", portList);
    }
}
