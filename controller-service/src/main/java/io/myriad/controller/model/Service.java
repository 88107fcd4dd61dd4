package io.myriad.controller.model;

import java.util.List;
import java.util.Map;

import io.myriad.control.events.ObjectReference;

/**
 * What controllers keep of a service.
 *
 * @param meta its metadata
 * @param selector the labels of its pods; empty when its endpoints are somebody else's business
 * @param headless whether it has no cluster IP
 * @param families IPv4, IPv6 or both, the primary one first
 * @param publishNotReady whether pods that are not ready count as ready
 * @param ports its ports
 * @param trafficDistribution its {@code spec.trafficDistribution}, or empty
 */
public record Service(ObjectMeta meta, Map<String, String> selector, boolean headless, List<String> families,
        boolean publishNotReady, List<Port> ports, String trafficDistribution) {
    /**
     * A port.
     *
     * @param target the port of the pod: a number, or the name of a container's port
     */
    public record Port(String name, String protocol, String appProtocol, String target) {
        /** The number of the port in this pod, 0 when the pod has none of that name. */
        public int number(Pod pod) {
            if (!target.isEmpty() && target.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return Integer.parseInt(target);
            }
            for (Pod.Port port : pod.network().ports()) {
                if (port.name().equals(target) && port.protocol().equals(protocol)) {
                    return port.number();
                }
            }
            return 0;
        }
    }

    /** Whether its endpoints are pods with certain labels. */
    public boolean selectsPods() {
        return !selector.isEmpty();
    }

    public boolean selects(Pod pod) {
        return selectsPods() && pod.meta().labels().entrySet().containsAll(selector.entrySet());
    }

    /** Names this service in events. */
    public ObjectReference reference() {
        return ObjectReference.of("v1", "Service", meta.namespace(), meta.name(), meta.uid(), meta.resourceVersion());
    }
}
