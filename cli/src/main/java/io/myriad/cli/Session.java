package io.myriad.cli;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import io.myriad.cli.cluster.Clusters;
import io.myriad.cli.cluster.JavaCommand;
import io.myriad.cli.kubeconfig.KubeconfigFile;
import io.myriad.cli.terminal.Progress;
import io.myriad.cli.terminal.Terminal;

/**
 * What one run of the command works with.
 *
 * @param terminal
 *            where it writes
 * @param environment
 *            the environment's variables
 * @param java
 *            how services are started; asked only by those who start some
 * @param clock
 *            the time
 * @param random
 *            where choices come from
 */
record Session(Terminal terminal, Map<String, String> environment, Supplier<JavaCommand> java, InstantSource clock,
        RandomGenerator random) {

    /** The session of this process. */
    static Session ofProcess() {
        return new Session(Terminal.ofProcess(System.getenv()), System.getenv(), JavaCommand::ofThisProcess,
                InstantSource.system(), new SecureRandom());
    }

    Clusters clusters() {
        return Clusters.of(environment);
    }

    Progress progress() {
        return new Progress(terminal);
    }

    /** The user's kubeconfig file. */
    Path kubeconfig(Optional<Path> flag) {
        return KubeconfigFile.choose(flag, environment);
    }
}
