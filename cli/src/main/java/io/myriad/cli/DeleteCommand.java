package io.myriad.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import picocli.CommandLine.ParseResult;

import io.myriad.cli.cluster.Clusters;

/** {@code delete cluster}: processes, data and kubeconfig entries. */
final class DeleteCommand implements Action {

    @Override
    public void run(ParseResult arguments, Session session) throws IOException, InterruptedException {
        Clusters clusters = session.clusters();
        Optional<Path> kubeconfig = Commands.file(arguments, Commands.KUBECONFIG);
        List<String> names = Commands.isSet(arguments, Commands.ALL)
                ? clusters.names()
                : List.of(Commands.clusterName(arguments, session));
        for (String name : names) {
            try (Clusters.Lock lock = clusters.lock(name)) {
                new Lifecycle(session, clusters.load(name)).delete(kubeconfig);
            }
        }
    }
}
