package io.myriad.cli.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.cli.UserError;
import io.myriad.cli.cluster.Cluster.ProcessSpec;
import io.myriad.cli.settings.ClusterSettings;
import io.myriad.cli.settings.ClusterSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

final class ClusterTest {
    private static final Random RANDOM = new Random(1);

    @TempDir
    private Path home;

    @Test
    void oneOfEachRunsInOneProcess() throws Exception {
        Cluster cluster = create("one", new ClusterSize(10, 1, 1, 1, 1, false)).cluster();

        assertThat(cluster.processes()).singleElement().satisfies(process -> {
            assertThat(process.name()).isEqualTo("all-in-one");
            assertThat(process.arguments()).containsExactly("--arguments=" + cluster.directory().arguments());
            assertThat(process.components()).extracting(Component::name).containsExactly("store", "apiserver",
                    "controller",
                    "scheduler", "hollow-nodes");
        });
        assertThat(cluster.stopOrder()).containsExactly(List.of("all-in-one"));
    }

    @Test
    void moreThanOneRunInAProcessEach() throws Exception {
        Cluster cluster = create("ha", new ClusterSize(10, 3, 2, 2, 2, false)).cluster();

        assertThat(cluster.processes()).extracting(ProcessSpec::name).containsExactly("store-1", "store-2", "store-3",
                "apiserver-1", "apiserver-2", "controller-1", "controller-2", "scheduler-1", "scheduler-2",
                "hollow-nodes");
        assertThat(cluster.stopOrder()).containsExactly(
                List.of("controller-1", "controller-2", "scheduler-1", "scheduler-2", "hollow-nodes"),
                List.of("apiserver-1", "apiserver-2"), List.of("store-1", "store-2", "store-3"));
    }

    @Test
    void whatIsNotAskedForIsNotThere() throws Exception {
        Cluster cluster = create("bare", new ClusterSize(0, 1, 1, 0, 0, true)).cluster();

        assertThat(cluster.processes()).extracting(ProcessSpec::name).containsExactly("store", "apiserver");
        assertThat(cluster.processes()).extracting(ProcessSpec::mainClass).containsExactly(
                "io.myriad.store.StoreApplication",
                "io.myriad.apiserver.ApiserverApplication");
    }

    @Test
    void givesStoresTheFlagsOfEtcd() throws Exception {
        Cluster cluster = create("ha", new ClusterSize(0, 3, 1, 0, 0, false)).cluster();
        Component second = cluster.component("store-2").orElseThrow();
        String pki = cluster.directory().pki().directory().toString();
        int client = cluster.port(second, Port.CLIENT);
        int peer = cluster.port(second, Port.PEER);

        assertThat(cluster.flags(second)).containsExactly("--name=store-2",
                "--data-dir=" + cluster.directory().data() + "/store-2",
                "--listen-client-urls=https://127.0.0.1:" + client,
                "--advertise-client-urls=https://127.0.0.1:" + client,
                "--listen-peer-urls=https://127.0.0.1:" + peer,
                "--initial-advertise-peer-urls=https://127.0.0.1:" + peer,
                "--initial-cluster=store-1=" + peerUrl(cluster, "store-1") + ",store-2=" + peerUrl(cluster, "store-2")
                        + ",store-3="
                        + peerUrl(cluster, "store-3"),
                "--initial-cluster-state=new", "--initial-cluster-token=myriad-ha",
                "--cert-file=" + pki + "/etcd/server.crt",
                "--key-file=" + pki + "/etcd/server.key", "--trusted-ca-file=" + pki + "/etcd/ca.crt",
                "--client-cert-auth=true",
                "--peer-cert-file=" + pki + "/etcd/peer.crt", "--peer-key-file=" + pki + "/etcd/peer.key",
                "--peer-trusted-ca-file=" + pki + "/etcd/ca.crt", "--peer-client-cert-auth=true",
                "--management-port=" + cluster.port(second, Port.MANAGEMENT));
    }

    @Test
    void givesApiServersTheFlagsOfKubeApiserver() throws Exception {
        Cluster cluster = create("one", new ClusterSize(0, 1, 1, 0, 0, false)).cluster();
        Component server = cluster.component("apiserver").orElseThrow();
        String pki = cluster.directory().pki().directory().toString();

        assertThat(cluster.flags(server)).containsExactly(
                "--etcd-servers=in-process://127.0.0.1:"
                        + cluster.port(cluster.component("store").orElseThrow(), Port.CLIENT),
                "--etcd-cafile=" + pki + "/etcd/ca.crt", "--etcd-certfile=" + pki + "/apiserver-etcd-client.crt",
                "--etcd-keyfile=" + pki + "/apiserver-etcd-client.key", "--bind-address=127.0.0.1",
                "--secure-port=" + cluster.port(server, Port.SECURE), "--advertise-address=127.0.0.1",
                "--tls-cert-file=" + pki + "/apiserver.crt", "--tls-private-key-file=" + pki + "/apiserver.key",
                "--client-ca-file=" + pki + "/ca.crt",
                "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                "--service-account-key-file=" + pki + "/sa.pub",
                "--service-account-signing-key-file=" + pki + "/sa.key",
                "--requestheader-client-ca-file=" + pki + "/front-proxy-ca.crt",
                "--requestheader-allowed-names=front-proxy-client", "--requestheader-username-headers=X-Remote-User",
                "--requestheader-group-headers=X-Remote-Group", "--requestheader-extra-headers-prefix=X-Remote-Extra-",
                "--proxy-client-cert-file=" + pki + "/front-proxy-client.crt",
                "--proxy-client-key-file=" + pki + "/front-proxy-client.key",
                "--service-cluster-ip-range=10.96.0.0/16", "--authorization-mode=Node,RBAC", "--allow-privileged=true",
                "--bootstrap-objects=" + cluster.directory().root() + "/bootstrap-objects.jsonl",
                "--management-port=" + cluster.port(server, Port.MANAGEMENT));
    }

    @Test
    void spreadsReplicasOverTheApiServersAndElectsALeaderOnlyAmongSeveral() throws Exception {
        Cluster several = create("ha", new ClusterSize(10, 1, 2, 2, 1, false)).cluster();
        List<String> urls = several.apiServerUrls();

        assertThat(several.flags(several.component("controller-1").orElseThrow())).contains(
                "--servers=" + urls.get(0) + "," + urls.get(1),
                "--leader-elect=true", "--leader-elect-lease-duration=12s");
        assertThat(several.flags(several.component("controller-2").orElseThrow()))
                .contains("--servers=" + urls.get(1) + "," + urls.get(0));
        assertThat(several.flags(several.component("scheduler").orElseThrow())).contains("--leader-elect=false");
        assertThat(several.flags(several.component("hollow-nodes").orElseThrow())).contains("--nodes=10",
                "--node-name-prefix=node-",
                "--kubeconfig=" + several.directory().pki().directory().resolve("hollow-nodes.conf"));
    }

    @Test
    void choosesAPortOnceAndNeverTwice() throws Exception {
        Cluster first = create("first", new ClusterSize(10, 3, 2, 2, 2, false)).cluster();
        Cluster second = create("second", new ClusterSize(10, 3, 2, 2, 2, false)).cluster();

        HashSet<Integer> all = new HashSet<>(first.ports().numbers().values());
        all.addAll(second.ports().numbers().values());
        assertThat(all).as("no port belongs to two").hasSize(2 * (3 * 3 + 7 * 2))
                .allMatch(port -> port >= 20_000 && port < 32_768);
        assertThat(clusters().load("first").cluster()).isEqualTo(first);
    }

    @Test
    void nodesThatAreAddedLaterGetPortsAndTheOthersKeepTheirs() throws Exception {
        Cluster bare = create("bare", new ClusterSize(0, 1, 1, 1, 1, false)).cluster();

        Cluster resized = clusters().resized(bare, bare.size().withNodes(5), RANDOM);

        assertThat(resized.ports().numbers()).containsAllEntriesOf(bare.ports().numbers()).containsKeys(
                "hollow-nodes/secure",
                "hollow-nodes/management");
    }

    @Test
    void refusesANameThatIsTakenAndChangesNothing() throws Exception {
        ClusterState state = create("one", new ClusterSize(1, 1, 1, 1, 1, false));
        String before = Files.readString(state.cluster().directory().state());

        assertThatExceptionOfType(UserError.class)
                .isThrownBy(() -> create("one", new ClusterSize(2, 3, 2, 1, 1, false)))
                .withMessageStartingWith("cluster 'one' exists already; nothing was changed.");
        assertThat(Files.readString(state.cluster().directory().state())).isEqualTo(before);
    }

    @Test
    void readsBackWhatItWrote() throws Exception {
        ClusterState state = create("ha", new ClusterSize(7, 3, 2, 2, 0, true));
        ClusterState changed = state.withRestart(state.cluster().component("apiserver-2").orElseThrow());

        changed.write();

        assertThat(clusters().load("ha")).isEqualTo(changed);
        assertThat(changed.generation()).isEqualTo(2);
        assertThat(changed.restarts()).isEqualTo(Map.of("apiserver-2", 2));
    }

    @Test
    void refusesTheStateOfAnotherFormat() throws Exception {
        ClusterState state = create("one", new ClusterSize(1, 1, 1, 1, 1, false));
        Path file = state.cluster().directory().state();
        Files.writeString(file, Files.readString(file).replace("state.myriad.io/v1", "state.myriad.io/v9"));

        assertThatExceptionOfType(UserError.class).isThrownBy(() -> clusters().load("one"))
                .withMessage(file
                        + " has the format 'state.myriad.io/v9'; this version of myriad reads 'state.myriad.io/v1'");
    }

    @Test
    void namesTheClustersThatThereAre() throws Exception {
        create("b", new ClusterSize(1, 1, 1, 1, 1, false));
        create("a", new ClusterSize(1, 1, 1, 1, 1, false));

        assertThat(clusters().names()).containsExactly("a", "b");
        assertThatExceptionOfType(UserError.class).isThrownBy(() -> clusters().load("c"))
                .withMessage("there is no cluster 'c'; there are: a, b");
    }

    @Test
    void oneCommandAtATimeChangesACluster() throws Exception {
        try (Clusters.Lock held = clusters().lock("one")) {
            // Within one JVM the second attempt is an exception of its own; between processes it is null. Both mean: taken.
            assertThatExceptionOfType(Exception.class).isThrownBy(() -> clusters().lock("one").close());
        }
        clusters().lock("one").close();
    }

    @Test
    void tellsTheAllInOneProcessWhatToRun() throws Exception {
        ClusterState state = create("one", new ClusterSize(0, 1, 1, 0, 0, false));
        ClusterState restarted = state.withRestart(state.cluster().component("apiserver").orElseThrow());

        assertThat(AllInOneArguments.render(state).lines().filter(line -> !line.startsWith("--"))).containsExactly(
                "generation 1", "[store]",
                "[apiserver]");
        assertThat(AllInOneArguments.render(restarted).lines().filter(line -> !line.startsWith("--"))).containsExactly(
                "generation 2",
                "[store]", "[apiserver restart 2]");
    }

    @Test
    void smallClustersStartFastLargeOnesGetTheWholeJvm() throws Exception {
        JavaCommand java = new JavaCommand(Path.of("/jdk/bin/java"), Path.of("/build"));
        Cluster small = create("small", new ClusterSize(10, 1, 1, 1, 1, false)).cluster();
        Cluster large = create("large", new ClusterSize(1000, 1, 1, 1, 1, false)).cluster();

        assertThat(java.of(small.processes().getFirst(), small.size())).containsExactly("/jdk/bin/java",
                "@/build/services.jvmargs",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:C1MaxInlineSize=12", "-Xmx512m",
                "io.myriad.allinone.AllInOneApplication",
                "--arguments=" + small.directory().arguments());
        assertThat(java.of(large.processes().getFirst(), large.size()))
                .noneMatch(flag -> flag.contains("TieredStopAtLevel"))
                .anyMatch(flag -> flag.matches("-Xmx\\d{4,}m"));
    }

    private Clusters clusters() {
        return Clusters.of(Map.of("MYRIAD_HOME", home.toString()));
    }

    private ClusterState create(String name, ClusterSize size) throws Exception {
        return clusters().create(new ClusterSettings(name, size, java.time.Duration.ZERO), Path.of("/it's/a config"),
                RANDOM);
    }

    private static String peerUrl(Cluster cluster, String store) {
        return cluster.url(cluster.component(store).orElseThrow(), Port.PEER);
    }
}
