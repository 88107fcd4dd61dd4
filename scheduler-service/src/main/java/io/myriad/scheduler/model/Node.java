package io.myriad.scheduler.model;

import java.util.List;
import java.util.Map;

/**
 * A node, as far as placing pods depends on it. Two are equal when no decision can differ.
 *
 * @param unschedulable whether it is cordoned
 * @param allocatable what its pods may use together
 * @param allowedPods how many pods it takes
 * @param images the container images it has
 */
public record Node(String name, Map<String, String> labels, List<Taint> taints, boolean unschedulable,
        Resources allocatable, int allowedPods, List<Image> images) {
    /**
     * An image on a node.
     *
     * @param names all its names, normalised
     */
    public record Image(List<String> names, long sizeBytes) {
        public Image {
            names = List.copyOf(names);
        }
    }

    public Node {
        labels = Map.copyOf(labels);
        taints = List.copyOf(taints);
        images = List.copyOf(images);
    }
}
