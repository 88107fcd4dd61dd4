package io.myriad.controller.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;

import io.myriad.control.client.ApiObject;
import io.myriad.control.informer.Extractor;

/** Makes {@link Service}s of objects. Thread-safe. */
final class ServiceReader implements Extractor<Service> {
    private final MetaReader metadata;

    ServiceReader(MetaReader metadata) {
        this.metadata = metadata;
    }

    @Override
    public Service extract(ApiObject object) {
        JsonNode spec = object.tree().path("spec");
        Map<String, String> selector = new HashMap<>();
        if (!spec.path("type").asString("").equals("ExternalName")) {
            spec.path("selector").properties().forEach(one -> selector.put(one.getKey(), one.getValue().asString("")));
        }
        String clusterIp = spec.path("clusterIP").asString("");
        List<String> families = new ArrayList<>(2);
        spec.path("ipFamilies").forEach(family -> families.add(family.asString("")));
        if (families.isEmpty()) {
            families.add(clusterIp.contains(":") ? "IPv6" : "IPv4");
        }
        List<Service.Port> ports = new ArrayList<>();
        for (JsonNode port : spec.path("ports")) {
            JsonNode target = port.has("targetPort") ? port.path("targetPort") : port.path("port");
            ports.add(new Service.Port(port.path("name").asString(""), port.path("protocol").asString("TCP"),
                    port.path("appProtocol").asString(""), target.asString("")));
        }
        return new Service(metadata.read(object), Map.copyOf(selector), clusterIp.isEmpty() || clusterIp.equals("None"),
                List.copyOf(families), spec.path("publishNotReadyAddresses").asBoolean(false), List.copyOf(ports),
                spec.path("trafficDistribution").asString(""));
    }
}
