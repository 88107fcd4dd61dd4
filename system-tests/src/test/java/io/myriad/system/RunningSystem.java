package io.myriad.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

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

    /** A page over TLS as the owner of a certificate; empty unless the answer is 200. */
    String page(int port, String authority, String identity, String path) {
        HttpResponse<String> answer = get(port, authority, identity, path);
        return answer.statusCode() == 200 ? answer.body() : "";
    }

    /** What a server answers the owner of a certificate. */
    HttpResponse<String> get(int port, String authority, String identity, String path) {
        try (HttpClient client = HttpClient.newBuilder().sslContext(tls(authority, identity)).build()) {
            return client.send(HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
                    .timeout(Duration.ofSeconds(10)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private SSLContext tls(String authority, String identity) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("authority", certificate(authority));
        String key = Files.readString(pki().resolve(identity + ".key")).replaceAll("-----[^-]+-----|\\s", "");
        store.setKeyEntry("identity",
                KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(key))),
                new char[0], new Certificate[]{certificate(identity + ".crt")});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private Certificate certificate(String file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(pki().resolve(file))) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
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
