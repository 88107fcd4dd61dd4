package io.myriad.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

import picocli.CommandLine.ParseResult;

import io.myriad.cli.cluster.ClusterState;
import io.myriad.cli.cluster.Clusters;
import io.myriad.cli.settings.Durations;
import io.myriad.cli.settings.Setting;

/** {@code start}: a stopped cluster, with all that was in it. */
final class StartCommand implements Action {

    @Override
    public void run(ParseResult arguments, Session session) throws IOException, InterruptedException {
        String name = Commands.clusterName(arguments, session);
        Clusters clusters = session.clusters();
        try (Clusters.Lock lock = clusters.lock(name)) {
            ClusterState state = clusters.load(name);
            if (state.cluster().directory().supervisor().isAnythingAlive()) {
                throw new UserError("cluster '" + name + "' is running already; see 'myriad status'");
            }
            Optional<String> occupied = state.cluster().ports().firstOccupied();
            if (occupied.isPresent()) {
                throw new UserError(
                        "port " + occupied.get() + " of cluster '" + name + "' is in use by another program");
            }
            session.progress().line("Starting cluster \"" + name + "\" ...");
            Duration wait = Durations.parse(Setting.WAIT.defaultValue()).orElseThrow();
            new Lifecycle(session, state).start(wait);
        }
    }
}
