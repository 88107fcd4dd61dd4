package io.myriad.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import picocli.CommandLine.ParseResult;

import io.myriad.cli.cluster.JavaCommand;
import io.myriad.cli.cluster.ServiceKind;
import io.myriad.cli.process.Supervisor;

/** {@code export assets DIR}: programs with upstream's names and flags, for tools that start a control plane themselves. */
final class ExportAssetsCommand implements Action {
    private static final Map<String, ServiceKind> PROGRAMS = Map.of("etcd", ServiceKind.STORE, "kube-apiserver",
            ServiceKind.APISERVER);

    @Override
    public void run(ParseResult arguments, Session session) throws IOException {
        Path directory = Files.createDirectories(Path.of(Commands.argument(arguments)).toAbsolutePath());
        JavaCommand java = session.java().get();
        for (Map.Entry<String, ServiceKind> program : PROGRAMS.entrySet()) {
            Path file = directory.resolve(program.getKey());
            Files.writeString(file, launcher(program.getKey(), program.getValue(), java));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        session.terminal().err()
                .println("Use them with: export KUBEBUILDER_ASSETS=" + Supervisor.shellWord(directory.toString()));
    }

    /** The flags of the JVM are in the program's hands: those of a small process fit a test, not a store of a million keys. */
    static String launcher(String program, ServiceKind kind, JavaCommand java) {
        List<String> arguments = new ArrayList<>(List.of(kind.mainClass()));
        if (kind == ServiceKind.APISERVER) {
            // Tests run several at a time, and nobody looks at its actuator.
            arguments.add("--management-port=0");
        }
        return """
                #!/bin/sh
                # Myriad's %1$s with the flags of %2$s. Written by 'myriad export assets'.
                # It is a small process, as tests need it. For more: MYRIAD_JVM_FLAGS="-Xmx8g" %2$s ...
                if ! : > %3$s; then
                  echo "%2$s: this build of myriad is gone; write this file anew with 'myriad export assets'" >&2
                  exit 1
                fi
                exec %4$s ${MYRIAD_JVM_FLAGS-%5$s} %6$s "$@"
                """.formatted(kind.key(), program, Supervisor.shellWord(java.build().resolve("used").toString()),
                shellWords(java.start(List.of())), String.join(" ", JavaCommand.smallProcessFlags()),
                shellWords(arguments));
    }

    private static String shellWords(List<String> words) {
        return words.stream().map(Supervisor::shellWord).collect(Collectors.joining(" "));
    }
}
