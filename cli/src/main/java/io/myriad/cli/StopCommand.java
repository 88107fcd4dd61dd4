package io.myriad.cli;

import java.io.IOException;

import picocli.CommandLine.ParseResult;

import io.myriad.cli.cluster.Clusters;

/** {@code stop}: no process of the cluster is left, its data is. */
final class StopCommand implements Action {

    @Override
    public void run(ParseResult arguments, Session session) throws IOException, InterruptedException {
        String name = Commands.clusterName(arguments, session);
        Clusters clusters = session.clusters();
        try (Clusters.Lock lock = clusters.lock(name)) {
            new Lifecycle(session, clusters.load(name)).stop(Lifecycle.STOP_GRACE);
        }
    }
}
