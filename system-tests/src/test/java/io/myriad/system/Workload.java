package io.myriad.system;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;

/** Something for every part of a control plane to do: pods that run, and one that fits on no node. */
final class Workload {
    private static final int REPLICAS = 4;

    private Workload() {}

    /** Creates it and waits until the pods run. */
    static void create(KubernetesClient client) {
        Web.create(client, REPLICAS);
        client.pods().inNamespace("default").resource(giant()).create();
        Web.awaitAvailable(client, REPLICAS);
    }

    private static Pod giant() {
        return new PodBuilder().withNewMetadata().withName("giant").endMetadata().withNewSpec().addNewContainer()
                .withName("giant").withImage("nginx").withNewResources().addToRequests("cpu", new Quantity("1000"))
                .endResources().endContainer().endSpec().build();
    }
}
