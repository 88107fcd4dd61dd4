package io.myriad.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A cluster that all classes of tests share which ask for it as a parameter: it is created for the first of them, and
 * deleted after the last test of the run. Each class uses a namespace of its own.
 */
final class SharedCluster implements AutoCloseable {
    static final int NODES = 3;
    private static final String NAME = "peers";

    private final Path home;
    private final MyriadCommand myriad;

    private SharedCluster() throws IOException, InterruptedException {
        home = Files.createTempDirectory("myriad-peers");
        myriad = new MyriadCommand(home);
        myriad.run("create", "cluster", "--name", NAME, "--nodes", Integer.toString(NODES), "--wait", "5m");
    }

    Path home() {
        return home;
    }

    /** kubectl as the cluster's administrator. */
    Program kubectl() {
        return new Program(Peers.program("kubectl"), home,
                Map.of("KUBECONFIG", myriad.kubeconfig().toString(), "HOME", home.toString()));
    }

    /** The same in a namespace, which is made. */
    Program kubectl(String namespace) {
        kubectl().run("create", "namespace", namespace);
        return new Program(Peers.program("kubectl"), home,
                Map.of("KUBECONFIG", myriad.kubeconfig().toString(), "HOME", home.toString()), "--namespace",
                namespace);
    }

    /** Writes a file for kubectl to read; returns its path. */
    String file(String name, String text) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text).toString();
    }

    /** An editor that replaces a text in what it is given. */
    String editor(String text, String replacement) throws IOException {
        Path script = Files.createTempFile(home, "editor", ".sh");
        Files.writeString(script, "#!/bin/sh\nsed -i 's/%s/%s/' \"$1\"\n".formatted(text, replacement));
        if (!script.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + script + " executable");
        }
        return script.toString();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        myriad.run("delete", "cluster", "--name", NAME);
        Directories.delete(home);
    }

    /** Gives tests the cluster. */
    static final class Resolver implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == SharedCluster.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot().getStore(ExtensionContext.Namespace.create(SharedCluster.class))
                    .computeIfAbsent(SharedCluster.class, key -> {
                        try {
                            return new SharedCluster();
                        } catch (IOException failure) {
                            throw new AssertionError("the cluster was not created", failure);
                        } catch (InterruptedException interrupted) {
                            Thread.currentThread().interrupt();
                            throw new AssertionError("interrupted", interrupted);
                        }
                    });
        }
    }
}
