package io.myriad.system;

import java.time.Duration;
import java.util.Map;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/** Something for every part of a control plane to do: pods that run, and one that fits on no node. */
final class Workload {
    private static final int REPLICAS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private Workload() {}

    /** Creates it and waits until the pods run. */
    static void create(KubernetesClient client) {
        client.apps().deployments().inNamespace("default").resource(deployment()).create();
        client.pods().inNamespace("default").resource(giant()).create();
        Eventually.holds("all replicas are available", PATIENCE, () -> {
            Deployment web = client.apps().deployments().inNamespace("default").withName("web").get();
            return Integer.valueOf(REPLICAS).equals(web.getStatus().getAvailableReplicas());
        });
    }

    private static Deployment deployment() {
        return new DeploymentBuilder().withNewMetadata().withName("web").endMetadata().withNewSpec()
                .withReplicas(REPLICAS).withNewSelector().withMatchLabels(Map.of("app", "web")).endSelector()
                .withNewTemplate().withNewMetadata().withLabels(Map.of("app", "web")).endMetadata().withNewSpec()
                .addNewContainer().withName("web").withImage("nginx").endContainer().endSpec().endTemplate().endSpec()
                .build();
    }

    private static Pod giant() {
        return new PodBuilder().withNewMetadata().withName("giant").endMetadata().withNewSpec().addNewContainer()
                .withName("giant").withImage("nginx").withNewResources().addToRequests("cpu", new Quantity("1000"))
                .endResources().endContainer().endSpec().build();
    }
}
