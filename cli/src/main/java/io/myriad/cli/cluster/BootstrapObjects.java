package io.myriad.cli.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The objects that an API server of ours makes at its first start beside those that every cluster has: the rights of the
 * components' own users. The user that plays all nodes may do what a kubelet may, for every node, and nothing else
 * ({@code docs/decisions/0010-hollow-nodes-identity.md}); the controllers' user may do what the controllers that there are
 * may ({@code docs/decisions/0013-controllers-identity.md}).
 */
public final class BootstrapObjects {
    /** The name of the file beside the certificates. */
    public static final String FILE = "bootstrap-objects.jsonl";

    private BootstrapObjects() {}

    /** Writes the objects into a file, one a line, as the API server's flag {@code --bootstrap-objects} takes it. */
    public static void write(Path file) throws IOException {
        try (InputStream resource = BootstrapObjects.class.getResourceAsStream(FILE)) {
            if (resource == null) {
                throw new IllegalStateException(FILE + " is not on the class path");
            }
            Files.copy(resource, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
