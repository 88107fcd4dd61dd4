package io.myriad.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import picocli.CommandLine.ParseResult;

import io.myriad.cli.api.ApiClient;
import io.myriad.cli.cluster.Pki;

/** {@code access DIR}: what {@code create cluster} does once the API server is ready, for clusters that somebody else starts. */
final class AccessCommand implements Action {
    /** Whoever starts the cluster may start this at the same time. */
    private static final Duration SERVER_LIMIT = Duration.ofMinutes(2);

    @Override
    public void run(ParseResult arguments, Session session) throws IOException, InterruptedException {
        Pki pki = new Pki(Path.of(Commands.argument(arguments)).toAbsolutePath());
        String server = arguments.matchedOptionValue(Commands.SERVER, "");
        ComponentAccess.grant(ApiClient.of(pki, List.of(server)), SERVER_LIMIT);
        session.terminal().err().println("The hollow nodes' user has its rights at " + server);
    }
}
