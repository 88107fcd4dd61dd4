package io.myriad.apiserver.admission.webhook;

import java.net.URI;

import tools.jackson.databind.JsonNode;

/** Where a webhook is: at a URL, or behind a service. */
public sealed interface Endpoint {
    /** Certificates that its own is checked against, PEM in base64; empty for the system's. */
    String authorities();

    /** At a URL, which is {@code https}. */
    record Url(URI url, String authorities) implements Endpoint {}

    /** Behind a service. */
    record Service(String namespace, String name, int port, String path, String authorities) implements Endpoint {
        /** The name that its certificate must be for. */
        public String host() {
            return name + "." + namespace + ".svc";
        }
    }

    /** @param client a {@code clientConfig} */
    static Endpoint of(JsonNode client) {
        String authorities = client.path("caBundle").asString("");
        JsonNode service = client.path("service");
        if (service.isObject()) {
            String path = service.path("path").asString("/");
            return new Service(service.path("namespace").asString(""), service.path("name").asString(""),
                    service.path("port").intValue(443), path.startsWith("/") ? path : "/" + path, authorities);
        }
        return new Url(URI.create(client.path("url").asString("")), authorities);
    }
}
