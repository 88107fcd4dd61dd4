package io.myriad.system;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the real programs are that {@code peers/build.sh} builds. */
final class Peers {
    private Peers() {}

    /** The file of a program; fails with what to do when it is not there. */
    static Path program(String name) {
        Path file = directory().resolve(name);
        if (!Files.isExecutable(file)) {
            throw new AssertionError(file + " is not there. The tests of -Ppeers need the real programs: "
                    + "build them with system-tests/peers/build.sh " + name);
        }
        return file;
    }

    private static Path directory() {
        Path home = Optional.ofNullable(System.getenv("MYRIAD_PEERS")).map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "myriad-peers"));
        return home.resolve("bin");
    }
}
