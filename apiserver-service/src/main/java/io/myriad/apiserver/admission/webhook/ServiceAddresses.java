package io.myriad.apiserver.admission.webhook;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.apiserver.storage.ObjectLookup;

/** Finds a ready endpoint of a service. Cluster addresses are of no use here: nothing routes them for this process. */
public final class ServiceAddresses {
    private static final GroupVersionResource SERVICES = new GroupVersionResource("", "v1", "services");
    private static final GroupVersionResource SLICES = new GroupVersionResource("discovery.k8s.io", "v1",
            "endpointslices");
    private static final String OWNER = "kubernetes.io/service-name";

    private final ObjectLookup lookup;
    private final RandomGenerator random;

    /** @param random picks one of several endpoints */
    public ServiceAddresses(ObjectLookup lookup, RandomGenerator random) {
        this.lookup = lookup;
        this.random = random;
    }

    /**
     * An endpoint, or an external name.
     *
     * @throws IOException when there is none
     */
    InetSocketAddress find(Endpoint.Service wanted) throws IOException {
        ObjectNode service = lookup.cached(SERVICES, wanted.namespace(), wanted.name());
        if (service == null) {
            throw new IOException("service \"" + wanted.name() + "\" not found");
        }
        JsonNode spec = service.path("spec");
        if (spec.path("type").asString("").equals("ExternalName")) {
            return new InetSocketAddress(spec.path("externalName").asString(""), wanted.port());
        }
        String port = null;
        for (JsonNode candidate : spec.path("ports")) {
            if (candidate.path("port").intValue(0) == wanted.port()) {
                port = candidate.path("name").asString("");
            }
        }
        if (port == null) {
            throw new IOException("service \"" + wanted.name() + "\" has no port " + wanted.port());
        }
        List<InetSocketAddress> ready = ready(wanted, port);
        if (ready.isEmpty()) {
            throw new IOException("no endpoints available for service \"" + wanted.name() + "\"");
        }
        return ready.get(random.nextInt(ready.size()));
    }

    private List<InetSocketAddress> ready(Endpoint.Service wanted, String portName) {
        List<InetSocketAddress> found = new ArrayList<>();
        for (ObjectNode slice : lookup.select(SLICES, wanted.namespace(), "", "")) {
            if (!slice.path("metadata").path("labels").path(OWNER).asString("").equals(wanted.name())) {
                continue;
            }
            for (JsonNode port : slice.path("ports")) {
                if (!port.path("name").asString("").equals(portName)) {
                    continue;
                }
                for (JsonNode endpoint : slice.path("endpoints")) {
                    if (endpoint.path("conditions").path("ready").booleanValue(true)) {
                        endpoint.path("addresses").forEach(address -> found.add(
                                new InetSocketAddress(address.asString(""), port.path("port").intValue(0))));
                    }
                }
            }
        }
        return found;
    }
}
