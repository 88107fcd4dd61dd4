package io.myriad.system;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/**
 * Gives controllers and scheduler something to do all the time: in each tenth of a second a ReplicaSet of one pod and a pod of its
 * own; the oldest of each are deleted. A new object for each, because of one object only some events are written.
 */
final class SteadyLoad implements AutoCloseable {
    private static final long INTERVAL_MILLIS = 100;
    private static final int KEPT = 20;

    private final KubernetesClient client;
    private final String namespace;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledFuture<?> ticks;
    private final ArrayDeque<String> kept = new ArrayDeque<>();
    private int number;

    /** Begins in a namespace that it makes. */
    SteadyLoad(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
        client.namespaces().resource(new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
                .create();
        Eventually.holds("pods can be created in " + namespace, TestCluster.PATIENCE,
                () -> client.serviceAccounts().inNamespace(namespace).withName("default").get() != null);
        ticks = executor.scheduleAtFixedRate(this::tick, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        String name = "load-" + number++;
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
    }

    private static PodSpec spec() {
        return new PodSpecBuilder().addNewContainer().withName("c").withImage("nginx").endContainer().build();
    }

    /** Fails if any of its requests has failed. */
    void assertServed() {
        if (ticks.isDone()) {
            throw new AssertionError("the load broke off", ticks.exceptionNow());
        }
    }

    @Override
    public void close() {
        executor.close();
        client.namespaces().withName(namespace).delete();
    }
}
