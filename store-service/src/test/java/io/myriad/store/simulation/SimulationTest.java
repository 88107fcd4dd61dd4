package io.myriad.store.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Members, clients and trouble, all drawn from a seed.
 *
 * <pre>
 * ./mvnw -pl store-service -am test -Dtest=SimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Dmyriad.seeds=100000   # more seeds
 * … -Dmyriad.seed=N                                                                                                  # one seed
 * … -Dmyriad.seed=N -Dmyriad.seeds=1000                                                                              # those from N on
 * </pre>
 */
final class SimulationTest {

    private static final Long ONE_SEED = Long.getLong("myriad.seed");
    private static final int SEEDS = Integer.getInteger("myriad.seeds", ONE_SEED == null ? 1000 : 1);
    private static final long FIRST_SEED = ONE_SEED == null ? 1 : ONE_SEED;

    @Test
    void whatClientsSeeIsWhatOneStoreWouldShowThem() throws IOException {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            run(seed);
        }
    }

    @Test
    void aSeedIsARun() throws IOException {
        assertThat(run(FIRST_SEED)).isEqualTo(run(FIRST_SEED));
    }

    private static long run(long seed) throws IOException {
        Path directory = Files.createTempDirectory(directory(), "simulation");
        SimulatedRun run = new SimulatedRun(seed, directory);
        try {
            run.run();
            return run.simulation().traceHash();
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "seed " + seed + ": " + e.getMessage() + "\nagain: ./mvnw -pl store-service -am test"
                            + " -Dtest=SimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Dmyriad.seed=" + seed
                            + "\nthe last that happened:\n" + run.simulation().lastEvents(),
                    e);
        } finally {
            delete(directory);
        }
    }

    /** Snapshots are forced to disk: in memory, where there is a file system there, that takes no time. */
    private static Path directory() {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
