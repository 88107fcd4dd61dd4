package io.myriad.cli.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The file that tells the all-in-one process which services to run: what it says is what runs, also when it changes while the process runs.
 *
 * <pre>
 * generation 3
 * [store]
 * --name=store
 * [apiserver restart 3]
 * --secure-port=23456
 * </pre>
 *
 * <p>
 * A section whose text changes is a service that is started again; a number behind {@code restart} changes it without another effect.
 */
public final class AllInOneArguments {
    private AllInOneArguments() {}

    /** Writes the file, all at once. */
    public static void write(ClusterState state) throws IOException {
        Path file = state.cluster().directory().arguments();
        Path temporary = file.resolveSibling("arguments.new");
        Files.writeString(temporary, render(state));
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    static String render(ClusterState state) {
        StringBuilder text = new StringBuilder("generation " + state.generation() + "\n");
        state.cluster().components().forEach(component -> {
            Integer restart = state.restarts().get(component.name());
            text.append('[').append(component.kind().key()).append(restart == null ? "" : " restart " + restart)
                    .append("]\n");
            state.cluster().flags(component).forEach(flag -> text.append(flag).append('\n'));
        });
        return text.toString();
    }

    /** The generation that the process has come to: all its services run. 0: none yet. */
    public static int appliedGeneration(ClusterDirectory directory) {
        try {
            return Integer.parseInt(Files.readString(directory.run().resolve("arguments.applied")).strip());
        } catch (IOException | NumberFormatException notYet) {
            return 0;
        }
    }

    /** Forgets what was applied, before the process is started. */
    public static void reset(ClusterDirectory directory) throws IOException {
        Files.deleteIfExists(directory.arguments());
        Files.deleteIfExists(directory.run().resolve("arguments.applied"));
    }
}
