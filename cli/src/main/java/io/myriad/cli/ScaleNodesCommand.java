package io.myriad.cli;

import java.io.IOException;
import java.time.Duration;

import picocli.CommandLine.ParseResult;

import io.myriad.cli.cluster.ClusterState;
import io.myriad.cli.cluster.Clusters;
import io.myriad.cli.settings.Durations;
import io.myriad.cli.settings.Setting;

/** {@code scale nodes N}. */
final class ScaleNodesCommand implements Action {

    @Override
    public void run(ParseResult arguments, Session session) throws IOException, InterruptedException {
        int nodes = Integer.parseInt(Setting.NODES.check(Commands.argument(arguments), "nodes"));
        String wait = Setting.WAIT.check(arguments.matchedOptionValue(Setting.WAIT.flag(), Setting.WAIT.defaultValue()),
                Setting.WAIT.flag());
        String name = Commands.clusterName(arguments, session);
        Clusters clusters = session.clusters();
        try (Clusters.Lock lock = clusters.lock(name)) {
            ClusterState state = clusters.load(name);
            if (state.cluster().directory().supervisor().supervisor().isEmpty()) {
                throw new UserError(
                        "cluster '" + name + "' is not running; start it with: myriad start --name " + name);
            }
            new Lifecycle(session, state).scale(nodes, Durations.parse(wait).orElse(Duration.ZERO));
        }
    }
}
