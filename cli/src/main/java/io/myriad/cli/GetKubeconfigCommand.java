package io.myriad.cli;

import java.io.IOException;
import java.nio.file.Files;

import picocli.CommandLine.ParseResult;

import io.myriad.cli.cluster.Cluster;
import io.myriad.cli.cluster.Pki;

/** {@code get kubeconfig}: the administrator's, complete in itself. */
final class GetKubeconfigCommand implements Action {

    @Override
    public void run(ParseResult arguments, Session session) throws IOException {
        Cluster cluster = session.clusters().load(Commands.clusterName(arguments, session)).cluster();
        session.terminal().out().print(Files.readString(cluster.directory().pki().kubeconfig(Pki.Identity.ADMIN)));
    }
}
