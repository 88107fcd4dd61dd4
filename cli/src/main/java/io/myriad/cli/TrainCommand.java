package io.myriad.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import picocli.CommandLine.ParseResult;

import io.myriad.cli.api.ApiClient;
import io.myriad.cli.cluster.ClusterState;
import io.myriad.cli.terminal.Terminal;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * {@code train DIR}, for {@code ./myriad} only: a cluster's whole life in a directory of its own, run by JVMs that record which classes they load and write that down
 * as a cache when they end. What happens here is what starts fast later.
 */
final class TrainCommand implements Action {
    private static final String NAME = "training";
    /** Writing the cache is part of the JVM's end, and takes a slow machine long. */
    private static final Duration CACHE_LIMIT = Duration.ofMinutes(5);
    private static final Duration POD_LIMIT = Duration.ofSeconds(30);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
    private static final int BODY_LIMIT_BYTES = 1 << 20;
    private static final String PODS = "/api/v1/namespaces/default/pods";

    @Override
    public void run(ParseResult arguments, Session session) throws IOException, InterruptedException {
        Path directory = Path.of(Commands.argument(arguments)).toAbsolutePath();
        Map<String, String> environment = new HashMap<>(session.environment());
        environment.keySet().removeIf(variable -> variable.startsWith("MYRIAD_"));
        environment.put("MYRIAD_HOME", directory.toString());
        environment.put("KUBECONFIG", directory.resolve("kubeconfig").toString());
        Terminal silent = new Terminal(new PrintStream(OutputStream.nullOutputStream()), session.terminal().err(),
                false, false);
        Session training = new Session(silent, environment, session.java(), session.clock(), session.random());
        require(Myriad.run(training, "create", "cluster", "--name", NAME));
        ClusterState state = training.clusters().load(NAME);
        try {
            runPod(ApiClient.of(state.cluster()));
            require(Myriad.run(training, "get", "clusters"));
            require(Myriad.run(training, "status", "--name", NAME));
            require(Myriad.run(training, "logs", "apiserver", "--name", NAME));
        } finally {
            new Lifecycle(training, state).stop(CACHE_LIMIT);
            require(Myriad.run(training, "delete", "cluster", "--name", NAME));
        }
    }

    /** Has every service do a little of its daily work. That a pod does not run in time is no reason to do without a cache. */
    private static void runPod(ApiClient client) throws IOException, InterruptedException {
        try (InputStream deployment = TrainCommand.class.getResourceAsStream("training-deployment.json")) {
            if (deployment == null) {
                throw new IllegalStateException("training-deployment.json is not on the class path");
            }
            client.create("/apis/apps/v1/namespaces/default/deployments", deployment.readAllBytes());
        }
        long deadlineNanos = System.nanoTime() + POD_LIMIT.toNanos();
        while (!client.get(PODS, body -> new String(body.readNBytes(BODY_LIMIT_BYTES), UTF_8))
                .contains("\"phase\":\"Running\"") && System.nanoTime() < deadlineNanos) {
            Thread.sleep(POLL_INTERVAL);
        }
    }

    private static void require(int exitCode) {
        if (exitCode != 0) {
            throw new UserError("the training run failed");
        }
    }
}
