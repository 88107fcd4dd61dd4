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
import io.myriad.cli.cluster.JavaCommand;
import io.myriad.cli.terminal.Terminal;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * {@code train DIR}, for {@code ./myriad} only: a cluster's whole life in a directory of its own, run by JVMs that record which classes they load and which methods run
 * often, and write that down as a cache when they end. What happens here is what starts fast later, and what the second compiler knows from the start. So the
 * cluster is just large enough to get the whole JVM, and runs as many pods as it takes to find out what is hot.
 */
final class TrainCommand implements Action {
    private static final String NAME = "training";
    /** Writing the cache is part of the JVM's end, and takes a slow machine long. */
    private static final Duration CACHE_LIMIT = Duration.ofMinutes(5);
    private static final Duration PODS_LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(500);
    private static final int BODY_LIMIT_BYTES = 1 << 20;
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
    private static final int REPLICAS = 1_000;
    private static final int NODES = JavaCommand.SMALL_CLUSTER_NODES + 1;

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
        require(Myriad.run(training, "create", "cluster", "--name", NAME, "--nodes", Integer.toString(NODES)));
        ClusterState state = training.clusters().load(NAME);
        try {
            runPods(ApiClient.of(state.cluster()));
            require(Myriad.run(training, "get", "clusters"));
            require(Myriad.run(training, "status", "--name", NAME));
            require(Myriad.run(training, "logs", "apiserver", "--name", NAME));
        } finally {
            new Lifecycle(training, state).stop(CACHE_LIMIT);
            require(Myriad.run(training, "delete", "cluster", "--name", NAME));
        }
    }

    /** Has every service do its daily work. That the pods do not run in time is no reason to do without a cache. */
    private static void runPods(ApiClient client) throws IOException, InterruptedException {
        try (InputStream deployment = TrainCommand.class.getResourceAsStream("training-deployment.json")) {
            if (deployment == null) {
                throw new IllegalStateException("training-deployment.json is not on the class path");
            }
            client.create(DEPLOYMENTS, deployment.readAllBytes());
        }
        long deadlineNanos = System.nanoTime() + PODS_LIMIT.toNanos();
        while (!client.get(DEPLOYMENTS, body -> new String(body.readNBytes(BODY_LIMIT_BYTES), UTF_8))
                .contains("\"readyReplicas\":" + REPLICAS + ",") && System.nanoTime() < deadlineNanos) {
            Thread.sleep(POLL_INTERVAL);
        }
    }

    private static void require(int exitCode) {
        if (exitCode != 0) {
            throw new UserError("the training run failed");
        }
    }
}
