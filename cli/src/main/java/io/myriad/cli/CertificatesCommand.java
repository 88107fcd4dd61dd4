package io.myriad.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import picocli.CommandLine.ParseResult;

import io.myriad.cli.cluster.Pki;

/** {@code certificates DIR}: the certificates of a cluster whose services somebody else starts. What is there already stays. */
final class CertificatesCommand implements Action {

    @Override
    public void run(ParseResult arguments, Session session) throws IOException {
        List<String> hosts = arguments.matchedOptionValue(Commands.HOST, List.of());
        String context = "myriad-" + Commands.clusterName(arguments, session);
        Pki pki = new Pki(Path.of(Commands.argument(arguments)).toAbsolutePath());
        pki.ensure(new Pki.Request(hosts, hosts, arguments.matchedOptionValue(Commands.SERVER, ""), context),
                session.clock());
        session.terminal().err().println("Certificates and kubeconfig files are in " + pki.directory());
    }
}
