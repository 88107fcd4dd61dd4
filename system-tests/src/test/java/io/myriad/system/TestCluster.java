package io.myriad.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import tools.jackson.databind.JsonNode;

/** A cluster made by the command, with a home of its own. */
final class TestCluster implements AutoCloseable {
    /** For what a slow and busy machine needs; nothing here is a measurement. */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    private final MyriadCommand myriad;
    private final Path home;
    private final String name;

    /** One service as {@code status} shows it. */
    record Service(String name, String process, long pid, boolean ready, boolean leader) {
        /** What it is an instance of: {@code store} of {@code store-2}. */
        String kind() {
            return name.replaceAll("-\\d+$", "");
        }
    }

    private TestCluster(Path home, String name) {
        this.myriad = new MyriadCommand(home);
        this.home = home;
        this.name = name;
    }

    /** Creates a cluster with these flags. */
    static TestCluster create(Path home, String name, String... flags) throws Exception {
        TestCluster cluster = new TestCluster(home, name);
        List<String> command = new ArrayList<>(List.of("create", "cluster", "--name", name, "--wait", "5m"));
        command.addAll(List.of(flags));
        cluster.myriad.run(command.toArray(String[]::new));
        if (cluster.processes().size() < cluster.services().stream().map(Service::process).distinct().count()) {
            throw new AssertionError("the cluster's processes are not recognized: " + cluster.processes());
        }
        return cluster;
    }

    /** Runs a subcommand on this cluster; fails when it does not end well. */
    String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.addAll(List.of("--name", name));
        return myriad.run(command.toArray(String[]::new));
    }

    JsonNode status() throws IOException, InterruptedException {
        return myriad.status(name);
    }

    List<Service> services() throws IOException, InterruptedException {
        List<Service> services = new ArrayList<>();
        for (JsonNode service : status().path("services")) {
            services.add(new Service(service.path("name").asString(), service.path("process").asString(),
                    service.path("pid").longValue(0), service.path("ready").asBoolean(false),
                    service.path("leader").asBoolean(false)));
        }
        return services;
    }

    List<Service> services(String kind) throws IOException, InterruptedException {
        return services().stream().filter(service -> service.kind().equals(kind)).toList();
    }

    /** The replica of a service that leads; waits until one does and the others could. */
    Service leader(String kind) throws IOException, InterruptedException {
        List<Service> leaders = new ArrayList<>();
        Eventually.holds("one " + kind + " leads and all are ready", PATIENCE, () -> {
            leaders.clear();
            List<Service> all = services(kind);
            all.stream().filter(Service::leader).forEach(leaders::add);
            return leaders.size() == 1 && all.stream().allMatch(Service::ready);
        });
        return leaders.getFirst();
    }

    /** Waits until all services are ready, this one in another process than before. */
    void awaitAnother(Service killed) {
        Eventually.holds("another process is " + killed.name(), PATIENCE, () -> services().stream().allMatch(
                service -> service.ready()
                        && !(service.name().equals(killed.name()) && service.pid() == killed.pid())));
    }

    /** The pid of the supervisor. */
    long supervisor() throws IOException, InterruptedException {
        return status().path("supervisorPid").longValue(0);
    }

    /** Every process of the cluster's, watchers of processes too: whatever runs with the cluster's directory in its arguments. */
    private List<String> processes() {
        return ProcessHandle.allProcesses().map(process -> process.info().commandLine().orElse(""))
                .filter(command -> command.contains(directory().toString())).toList();
    }

    /** Waits until no process is left; one that has ended is seen until its parent has taken note. */
    void awaitNoProcess() {
        Eventually.holds("no process is left", PATIENCE, () -> {
            List<String> left = processes();
            if (!left.isEmpty()) {
                throw new IllegalStateException(String.join("\n", left));
            }
            return true;
        });
    }

    /** Ends a process with SIGKILL. */
    static void kill(long pid) {
        ProcessHandle.of(pid).orElseThrow(() -> new AssertionError("no process " + pid)).destroyForcibly();
    }

    /** Tries to create it once more. */
    MyriadCommand.Result createAgain() throws IOException, InterruptedException {
        return myriad.call("create", "cluster", "--name", name);
    }

    /** What is in the kubeconfig file; empty when there is none. */
    String kubeconfig() throws IOException {
        return Files.exists(myriad.kubeconfig()) ? Files.readString(myriad.kubeconfig()) : "";
    }

    /** A client of the first API server. */
    KubernetesClient client() {
        return client(config().getMasterUrl());
    }

    /** A client of one API server. */
    KubernetesClient client(String server) {
        Config config = new ConfigBuilder(config()).withMasterUrl(server).withRequestTimeout(10_000)
                .withRequestRetryBackoffLimit(0).build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /** The URLs of all API servers. */
    List<String> serverUrls() throws IOException, InterruptedException {
        List<String> urls = new ArrayList<>();
        status().path("servers").forEach(url -> urls.add(url.asString()));
        return urls;
    }

    private Config config() {
        return Config.fromKubeconfig(myriad.kubeconfig().toFile());
    }

    /** Where the cluster keeps what it has. */
    Path directory() {
        return home.resolve("myriad").resolve("clusters").resolve(name);
    }

    /** Deletes the cluster, if it is there. */
    @Override
    public void close() throws IOException, InterruptedException {
        myriad.call("delete", "cluster", "--name", name);
    }
}
