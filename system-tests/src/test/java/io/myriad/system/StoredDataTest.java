package io.myriad.system;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two API servers, the real one and ours, at the same time over one store: each reads what the other has written, and
 * both show every object as the same JSON. Once over a real etcd, once over our store.
 */
@Tag("peers")
class StoredDataTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    /** Made anew for each answer. */
    private static final Set<String> NOT_STORED = Set.of("/api/v1/componentstatuses");
    /**
     * What the real server fills in whenever it reads, and we when we write: a pending claim's phase, and the labels of a
     * job, which are those of its template unless it has its own.
     */
    private static final Pattern FILLED_IN_BY_READING = Pattern.compile(
            "/api/v1/persistentvolumeclaims\\.items\\[\\d+]\\.status\\.phase: .*"
                    + "|/apis/batch/v1/jobs\\.items\\[\\d+]\\.metadata\\.labels: .*");
    /** Not compared, as they change all the time: who holds them renews them. */
    private static final Set<String> IN_MOTION = Set.of("/apis/coordination.k8s.io/v1/leases");

    @TempDir
    static Path directory;
    private static Path assets;

    @BeforeAll
    static void export() throws Exception {
        assets = directory.resolve("assets");
        new MyriadCommand(directory).run("export", "assets", assets.toString());
    }

    @Test
    void overARealEtcd() throws Exception {
        try (RealControlPlane real = RealControlPlane.start(directory.resolve("etcd"), "")) {
            bothRead(real, real.etcd());
        }
    }

    @Test
    void overOurStore() throws Exception {
        int port = RealControlPlane.freePort();
        int peerPort = RealControlPlane.freePort();
        String url = "http://127.0.0.1:" + port;
        String peer = "http://127.0.0.1:" + peerPort;
        Program etcd = new Program(assets.resolve("etcd"), directory, Map.of());
        try (Running store = etcd.start(directory.resolve("store.log"), "--name", "default", "--data-dir",
                directory.resolve("store-data").toString(), "--listen-client-urls", url, "--advertise-client-urls",
                url, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster",
                "default=" + peer)) {
            Eventually.holds("the store serves", PATIENCE,
                    () -> store.output().contains("ready to serve client requests"));
            try (RealControlPlane real = RealControlPlane.start(directory.resolve("over-store"), url)) {
                bothRead(real, url);
            }
        }
    }

    private static void bothRead(RealControlPlane real, String store) throws Exception {
        Program theirs = real.kubectl();
        write(theirs, "from-the-real-server");
        int port = RealControlPlane.freePort();
        Program server = new Program(assets.resolve("kube-apiserver"), real.directory(), Map.of());
        try (Running ours = server.start(real.directory().resolve("ours.log"),
                real.flagsOfAnother(port, store).toArray(String[]::new))) {
            Program kubectl = real.kubectl(port);
            Eventually.holds("our API server is ready: " + ours.output(), PATIENCE,
                    () -> kubectl.call("get", "--raw", "/readyz").out().equals("ok"));
            write(kubectl, "from-our-server");
            try (ApiProxy theirApi = new ApiProxy(theirs, real.directory());
                    ApiProxy ourApi = new ApiProxy(kubectl, real.directory())) {
                assertThat(differences(theirApi, ourApi)).isEmpty();
            }
            eachChangesWhatTheOtherWrote(theirs, kubectl);
        }
    }

    private static void write(Program kubectl, String namespace) throws IOException {
        kubectl.run("create", "namespace", namespace);
        // No controller makes it here, and pods need one.
        kubectl.run("create", "serviceaccount", "default", "--namespace", namespace);
        String manifest;
        try (InputStream in = StoredDataTest.class.getResourceAsStream("/objects.yaml")) {
            manifest = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        kubectl.runWith(manifest.replace("NAMESPACE", namespace), "create", "--namespace", namespace, "-f", "-");
    }

    private static void eachChangesWhatTheOtherWrote(Program theirs, Program ours) {
        ours.run("patch", "deployment", "web", "-n", "from-the-real-server", "-p", "{\"spec\":{\"replicas\":7}}");
        theirs.run("patch", "deployment", "web", "-n", "from-our-server", "-p", "{\"spec\":{\"replicas\":8}}");
        Eventually.holds("each sees the other's change", PATIENCE,
                () -> replicas(theirs, "from-the-real-server").equals("7")
                        && replicas(ours, "from-our-server").equals("8"));
        ours.run("delete", "configmap", "settings", "-n", "from-the-real-server");
        theirs.run("delete", "configmap", "settings", "-n", "from-our-server");
        Eventually.holds("each sees the other's deletion", PATIENCE,
                () -> theirs.call("get", "configmap", "settings", "-n", "from-the-real-server").exitCode() == 1
                        && ours.call("get", "configmap", "settings", "-n", "from-our-server").exitCode() == 1);
    }

    private static String replicas(Program kubectl, String namespace) {
        return kubectl.run("get", "deployment", "web", "-n", namespace, "-o", "jsonpath={.spec.replicas}");
    }

    /** What the two servers show differently, of all resources that both have. */
    private static List<String> differences(ApiProxy theirs, ApiProxy ours) throws IOException, InterruptedException {
        Set<String> paths = new HashSet<>(theirs.listable());
        paths.retainAll(new HashSet<>(ours.listable()));
        paths.removeAll(NOT_STORED);
        paths.removeAll(IN_MOTION);
        assertThat(paths).hasSizeGreaterThan(50);
        List<String> differences = new ArrayList<>();
        int objects = 0;
        for (String path : paths.stream().sorted().toList()) {
            JsonNode real = theirs.get(path);
            objects += real.path("items").size();
            compare(path, withoutVersion(real), withoutVersion(ours.get(path)), differences);
        }
        System.out.println("compared " + objects + " objects of " + paths.size() + " resources");
        return differences.stream().filter(difference -> !FILLED_IN_BY_READING.matcher(difference).matches()).toList();
    }

    private static JsonNode withoutVersion(JsonNode list) {
        if (list.path("metadata") instanceof ObjectNode metadata) {
            metadata.remove("resourceVersion");
        }
        return list;
    }

    private static void compare(String path, JsonNode real, JsonNode ours, List<String> differences) {
        if (real.equals(ours)) {
            return;
        }
        if (real.isObject() && ours.isObject()) {
            Set<String> names = new HashSet<>(real.propertyNames());
            names.addAll(ours.propertyNames());
            names.stream().sorted().forEach(
                    name -> compare(path + "." + name, real.path(name), ours.path(name), differences));
        } else if (real.isArray() && ours.isArray() && real.size() == ours.size()) {
            for (int i = 0; i < real.size(); i++) {
                compare(path + "[" + i + "]", real.path(i), ours.path(i), differences);
            }
        } else {
            differences.add(path + ": real " + real + ", ours " + ours);
        }
    }
}
