package io.myriad.scheduler.model;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Everything about a pod that decides where it fits and how well: its equivalence class. Pods made by one controller
 * share one instance, so that a pod itself costs little.
 *
 * @param hostPorts the node's ports it occupies
 * @param nodes the nodes it may run on
 * @param preferredNodes the nodes it prefers
 * @param spread its own spread constraints; when empty the cluster's defaults apply
 * @param affinities its wishes about other pods
 * @param images the normalised image names of all containers and image volumes, with repetitions
 * @param workload the controller that owns it, where that one's selector counts
 * @param claims the PersistentVolumeClaims it mounts
 */
public record PodTemplate(String namespace, Map<String, String> labels, Requests requests, List<HostPort> hostPorts,
        List<Toleration> tolerations, NodeRequirement nodes, List<PreferredNodeTerm> preferredNodes,
        List<SpreadConstraint> spread, PodAffinities affinities, List<String> images, @Nullable Workload workload,
        List<String> claims) {
    public PodTemplate {
        labels = Map.copyOf(labels);
        hostPorts = List.copyOf(hostPorts);
        tolerations = List.copyOf(tolerations);
        preferredNodes = List.copyOf(preferredNodes);
        spread = List.copyOf(spread);
        images = List.copyOf(images);
        claims = List.copyOf(claims);
    }
}
