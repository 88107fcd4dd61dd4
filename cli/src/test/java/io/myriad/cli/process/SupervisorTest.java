package io.myriad.cli.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.cli.Await;

import static org.assertj.core.api.Assertions.assertThat;

/** The supervisor's script and its processes, for real; what is supervised are sleeping shells. */
@Timeout(120)
final class SupervisorTest {
    private static final Duration GRACE = Duration.ofSeconds(10);

    @TempDir
    private Path directory;
    private Path run = Path.of("");
    private Path logs = Path.of("");
    private Supervisor supervisor = new Supervisor(run, logs);

    @BeforeEach
    void makeDirectories() throws IOException {
        run = Files.createDirectory(directory.resolve("run"));
        logs = Files.createDirectory(directory.resolve("it's logs"));
        supervisor = new Supervisor(run, logs);
    }

    @AfterEach
    void leaveNothing() throws IOException {
        supervisor.stop(List.of(), Duration.ZERO);
    }

    @Test
    void startsProcessesThatOutliveTheirStarter() throws Exception {
        supervisor.define("store", sleeper("it's \"up\" $HOME"));
        supervisor.start(Map.of());

        ProcessIdentity process = awaitProcess("store");
        Await.until("the process's output", () -> log("store").equals("it's \"up\" $HOME\n"));
        assertThat(process.residentBytes().orElse(0)).isPositive();
        assertThat(ProcessHandle.of(process.pid()).orElseThrow().parent().map(ProcessHandle::pid))
                .as("not a child of this JVM")
                .isNotEqualTo(Optional.of(ProcessHandle.current().pid()));
    }

    @Test
    void startsAgainWhatWasKilledAndRecordsIt() throws Exception {
        supervisor.define("store", sleeper("last words"));
        supervisor.start(Map.of());
        ProcessIdentity first = awaitProcess("store");
        Await.until("output", () -> log("store").contains("last words"));

        first.kill();

        ProcessIdentity second = awaitOther("store", first);
        assertThat(second).isNotEqualTo(first);
        assertThat(supervisor.deaths()).singleElement().satisfies(death -> {
            assertThat(death.name()).isEqualTo("store");
            assertThat(death.pid()).isEqualTo(first.pid());
            assertThat(death.cause()).isEqualTo("killed by signal KILL");
            assertThat(death.lastLine()).isEqualTo("last words");
            assertThat(death.isFailure()).isTrue();
            assertThat(death.backoff()).isEqualTo(Duration.ofMillis(500));
        });
        assertThat(log("store")).contains("ERROR supervisor   store (pid " + first.pid() + ") ended");
    }

    @Test
    void waitsLongerAfterEachFailure() throws Exception {
        supervisor.define("broken", List.of("sh", "-c", "echo no config; exit 3"));
        supervisor.start(Map.of());

        Await.until("three ends", () -> supervisor.deaths().size() >= 3);
        List<Death> deaths = supervisor.deaths().subList(0, 3);
        assertThat(deaths).extracting(Death::cause).containsOnly("exit code 3");
        assertThat(deaths).extracting(Death::backoff).containsExactly(Duration.ofMillis(500), Duration.ofSeconds(1),
                Duration.ofSeconds(2));
        assertThat(deaths).extracting(Death::lastLine).allMatch(line -> line.endsWith("no config"));
    }

    @Test
    void stopsInOrderAndLeavesNothing() throws Exception {
        Path order = directory.resolve("order");
        for (String name : List.of("store", "apiserver", "scheduler")) {
            supervisor.define(name, recorder(name, order));
        }
        supervisor.start(Map.of());
        List<ProcessIdentity> processes = List.of(awaitProcess("store"), awaitProcess("apiserver"),
                awaitProcess("scheduler"));
        Await.until("all traps are set",
                () -> Stream.of("store", "apiserver", "scheduler").allMatch(name -> log(name).equals("up\n")));
        ProcessIdentity shell = supervisor.supervisor().orElseThrow();

        supervisor.stop(List.of(List.of("scheduler"), List.of("apiserver"), List.of("store")), GRACE);

        assertThat(Files.readAllLines(order)).containsExactly("scheduler", "apiserver", "store");
        assertThat(processes).noneMatch(ProcessIdentity::isAlive);
        assertThat(shell.isAlive()).isFalse();
        assertThat(supervisor.isAnythingAlive()).isFalse();
        assertThat(supervisor.deaths()).as("an end that was asked for is none").isEmpty();
        assertThat(shellsOf(run)).isEmpty();
    }

    @Test
    void killsWhatDoesNotStop() throws Exception {
        supervisor.define("stubborn", List.of("sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"));
        supervisor.start(Map.of());
        ProcessIdentity process = awaitProcess("stubborn");
        Await.until("the trap is set", () -> log("stubborn").equals("up\n"));

        supervisor.stop(List.of(List.of("stubborn")), Duration.ofMillis(300));

        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void stopsEverythingAfterTheSupervisorWasKilled() throws Exception {
        supervisor.define("store", sleeper("up"));
        supervisor.define("apiserver", sleeper("up"));
        supervisor.start(Map.of());
        ProcessIdentity store = awaitProcess("store");
        ProcessIdentity apiserver = awaitProcess("apiserver");
        ProcessIdentity shell = supervisor.supervisor().orElseThrow();
        shell.kill();
        Await.until("the supervisor is dead", () -> !shell.isAlive());
        assertThat(supervisor.supervisor()).isEmpty();
        assertThat(supervisor.isAnythingAlive()).isTrue();

        supervisor.stop(List.of(List.of("apiserver"), List.of("store")), GRACE);

        assertThat(List.of(store, apiserver)).noneMatch(ProcessIdentity::isAlive);
        assertThat(shellsOf(run)).isEmpty();
    }

    @Test
    void stopsEverythingAfterSupervisorAndWatchersWereKilled() throws Exception {
        supervisor.define("store", sleeper("up"));
        supervisor.start(Map.of());
        ProcessIdentity store = awaitProcess("store");
        supervisor.supervisor().orElseThrow().kill();
        ProcessIdentity.read(run.resolve("store.watcher")).orElseThrow().kill();

        supervisor.stop(List.of(List.of("store")), GRACE);

        assertThat(store.isAlive()).isFalse();
        assertThat(shellsOf(run)).isEmpty();
    }

    @Test
    void takesOverWhatACrashedSupervisorLeft() throws Exception {
        supervisor.define("store", sleeper("up"));
        supervisor.start(Map.of());
        ProcessIdentity store = awaitProcess("store");
        supervisor.supervisor().orElseThrow().kill();
        ProcessIdentity watcher = ProcessIdentity.read(run.resolve("store.watcher")).orElseThrow();
        watcher.kill();
        Await.until("both are dead", () -> !watcher.isAlive() && supervisor.supervisor().isEmpty());

        supervisor.start(Map.of());

        Await.until("a new watcher", () -> ProcessIdentity.readAlive(run.resolve("store.watcher")).isPresent());
        assertThat(supervisor.process("store")).as("no second process beside the first").contains(store);
        store.kill();
        awaitOther("store", store);
        assertThat(supervisor.deaths()).singleElement()
                .satisfies(death -> assertThat(death.cause()).startsWith("unknown"));
    }

    @Test
    void neverSignalsAnotherProcessWithTheSamePid() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "300").start();
        try {
            ProcessIdentity identity = ProcessIdentity.of(stranger.pid()).orElseThrow();
            Files.writeString(run.resolve("store.pid"), identity.pid() + " " + identity.birth() + "0\n");
            Files.writeString(run.resolve("supervisor.pid"), identity.pid() + " 1\n");

            assertThat(supervisor.process("store")).isEmpty();
            supervisor.stop(List.of(List.of("store")), Duration.ZERO);

            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly().waitFor();
        }
    }

    @Test
    void restartsAtOnceAndCountsNoFailure() throws Exception {
        supervisor.define("store", sleeper("up"));
        supervisor.start(Map.of());
        ProcessIdentity first = awaitProcess("store");

        supervisor.restart("store", "restart asked for", GRACE);
        ProcessIdentity second = supervisor.process("store").orElseThrow();
        supervisor.restart("store", "kill asked for", Duration.ZERO);

        assertThat(first.isAlive() || second.isAlive()).isFalse();
        assertThat(supervisor.deaths()).extracting(Death::cause).containsExactly("restart asked for", "kill asked for");
        assertThat(supervisor.deaths()).noneMatch(Death::isFailure);
    }

    @Test
    void addsAndRemovesProcessesWhileItRuns() throws Exception {
        supervisor.define("store", sleeper("up"));
        supervisor.start(Map.of());
        ProcessIdentity store = awaitProcess("store");

        supervisor.define("hollow-nodes", sleeper("up"));
        supervisor.start(Map.of());
        ProcessIdentity nodes = awaitProcess("hollow-nodes");
        supervisor.remove("hollow-nodes", GRACE);

        assertThat(nodes.isAlive()).isFalse();
        assertThat(store.isAlive()).isTrue();
        assertThat(supervisor.names()).containsExactly("store");
        Await.until("its watcher ends", () -> ProcessIdentity.readAlive(run.resolve("hollow-nodes.watcher")).isEmpty());
        assertThat(supervisor.deaths()).isEmpty();
    }

    @Test
    void boundsTheLogs() throws Exception {
        Path log = logs.resolve("store.log");
        Files.writeString(log, "x".repeat(17 << 20));
        supervisor.define("store", sleeper("after"));
        supervisor.start(Map.of());

        Await.until("the log is moved aside",
                () -> Files.exists(logs.resolve("store.log.1")) && Files.size(log) < 1000);
        assertThat(Files.size(logs.resolve("store.log.1"))).isGreaterThanOrEqualTo(17 << 20);
    }

    private ProcessIdentity awaitProcess(String name) throws Exception {
        Await.until(name + " runs", () -> supervisor.process(name).isPresent());
        return supervisor.process(name).orElseThrow();
    }

    private ProcessIdentity awaitOther(String name, ProcessIdentity before) throws Exception {
        Await.until(name + " runs again",
                () -> supervisor.process(name).filter(now -> !now.equals(before)).isPresent());
        return supervisor.process(name).orElseThrow();
    }

    private String log(String name) {
        Path file = logs.resolve(name + ".log");
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static List<String> sleeper(String words) {
        return List.of("sh", "-c", "printf '%s\\n' \"$0\"; exec sleep 300", words);
    }

    /** Writes down its name when it is asked to end. */
    private static List<String> recorder(String name, Path file) {
        return List.of("sh", "-c",
                "trap 'echo " + name + " >> \"$0\"; kill $!; exit 0' TERM; echo up; sleep 300 & wait", file.toString());
    }

    private static List<String> shellsOf(Path run) {
        return ProcessHandle.allProcesses().map(ProcessHandle::info)
                .filter(info -> info.arguments().stream().flatMap(Stream::of).anyMatch(run.toString()::equals))
                .flatMap(info -> info.commandLine().stream()).toList();
    }
}
