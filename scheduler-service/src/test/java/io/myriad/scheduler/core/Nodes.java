package io.myriad.scheduler.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.myriad.scheduler.model.Node;
import io.myriad.scheduler.model.Resources;
import io.myriad.scheduler.model.SpreadConstraint;
import io.myriad.scheduler.model.Taint;

/** Builds nodes for tests: 4 cores, 8 GiB and 110 pods unless said otherwise. */
public final class Nodes {
    private final String name;
    private final Map<String, String> labels = new HashMap<>();
    private final List<Taint> taints = new ArrayList<>();
    private boolean unschedulable;
    private long milliCpu = 4000;
    private long memoryMebibytes = 8192;
    private int pods = 110;
    private final Map<String, Long> scalars = new HashMap<>();
    private final List<Node.Image> images = new ArrayList<>();

    private Nodes(String name) {
        this.name = name;
        labels.put(SpreadConstraint.HOSTNAME_KEY, name);
    }

    public static Nodes node(String name) {
        return new Nodes(name);
    }

    public Nodes label(String key, String value) {
        labels.put(key, value);
        return this;
    }

    public Nodes zone(String zone) {
        return label(SpreadConstraint.ZONE_KEY, zone);
    }

    public Nodes without(String key) {
        labels.remove(key);
        return this;
    }

    public Nodes taint(String key, String value, Taint.Effect effect) {
        taints.add(new Taint(key, value, effect));
        return this;
    }

    public Nodes cordoned() {
        unschedulable = true;
        return this;
    }

    public Nodes cpu(long milli) {
        milliCpu = milli;
        return this;
    }

    public Nodes memory(long mebibytes) {
        memoryMebibytes = mebibytes;
        return this;
    }

    public Nodes pods(int count) {
        pods = count;
        return this;
    }

    public Nodes scalar(String resource, long amount) {
        scalars.put(resource, amount);
        return this;
    }

    public Nodes image(String image, long bytes) {
        images.add(new Node.Image(List.of(image), bytes));
        return this;
    }

    public Node build() {
        return new Node(name, labels, taints, unschedulable,
                new Resources(milliCpu, memoryMebibytes << 20, 100L << 30, scalars), pods, images);
    }
}
