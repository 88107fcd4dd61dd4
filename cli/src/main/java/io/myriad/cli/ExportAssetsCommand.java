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

    static String launcher(String program, ServiceKind kind, JavaCommand java) {
        List<String> command = new ArrayList<>(java.start(JavaCommand.smallProcessFlags()));
        command.add(kind.mainClass());
        if (kind == ServiceKind.APISERVER) {
            // Tests run several at a time, and nobody looks at its actuator.
            command.add("--management-port=0");
        }
        return """
                #!/bin/sh
                # Myriad's %1$s with the flags of %2$s. Written by 'myriad export assets'.
                if ! : > %3$s; then
                  echo "%2$s: this build of myriad is gone; write this file anew with 'myriad export assets'" >&2
                  exit 1
                fi
                exec %4$s "$@"
                """.formatted(kind.key(), program, Supervisor.shellWord(java.build().resolve("used").toString()),
                command.stream().map(Supervisor::shellWord).collect(Collectors.joining(" ")));
    }
}
