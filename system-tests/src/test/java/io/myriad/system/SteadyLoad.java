package io.myriad.system;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

/**
 * Gives controllers and scheduler something to do all the time: in each tenth of a second a ReplicaSet of one pod and a pod of its
 * own; the oldest of each are deleted. A new object for each, because of one object only some events are written.
 */
final class SteadyLoad implements AutoCloseable {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int KEPT = 20;

    private final KubernetesClient client;
    private final String namespace;
    private final Thread thread = Thread.ofPlatform().name("steady-load").unstarted(this::run);
    private volatile boolean stopped;

    /** A load in a namespace that it makes. */
    SteadyLoad(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
        client.namespaces().resource(new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
                .create();
    }

    void start() {
        thread.start();
    }

    private void run() {
        ArrayDeque<String> kept = new ArrayDeque<>();
        long nextNanos = System.nanoTime();
        for (int number = 0; !stopped; number++) {
            String name = "load-" + number;
            try {
                client.apps().replicaSets().inNamespace(namespace).resource(new ReplicaSetBuilder().withNewMetadata()
                        .withName(name).endMetadata().withNewSpec().withReplicas(1).withNewSelector()
                        .withMatchLabels(Map.of("load", name)).endSelector().withNewTemplate().withNewMetadata()
                        .withLabels(Map.of("load", name)).endMetadata().withSpec(spec()).endTemplate().endSpec().build())
                        .create();
                client.pods().inNamespace(namespace).resource(new PodBuilder().withNewMetadata().withName(name)
                        .endMetadata().withSpec(spec()).build()).create();
                kept.add(name);
                if (kept.size() > KEPT) {
                    String oldest = kept.remove();
                    client.apps().replicaSets().inNamespace(namespace).withName(oldest).delete();
                    client.pods().inNamespace(namespace).withName(oldest).withGracePeriod(0).delete();
                }
            } catch (KubernetesClientException e) {
                // The service account of a new namespace may still be to come; the next one will do.
            }
            nextNanos += INTERVAL_NANOS;
            LockSupport.parkNanos(nextNanos - System.nanoTime());
        }
    }

    private static PodSpec spec() {
        return new PodSpecBuilder().addNewContainer().withName("c").withImage("nginx").endContainer().build();
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join();
        client.namespaces().withName(namespace).delete();
    }
}
