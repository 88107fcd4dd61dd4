package io.myriad.scheduler.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.myriad.api.selector.LabelSelector;
import io.myriad.scheduler.model.Node;
import io.myriad.scheduler.model.Pod;
import io.myriad.scheduler.model.Workload;

/**
 * The cluster as the scheduler sees it: nodes under small numbers, the pods on them (placed ones and those that it has
 * decided to place), and every count that filters and scores read. Each change costs what it touches, never a pass over
 * the cluster, except when a node's labels change or a new kind of pod is first counted.
 *
 * <p>
 * Used by one thread. Pod templates are told apart by identity: whoever makes them hands out one instance per template.
 */
public final class ClusterState {
    final ResourceNumbers resources = new ResourceNumbers();
    final WorkloadSelectors workloads = new WorkloadSelectors();
    final Images images = new Images();
    final CounterIndex counters = new CounterIndex(resources, this::states);
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<String, String> nominated = new HashMap<>();
    private final Deque<Integer> freeIds = new ArrayDeque<>();
    private @Nullable NodeState[] nodes = new NodeState[16];
    private int bound;
    private int registered;
    private long version;
    private long structureEpoch;
    private int[] order = new int[0];
    private long orderEpoch = -1;

    // ---- nodes

    /** A node exists and is as given. */
    public void setNode(Node node) {
        NodeState state = stateOf(node.name());
        Node before = state.node;
        if (node.equals(before)) {
            return;
        }
        boolean placed = before == null || !before.labels().equals(node.labels())
                || !before.taints().equals(node.taints());
        images.change(before, node);
        if (placed) {
            counters.change(state, node);
        }
        state.setNode(node, resources);
        if (before == null) {
            registered++;
        }
        if (placed || before != null && before.unschedulable() != node.unschedulable()) {
            structureEpoch++;
        }
        touch(state);
    }

    /** A node is gone. Its pods stay known until they go too. */
    public void removeNode(String name) {
        Integer id = ids.get(name);
        if (id == null || nodes[id].node == null) {
            return;
        }
        NodeState state = nodes[id];
        images.change(state.node, null);
        counters.change(state, null);
        state.setNode(null, resources);
        registered--;
        structureEpoch++;
        touch(state);
        dropIfUnused(state);
    }

    /** The node of this name, or null. */
    public @Nullable Node node(String name) {
        Integer id = ids.get(name);
        return id == null ? null : nodes[id].node;
    }

    /** How many nodes there are. */
    public int nodes() {
        return registered;
    }

    private NodeState stateOf(String name) {
        Integer known = ids.get(name);
        if (known != null) {
            return nodes[known];
        }
        Integer free = freeIds.poll();
        int id = free != null ? free : bound++;
        if (id >= nodes.length) {
            nodes = Arrays.copyOf(nodes, nodes.length * 2);
        }
        NodeState state = new NodeState(id, name);
        nodes[id] = state;
        ids.put(name, id);
        return state;
    }

    private void dropIfUnused(NodeState state) {
        if (state.node == null && state.pods.isEmpty() && state.nominated.isEmpty()) {
            ids.remove(state.name);
            nodes[state.id] = null;
            freeIds.add(state.id);
        }
    }

    private void touch(NodeState state) {
        state.version = ++version;
    }

    // ---- pods

    /** A pod is on its node, whether bound or only meant to be. */
    public void addPod(Pod pod) {
        NodeState node = stateOf(pod.node());
        TemplateState template = counters.template(pod.template());
        node.add(pod, template);
        template.count(node.id, pod.terminating(), 1);
        touch(node);
    }

    /** A pod is not on its node any more. */
    public void removePod(Pod pod) {
        NodeState node = stateOf(pod.node());
        Pod known = node.find(pod.uid());
        TemplateState template = counters.template(known.template());
        node.remove(known, template);
        template.count(node.id, known.terminating(), -1);
        counters.dropIfUnused(template);
        touch(node);
        dropIfUnused(node);
    }

    /** A pod on a node is as given now, on the same node. */
    public void updatePod(Pod pod) {
        NodeState node = stateOf(pod.node());
        Pod known = node.find(pod.uid());
        if (known.template() == pod.template() && known.terminating() == pod.terminating()) {
            node.replace(known, pod);
        } else {
            removePod(known);
            addPod(pod);
        }
    }

    /** The pods on a node, in no order. */
    public List<Pod> podsOn(String name) {
        Integer id = ids.get(name);
        return id == null ? List.of() : List.copyOf(nodes[id].pods);
    }

    /** Room is being made for a pod on this node: pods of no higher priority must leave it free. */
    public void nominate(Pod pod, String name) {
        NodeState node = state(name);
        if (node != null) {
            List<Pod> others = new ArrayList<>(node.nominated);
            others.removeIf(other -> other.uid().equals(pod.uid()));
            others.add(pod);
            node.nominated = others;
            nominated.put(pod.uid(), name);
            touch(node);
        }
    }

    /** The pod, by uid, has no room waiting for it any more. */
    public void withdraw(String uid) {
        String name = nominated.remove(uid);
        NodeState node = name == null ? null : state(name);
        if (node != null) {
            node.nominated = node.nominated.stream().filter(other -> !other.uid().equals(uid)).toList();
            touch(node);
        }
    }

    /** The pods for which room is being made on a node. */
    public List<Pod> nominatedOn(String name) {
        NodeState node = state(name);
        return node == null ? List.of() : List.copyOf(node.nominated);
    }

    // ---- what pods refer to

    /** A namespace has these labels; null when it is gone. */
    public void setNamespace(String name, @Nullable Map<String, String> labels) {
        counters.setNamespace(name, labels);
    }

    /** A service has this selector; null when it is gone or has none. */
    public void setService(String namespace, String name, @Nullable Map<String, String> selector) {
        workloads.setService(namespace, name, selector);
    }

    /** A controller has this selector; null when it is gone. */
    public void setWorkload(String namespace, Workload workload, @Nullable LabelSelector selector) {
        workloads.setWorkload(namespace, workload, selector);
    }

    /** Every node that is registered or has pods. */
    private List<NodeState> states() {
        List<NodeState> states = new ArrayList<>(ids.size());
        for (int id = 0; id < bound; id++) {
            NodeState state = nodes[id];
            if (state != null) {
                states.add(state);
            }
        }
        return states;
    }

    // ---- for the search

    @Nullable
    NodeState state(String name) {
        Integer id = ids.get(name);
        return id == null ? null : nodes[id];
    }

    NodeState state(int id) {
        return nodes[id];
    }

    /** Changes when nodes come, go, or change in what does not depend on their pods. */
    long structureEpoch() {
        return structureEpoch;
    }

    /** The nodes in the order of the search: one of each zone in turn, so that a partial search meets all zones. */
    int[] order() {
        if (orderEpoch != structureEpoch) {
            order = interleaved();
            orderEpoch = structureEpoch;
        }
        return order;
    }

    private int[] interleaved() {
        Map<String, List<NodeState>> zones = new LinkedHashMap<>();
        for (NodeState node : states()) {
            if (node.node != null) {
                zones.computeIfAbsent(zone(node.node), zone -> new ArrayList<>()).add(node);
            }
        }
        int[] interleaved = new int[registered];
        int filled = 0;
        for (int round = 0; filled < registered; round++) {
            for (List<NodeState> zone : zones.values()) {
                if (round < zone.size()) {
                    interleaved[filled++] = zone.get(round).id;
                }
            }
        }
        return interleaved;
    }

    private static String zone(Node node) {
        String region = node.labels().getOrDefault("topology.kubernetes.io/region", "");
        String zone = node.labels().getOrDefault("topology.kubernetes.io/zone", "");
        return region + "\0" + zone;
    }
}
