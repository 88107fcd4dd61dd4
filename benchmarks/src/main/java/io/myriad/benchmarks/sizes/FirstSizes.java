package io.myriad.benchmarks.sizes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Stream;

import io.micrometer.core.instrument.composite.CompositeMeterRegistry;

import io.myriad.control.client.ApiClient;
import io.myriad.control.client.ClientOptions;
import io.myriad.control.client.KubeConfig;

/** The command {@code benchmarks/first-sizes}; the script says what it does. */
final class FirstSizes {
    private final Settings settings;
    private final Path checkout;
    private final Path work;
    private final Report report = new Report();
    /** What runs, the last one first. */
    private final Deque<Subject> subjects = new ConcurrentLinkedDeque<>();

    private FirstSizes(Settings settings, Path checkout, Path work) {
        this.settings = settings;
        this.checkout = checkout;
        this.work = work;
    }

    /** Arguments: the checkout, then the command's. */
    public static void main(String... arguments) throws IOException {
        Settings settings;
        try {
            settings = Settings.parse(List.of(arguments).subList(1, arguments.length).toArray(String[]::new));
        } catch (IllegalArgumentException e) {
            System.err.println("first-sizes: " + e.getMessage() + " (see 'benchmarks/first-sizes --help')");
            System.exit(2);
            return;
        }
        FirstSizes run = new FirstSizes(settings, Path.of(arguments[0]), Files.createTempDirectory("first-sizes"));
        // However it ends: nothing is left behind.
        Runtime.getRuntime().addShutdownHook(new Thread(run::end, "end"));
        try {
            run.run();
        } catch (IOException | InterruptedException | RuntimeException e) {
            // Of every kind: Java's launcher of sources fails itself on one that has no stack trace.
            System.err.println("first-sizes: " + e.getMessage());
            System.exit(1);
        }
        System.out.print(settings.json() ? run.report.json() : run.report.table());
    }

    private void run() throws IOException, InterruptedException {
        progress("creating a cluster with " + settings.nodes() + " nodes");
        List<String> flags = new ArrayList<>(List.of("--nodes", Integer.toString(settings.nodes())));
        if (settings.storedPods() > 0) {
            // Controllers would soon delete pods whose owners and nodes do not exist.
            flags.addAll(List.of("--controllers", "0", "--schedulers", "0"));
        }
        flags.addAll(settings.createFlags());
        MyriadCluster cluster = new MyriadCluster(checkout.resolve("myriad"), work.resolve("home"));
        subjects.push(cluster);
        MemoryWatch memory = MemoryWatch.start(subjects);
        double seconds = cluster.create(flags.toArray(String[]::new));
        report.created(settings.nodes(), seconds, cluster.processes().memory());
        if (settings.pods() > 0) {
            load(cluster);
            report.memory(cluster, memory.peak());
        }
        if (settings.storedPods() > 0) {
            progress("writing " + settings.storedPods() + " pods into the store");
            try (StoredPods pods = StoredPods.of(cluster)) {
                pods.write(settings.storedPods());
            }
        }
        lists(cluster);
        report.memory(cluster, memory.peak());
        if (settings.real()) {
            real(cluster);
        }
        if (settings.keep()) {
            progress("left running: KUBECONFIG=" + cluster.kubeconfig() + " MYRIAD_HOME=" + work.resolve("home"));
        }
    }

    private void load(MyriadCluster cluster) throws IOException, InterruptedException {
        progress("bringing " + settings.pods() + " pods of " + settings.deployments() + " Deployments to Running");
        KubeConfig config = KubeConfig.read(cluster.kubeconfig());
        try (ApiClient client = ApiClient.create(ClientOptions.of(config, List.of(), "myriad-benchmarks"),
                new CompositeMeterRegistry())) {
            PodLoad.Outcome outcome = new PodLoad(client, settings.pods(), settings.deployments())
                    .run(cluster.processes());
            report.loaded(settings.pods(), outcome);
            if (outcome.running() == 0) {
                throw new IOException("no pod runs");
            }
        }
    }

    private void lists(Subject subject) throws IOException, InterruptedException {
        try (ListClient client = ListClient.connect(subject.kubeconfig())) {
            for (Lists.Format format : Lists.Format.values()) {
                progress(subject.name() + ": listing pods as " + format);
                report.listed(subject.name(), Lists.measure(client, subject.processes(), format, settings.rounds()));
            }
        }
    }

    /** The same stored pods, served by the real kube-apiserver over the real etcd. */
    private void real(MyriadCluster cluster) throws IOException, InterruptedException {
        progress("starting the real etcd and kube-apiserver");
        RealServer real = RealServer.in(work.resolve("real"));
        subjects.push(real);
        real.start(checkout, settings.peers());
        try (StoredPods pods = StoredPods.of(cluster)) {
            progress(pods.copyTo(real.store()) + " pods copied");
        }
        lists(real);
        report.memory(real, 0);
    }

    private void end() {
        try {
            for (Subject subject : subjects) {
                if (!(settings.keep() && subject instanceof MyriadCluster)) {
                    subject.close();
                }
            }
            if (!settings.keep()) {
                try (Stream<Path> files = Files.walk(work)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        } catch (IOException | InterruptedException e) {
            System.err.println("first-sizes: " + e.getMessage());
        }
    }

    private static void progress(String what) {
        System.err.println(" • " + what);
    }
}
