package io.myriad.benchmarks.sizes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is measured.
 *
 * @param nodes simulated nodes
 * @param pods that Deployments bring to Running
 * @param storedPods pods that are written right into the store, in place of nodes, pods of Deployments and whoever makes them run
 * @param deployments that the pods belong to
 * @param rounds lists of a kind that are measured
 * @param peers directory of the real programs, used when {@code real}
 * @param real whether the real kube-apiserver's lists are measured too
 * @param json whether the result is JSON instead of a table
 * @param keep whether the cluster is left running
 * @param createFlags further flags for {@code create cluster}
 */
record Settings(int nodes, int pods, int storedPods, int deployments, int rounds, Path peers, boolean real,
        boolean json, boolean keep,
        List<String> createFlags) {
    /** Reads the command's arguments. */
    static Settings parse(String... arguments) {
        int nodes = -1;
        int pods = 10_000;
        int storedPods = 0;
        int deployments = 20;
        int rounds = 50;
        boolean real = false;
        boolean json = false;
        boolean keep = false;
        List<String> flags = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--nodes" -> nodes = number(arguments, ++i, 0, 10_000);
                case "--pods" -> pods = number(arguments, ++i, 0, 200_000);
                case "--stored-pods" -> storedPods = number(arguments, ++i, 0, 200_000);
                case "--deployments" -> deployments = number(arguments, ++i, 1, 10_000);
                case "--rounds" -> rounds = number(arguments, ++i, 1, 1_000);
                case "--real" -> real = true;
                case "--keep" -> keep = true;
                case "--output" -> json = json(arguments, ++i);
                default -> flags.add(arguments[i]);
            }
        }
        String home = System.getenv().getOrDefault("MYRIAD_PEERS",
                System.getProperty("user.home") + "/.cache/myriad-peers");
        if (nodes < 0) {
            nodes = storedPods > 0 ? 0 : 1_000;
        }
        if (storedPods > 0) {
            pods = 0;
        }
        return new Settings(nodes, pods, storedPods, deployments, rounds, Path.of(home), real, json, keep,
                List.copyOf(flags));
    }

    private static int number(String[] arguments, int at, int least, int most) {
        try {
            int number = at < arguments.length ? Integer.parseInt(arguments[at]) : -1;
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(
                arguments[at - 1] + ": a number from " + least + " to " + most + " is expected");
    }

    private static boolean json(String[] arguments, int at) {
        String format = at < arguments.length ? arguments[at] : "";
        if (!format.equals("json") && !format.equals("table")) {
            throw new IllegalArgumentException("--output: table or json is expected");
        }
        return format.equals("json");
    }
}
