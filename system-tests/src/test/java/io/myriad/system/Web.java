package io.myriad.system;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;

/** The Deployment that tests run, {@code default/web}. */
final class Web {
    private static final String NAME = "web";

    private Web() {}

    private static RollableScalableResource<Deployment> resource(KubernetesClient client) {
        return client.apps().deployments().inNamespace("default").withName(NAME);
    }

    static void create(KubernetesClient client, int replicas) {
        Map<String, String> labels = Map.of("app", NAME);
        client.apps().deployments().inNamespace("default").resource(new DeploymentBuilder().withNewMetadata()
                .withName(NAME).endMetadata().withNewSpec().withReplicas(replicas).withNewSelector()
                .withMatchLabels(labels).endSelector().withNewTemplate().withNewMetadata().withLabels(labels)
                .endMetadata().withNewSpec().addNewContainer().withName("web").withImage("nginx").endContainer()
                .endSpec().endTemplate().endSpec().build()).create();
    }

    private static Deployment get(KubernetesClient client) {
        return resource(client).get();
    }

    /** Scales it, as soon as a server takes it. */
    static void scale(KubernetesClient client, int replicas) {
        Eventually.holds("a server scales the deployment", TestCluster.PATIENCE,
                () -> resource(client).scale(replicas).getSpec().getReplicas() == replicas);
    }

    /** Waits until so many replicas are wanted, there, and available, and none beside them. */
    static void awaitAvailable(KubernetesClient client, int replicas) {
        Eventually.holds(replicas + " replicas are available", TestCluster.PATIENCE, () -> {
            Deployment web = get(client);
            return Objects.equals(web.getMetadata().getGeneration(), web.getStatus().getObservedGeneration())
                    && Objects.equals(replicas, web.getStatus().getAvailableReplicas())
                    && Objects.equals(replicas, web.getStatus().getReplicas());
        });
    }

    /** Its pods that are not on their way out. */
    static List<Pod> pods(KubernetesClient client) {
        return client.pods().inNamespace("default").withLabel("app", NAME).list().getItems().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null).toList();
    }
}
