package io.myriad.cli;

import java.io.IOException;
import java.util.stream.Collectors;

import picocli.CommandLine.ParseResult;

import io.myriad.cli.cluster.Cluster;
import io.myriad.cli.cluster.ClusterState;
import io.myriad.cli.cluster.Clusters;
import io.myriad.cli.cluster.Component;

/** {@code restart COMPONENT}. */
final class RestartCommand implements Action {

    @Override
    public void run(ParseResult arguments, Session session) throws IOException, InterruptedException {
        boolean kill = Commands.isSet(arguments, Commands.KILL);
        if (kill && Commands.isSet(arguments, Commands.GRACEFUL)) {
            throw new UserError(Commands.GRACEFUL + " and " + Commands.KILL + " exclude each other");
        }
        String name = Commands.clusterName(arguments, session);
        Clusters clusters = session.clusters();
        try (Clusters.Lock lock = clusters.lock(name)) {
            ClusterState state = clusters.load(name);
            Component component = component(state.cluster(), Commands.argument(arguments));
            if (state.cluster().directory().supervisor().supervisor().isEmpty()) {
                throw new UserError(
                        "cluster '" + name + "' is not running; start it with: myriad start --name " + name);
            }
            new Lifecycle(session, state).restart(component, !kill);
        }
    }

    /** The component of a name. */
    static Component component(Cluster cluster, String componentName) {
        return cluster.component(componentName).orElseThrow(
                () -> new UserError("cluster '" + cluster.name() + "' has no '" + componentName + "'; it has: "
                        + cluster.components().map(Component::name).collect(Collectors.joining(", "))));
    }
}
