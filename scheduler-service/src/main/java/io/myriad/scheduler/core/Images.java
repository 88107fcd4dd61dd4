package io.myriad.scheduler.core;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.myriad.scheduler.model.Node;

/** Which nodes have which container images. */
final class Images {
    private static final class Image {
        final long sizeBytes;
        int nodes;

        Image(long sizeBytes) {
            this.sizeBytes = sizeBytes;
        }
    }

    private static final long MIN_BYTES = 23L * 1024 * 1024;
    private static final long MAX_BYTES_PER_CONTAINER = 1000L * 1024 * 1024;

    private final Map<String, Image> images = new HashMap<>();
    private long epoch;

    /** Changes when a score may change. */
    long epoch() {
        return epoch;
    }

    /** Whether a node has one of these images. */
    boolean knowsAny(List<String> names) {
        if (images.isEmpty()) {
            return false;
        }
        for (String name : names) {
            if (images.containsKey(name)) {
                return true;
            }
        }
        return false;
    }

    void change(@Nullable Node before, @Nullable Node after) {
        if (before != null && after != null && before.images().equals(after.images())) {
            return;
        }
        Set<String> old = names(before);
        Set<String> now = names(after);
        if (old.isEmpty() && now.isEmpty()) {
            return;
        }
        epoch++;
        if (after != null) {
            after.images().forEach(image -> image.names()
                    .forEach(name -> images.computeIfAbsent(name, added -> new Image(image.sizeBytes()))));
        }
        now.forEach(name -> of(name).nodes++);
        old.forEach(name -> {
            if (--of(name).nodes == 0) {
                images.remove(name);
            }
        });
    }

    private Image of(String name) {
        Image image = images.get(name);
        if (image == null) {
            throw new IllegalStateException("image " + name + " is not known");
        }
        return image;
    }

    private static Set<String> names(@Nullable Node node) {
        if (node == null || node.images().isEmpty()) {
            return Set.of();
        }
        Set<String> names = new HashSet<>();
        node.images().forEach(image -> names.addAll(image.names()));
        return names;
    }

    /**
     * The score, 0 to 100, of a node that has some of a pod's images: by their size, scaled down by how few nodes have
     * them so that pods do not crowd onto one node.
     */
    int score(Node node, List<String> wanted, int nodes) {
        long sum = 0;
        for (int i = 0; i < wanted.size(); i++) {
            String name = wanted.get(i);
            Image image = images.get(name);
            if (image != null && has(node, name)) {
                sum += (long) (image.sizeBytes * ((double) image.nodes / nodes));
            }
        }
        long most = MAX_BYTES_PER_CONTAINER * wanted.size();
        long bounded = Math.clamp(sum, MIN_BYTES, most);
        return (int) (NodeScorer.MAX_SCORE * (bounded - MIN_BYTES) / (most - MIN_BYTES));
    }

    private static boolean has(Node node, String name) {
        for (Node.Image image : node.images()) {
            if (image.names().contains(name)) {
                return true;
            }
        }
        return false;
    }
}
