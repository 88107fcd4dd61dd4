package io.myriad.system;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import tools.jackson.databind.JsonNode;

/** What a cluster of the command's shows to Prometheus: pages, ports and who may read them. */
record RunningSystem(MyriadCommand myriad, String name) {
    /** Where the certificates are. */
    Path pki() {
        return myriad.home().resolve("myriad").resolve("clusters").resolve(name).resolve("pki");
    }

    /** The ports with metrics by service, such as {@code store-1}. */
    Map<String, Integer> metricsPorts() throws Exception {
        Map<String, Integer> ports = new TreeMap<>();
        for (JsonNode service : myriad.status(name).path("services")) {
            String key = service.path("name").asString();
            ports.put(key, service.path("ports").path(key.startsWith("store") ? "client" : "secure").asInt());
        }
        return ports;
    }

    /** The text of a service's {@code /metrics}, read as Prometheus reads it. */
    String metrics(String service, int port) {
        boolean store = service.startsWith("store");
        return page(port, store ? "etcd/ca.crt" : "ca.crt", store ? "apiserver-etcd-client" : "monitoring",
                "/metrics");
    }

    /** A page over TLS as the owner of a certificate. */
    String page(int port, String authority, String identity, String path) {
        Config config = new ConfigBuilder(Config.empty()).withMasterUrl("https://127.0.0.1:" + port)
                .withCaCertFile(pki().resolve(authority).toString())
                .withClientCertFile(pki().resolve(identity + ".crt").toString())
                .withClientKeyFile(pki().resolve(identity + ".key").toString()).withHttp2Disable(true)
                .withRequestTimeout(10_000).withRequestRetryBackoffLimit(0).build();
        try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
            return String.valueOf(client.raw(path));
        }
    }

    /** The names of the samples of all services. */
    Set<String> sampleNames() throws Exception {
        Set<String> names = new TreeSet<>();
        for (Map.Entry<String, Integer> service : metricsPorts().entrySet()) {
            metrics(service.getKey(), service.getValue()).lines().filter(line -> !line.startsWith("#"))
                    .forEach(line -> names.add(line.split("[{ ]", 2)[0]));
        }
        return names;
    }

    /** The API as its administrator sees it. */
    KubernetesClient client() {
        return new KubernetesClientBuilder().withConfig(new ConfigBuilder(
                Config.fromKubeconfig(myriad.kubeconfig().toFile())).withRequestTimeout(10_000).build()).build();
    }
}
