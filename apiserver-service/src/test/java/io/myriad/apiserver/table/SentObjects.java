package io.myriad.apiserver.table;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.codec.JsonReader;
import io.myriad.api.schema.Resource;
import io.myriad.apiserver.kind.Strategies;
import io.myriad.apiserver.kind.Strategy;

/** Completes the objects that recorded requests sent with what the server had added by the time it printed them. */
final class SentObjects {
    private static final Strategies STRATEGIES = new Strategies(InstantSource.system());

    private SentObjects() {}

    static ObjectNode complete(JsonNode golden, Resource resource) {
        ObjectNode sent = (ObjectNode) golden.path("sent");
        ObjectNode object = JsonReader.read(sent.toString().getBytes(StandardCharsets.UTF_8), resource.type()).object();
        Strategy strategy = STRATEGIES.of(resource.kind(),
                resource.subresources().stream().anyMatch(subresource -> subresource.name().equals("status")));
        ObjectNode metadata = object.get("metadata") instanceof ObjectNode known ? known : object.putObject("metadata");
        String path = golden.path("path").asString();
        metadata.put("name", path.substring(path.lastIndexOf('/') + 1)).put("uid", "u");
        strategy.applyDefaults(object);
        strategy.prepareForCreate(object);
        if (golden.path("status").isObject()) {
            object.set("status", golden.path("status").deepCopy());
        }
        if (resource.name().resource().equals("certificatesigningrequests")) {
            ((ObjectNode) object.get("spec")).put("username", "admin");
        }
        if (resource.name().resource().equals("apiservices") && !object.path("spec").has("service")) {
            object.putObject("status").putArray("conditions").addObject().put("type", "Available")
                    .put("status", "True");
        }
        if (resource.name().resource().equals("services")) {
            ObjectNode spec = (ObjectNode) object.get("spec");
            if (!spec.path("type").asString().equals("ExternalName") && !spec.has("clusterIPs")) {
                spec.putArray("clusterIPs").add("<ip>");
            }
            for (JsonNode port : spec.path("ports")) {
                ((ObjectNode) port).put("protocol", port.path("protocol").asString("TCP"));
                if (spec.path("type").asString().equals("LoadBalancer")) {
                    ((ObjectNode) port).put("nodePort", "<port>");
                }
            }
        }
        return object;
    }

    /** Puts the allocated addresses and ports, which differ from run to run, back from the recorded cells. */
    static void setAddresses(ObjectNode object, JsonNode cells) {
        JsonNode addresses = object.path("spec").path("clusterIPs");
        if (addresses.path(0).asString("").equals("<ip>")) {
            ((ObjectNode) object.get("spec")).putArray("clusterIPs").add(cells.get(2));
        }
        String[] ports = cells.path(4).asString("").split(",");
        JsonNode servicePorts = object.path("spec").path("ports");
        for (int i = 0; i < servicePorts.size(); i++) {
            if (servicePorts.get(i).path("nodePort").asString("").equals("<port>")) {
                String nodePort = ports[i].substring(ports[i].indexOf(':') + 1, ports[i].indexOf('/'));
                ((ObjectNode) servicePorts.get(i)).put("nodePort", Integer.parseInt(nodePort));
            }
        }
    }
}
