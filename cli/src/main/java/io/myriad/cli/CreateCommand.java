package io.myriad.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

import picocli.CommandLine.ParseResult;

import io.myriad.cli.cluster.ClusterState;
import io.myriad.cli.cluster.Clusters;
import io.myriad.cli.settings.ClusterSettings;
import io.myriad.cli.terminal.Progress;

/** {@code create cluster}: all or nothing. What fails, or is interrupted, leaves no process, no file and no kubeconfig entry. */
final class CreateCommand implements Action {

    @Override
    public void run(ParseResult arguments, Session session) throws IOException, InterruptedException {
        ClusterSettings settings = ClusterSettings.resolve(Commands.settings(arguments), session.environment(),
                Commands.file(arguments, Commands.CONFIG));
        Path kubeconfig = session.kubeconfig(Commands.file(arguments, Commands.KUBECONFIG));
        Clusters clusters = session.clusters();
        try (Clusters.Lock lock = clusters.lock(settings.name())) {
            ClusterState state = clusters.create(settings, kubeconfig, session.random());
            Progress progress = session.progress();
            progress.line("Creating cluster \"" + settings.name() + "\" ...");
            Lifecycle lifecycle = new Lifecycle(session, state);
            Rollback rollback = new Rollback(lifecycle);
            Thread onInterrupt = new Thread(rollback, "rollback");
            Runtime.getRuntime().addShutdownHook(onInterrupt);
            try {
                lifecycle.start(settings.waitLimit());
                rollback.disarm();
            } finally {
                rollback.run();
                removeHook(onInterrupt);
            }
            progress.line("Set kubectl's context to \"" + state.cluster().contextName()
                    + "\". You can now use your cluster with:\n");
            String context = " --context " + state.cluster().contextName();
            progress.line("    kubectl get nodes" + context);
            progress.line("    kubectl create deployment web --image=nginx --replicas=3" + context);
            progress.line("    kubectl get pods -o wide" + context);
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyRunning) {
            // The process is being interrupted; the hook does its work.
        }
    }

    /** Removes the cluster once, unless its creation has succeeded. */
    private static final class Rollback implements Runnable {
        private final Lifecycle lifecycle;
        private final AtomicBoolean done = new AtomicBoolean();

        Rollback(Lifecycle lifecycle) {
            this.lifecycle = lifecycle;
        }

        void disarm() {
            done.set(true);
        }

        @Override
        public void run() {
            if (done.compareAndSet(false, true)) {
                try {
                    lifecycle.deleteQuietly(Optional.empty());
                } catch (IOException e) {
                    throw new UserError(
                            "could not remove what was made so far: " + e.getMessage() + "; try: myriad delete cluster",
                            e);
                }
            }
        }
    }
}
