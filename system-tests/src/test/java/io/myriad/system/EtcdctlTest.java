package io.myriad.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The unmodified etcdctl prints the same of our store as of a real etcd: both get the same calls, and what they print is
 * compared, but for identities, sizes, times and Raft's counters.
 */
@Tag("peers")
class EtcdctlTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** Calls in order. LEASE is the last lease that was granted. */
    private static final List<String> CALLS = List.of("put a 1", "put a 2 --prev-kv", "put b x", "get a",
            "get a --rev 2",
            "get a --rev 999", "get '' --prefix", "get '' --prefix --keys-only", "get '' --prefix --count-only",
            "get a z --limit 1", "get '' --prefix --order DESCEND --sort-by KEY", "get nothing", "get --from-key a",
            "del b --prev-kv", "del nothing", "lease grant 1000", "put l v --lease LEASE", "get l", "lease list",
            "lease timetolive LEASE", "lease timetolive LEASE --keys", "lease keep-alive --once LEASE",
            "lease revoke LEASE", "get l", "lease revoke LEASE", "lease timetolive LEASE",
            "lease keep-alive --once LEASE", "put l v --lease 7777", "put zz --ignore-value", "compact 3", "compact 3",
            "get a --rev 2", "compact 99999", "member list", "endpoint health", "alarm list", "alarm disarm", "defrag",
            "move-leader 1", "del '' --prefix");

    /** What a cluster's owner does, in order. LEARNER is the last member that was added. */
    private static final List<String> ADMINISTRATION = List.of("member add x --peer-urls=http://127.0.0.1:1 --learner",
            "member promote LEARNER", "member add y --peer-urls=http://127.0.0.1:1x",
            "member add y --peer-urls=http://127.0.0.1:2 --learner",
            "member update LEARNER --peer-urls=http://127.0.0.1:3", "member update 12ab --peer-urls=http://127.0.0.1:4",
            "member remove LEARNER", "member remove LEARNER", "member promote 12ab", "member add y", "member remove zz",
            "endpoint hashkv --rev 99999", "compaction 99999", "downgrade validate x", "downgrade validate 3.5",
            "downgrade cancel", "move-leader xyz", "lease grant 0", "lease grant 9999999999", "lease revoke 1234",
            "lock l echo held", "lock l sh -c exit", "get a b c d", "put", "put k v --ignore-value",
            "put nothing v --ignore-lease", "get a --consistency=q", "check datascale --load=x", "auth status",
            "user add root:pw", "user add u --new-user-password=x", "user add u:y", "user list", "user get u",
            "role add r", "role add r", "role list", "role grant-permission r read foo",
            "role grant-permission r readwrite a z", "role grant-permission r write p --prefix",
            "role grant-permission r read q --from-key", "role get r", "role get nope",
            "role revoke-permission r foo", "role revoke-permission r foo", "user grant-role u r",
            "user grant-role u nope", "user get u --detail", "user revoke-role u r", "user revoke-role u r",
            "user grant-role u r", "auth enable", "user grant-role root root", "auth enable", "auth status", "get b",
            "--user root:pw auth status", "--user root:bad get b", "--user u:x get b", "--user u:x get zzz",
            "--user u:x put b 3", "--user u:x put c 1 --prev-kv", "--user u:x user list", "--user u:x defrag",
            "--user u:x alarm list", "--user u:x compaction 1", "--user root:pw user delete u", "--user u:x get b",
            "--user root:pw role delete r", "--user root:pw user delete root", "--user root:pw auth disable",
            "auth disable", "user delete root", "role delete root", "user list", "role list",
            "user add w --no-password", "user get w", "user delete w", "user delete nope", "del '' --prefix");

    private static final Pattern MEMBER_ADDED = Pattern.compile("Member ([0-9a-f]+) added");

    @TempDir
    static Path directory;
    private static Running real;
    private static Running ours;
    private static String realUrl;
    private static String ourUrl;

    @BeforeAll
    static void start() throws Exception {
        Path etcd = Peers.program("etcd");
        Path assets = directory.resolve("assets");
        new MyriadCommand(directory).run("export", "assets", assets.toString());
        realUrl = url();
        ourUrl = url();
        real = serve(etcd, "real", realUrl);
        ours = serve(assets.resolve("etcd"), "ours", ourUrl);
        for (Running store : List.of(real, ours)) {
            Eventually.holds("a store serves", PATIENCE,
                    () -> store.output().contains("ready to serve client requests"));
        }
    }

    private static String url() throws IOException {
        return "http://127.0.0.1:" + RealControlPlane.freePort();
    }

    private static Running serve(Path program, String name, String url) throws IOException {
        String peer = url();
        return new Program(program, directory, Map.of("GOMEMLIMIT", "256MiB")).start(directory.resolve(name + ".log"),
                "--name", "default",
                "--data-dir", directory.resolve(name).toString(), "--listen-client-urls", url,
                "--advertise-client-urls", url, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
                "--initial-cluster", "default=" + peer);
    }

    @AfterAll
    static void stop() throws Exception {
        for (Running store : new Running[]{real, ours}) {
            if (store != null) {
                store.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "json", "fields"})
    void printsTheSame(String form) {
        List<String> expected = play(CALLS, etcdctl(realUrl, form));
        assertThat(play(CALLS, etcdctl(ourUrl, form))).isEqualTo(expected);
    }

    @Test
    void administration() {
        List<String> expected = play(ADMINISTRATION, etcdctl(realUrl, "simple"));
        assertThat(play(ADMINISTRATION, etcdctl(ourUrl, "simple"))).isEqualTo(expected);
    }

    /** What etcdctl saves of both is a database for etcdutl. */
    @Test
    void snapshots() {
        for (String url : List.of(realUrl, ourUrl)) {
            Program etcdctl = etcdctl(url, "simple");
            etcdctl.run("put", "saved", "value");
            Path file = directory.resolve("saved-" + url.substring(url.lastIndexOf(':') + 1));
            assertThat(etcdctl.run("snapshot", "save", file.toString())).contains("Snapshot saved at " + file,
                    "Server version 3.7.0");
            assertThat(new Program(Peers.program("etcdutl"), directory, Map.of()).run("snapshot", "status", "-w",
                    "json", file.toString())).contains("\"version\":\"3.7.0\"",
                            "\"revision\":" + (revision(url) - 1) + ",");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "json", "fields"})
    void transactions(String form) {
        String both = "value(\"t\") = \"1\"\n\nput t 2\nget t\n\nput t 1\nget t\n\n";
        List<String> printed = new ArrayList<>();
        for (String url : List.of(realUrl, ourUrl)) {
            Program etcdctl = etcdctl(url, form);
            etcdctl.run("del", "t");
            printed.add(normal(etcdctl.runWith(both, "txn") + etcdctl.runWith(both, "txn")
                    + etcdctl.runWith("mod(\"t\") > \"0\"\nversion(\"t\") = \"2\"\n\ndel t\n\n\n", "txn")));
        }
        assertThat(printed.get(1)).isEqualTo(printed.get(0));
        assertThat(printed.get(1)).contains(form.equals("simple") ? "SUCCESS" : "ucceeded");
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "json", "fields"})
    void watches(String form) throws Exception {
        List<String> printed = new ArrayList<>();
        for (String url : List.of(realUrl, ourUrl)) {
            Program etcdctl = etcdctl(url, form);
            etcdctl.run("put", "w/0", "before");
            try (Running watch = etcdctl.start(Files.createTempFile(directory, "watch", ".txt"), "watch", "w/",
                    "--prefix", "--prev-kv", "--rev", Long.toString(revision(url)))) {
                etcdctl.run("put", "w/1", "a");
                etcdctl.run("put", "w/1", "b");
                etcdctl.run("del", "w/1");
                Eventually.holds("the deletion was seen", PATIENCE,
                        () -> watch.output().contains("DELETE") || watch.output().contains("\"type\":1"));
                printed.add(events(form, watch.output()));
            }
        }
        assertThat(printed.get(1)).isEqualTo(printed.get(0));
    }

    @Test
    void tables() {
        for (String call : List.of("member list", "endpoint health", "endpoint status", "endpoint hashkv")) {
            List<String> heads = new ArrayList<>();
            for (String url : List.of(realUrl, ourUrl)) {
                heads.add(etcdctl(url, "table").run(call.split(" ")).lines().skip(1).findFirst().orElseThrow()
                        .replaceAll(" +", " "));
            }
            assertThat(heads.get(1)).as(call).isEqualTo(heads.get(0));
        }
    }

    @Test
    void status() {
        String fields = etcdctl(ourUrl, "fields").run("endpoint", "status");
        assertThat(fields).contains("\"Version\" : \"3.7.", "\"StorageVersion\" : \"3.7.0\"", "\"IsLearner\" : false");
    }

    private static Program etcdctl(String url, String form) {
        return new Program(Peers.program("etcdctl"), directory, Map.of(), "--endpoints", url, "-w", form);
    }

    private static long revision(String url) {
        Matcher revision = Pattern.compile("\"revision\":(\\d+)").matcher(etcdctl(url, "json").run("get", "none"));
        if (!revision.find()) {
            throw new AssertionError("no revision");
        }
        return Long.parseLong(revision.group(1)) + 1;
    }

    private static List<String> play(List<String> calls, Program etcdctl) {
        List<String> printed = new ArrayList<>();
        // Keys' revisions are told from here on, so that a second form begins where the first one did.
        String lease = "";
        String learner = "";
        for (String call : calls) {
            String[] words = call.replace("LEASE", lease).replace("LEARNER", learner).split(" ");
            for (int i = 0; i < words.length; i++) {
                words[i] = words[i].equals("''") ? "" : words[i];
            }
            Program.Output output = etcdctl.call(words);
            if (call.startsWith("lease grant")) {
                lease = output.exitCode() == 0 ? leaseOf(output.out()) : "";
            }
            Matcher added = MEMBER_ADDED.matcher(output.out());
            if (added.find()) {
                learner = added.group(1);
            }
            String error = output.err().lines().filter(line -> line.startsWith("Error: ")).reduce("", String::concat);
            printed.add("etcdctl " + call + "\n" + normal(output.out()) + error + " = " + output.exitCode());
        }
        return printed;
    }

    /** In every form the id is there; etcdctl takes it in hexadecimal. */
    private static String leaseOf(String granted) {
        Matcher simple = Pattern.compile("lease ([0-9a-f]+) granted").matcher(granted);
        if (simple.find()) {
            return simple.group(1);
        }
        Matcher number = Pattern.compile("\"(?:id|ID)\" ?: ?(\\d+)").matcher(granted);
        if (!number.find()) {
            throw new AssertionError("no lease in " + granted);
        }
        return Long.toHexString(Long.parseLong(number.group(1)));
    }

    /** Without what differs from one store to the other. */
    private static String normal(String text) {
        return text.replaceAll("127\\.0\\.0\\.1:\\d+", "ADDRESS")
                .replaceAll("\"(cluster_id|member_id|ID|id|lease|leader|raft_term)\":\\d+", "\"$1\":N")
                .replaceAll("\"(ClusterID|MemberID|ID|Lease|Leader|RaftTerm)\" ?: \\d+", "\"$1\": N")
                .replaceAll(" *\\b[0-9a-f]{13,16}\\b", " HEX").replaceAll("\\d+(\\.\\d+)?(ms|µs|s)\\b", "TIME")
                .replaceAll("remaining\\(\\d+s\\)", "remaining(TIME)").replaceAll("\"ttl\":\\d{3}", "\"ttl\":N")
                .replaceAll("\"TTL\" : \\d{3}", "\"TTL\": N")
                // Members are in the order of their numbers.
                .replaceAll("(ETCD_INITIAL_CLUSTER=)\"(default=[^,\"]+),(x=[^,\"]+)\"", "$1\"$3,$2\"");
    }

    /** Only what happened: responses may carry several events or one. */
    private static String events(String form, String text) {
        return switch (form) {
            case "json" -> String.join("\n",
                    Pattern.compile("\\{\"(?:type\":\"?[A-Z1]+\"?,\")?kv\":\\{[^}]*}(?:,\"prev_kv\":\\{[^}]*})?")
                            .matcher(text).results().map(result -> revisionsFree(result.group())).toList());
            case "fields" -> revisionsFree(String.join("\n", text.lines().filter(line -> line.startsWith("\"Type")
                    || line.startsWith("\"Key") || line.startsWith("\"Value") || line.startsWith("\"PrevKey")
                    || line.startsWith("\"PrevValue")).toList()));
            default -> text;
        };
    }

    private static String revisionsFree(String text) {
        return text.replaceAll("_revision\":\\d+", "_revision\":N");
    }
}
