package io.myriad.benchmarks.sizes;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.benchmarks.processes.Processes;
import io.myriad.control.client.ApiClient;
import io.myriad.control.client.ApiObject;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.Resources;
import io.myriad.control.client.Selection;
import io.myriad.control.client.Watch;
import io.myriad.control.client.WatchListener;
import io.myriad.control.client.WatchOptions;

/**
 * Creates Deployments and sees their pods become Running. One watch with a field selector tells: each pod comes by once, so that watching costs next to nothing.
 */
final class PodLoad {
    private static final String NAMESPACE = "first-sizes";
    private static final long SAMPLE_MILLIS = 1_000;
    /** When no pod more runs for so long, none will. */
    private static final long STALL_MILLIS = 60_000;

    private final ApiClient client;
    private final int pods;
    private final int deployments;

    PodLoad(ApiClient client, int pods, int deployments) {
        this.client = client;
        this.pods = pods;
        this.deployments = deployments;
    }

    /**
     * What came of it.
     *
     * @param running pods that run
     * @param seconds from the first Deployment's creation to the last pod's Running
     * @param cpuSeconds of the system's processes meanwhile
     * @param runningBySecond how many ran after each second
     */
    record Outcome(int running, double seconds, double cpuSeconds, List<Integer> runningBySecond) {
        double podsPerSecond() {
            return running / seconds;
        }

        double cpuMillisPerPod() {
            return 1000 * cpuSeconds / running;
        }
    }

    private static final class Running implements WatchListener {
        private final Set<String> uids = ConcurrentHashMap.newKeySet();
        private final CompletableFuture<Void> opened = new CompletableFuture<>();
        private volatile @Nullable Throwable failure;
        private volatile boolean closed;
        private volatile long lastNanos;

        @Override
        public void opened() {
            opened.complete(null);
        }

        @Override
        public void event(EventType type, ApiObject object) {
            if (type == EventType.ADDED && uids.add(object.uid())) {
                lastNanos = System.nanoTime();
            }
        }

        @Override
        public void closed(@Nullable Throwable why) {
            failure = why;
            closed = true;
            opened.complete(null);
        }
    }

    /** Creates everything and returns when all pods run, or when it has stalled. */
    Outcome run(Processes processes) throws IOException, InterruptedException {
        ApiPath namespaces = ApiPath.of(Resources.NAMESPACES);
        client.create(namespaces, named("v1", "Namespace", NAMESPACE));
        Running running = new Running();
        Watch watch = client.watch(ApiPath.of(Resources.PODS).in(NAMESPACE),
                Selection.fields("status.phase=Running"), new WatchOptions("", false, 0), running);
        running.opened.join();
        double cpuBefore = processes.cpuSecondsInAll();
        long start = System.nanoTime();
        List<CompletableFuture<ObjectNode>> created = new ArrayList<>();
        for (int i = 0; i < deployments; i++) {
            int replicas = pods / deployments + (i < pods % deployments ? 1 : 0);
            created.add(client.createAsync(ApiPath.of(Resources.DEPLOYMENTS).in(NAMESPACE),
                    deployment("web-" + i, replicas)));
        }
        created.forEach(ApiClient::await);
        List<Integer> bySecond = new ArrayList<>();
        running.lastNanos = start;
        while (running.uids.size() < pods && !running.closed
                && System.nanoTime() - running.lastNanos < TimeUnit.MILLISECONDS.toNanos(STALL_MILLIS)) {
            Thread.sleep(SAMPLE_MILLIS - (System.nanoTime() - start) / 1_000_000 % SAMPLE_MILLIS);
            bySecond.add(running.uids.size());
        }
        watch.close();
        if (running.closed && running.uids.size() < pods) {
            throw new IOException("the watch ended with " + running.uids.size() + " pods running", running.failure);
        }
        return new Outcome(running.uids.size(), (running.lastNanos - start) / 1e9,
                processes.cpuSecondsInAll() - cpuBefore, bySecond);
    }

    private static ObjectNode named(String apiVersion, String kind, String name) {
        ObjectNode object = JsonNodeFactory.instance.objectNode().put("apiVersion", apiVersion).put("kind", kind);
        object.putObject("metadata").put("name", name);
        return object;
    }

    /** A Deployment as {@code kubectl create deployment} makes it, with the requests that real ones have. */
    private static ObjectNode deployment(String name, int replicas) {
        ObjectNode deployment = named("apps/v1", "Deployment", name);
        ObjectNode spec = deployment.putObject("spec").put("replicas", replicas);
        spec.putObject("selector").putObject("matchLabels").put("app", name);
        ObjectNode template = spec.putObject("template");
        template.putObject("metadata").putObject("labels").put("app", name);
        ObjectNode container = template.putObject("spec").putArray("containers").addObject().put("name", "nginx")
                .put("image", "nginx");
        container.putObject("resources").putObject("requests").put("cpu", "100m").put("memory", "64Mi");
        return deployment;
    }
}
