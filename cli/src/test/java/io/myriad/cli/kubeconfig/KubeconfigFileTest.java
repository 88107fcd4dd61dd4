package io.myriad.cli.kubeconfig;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.cli.UserError;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

final class KubeconfigFileTest {
    /** As kubectl and people write them: comments, odd scalars, keys that nobody knows, flow style, null for empty. */
    private static final String OTHERS = """
            # my clusters
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority-data: QUJD
                server: https://10.0.0.1:6443
                x-since: 2024-01-01T00:00:00Z
              name: work
            - name: "home"
              cluster: {server: "https://home:6443", insecure-skip-tls-verify: true}
            contexts:
            - context:
                cluster: work
                user: me
              name: work # the important one
            current-context: work
            kind: Config
            preferences: {}
            users:
            - name: me
              user:
                token: "0123"
                exec:
                  args:
                  - --yes
                  - 'no'
            """;

    @TempDir
    private Path directory;

    @Test
    void makesAFileWithTheClusterInIt() throws Exception {
        Path file = directory.resolve("kube/config");

        new KubeconfigFile(file).merge(cluster("myriad-a", "https://127.0.0.1:1"));

        assertThat(Files.readString(file)).isEqualTo(cluster("myriad-a", "https://127.0.0.1:1"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(list(file.getParent())).containsExactly("config");
    }

    @Test
    void leavesEverythingElseAsItWas() throws Exception {
        Path file = Files.writeString(directory.resolve("config"), OTHERS);
        KubeconfigFile kubeconfig = new KubeconfigFile(file);

        kubeconfig.merge(cluster("myriad-a", "https://127.0.0.1:1"));
        String merged = Files.readString(file);
        kubeconfig.remove("myriad-a");

        assertThat(merged).contains("# my clusters", "x-since: 2024-01-01T00:00:00Z", "# the important one",
                "token: \"0123\"",
                "- 'no'", "server: https://127.0.0.1:1", "current-context: myriad-a", "preferences: {}");
        assertThat(Files.readString(file)).as("only the context that was current is forgotten")
                .isEqualTo(OTHERS.replace("current-context: work", "current-context: \"\""));
    }

    @Test
    void replacesTheEntriesOfAnEarlierClusterOfTheName() throws Exception {
        KubeconfigFile kubeconfig = new KubeconfigFile(directory.resolve("config"));
        kubeconfig.merge(cluster("myriad-a", "https://127.0.0.1:1"));
        kubeconfig.merge(cluster("myriad-b", "https://127.0.0.1:2"));

        kubeconfig.merge(cluster("myriad-a", "https://127.0.0.1:3"));

        String text = Files.readString(directory.resolve("config"));
        assertThat(text).contains("https://127.0.0.1:3", "https://127.0.0.1:2").doesNotContain("https://127.0.0.1:1");
        assertThat(text).contains("current-context: myriad-a");
    }

    @Test
    void removingKeepsAnotherCurrentContext() throws Exception {
        Path file = directory.resolve("config");
        KubeconfigFile kubeconfig = new KubeconfigFile(file);
        kubeconfig.merge(cluster("myriad-a", "https://127.0.0.1:1"));
        kubeconfig.merge(cluster("myriad-b", "https://127.0.0.1:2"));

        kubeconfig.remove("myriad-a");

        assertThat(Files.readString(file)).isEqualTo(cluster("myriad-b", "https://127.0.0.1:2"));
        kubeconfig.remove("never-there");
        new KubeconfigFile(directory.resolve("no-file")).remove("myriad-a");
        assertThat(directory.resolve("no-file")).doesNotExist();
    }

    @Test
    void takesNullForAnEmptyList() throws Exception {
        Path file = Files.writeString(directory.resolve("config"),
                "apiVersion: v1\nclusters: null\ncontexts: []\ncurrent-context: \"\"\nkind: Config\nusers: null\n");

        new KubeconfigFile(file).merge(cluster("myriad-a", "https://127.0.0.1:1"));

        assertThat(Files.readString(file)).contains("- name: myriad-a").doesNotContain("null", "[]");
    }

    @Test
    void followsALinkAndKeepsIt() throws Exception {
        Path real = Files.writeString(directory.resolve("real"), OTHERS);
        Path link = Files.createSymbolicLink(directory.resolve("config"), real);

        new KubeconfigFile(link).merge(cluster("myriad-a", "https://127.0.0.1:1"));

        assertThat(link).isSymbolicLink();
        assertThat(Files.readString(real)).contains("myriad-a", "work");
    }

    @Test
    void changesNothingInAFileThatIsNone() throws Exception {
        String content = "password: hunter2\n\t- [";
        Path file = Files.writeString(directory.resolve("config"), content);

        assertThatExceptionOfType(UserError.class)
                .isThrownBy(() -> new KubeconfigFile(file).merge(cluster("myriad-a", "https://127.0.0.1:1")))
                .withMessageContaining(file.toString()).withMessageNotContaining("hunter2");
        assertThat(Files.readString(file)).isEqualTo(content);
        assertThat(list(directory)).as("the lock is gone").containsExactly("config");
    }

    @Test
    void concurrentChangesAllArrive() throws Exception {
        Path file = directory.resolve("config");

        CompletableFuture.allOf(IntStream.range(0, 8).mapToObj(i -> CompletableFuture.runAsync(() -> {
            try {
                new KubeconfigFile(file).merge(cluster("myriad-" + i, "https://127.0.0.1:" + i));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        })).toArray(CompletableFuture[]::new)).join();

        assertThat(Files.readString(file))
                .contains(IntStream.range(0, 8).mapToObj(i -> "server: https://127.0.0.1:" + i + "\n").toList());
    }

    @Test
    void choosesFlagThenVariableThenHome() {
        Path home = Path.of(System.getProperty("user.home"), ".kube", "config");

        assertThat(KubeconfigFile.choose(Optional.of(Path.of("/a")), Map.of("KUBECONFIG", "/b:/c")))
                .isEqualTo(Path.of("/a"));
        assertThat(KubeconfigFile.choose(Optional.empty(), Map.of("KUBECONFIG", ":/b:/c"))).isEqualTo(Path.of("/b"));
        assertThat(KubeconfigFile.choose(Optional.empty(), Map.of("KUBECONFIG", ""))).isEqualTo(home);
        assertThat(KubeconfigFile.choose(Optional.empty(), Map.of())).isEqualTo(home);
    }

    private static List<String> list(Path directory) throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static String cluster(String name, String server) {
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: %1$s
                  cluster:
                    certificate-authority-data: QQ==
                    server: %2$s
                contexts:
                - name: %1$s
                  context:
                    cluster: %1$s
                    user: %1$s
                users:
                - name: %1$s
                  user:
                    client-key-data: QQ==
                current-context: %1$s
                """.formatted(name, server);
    }
}
