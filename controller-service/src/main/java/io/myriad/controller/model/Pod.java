package io.myriad.controller.model;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.myriad.control.events.ObjectReference;

/**
 * What controllers keep of a pod.
 *
 * @param meta its metadata
 * @param nodeName the node it is bound to, or empty
 * @param phase its phase, such as {@code Running}
 * @param readySince since when it is ready, or null when it is not
 * @param restarts the largest restart count of its containers
 * @param sidecarRestarts the largest restart count of its sidecars
 * @param deletionCost its annotation {@code controller.kubernetes.io/pod-deletion-cost}, 0 without
 * @param addresses its IP addresses
 * @param network what endpoints need of its spec
 * @param tolerations its tolerations
 * @param gracePeriodSeconds the grace period of its deletion; 0 when there is none
 * @param disrupted whether it has the condition DisruptionTarget
 * @param evicted whether its kubelet ended it for want of resources
 */
public record Pod(ObjectMeta meta, String nodeName, String phase, @Nullable Instant readySince, int restarts,
        int sidecarRestarts, int deletionCost, List<String> addresses, Network network, List<Toleration> tolerations,
        long gracePeriodSeconds, boolean disrupted, boolean evicted) {
    /** What endpoints need of a pod's spec. */
    public record Network(String hostname, String subdomain, boolean hostNetwork, List<Port> ports) {}

    /** A named port of a container. */
    public record Port(String name, int number, String protocol) {}

    public boolean ready() {
        return readySince != null;
    }

    /** Whether its containers have ended for good. */
    public boolean finished() {
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    /** Whether it counts as a replica: neither finished nor being deleted. */
    public boolean active() {
        return !finished() && !meta.terminating();
    }

    /** Whether it has been ready for this long. */
    public boolean available(int minReadySeconds, Instant now) {
        Instant since = readySince;
        return since != null && (minReadySeconds == 0 || !since.plusSeconds(minReadySeconds).isAfter(now));
    }

    /** Names this pod in events. */
    public ObjectReference reference() {
        return ObjectReference.of("v1", "Pod", meta.namespace(), meta.name(), meta.uid(), meta.resourceVersion());
    }
}
