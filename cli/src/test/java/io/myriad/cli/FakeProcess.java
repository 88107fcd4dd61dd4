package io.myriad.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import io.myriad.certificates.Credential;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Stands in for every service's process: takes the flags that the real ones take, answers health checks, and as an API server counts the nodes that it was told of
 * as a hollow node service. The number of nodes 13 is one that it does not survive.
 */
public final class FakeProcess {
    private static final int UNLUCKY = 13;
    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

    private final Map<String, Running> running = new LinkedHashMap<>();

    private record Running(String section, List<HttpServer> servers) {}

    private FakeProcess() {}

    /** Takes what a java program takes: flags for the JVM, a main class, arguments. */
    public static void main(String... words) throws Exception {
        int main = IntStream.range(0, words.length).filter(i -> words[i].startsWith("io.myriad.")).findFirst()
                .orElseThrow();
        List<String> arguments = List.of(words).subList(main + 1, words.length);
        FakeProcess process = new FakeProcess();
        if (words[main].endsWith("AllInOneApplication")) {
            process.follow(Path.of(arguments.getFirst().substring("--arguments=".length())));
        } else {
            process.running.put(words[main], start(words[main], arguments));
            new java.util.concurrent.CountDownLatch(1).await();
        }
    }

    private void follow(Path file) throws Exception {
        String applied = "";
        while (true) {
            String text = Files.exists(file) ? Files.readString(file) : applied;
            if (!text.equals(applied)) {
                apply(text);
                applied = text;
                Path report = file.resolveSibling("arguments.applied.new");
                Files.writeString(report, text.lines().findFirst().orElseThrow().substring("generation ".length()));
                Files.move(report, file.resolveSibling("arguments.applied"), StandardCopyOption.ATOMIC_MOVE);
            }
            LockSupport.parkNanos(POLL_INTERVAL.toNanos());
        }
    }

    private void apply(String text) throws Exception {
        Map<String, String> sections = new LinkedHashMap<>();
        for (String section : text.substring(text.indexOf('[')).split("(?m)^(?=\\[)")) {
            sections.put(section.substring(1).split("[] ]")[0], section);
        }
        for (String name : List.copyOf(running.keySet())) {
            Running service = running.get(name);
            if (service != null && !service.section().equals(sections.get(name))) {
                service.servers().forEach(server -> server.stop(0));
                running.remove(name);
            }
        }
        for (Map.Entry<String, String> section : sections.entrySet()) {
            if (!running.containsKey(section.getKey())) {
                List<String> flags = section.getValue().lines().skip(1).toList();
                running.put(section.getKey(),
                        new Running(section.getValue(), start(section.getKey(), flags).servers()));
            }
        }
    }

    private static Running start(String name, List<String> words) throws Exception {
        Map<String, String> flags = new HashMap<>(words.stream().map(word -> word.substring(2).split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1])));
        System.out.println("2026-11-24T10:00:00.000Z INFO  " + name + " Fake: starts");
        List<HttpServer> servers = new ArrayList<>();
        if (flags.containsKey("nodes")) {
            Path directory = clusterDirectory(flags, "kubeconfig");
            int nodes = Integer.parseInt(flags.getOrDefault("nodes", "0"));
            if (nodes == UNLUCKY) {
                System.err.println("2026-11-24T10:00:00.000Z ERROR hollow-nodes Fake: thirteen is too much");
                System.exit(3);
            }
            List<String> names = new ArrayList<>(nodes(directory));
            IntStream.range(0, nodes).mapToObj(i -> "node-" + i).filter(node -> !names.contains(node))
                    .forEach(names::add);
            Files.write(directory.resolve("fake-nodes"), names);
        }
        if (flags.containsKey("etcd-servers")) {
            servers.add(apiServer(flags));
        }
        HttpServer management = HttpServer.create(address(flags, "management-port"), 0);
        management.createContext("/actuator/health/readiness",
                exchange -> answer(exchange, 200, "{\"status\":\"UP\"}"));
        management.createContext("/actuator/prometheus",
                exchange -> answer(exchange, 200, "leader_election_master_status{name=\"x\"} "
                        + (flags.getOrDefault("management-port", "").hashCode() % 2 == 0 ? "1.0\n" : "0.0\n")));
        management.start();
        servers.add(management);
        return new Running("", servers);
    }

    private static HttpServer apiServer(Map<String, String> flags) throws Exception {
        Path directory = clusterDirectory(flags, "tls-cert-file");
        HttpsServer server = HttpsServer.create(address(flags, "secure-port"), 0);
        server.setHttpsConfigurator(
                new HttpsConfigurator(tls(Credential.read(Path.of(flags.getOrDefault("tls-cert-file", "")),
                        Path.of(flags.getOrDefault("tls-private-key-file", ""))))));
        server.createContext("/api/v1/nodes", exchange -> {
            List<String> nodes = nodes(directory);
            if (exchange.getRequestMethod().equals("DELETE")) {
                String path = exchange.getRequestURI().getPath();
                Files.write(directory.resolve("fake-nodes"),
                        nodes.stream().filter(node -> !path.endsWith("/" + node)).toList());
                answer(exchange, 200, "{}");
            } else {
                answer(exchange, 200, nodes.stream().map(node -> "{\"metadata\":{\"name\":\"" + node
                        + "\"},\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}")
                        .collect(Collectors.joining(",", "{\"metadata\":{},\"items\":[", "]}")));
            }
        });
        server.createContext("/apis/rbac.authorization.k8s.io/v1/", exchange -> answer(exchange, 201, "{}"));
        server.start();
        return server;
    }

    private static List<String> nodes(Path directory) throws IOException {
        Path file = directory.resolve("fake-nodes");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    /** The directory above {@code pki}. */
    private static Path clusterDirectory(Map<String, String> flags, String flag) {
        return Path.of(flags.getOrDefault(flag, "")).resolve("../..").normalize();
    }

    private static InetSocketAddress address(Map<String, String> flags, String flag) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(flags.getOrDefault(flag, "0")));
    }

    private static SSLContext tls(Credential credential) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("own", credential.privateKey(), new char[0], new X509Certificate[]{credential.certificate()});
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static void answer(HttpExchange exchange, int code, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** A program that takes java's arguments and runs this class with them. */
    static Path program(Path directory) throws IOException {
        Path file = directory.resolve("java");
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(":"))
                .collect(Collectors.joining(":"));
        Files.writeString(file,
                "#!/bin/sh\nexec " + System.getProperty("java.home")
                        + "/bin/java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx64m -cp '" + classPath
                        + "' io.myriad.cli.FakeProcess \"$@\"\n");
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }
}
