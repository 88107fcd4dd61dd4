package io.myriad.cli;

import picocli.CommandLine.ParseResult;

/** {@code version}. */
final class VersionCommand implements Action {
    /** The version of Kubernetes whose API the servers speak. */
    private static final String KUBERNETES_VERSION = "v1.37";

    @Override
    public void run(ParseResult arguments, Session session) {
        String version = Myriad.class.getPackage().getImplementationVersion();
        session.terminal().out().println(
                "myriad " + (version == null ? "unknown" : version) + " (Kubernetes " + KUBERNETES_VERSION + ")");
    }
}
