package io.myriad.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.cli.cluster.Cluster;
import io.myriad.cli.cluster.JavaCommand;
import io.myriad.cli.cluster.Port;
import io.myriad.cli.process.ProcessIdentity;
import io.myriad.cli.terminal.Terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** The whole command against processes that only pretend to be services. */
@Timeout(180)
final class MyriadTest {
    private static final String OTHER_KUBECONFIG = """
            apiVersion: v1
            kind: Config
            clusters: []
            contexts:
            - name: work
              context:
                cluster: work
                user: me
            users: []
            current-context: work
            """;

    @TempDir
    private Path directory;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();
    private Path kubeconfig = Path.of("");
    private Session session = Session.ofProcess();

    @BeforeEach
    void makeSession() throws IOException {
        kubeconfig = Files.writeString(directory.resolve("kubeconfig"), OTHER_KUBECONFIG);
        environment.put("MYRIAD_HOME", directory.resolve("home").toString());
        environment.put("KUBECONFIG", kubeconfig.toString());
        JavaCommand java = new JavaCommand(FakeProcess.program(directory),
                Files.createDirectory(directory.resolve("build")));
        Terminal terminal = new Terminal(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), false,
                false);
        session = new Session(terminal, environment, () -> java, InstantSource.system(), new Random(7));
    }

    @AfterEach
    void leaveNothing() throws IOException {
        myriad("delete", "cluster", "--all");
        assertThat(processes()).as("processes that are left").isEmpty();
    }

    @Test
    void createsUsesStopsStartsAndDeletesACluster() throws Exception {
        assertThat(myriad("create", "cluster", "--nodes", "3")).as(err()).isZero();

        assertThat(err()).contains("Creating cluster \"myriad\" ...", " ✓ Making certificates (",
                " ✓ Starting store, API server, controllers, scheduler and 3 nodes (",
                " ✓ Waiting for 3 nodes to be ready (",
                "kubectl get nodes --context myriad-myriad");
        assertThat(Files.readString(kubeconfig)).contains("current-context: myriad-myriad", "name: work");
        assertThat(output("get", "clusters")).isEqualTo("myriad\n");
        assertThat(output("get", "kubeconfig")).contains("server: https://127.0.0.1:");
        assertThat(output("status")).contains("Cluster myriad: running", "hollow-nodes", "ready", "all-in-one", " MiB");
        assertThat(output("status", "-o", "json")).contains("\"name\": \"apiserver\"", "\"ready\": true",
                "\"supervisorPid\": ");
        assertThat(output("logs", "apiserver")).contains("INFO  apiserver Fake: starts").doesNotContain("store Fake");

        ProcessIdentity process = cluster().directory().supervisor().process("all-in-one").orElseThrow();
        assertThat(myriad("stop")).as(err()).isZero();
        assertThat(process.isAlive()).isFalse();
        assertThat(processes()).isEmpty();
        assertThat(output("status")).contains("Cluster myriad: stopped");

        assertThat(myriad("start")).as(err()).isZero();
        assertThat(output("status")).contains("Cluster myriad: running");
        assertThat(myriad("start")).isEqualTo(1);
        assertThat(err()).contains("cluster 'myriad' is running already");

        assertThat(myriad("delete", "cluster")).as(err()).isZero();
        assertThat(directory.resolve("home/clusters")).isEmptyDirectory();
        assertThat(Files.readString(kubeconfig)).doesNotContain("myriad").contains("name: work");
        assertThat(processes()).isEmpty();
    }

    @Test
    void startsAProcessPerServiceAndKeepsThemRunning() throws Exception {
        assertThat(myriad("create", "cluster", "--name", "ha", "--stores", "3", "--apiservers", "2", "--controllers",
                "2", "--schedulers", "0",
                "--nodes", "2")).as(err()).isZero();

        assertThat(err()).contains("Starting 3 stores, 2 API servers, 2 controller replicas and 2 nodes");
        Cluster cluster = session.clusters().load("ha").cluster();
        ProcessIdentity store = cluster.directory().supervisor().process("store-2").orElseThrow();
        store.kill();
        Await.until("store-2 runs again",
                () -> cluster.directory().supervisor().process("store-2").filter(now -> !now.equals(store))
                        .isPresent());
        assertThat(output("status", "--name", "ha")).contains("store-2 (pid " + store.pid() + ")",
                "killed by signal KILL");

        assertThat(myriad("restart", "apiserver-1", "--name", "ha", "--kill")).as(err()).isZero();
        assertThat(myriad("restart", "store-1", "--name", "ha", "--graceful")).as(err()).isZero();
        assertThat(output("status", "--name", "ha")).contains("kill asked for", "restart asked for");
        assertThat(myriad("restart", "scheduler", "--name", "ha")).isEqualTo(1);
        assertThat(err()).contains("cluster 'ha' has no 'scheduler'; it has: store-1, store-2, store-3, apiserver-1");

        assertThat(myriad("scale", "nodes", "0", "--name", "ha")).as(err()).isZero();
        assertThat(cluster.directory().supervisor().process("hollow-nodes")).isEmpty();
        assertThat(myriad("scale", "nodes", "4", "--name", "ha")).as(err()).isZero();
        assertThat(Files.readAllLines(cluster.directory().root().resolve("fake-nodes"))).hasSize(4);
    }

    @Test
    void scalesAndRestartsWithinTheOneProcess() throws Exception {
        assertThat(myriad("create", "cluster", "--nodes", "2")).as(err()).isZero();
        ProcessIdentity process = cluster().directory().supervisor().process("all-in-one").orElseThrow();

        assertThat(myriad("scale", "nodes", "5")).as(err()).isZero();
        assertThat(Files.readAllLines(cluster().directory().root().resolve("fake-nodes"))).hasSize(5);
        assertThat(myriad("scale", "nodes", "1")).as(err()).isZero();
        assertThat(Files.readAllLines(cluster().directory().root().resolve("fake-nodes"))).containsExactly("node-0");
        assertThat(myriad("restart", "apiserver")).as(err()).isZero();
        assertThat(process.isAlive()).as("the other services went on").isTrue();
        assertThat(output("logs", "apiserver").split("starts", -1)).as("was started twice").hasSize(3);

        assertThat(myriad("restart", "store", "--kill")).as(err()).isZero();
        assertThat(process.isAlive()).isFalse();
        assertThat(err()).contains("Restarting store, and with it all of all-in-one");
        assertThat(myriad("scale", "nodes", "1000", "--wait", "60s")).as(err()).isZero();
        assertThat(err()).as("more nodes than the JVM was started for").contains("Stopping processes");
        assertThat(Files.readAllLines(cluster().directory().root().resolve("fake-nodes"))).hasSize(1000);
    }

    @Test
    void changesNothingWhereThereIsAClusterAlready() throws Exception {
        assertThat(myriad("create", "cluster", "--nodes", "0")).as(err()).isZero();
        ProcessIdentity process = cluster().directory().supervisor().process("all-in-one").orElseThrow();
        String before = Files.readString(kubeconfig);

        assertThat(myriad("create", "cluster", "--nodes", "7")).isEqualTo(1);

        assertThat(err()).endsWith(
                "myriad: cluster 'myriad' exists already; nothing was changed. Another name: --name NAME; away with it: "
                        + "myriad delete cluster --name myriad\n");
        assertThat(process.isAlive()).isTrue();
        assertThat(cluster().size().nodes()).isZero();
        assertThat(Files.readString(kubeconfig)).isEqualTo(before);
    }

    @Test
    void leavesNothingBehindWhenAServiceDies() throws Exception {
        assertThat(myriad("create", "cluster", "--nodes", "13")).isEqualTo(1);

        assertThat(err()).contains(" ✗ ", "myriad: all-in-one ended: exit code 3\nThe end of all-in-one.log:",
                "Fake: thirteen is too much");
        assertThat(directory.resolve("home/clusters")).isEmptyDirectory();
        assertThat(Files.readString(kubeconfig)).isEqualTo(OTHER_KUBECONFIG);
        assertThat(processes()).isEmpty();
    }

    @Test
    void leavesNothingBehindAfterACrashOfTheSupervisor() throws Exception {
        assertThat(myriad("create", "cluster", "--nodes", "1", "--separate")).as(err()).isZero();
        cluster().directory().supervisor().supervisor().orElseThrow().kill();
        Await.until("it is gone", () -> cluster().directory().supervisor().supervisor().isEmpty());
        assertThat(output("status")).contains("The supervisor does not run");

        assertThat(myriad("stop")).as(err()).isZero();

        assertThat(processes()).isEmpty();
    }

    @Test
    void namesThePortThatIsInUse() throws Exception {
        assertThat(myriad("create", "cluster", "--nodes", "0")).as(err()).isZero();
        assertThat(myriad("stop")).as(err()).isZero();
        int port = cluster().port(cluster().component("apiserver").orElseThrow(), Port.SECURE);

        try (ServerSocket stranger = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(myriad("start")).isEqualTo(1);
        }

        assertThat(err()).endsWith(
                "myriad: port apiserver/secure " + port + " of cluster 'myriad' is in use by another program\n");
    }

    @Test
    void saysInOneLineWhatIsWrong() {
        assertThat(complaint("create", "cluster", "--nodez", "3"))
                .isEqualTo("myriad: Unknown options: '--nodez', '3' (see 'myriad create cluster --help')\n");
        assertThat(complaint("create", "cluster", "--nodes", "x"))
                .isEqualTo("myriad: --nodes: 'x' is not valid: must be a number from 0 to 100000\n");
        assertThat(complaint("create", "clusters")).startsWith("myriad: Unmatched argument at index 1: 'clusters'");
        assertThat(complaint("scale", "nodes")).startsWith("myriad: Missing required parameter: 'N'");
        assertThat(complaint("status", "-o", "xml")).contains("'xml'");
        assertThat(complaint("stop")).isEqualTo("myriad: there is no cluster 'myriad'\n");
        assertThat(complaint("restart", "store", "--kill", "--graceful")).contains("exclude each other");
        assertThat(complaint("completion", "tcsh"))
                .isEqualTo("myriad: no completion for 'tcsh'; there is one for bash, zsh and fish\n");
    }

    @Test
    void completesInThreeShells() throws Exception {
        assertThat(output("completion", "bash")).contains("complete -F _complete_myriad", "create");
        assertThat(output("completion", "zsh")).startsWith("#compdef myriad");
        assertThat(output("completion", "fish"))
                .contains("complete -c myriad -n '__fish_use_subcommand' -a create -d 'Create a cluster.'",
                        "and __fish_seen_subcommand_from cluster' -l nodes -x -d 'number of simulated nodes'")
                .doesNotContain("train");
    }

    @Test
    void writesLaunchersForOtherTools() throws Exception {
        Path assets = directory.resolve("it's assets");

        assertThat(myriad("export", "assets", assets.toString())).as(err()).isZero();

        assertThat(assets.resolve("etcd")).isExecutable().content()
                .contains("io.myriad.store.StoreApplication' \"$@\"").contains("${MYRIAD_JVM_FLAGS-");
        assertThat(assets.resolve("kube-apiserver")).isExecutable().content()
                .contains("io.myriad.apiserver.ApiserverApplication' '--management-port=0' \"$@\"");
    }

    @Test
    void writesCertificatesForOthers() {
        Path certificates = directory.resolve("certificates");

        assertThat(myriad("certificates", certificates.toString(), "--server", "https://apiserver:6443", "--host",
                "store-1", "--host", "apiserver"))
                .as(err()).isZero();

        assertThat(certificates.resolve("admin.conf")).content().contains("server: https://apiserver:6443");
        assertThat(certificates.resolve("etcd/server.crt")).exists();
    }

    @Test
    void filtersTheLogByService() {
        LogsCommand.ServiceFilter filter = new LogsCommand.ServiceFilter("store");

        assertThat(Stream
                .of("2026-11-24T10:00:00.000Z INFO  store        Raft: a",
                        "2026-11-24T10:00:00.000Z ERROR apiserver    X: b", "\tat b",
                        "2026-11-24T10:00:00.000Z ERROR store        X: c", "\tat c",
                        "2026-11-24T10:00:00Z ERROR supervisor   all-in-one ended")
                .filter(filter)
                .map(line -> line.substring(line.length() - 1))).containsExactly("a", "c", "c", "d");
    }

    private int myriad(String... arguments) {
        return Myriad.run(session, arguments);
    }

    private String output(String... arguments) {
        out.reset();
        assertThat(myriad(arguments)).as(err()).isZero();
        return out.toString(UTF_8);
    }

    private String complaint(String... arguments) {
        err.reset();
        assertThat(myriad(arguments)).isEqualTo(1);
        return err();
    }

    private String err() {
        return err.toString(UTF_8);
    }

    private Cluster cluster() throws IOException {
        return session.clusters().load("myriad").cluster();
    }

    /** Everything that runs with this test's directory among its arguments. */
    private List<String> processes() {
        return ProcessHandle.allProcesses().map(ProcessHandle::info)
                .filter(info -> info.arguments().stream().flatMap(Stream::of)
                        .anyMatch(argument -> argument.contains(directory.toString())))
                .flatMap(info -> info.commandLine().stream()).toList();
    }
}
