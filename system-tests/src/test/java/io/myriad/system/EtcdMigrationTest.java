package io.myriad.system;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What a real etcd had our store has after it was given its snapshot, and a real etcd again when it is given ours. */
@Tag("peers")
class EtcdMigrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Pattern HASH = Pattern
            .compile("\"hash\":\\d+,\"compact_revision\":\\d+,\"hash_revision\":\\d+");

    @TempDir
    static Path directory;

    /** A store and how it is called. */
    private record Store(Running process, Program etcdctl) implements AutoCloseable {
        @Override
        public void close() throws InterruptedException {
            process.close();
        }
    }

    private static String url() throws IOException {
        return "http://127.0.0.1:" + RealControlPlane.freePort();
    }

    private static Store start(Path program, String name, String peer, String... more) throws Exception {
        String url = url();
        List<String> flags = new ArrayList<>(List.of("--name", "default", "--data-dir",
                directory.resolve(name).toString(), "--listen-client-urls", url, "--advertise-client-urls", url,
                "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster",
                "default=" + peer));
        flags.addAll(List.of(more));
        Running process = new Program(program, directory, Map.of("GOMEMLIMIT", "256MiB"))
                .start(directory.resolve(name + ".log"), flags.toArray(String[]::new));
        Eventually.holds(name + " serves", PATIENCE, () -> process.output().contains("ready to serve client requests"));
        return new Store(process, new Program(Peers.program("etcdctl"), directory,
                Map.of("ETCDCTL_ENDPOINTS", url, "ETCDCTL_DIAL_TIMEOUT", "30s", "ETCDCTL_COMMAND_TIMEOUT", "60s")));
    }

    private static void fill(Program etcdctl) {
        etcdctl.run("put", "a", "1");
        etcdctl.run("put", "a", "2");
        etcdctl.run("del", "a");
        etcdctl.run("put", "a", "3");
        etcdctl.run("lease", "grant", "5000");
        etcdctl.run("put", "leased", "v", "--lease", lease(etcdctl));
        etcdctl.run("put", "large", "x".repeat(20_000));
        for (int i = 0; i < 60; i++) {
            etcdctl.run("put", "n/" + i, Integer.toString(i));
        }
        etcdctl.run("compact", "4");
        etcdctl.run("del", "n/7");
        etcdctl.run("user", "add", "root:rootpw");
        etcdctl.run("user", "grant-role", "root", "root");
        etcdctl.run("role", "add", "reader");
        etcdctl.run("role", "grant-permission", "reader", "read", "a", "b");
        etcdctl.run("user", "add", "joe:joepw");
        etcdctl.run("user", "grant-role", "joe", "reader");
        etcdctl.run("auth", "enable");
    }

    private static String lease(Program etcdctl) {
        return etcdctl.run("lease", "list").lines().skip(1).findFirst().orElseThrow().trim();
    }

    /** What a client sees, times and identities left out. */
    private static List<String> seen(Store store) {
        Program root = store.etcdctl.with("ETCDCTL_USER", "root:rootpw");
        List<String> seen = new ArrayList<>();
        seen.add(root.run("get", "", "--prefix", "-w", "fields").lines()
                .filter(line -> !line.startsWith("\"ClusterID\"") && !line.startsWith("\"MemberID\"")
                        && !line.startsWith("\"RaftTerm\""))
                .reduce("", (a, b) -> a + b + "\n"));
        seen.add(root.run("get", "a", "--rev", "4") + root.run("get", "a", "--rev", "5"));
        seen.add(root.call("get", "a", "--rev", "3").err().contains("compacted") ? "compacted" : "not compacted");
        Matcher hash = HASH.matcher(root.run("endpoint", "hashkv", "-w", "json"));
        assertThat(hash.find()).isTrue();
        seen.add(hash.group());
        seen.add(root.run("lease", "list"));
        seen.add(root.run("lease", "timetolive", lease(root), "--keys").replaceAll("remaining\\(\\d+s\\)", ""));
        seen.add(root.run("user", "list") + root.run("user", "get", "joe") + root.run("role", "get", "reader"));
        Program joe = store.etcdctl.with("ETCDCTL_USER", "joe:joepw");
        seen.add(joe.run("get", "a"));
        seen.add(joe.call("put", "a", "1").err().contains("permission denied") ? "denied" : "let in");
        return seen;
    }

    private static void save(Store store, Path file) {
        store.etcdctl.with("ETCDCTL_USER", "root:rootpw").run("snapshot", "save", file.toString());
    }

    @Test
    void thereAndBack() throws Exception {
        Path etcd = Peers.program("etcd");
        Program etcdutl = new Program(Peers.program("etcdutl"), directory, Map.of());
        Path assets = directory.resolve("assets");
        new MyriadCommand(directory).run("export", "assets", assets.toString());
        Path theirs = directory.resolve("theirs.db");
        Path ours = directory.resolve("ours.db");
        List<String> before;
        try (Store real = start(etcd, "real", url())) {
            fill(real.etcdctl);
            before = seen(real);
            save(real, theirs);
        }
        try (Store store = start(assets.resolve("etcd"), "ours", url(), "--initial-snapshot", theirs.toString())) {
            assertThat(seen(store)).isEqualTo(before);
            save(store, ours);
        }
        String status = etcdutl.run("snapshot", "status", ours.toString(), "-w", "json");
        assertThat(status).contains("\"version\":\"3.7.0\"");
        String peer = url();
        etcdutl.run("snapshot", "restore", ours.toString(), "--data-dir", directory.resolve("back").toString(),
                "--name", "default", "--initial-cluster", "default=" + peer, "--initial-advertise-peer-urls", peer);
        try (Store back = start(etcd, "back", peer)) {
            assertThat(seen(back)).isEqualTo(before);
            back.etcdctl.with("ETCDCTL_USER", "root:rootpw").run("put", "a", "after");
        }
    }
}
