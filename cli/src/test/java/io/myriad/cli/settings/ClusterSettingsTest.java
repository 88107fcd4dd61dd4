package io.myriad.cli.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.myriad.cli.UserError;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

final class ClusterSettingsTest {
    private static final String HEADER = "apiVersion: config.myriad.io/v1alpha1\nkind: Cluster\n";

    @TempDir
    private Path directory;

    @Test
    void pinsTheDefaults() {
        ClusterSettings settings = ClusterSettings.resolve(Map.of(), Map.of(), Optional.empty());

        assertThat(settings).isEqualTo(
                new ClusterSettings("myriad", new ClusterSize(10, 1, 1, 1, 1, false), Duration.ofMinutes(2)));
        assertThat(settings.size().inOneProcess()).isTrue();
    }

    @Test
    void flagsWinOverVariablesOverTheFile() throws Exception {
        Path file = file(HEADER + "name: from-file\nnodes: 1\nstores: 3\ncontrollers: 2\n");

        ClusterSettings settings = ClusterSettings.resolve(Map.of(Setting.NODES, "3"),
                Map.of("MYRIAD_NODES", "2", "MYRIAD_CONTROLLERS", "0", "MYRIAD_SCHEDULERS", ""), Optional.of(file));

        assertThat(settings).isEqualTo(
                new ClusterSettings("from-file", new ClusterSize(3, 3, 1, 0, 1, false), Duration.ofMinutes(2)));
    }

    @Test
    void aVariableNamesTheFileToo() throws Exception {
        Path file = file(HEADER + "nodes: 7\n");

        assertThat(ClusterSettings.resolve(Map.of(), Map.of("MYRIAD_CONFIG", file.toString()), Optional.empty()).size()
                .nodes())
                .isEqualTo(7);
    }

    @Test
    void readsEveryKey() throws Exception {
        Path file = file(HEADER + """
                name: big
                nodes: 1000
                stores: 3
                apiservers: 2
                controllers: 2
                schedulers: 0
                separate: true
                wait: 1m30s
                """);

        assertThat(ClusterSettings.resolve(Map.of(), Map.of(), Optional.of(file)))
                .isEqualTo(new ClusterSettings("big", new ClusterSize(1000, 3, 2, 2, 0, true), Duration.ofSeconds(90)));
    }

    @Test
    void namesTheUnknownKeyAndItsLine() throws Exception {
        Path file = file(HEADER + "nodes: 10\nnode: 3\n");

        assertComplaint(file,
                file + ":4: unknown key 'node'; known keys: apiVersion, kind, name, nodes, stores, apiservers, "
                        + "controllers, schedulers, separate, wait");
    }

    @Test
    void refusesAKeyGivenTwice() throws Exception {
        Path file = file(HEADER + "nodes: 10\nnodes: 3\n");

        assertComplaint(file, file + ":4: key 'nodes' is given twice");
    }

    @Test
    void refusesOtherVersionsAndKinds() throws Exception {
        Path file = file("apiVersion: config.myriad.io/v2\nkind: Cluster\n");
        assertComplaint(file, file
                + ": apiVersion 'config.myriad.io/v2' is not known: this version reads 'apiVersion: config.myriad.io/v1alpha1'");

        file("nodes: 3\n");
        assertComplaint(file, file + ": key 'apiVersion' is missing: 'apiVersion: config.myriad.io/v1alpha1'");
    }

    @Test
    void namesTheLineOfABadValueEvenIfAFlagOverridesIt() throws Exception {
        Path file = file(HEADER + "stores: 2\n");

        assertThatExceptionOfType(UserError.class)
                .isThrownBy(() -> ClusterSettings.resolve(Map.of(Setting.STORES, "3"), Map.of(), Optional.of(file)))
                .withMessage(file + ":3: stores: '2' is not valid: must be 1 or 3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "- a\n", "just text", "{unclosed", "nodes:\n  a: b\n", "a: &x [*x"})
    void refusesWhatIsNoSuchFile(String content) throws Exception {
        Path file = file(content);

        assertThatExceptionOfType(UserError.class)
                .isThrownBy(() -> ClusterSettings.resolve(Map.of(), Map.of(), Optional.of(file)))
                .withMessageStartingWith(file.toString());
    }

    @Test
    void namesTheMissingFile() {
        Path file = directory.resolve("none.yaml");

        assertComplaint(file, file + ": no such file");
    }

    @ParameterizedTest
    @CsvSource({"NODES, -1", "NODES, 100001", "NODES, ten", "STORES, 2", "APISERVERS, 0", "SCHEDULERS, 10",
            "NAME, Upper",
            "NAME, -a", "NAME, ../x", "SEPARATE, yes", "WAIT, 5", "WAIT, 1x"})
    void namesTheFlagOfABadValue(Setting setting, String value) {
        assertThatExceptionOfType(UserError.class)
                .isThrownBy(() -> ClusterSettings.resolve(Map.of(setting, value), Map.of(), Optional.empty()))
                .withMessageStartingWith(setting.flag() + ": '" + value + "' is not valid: must be");
    }

    @Test
    void namesTheVariableOfABadValue() {
        assertThatExceptionOfType(UserError.class)
                .isThrownBy(() -> ClusterSettings.resolve(Map.of(), Map.of("MYRIAD_NODES", "x"), Optional.empty()))
                .withMessage("MYRIAD_NODES: 'x' is not valid: must be a number from 0 to 100000");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0s, 0", "90s, 90000", "2m, 120000", "1h30m, 5400000", "250ms, 250", "1.5s, 1500"})
    void readsDurationsAsGoDoes(String text, long millis) {
        assertThat(Durations.parse(text)).contains(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-5s", "5 s", "5s5", "m5"})
    void refusesOtherDurations(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"5, 5s", "119, 119s", "120, 2m", "187, 3m7s", "600, 10m", "10800, 3h", "18720, 5h12m", "172800, 2d"})
    void showsAgesAsKubectlDoes(long seconds, String text) {
        assertThat(Durations.age(Duration.ofSeconds(seconds))).isEqualTo(text);
    }

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("cluster.yaml"), content);
    }

    private static void assertComplaint(Path file, String message) {
        assertThatExceptionOfType(UserError.class)
                .isThrownBy(() -> ClusterSettings.resolve(Map.of(), Map.of(), Optional.of(file))).withMessage(message);
    }
}
