package io.myriad.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.myriad.cli.api.ApiClient;
import io.myriad.cli.api.Management;
import io.myriad.cli.api.NodeCount;
import io.myriad.cli.cluster.AllInOneArguments;
import io.myriad.cli.cluster.BootstrapObjects;
import io.myriad.cli.cluster.Cluster;
import io.myriad.cli.cluster.Cluster.ProcessSpec;
import io.myriad.cli.cluster.ClusterState;
import io.myriad.cli.cluster.Component;
import io.myriad.cli.cluster.JavaCommand;
import io.myriad.cli.cluster.Pki;
import io.myriad.cli.cluster.Port;
import io.myriad.cli.cluster.ServiceKind;
import io.myriad.cli.kubeconfig.KubeconfigFile;
import io.myriad.cli.process.Death;
import io.myriad.cli.process.Supervisor;
import io.myriad.cli.settings.ClusterSize;
import io.myriad.cli.terminal.Progress;

/**
 * Brings a cluster up and down. The caller holds its lock.
 *
 * <p>
 * Where everything runs in one process, that process is started first of all and finds its arguments a little later: the JVM comes up while the certificates are made.
 * The user's own certificate is made while the services start, which do not need it.
 */
final class Lifecycle {
    /** A service gets this long to end by itself; the store needs it most, to write its snapshot. */
    static final Duration STOP_GRACE = Duration.ofSeconds(20);
    /** After this nobody believes any more that an API server will be ready, unless the user is more patient. */
    private static final Duration API_LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(25);
    /** The pause after a poll is so many times as long as the poll. */
    private static final int POLL_SHARE = 4;
    private static final int LOG_TAIL_LINES = 15;

    private final Session session;
    private final Progress progress;
    private final Cluster cluster;
    private final Supervisor supervisor;
    private ClusterState state;
    /** The making of the user's certificate; done where there is none. */
    private volatile FutureTask<@Nullable Void> user = done();

    Lifecycle(Session session, ClusterState state) {
        this.session = session;
        this.progress = session.progress();
        this.state = state;
        this.cluster = state.cluster();
        this.supervisor = cluster.directory().supervisor();
    }

    private static FutureTask<@Nullable Void> done() {
        FutureTask<@Nullable Void> task = new FutureTask<>(() -> null);
        task.run();
        return task;
    }

    /** Starts everything and merges the kubeconfig; returns when the API server and, within the limit, all nodes are ready. */
    void start(Duration waitLimit) throws IOException, InterruptedException {
        int deaths = supervisor.deaths().size();
        progress.step("Making certificates", step -> {
            defineProcesses();
            AllInOneArguments.reset(cluster.directory());
            if (cluster.size().inOneProcess()) {
                startSupervisor();
            }
            Pki.Request request = new Pki.Request(List.of(), List.of(), cluster.apiServerUrls().getFirst(),
                    cluster.contextName());
            cluster.directory().pki().ensureServices(request, session.clock());
            user = new FutureTask<>(() -> {
                cluster.directory().pki().ensureUser(request, session.clock(), session.clusters().userKey()::keys);
                return null;
            });
            Thread.ofPlatform().daemon().name("user-certificate").start(user);
            BootstrapObjects.write(cluster.directory().bootstrapObjects());
            AllInOneArguments.write(state);
            if (!cluster.size().inOneProcess()) {
                startSupervisor();
            }
            return "";
        });
        awaitApi(deaths, waitLimit.compareTo(API_LIMIT) > 0 ? waitLimit : API_LIMIT);
        awaitUser();
        // While the nodes come up; not earlier, for a cluster that does not start must not have changed the current context.
        new KubeconfigFile(state.kubeconfig())
                .merge(Files.readString(cluster.directory().pki().kubeconfig(Pki.Identity.ADMIN)));
        if (waitLimit.isPositive()) {
            awaitReplicas(deaths, waitLimit);
            awaitNodes(deaths, waitLimit);
        }
    }

    private void awaitUser() throws IOException, InterruptedException {
        try {
            user.get();
        } catch (ExecutionException e) {
            throw new IOException("the user's certificate could not be made: " + e.getCause(), e);
        }
    }

    private void startSupervisor() throws IOException {
        supervisor.start(Map.of("MYRIAD_BUILD", session.java().get().build().toString()));
    }

    private void defineProcesses() throws IOException {
        JavaCommand java = session.java().get();
        for (ProcessSpec process : cluster.processes()) {
            supervisor.define(process.name(), java.of(process, cluster.size()));
        }
    }

    private void awaitApi(int deaths, Duration limit) throws IOException, InterruptedException {
        progress.step("Starting " + summary(), step -> {
            if (cluster.size().inOneProcess()) {
                // A look at a file: asking a process that is just starting takes from what it needs to start.
                awaitApplied(limit, deaths);
            }
            await(limit, deaths, cluster.components(ServiceKind.APISERVER).toList());
            return "";
        });
    }

    private void awaitReplicas(int deaths, Duration limit) throws IOException, InterruptedException {
        List<Component> others = cluster.components().filter(component -> component.kind() != ServiceKind.APISERVER)
                .toList();
        progress.step("Waiting for " + others.stream().map(Component::name).collect(Collectors.joining(", ")), step -> {
            await(limit, deaths, others);
            return "";
        });
    }

    private void awaitNodes(int deaths, Duration limit) throws IOException, InterruptedException {
        int wanted = cluster.size().nodes();
        if (wanted == 0) {
            return;
        }
        progress.step("Waiting for " + nodes(wanted) + " to be ready", step -> {
            ApiClient client = ApiClient.of(cluster);
            long deadlineNanos = System.nanoTime() + limit.toNanos();
            while (true) {
                long startNanos = System.nanoTime();
                NodeCount count = NodeCount.of(client);
                if (count.ready() >= wanted) {
                    return "";
                }
                step.detail("(" + count.ready() + ")");
                failOnDeath(deaths);
                if (System.nanoTime() > deadlineNanos) {
                    throw new UserError("after " + limit.toSeconds() + " s only " + count.ready() + " of "
                            + nodes(wanted) + " are ready"
                            + logTail(cluster.components(ServiceKind.HOLLOW_NODES).findFirst().orElseThrow()));
                }
                pauseAfterPoll(startNanos);
            }
        });
    }

    /** Asking must not take the processor from those who are to answer. */
    private static void pauseAfterPoll(long startNanos) throws InterruptedException {
        long pauseNanos = (System.nanoTime() - startNanos) * POLL_SHARE;
        Thread.sleep(Duration.ofNanos(Math.max(POLL_INTERVAL.toNanos(), pauseNanos)));
    }

    /** Waits until services say that they are ready; a process that ends meanwhile ends the wait. */
    private void await(Duration limit, int deaths, List<Component> components)
            throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        for (Component component : components) {
            Management management = new Management(cluster.port(component, Port.MANAGEMENT));
            for (long startNanos = System.nanoTime(); !management.isReady(); startNanos = System.nanoTime()) {
                failOnDeath(deaths);
                if (System.nanoTime() > deadlineNanos) {
                    throw new UserError(
                            component.name() + " is not ready after " + limit.toSeconds() + " s" + logTail(component));
                }
                pauseAfterPoll(startNanos);
            }
        }
    }

    private void failOnDeath(int before) throws IOException {
        List<Death> deaths = supervisor.deaths();
        if (deaths.size() > before) {
            Death death = deaths.get(before);
            throw new UserError(death.name() + " ended: " + death.cause() + logTail(death.name()));
        }
    }

    private String logTail(Component component) throws IOException {
        return logTail(cluster.process(component).name());
    }

    private String logTail(String process) throws IOException {
        Path log = cluster.directory().log(process);
        if (!Files.exists(log)) {
            return "";
        }
        List<String> lines = Files.readAllLines(log);
        List<String> tail = lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size());
        return tail.stream().map(line -> "\n  " + line)
                .collect(Collectors.joining("", "\nThe end of " + process + ".log:", ""));
    }

    /** Stops all processes, those that depend on others first. */
    void stop(Duration grace) throws IOException, InterruptedException {
        progress.step("Stopping processes", step -> {
            supervisor.stop(cluster.stopOrder(), grace);
            return "";
        });
    }

    /** Removes processes, data and kubeconfig entries, whatever state the cluster is in. */
    void delete(Optional<Path> otherKubeconfig) throws IOException, InterruptedException {
        progress.step("Deleting cluster \"" + cluster.name() + "\"", step -> {
            deleteQuietly(otherKubeconfig);
            return "";
        });
    }

    /** The same without a word. */
    void deleteQuietly(Optional<Path> otherKubeconfig) throws IOException {
        try {
            // Or it would write into what is being deleted.
            user.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException notMade) {
            // So much the better.
        }
        // Nothing is kept, so nothing needs to be written down by those who are stopped.
        supervisor.stop(cluster.stopOrder(), Duration.ZERO);
        new KubeconfigFile(state.kubeconfig()).remove(cluster.contextName());
        if (otherKubeconfig.isPresent()) {
            new KubeconfigFile(otherKubeconfig.get().toAbsolutePath()).remove(cluster.contextName());
        }
        session.clusters().delete(cluster.name());
    }

    /** Restarts one service and waits until it is ready again. */
    void restart(Component component, boolean gracefully) throws IOException, InterruptedException {
        ProcessSpec process = cluster.process(component);
        boolean alone = process.components().size() == 1;
        String title = "Restarting " + component.name()
                + (alone || gracefully ? "" : ", and with it all of " + process.name());
        progress.step(title, step -> {
            if (alone || !gracefully) {
                supervisor.restart(process.name(), gracefully ? "restart asked for" : "kill asked for",
                        gracefully ? STOP_GRACE : Duration.ZERO);
            } else {
                state = state.withRestart(component);
                state.write();
                AllInOneArguments.write(state);
                awaitApplied(API_LIMIT, supervisor.deaths().size());
            }
            await(API_LIMIT, supervisor.deaths().size(), alone ? List.of(component) : process.components());
            return "";
        });
    }

    /** Waits until the all-in-one process runs what its arguments say. */
    private void awaitApplied(Duration limit, int deaths) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        while (AllInOneArguments.appliedGeneration(cluster.directory()) < state.generation()) {
            failOnDeath(deaths);
            if (System.nanoTime() > deadlineNanos) {
                throw new UserError(Cluster.ALL_IN_ONE + " does not run what it is to run after "
                        + limit.toSeconds() + " s" + logTail(Cluster.ALL_IN_ONE));
            }
            Thread.sleep(POLL_INTERVAL);
        }
    }

    /** Changes the number of nodes of a running cluster. */
    void scale(int nodes, Duration waitLimit) throws IOException, InterruptedException {
        Cluster resized = session.clusters().resized(cluster, cluster.size().withNodes(nodes), session.random());
        ClusterState changed = state.with(resized);
        changed.write();
        Lifecycle next = new Lifecycle(session, changed);
        if (next.needsOtherJvmFlags()) {
            // Another order of size: the processes need more memory than they were started with, or can do with less.
            stop(STOP_GRACE);
            next.start(waitLimit);
        } else {
            next.runNodes(cluster.size());
            if (waitLimit.isPositive()) {
                next.awaitNodes(supervisor.deaths().size(), waitLimit);
            }
        }
        if (nodes < cluster.size().nodes()) {
            next.deleteNodesFrom(nodes);
        }
    }

    private boolean needsOtherJvmFlags() throws IOException {
        for (ProcessSpec process : cluster.processes()) {
            boolean isNodes = process.components().getFirst().kind() == ServiceKind.HOLLOW_NODES;
            if (!isNodes && !supervisor.isDefined(process.name(), session.java().get().of(process, cluster.size()))) {
                return true;
            }
        }
        return false;
    }

    /** Makes the hollow nodes' service run with the number of nodes that the cluster has now, or not at all. */
    private void runNodes(ClusterSize before) throws IOException, InterruptedException {
        Optional<Component> component = cluster.components(ServiceKind.HOLLOW_NODES).findFirst();
        progress.step("Changing from " + nodes(before.nodes()) + " to " + nodes(cluster.size().nodes()), step -> {
            if (cluster.size().inOneProcess()) {
                AllInOneArguments.write(state);
                awaitApplied(API_LIMIT, supervisor.deaths().size());
            } else if (component.isPresent()) {
                String name = component.get().name();
                supervisor.define(name, session.java().get().of(cluster.process(component.get()), cluster.size()));
                startSupervisor();
                if (before.nodes() > 0) {
                    supervisor.restart(name, "number of nodes changed", STOP_GRACE);
                }
            } else {
                supervisor.remove(ServiceKind.HOLLOW_NODES.key(), STOP_GRACE);
            }
            return "";
        });
    }

    /** Nobody plays these nodes any more; as with a machine that was switched off for good, its administrator removes it. */
    private void deleteNodesFrom(int first) throws IOException, InterruptedException {
        ApiClient client = ApiClient.of(cluster);
        List<String> gone = NodeCount.names(client).stream().filter(name -> isBeyond(name, first)).toList();
        if (!gone.isEmpty()) {
            progress.step("Deleting " + nodes(gone.size()), step -> {
                for (String name : gone) {
                    client.delete("/api/v1/nodes/" + name);
                }
                return "";
            });
        }
    }

    private static boolean isBeyond(String node, int first) {
        if (!node.startsWith(Cluster.NODE_NAME_PREFIX)) {
            return false;
        }
        try {
            return Integer.parseInt(node.substring(Cluster.NODE_NAME_PREFIX.length())) >= first;
        } catch (NumberFormatException notOurs) {
            return false;
        }
    }

    /** What is started, in words: "store, API server, controllers, scheduler and 10 nodes". */
    private String summary() {
        ClusterSize size = cluster.size();
        List<String> parts = new ArrayList<>();
        parts.add(counted(size.stores(), "store", "stores"));
        parts.add(counted(size.apiservers(), "API server", "API servers"));
        if (size.controllers() > 0) {
            parts.add(counted(size.controllers(), "controllers", "controller replicas"));
        }
        if (size.schedulers() > 0) {
            parts.add(counted(size.schedulers(), "scheduler", "schedulers"));
        }
        if (size.nodes() > 0) {
            parts.add(nodes(size.nodes()));
        }
        String last = parts.removeLast();
        return String.join(", ", parts) + " and " + last;
    }

    private static String counted(int count, String one, String several) {
        return count == 1 ? one : count + " " + several;
    }

    private static String nodes(int count) {
        return count == 1 ? "1 node" : count + " nodes";
    }
}
