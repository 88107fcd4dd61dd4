package io.myriad.benchmarks.store;

import java.nio.file.Path;
import java.util.Set;

/**
 * What is asked for.
 *
 * @param jdk the Java that runs our store
 * @param build its jars
 * @param peers directory of the real programs
 * @param directory where the data goes
 * @param rounds measured rounds of each load
 * @param only names of the loads; empty: all
 * @param keys of the load {@code memory}
 * @param gigabytes written before {@code defragment} and in {@code holes}
 * @param heapMebibytes largest heap of our store
 * @param json whether the result is JSON instead of a table
 */
record Settings(Path jdk, Path build, Path peers, Path directory, int rounds, Set<String> only, int keys,
        int gigabytes, int heapMebibytes, boolean json) {

    /** Reads the command's arguments. */
    static Settings parse(String... arguments) {
        Path directory = Path.of(System.getProperty("java.io.tmpdir"));
        int rounds = 3;
        Set<String> only = Set.of();
        int keys = 1_000_000;
        int gigabytes = 1;
        int heap = 3072;
        boolean json = false;
        for (int i = 2; i < arguments.length; i += 2) {
            String value = i + 1 < arguments.length ? arguments[i + 1] : "";
            switch (arguments[i]) {
                case "--rounds" -> rounds = number(arguments[i], value, 100);
                case "--only" -> only = Set.of(value.split(","));
                case "--keys" -> keys = number(arguments[i], value, 100_000_000);
                case "--gigabytes" -> gigabytes = number(arguments[i], value, 100);
                case "--heap-mebibytes" -> heap = number(arguments[i], value, 1 << 20);
                case "--directory" -> directory = Path.of(value);
                case "--output" -> json = value.equals("json");
                default -> throw new IllegalArgumentException("unknown argument " + arguments[i]);
            }
        }
        String home = System.getenv().getOrDefault("MYRIAD_PEERS",
                System.getProperty("user.home") + "/.cache/myriad-peers");
        return new Settings(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(home), directory, rounds, only, keys,
                gigabytes, heap, json);
    }

    private static int number(String flag, String value, int most) {
        try {
            int number = Integer.parseInt(value);
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(flag + ": a number from 1 to " + most + " is expected");
    }
}
