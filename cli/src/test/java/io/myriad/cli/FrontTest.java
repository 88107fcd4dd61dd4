package io.myriad.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** The script {@code ./myriad}, in a checkout whose Maven and whose JDKs only pretend. */
@Timeout(60)
final class FrontTest {
    /** Writes down that it ran; makes what the real one would make; fails when it is told to. */
    private static final String MAVEN = """
            #!/bin/sh
            cd "${0%/*}"
            echo "$JAVA_HOME" >> built
            if [ -e fail ]; then echo 'COMPILATION ERROR: what the matter is'; exit 1; fi
            mkdir -p cli/target all-in-one/target/lib
            touch cli/target/cli-1-standalone.jar all-in-one/target/all-in-one-1.jar all-in-one/target/lib/x-linux-riscv64.jar
            touch all-in-one/target/lib/store-1-SNAPSHOT.jar all-in-one/target/lib/spring.jar
            """;
    /** Prints its arguments; records caches when it is asked to train. */
    private static final String JAVA = """
            #!/bin/sh
            flags=${1#@}
            case "$*" in
              *' train '*)
                echo trained >> "$HOME/trained"
                for file in "${flags%/*}/services.aot" "${flags%/*}/cli.aot"; do echo cache > "$file"; done
                ;;
            esac
            echo "JAVA $0 $*"
            """;

    @TempDir
    private Path directory;
    private Path checkout = Path.of("");
    private Path home = Path.of("");
    private final Map<String, String> environment = new HashMap<>();

    private record Result(int exitCode, String out, String err) {}

    @BeforeEach
    void makeCheckout() throws IOException {
        checkout = Files.createDirectories(directory.resolve("a checkout"));
        home = Files.createDirectories(directory.resolve("a home"));
        Files.copy(Path.of(System.getProperty("basedir", ".")).resolve("../myriad"), checkout.resolve("myriad"),
                StandardCopyOption.COPY_ATTRIBUTES);
        Files.createDirectories(checkout.resolve(".mvn"));
        Files.createDirectories(checkout.resolve("cli/src/main/java"));
        Files.writeString(checkout.resolve("pom.xml"), "<project/>");
        Files.writeString(checkout.resolve("cli/pom.xml"), "<project/>");
        Files.writeString(checkout.resolve("cli/src/main/java/A.java"), "class A {}");
        program(checkout.resolve("mvnw"), MAVEN);
        try (Stream<Path> files = Files.walk(checkout)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
            }
        }
        environment.put("HOME", home.toString());
        environment.put("PATH", "/usr/bin:/bin");
        environment.put("JAVA_HOME", jdk("jdk25", "25.0.3").toString());
    }

    @Test
    void buildsAndRecordsOnceAndThenStartsAtOnce() throws Exception {
        Result first = myriad("create", "cluster", "--name", "it's me");
        Result second = myriad("create", "cluster", "--name", "it's me");

        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.err()).contains(" ✓ Building Myriad", " ✓ Recording");
        assertThat(first.out())
                .endsWith("-Dmyriad.terminal=false io.myriad.cli.Myriad create cluster --name it's me\n");
        assertThat(second.out()).isEqualTo(first.out());
        assertThat(second.err()).isEmpty();
        assertThat(Files.readAllLines(checkout.resolve("built")))
                .containsExactly(directory.resolve("jdk25").toString());
        assertThat(Files.readAllLines(home.resolve("trained"))).hasSize(1);
    }

    @Test
    void leavesTheJarsOfARunningClusterAlone() throws Exception {
        myriad("status");
        Path first = build();
        change(checkout.resolve("cli/src/main/java/A.java"));

        myriad("start");

        assertThat(build()).isNotEqualTo(first);
        assertThat(first.resolve("lib/store-1-SNAPSHOT.jar")).exists();
        assertThat(build().resolve("lib/x-linux-riscv64.jar")).as("of another machine").doesNotExist();
        assertThat(build().resolve("services.jvmargs")).content()
                .contains("-XX:AOTCache=" + build() + "/services.aot",
                        build() + "/lib/all-in-one-1.jar:" + build() + "/lib/spring.jar");
    }

    @Test
    void buildsAgainWhenASourceIsChangedAddedOrRemoved() throws Exception {
        myriad("start");
        change(checkout.resolve("cli/src/main/java/A.java"));
        myriad("start");
        Files.writeString(checkout.resolve("cli/src/main/java/B.java"), "class B {}");
        myriad("start");
        Files.delete(checkout.resolve("cli/src/main/java/B.java"));
        myriad("start");
        myriad("start");

        assertThat(Files.readAllLines(checkout.resolve("built"))).hasSize(4);
    }

    @Test
    void buildsWhatHasChangedAndStartsNothing() throws Exception {
        myriad("status");
        change(checkout.resolve("cli/src/main/java/A.java"));

        Result changed = myriad("build");
        Result unchanged = myriad("build");

        assertThat(changed.exitCode()).as(changed.err()).isZero();
        assertThat(changed.err()).contains(" ✓ Building Myriad", " ✓ Recording");
        assertThat(changed.out()).isEmpty();
        assertThat(unchanged).isEqualTo(new Result(0, "", ""));
        assertThat(Files.readAllLines(checkout.resolve("built"))).hasSize(2);
    }

    @Test
    void looksAtAClusterAndEndsItWithTheBuildThatThereIs() throws Exception {
        myriad("create", "cluster");
        change(checkout.resolve("cli/src/main/java/A.java"));

        for (String command : List.of("status", "logs", "stop", "delete", "get")) {
            assertThat(myriad(command, "x").err()).isEmpty();
        }

        assertThat(Files.readAllLines(checkout.resolve("built"))).hasSize(1);
    }

    @Test
    void recordsAgainForAnotherJdk() throws Exception {
        myriad("status");
        environment.put("JAVA_HOME", jdk("jdk26", "26").toString());

        Result result = myriad("status");

        assertThat(result.out()).startsWith("JAVA " + directory.resolve("jdk26/bin/java"));
        assertThat(Files.readAllLines(checkout.resolve("built"))).hasSize(1);
        assertThat(Files.readAllLines(home.resolve("trained"))).hasSize(2);
    }

    @Test
    void showsWhyTheBuildFailedAndTriesAgain() throws Exception {
        Files.writeString(checkout.resolve("fail"), "");

        Result failed = myriad("create", "cluster");

        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.err()).contains(" ✗ Building Myriad", "COMPILATION ERROR: what the matter is");
        Files.delete(checkout.resolve("fail"));
        assertThat(myriad("create", "cluster").exitCode()).isZero();
    }

    @Test
    void findsAJdkWhereTheDefaultOneIsTooOld() throws Exception {
        environment.put("JAVA_HOME", jdk("jdk17", "17.0.15").toString());
        Path jdk = jdk("a home/.jdks/temurin-25.0.1", "25.0.1");

        Result result = myriad("status");

        assertThat(result.out()).as(result.err()).startsWith("JAVA " + jdk + "/bin/java");
        environment.put("JAVA_HOME", jdk("runtime", "25").toString());
        Files.delete(directory.resolve("runtime/bin/javac"));
        assertThat(myriad("status").out()).as("a runtime without a compiler is no JDK")
                .startsWith("JAVA " + jdk + "/bin/java");
    }

    @Test
    void findsTheJdkBehindTheLinkOnThePath() throws Exception {
        environment.remove("JAVA_HOME");
        Path jdk = jdk("elsewhere", "27-ea");
        Path bin = Files.createDirectory(directory.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("java2"), jdk.resolve("bin/java"));
        Files.createSymbolicLink(bin.resolve("java"), Path.of("java2"));
        environment.put("PATH", bin + ":/usr/bin:/bin");

        assertThat(myriad("status").out()).startsWith("JAVA " + jdk + "/bin/java");
    }

    @Test
    void canBeCalledThroughALink() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("a checkout/myriad"));

        Result result = run(link.toString(), "status");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(checkout.resolve("built")).exists();
    }

    @Test
    void listsClustersWithoutAProgram() throws Exception {
        assertThat(myriad("get", "clusters").out()).isEmpty();
        for (String name : List.of("b", "a")) {
            Path cluster = Files.createDirectories(home.resolve(".myriad/clusters/" + name));
            Files.writeString(cluster.resolve("cluster.yaml"), "");
        }
        Files.createDirectories(home.resolve(".myriad/clusters/none"));

        assertThat(myriad("get", "clusters").out()).isEqualTo("a\nb\n");
        assertThat(checkout.resolve("built")).doesNotExist();
    }

    @Test
    void printsTextsOfTheBuildWithoutAProgram() throws Exception {
        myriad("status");
        Files.writeString(build().resolve("text/version"), "myriad 1\n");

        assertThat(myriad("version").out()).isEqualTo("myriad 1\n");
    }

    private Path build() throws IOException {
        return Path.of(Files.readString(checkout.resolve("target/myriad/build")).strip());
    }

    /** Changes a file as an editor does, a moment later than whatever was there. */
    private static void change(Path file) throws IOException {
        Files.writeString(file, "class Changed {}");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    }

    private Path jdk(String name, String version) throws IOException {
        Path jdk = directory.resolve(name);
        Files.createDirectories(jdk.resolve("bin"));
        program(jdk.resolve("bin/java"), JAVA);
        program(jdk.resolve("bin/javac"), JAVA);
        Files.writeString(jdk.resolve("release"),
                "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\nOS_ARCH=\"x86_64\"\n");
        return jdk;
    }

    private static void program(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Result myriad(String... arguments) throws Exception {
        return run(checkout.resolve("myriad").toString(), arguments);
    }

    private Result run(String program, String... arguments) throws Exception {
        Path out = Files.createTempFile(directory, "out", "");
        Path err = Files.createTempFile(directory, "err", "");
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(program), Stream.of(arguments)).toList());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        int exitCode = builder.start().waitFor();
        return new Result(exitCode, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }
}
