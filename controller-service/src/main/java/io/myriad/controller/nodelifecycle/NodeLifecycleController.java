package io.myriad.controller.nodelifecycle;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.value.Timestamps;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.PatchType;
import io.myriad.control.client.Resources;
import io.myriad.control.events.Event;
import io.myriad.control.events.EventRecorder;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.InformerSpec;
import io.myriad.control.informer.ObjectKey;
import io.myriad.control.queue.Reconciler;
import io.myriad.controller.loop.ControlLoop;
import io.myriad.controller.loop.Controller;
import io.myriad.controller.loop.ControllerContext;
import io.myriad.controller.model.ClusterInformers;
import io.myriad.controller.model.Node;
import io.myriad.controller.model.Pod;
import io.myriad.controller.model.Taint;

/**
 * Watches nodes' signs of life. A node that is silent for the grace period gets its conditions set to Unknown; taints
 * follow conditions; pods on nodes that are not ready are marked so, and services leave them out.
 */
public final class NodeLifecycleController implements Controller {
    private static final String NAME = "node-lifecycle-controller";
    private static final String LEASE_NAMESPACE = "kube-node-lease";
    /** The loop's key for the look at all nodes; node names have no slash. */
    private static final String ROUND = "/round";
    private static final List<String> CONDITIONS = List.of("Ready", "MemoryPressure", "DiskPressure", "PIDPressure");

    /**
     * When nodes count as lost.
     *
     * @param periodMillis between two looks at all nodes
     * @param graceMillis for how long a node may be silent
     */
    public record Timing(long periodMillis, long graceMillis) {}

    private final Timing timing;
    private final ControllerContext context;
    private final Informer<Node> nodes;
    private final Informer<Pod> pods;
    private final EventRecorder events;
    private final EvictionPace pace;
    private final NodeHealth health = new NodeHealth();
    private final ControlLoop<String> loop;

    /**
     * @param usualRate nodes that may be emptied a second
     * @param secondaryRate the same in a large zone that is partly down
     * @param unhealthyShare from which share a zone is partly down
     * @param largeZoneNodes how many nodes make a zone large
     */
    public NodeLifecycleController(Timing timing, double usualRate, double secondaryRate, double unhealthyShare,
            int largeZoneNodes, ControllerContext context) {
        this.timing = timing;
        this.context = context;
        this.pace = new EvictionPace(
                new EvictionPace.Rates(usualRate, secondaryRate, unhealthyShare, largeZoneNodes));
        this.nodes = context.informers().nodes();
        this.pods = context.informers().pods();
        this.events = context.recorder("node-controller");
        this.loop = new ControlLoop<>(NAME, 1, this::everything, this::reconcile, context);
        nodes.addHandler(new NodeHandler());
        Informer<String> leases = context.informers()
                .of(InformerSpec.<String>of(Resources.LEASES, object -> object.resourceVersion()).in(LEASE_NAMESPACE));
        leases.addHandler(new LeaseHandler());
    }

    private List<String> everything() {
        // The first look after taking over judges by what this process has seen itself.
        health.refresh(context.nanoTime().getAsLong());
        return List.of(ROUND);
    }

    private final class NodeHandler implements InformerHandler<Node> {
        @Override
        public void added(ObjectKey key, Node now, boolean initial) {
            health.heartbeat(now.name(), now.heartbeat(), context.nanoTime().getAsLong());
            loop.enqueue(now.name());
            if (!initial) {
                events.record(Event.normal(now.reference(), "RegisteredNode",
                        "Node " + now.name() + " event: Registered Node " + now.name() + " in Controller"));
            }
        }

        @Override
        public void updated(ObjectKey key, Node before, Node now) {
            health.heartbeat(now.name(), now.heartbeat(), context.nanoTime().getAsLong());
            boolean same = before.conditions().equals(now.conditions()) && before.taints().equals(now.taints())
                    && before.unschedulable() == now.unschedulable();
            if (!same) {
                loop.enqueue(now.name());
            }
        }

        @Override
        public void deleted(ObjectKey key, Node last) {
            health.forget(last.name());
        }
    }

    private final class LeaseHandler implements InformerHandler<String> {
        @Override
        public void added(ObjectKey key, String version, boolean initial) {
            health.lease(key.name(), version, context.nanoTime().getAsLong());
        }

        @Override
        public void updated(ObjectKey key, String before, String version) {
            health.lease(key.name(), version, context.nanoTime().getAsLong());
        }

        @Override
        public void deleted(ObjectKey key, String last) {}
    }

    private long reconcile(String key) {
        if (key.equals(ROUND)) {
            pace.observe(nodes.values());
            for (Node node : nodes.values()) {
                look(node);
            }
            return timing.periodMillis;
        }
        Node node = nodes.get("", key);
        if (node != null) {
            taint(node);
        }
        return Reconciler.DONE;
    }

    private void look(Node node) {
        long silentMillis = health.silentNanos(node.name(), context.nanoTime().getAsLong()) / 1_000_000;
        boolean lost = silentMillis > timing.graceMillis;
        if (lost && !node.condition("Ready").equals("Unknown")) {
            markUnknown(node);
            return;
        }
        taint(node);
        if (!node.ready()) {
            markPods(node);
        }
    }

    private void markUnknown(Node node) {
        ObjectNode object = context.client().get(ApiPath.of(Resources.NODES).named(node.name()));
        String now = Timestamps.format(context.clock().instant());
        ArrayNode conditions = object.withObjectProperty("status").withArrayProperty("conditions");
        for (String type : CONDITIONS) {
            ObjectNode condition = null;
            for (int i = 0; i < conditions.size(); i++) {
                if (conditions.get(i).path("type").stringValue("").equals(type)) {
                    condition = (ObjectNode) conditions.get(i);
                }
            }
            boolean neverReported = condition == null;
            if (condition == null) {
                condition = conditions.addObject().put("type", type).put("lastHeartbeatTime", now);
            }
            condition.put("status", "Unknown").put("lastTransitionTime", now)
                    .put("reason", neverReported ? "NodeStatusNeverUpdated" : "NodeStatusUnknown")
                    .put("message", neverReported
                            ? "Kubelet never posted node status."
                            : "Kubelet stopped posting node status.");
        }
        unlessChanged(() -> context.client().update(ApiPath.of(Resources.NODES).named(node.name()).sub("status"),
                object));
        events.record(Event.normal(node.reference(), "NodeNotReady",
                "Node " + node.name() + " status is now: NodeNotReady"));
    }

    private void taint(Node node) {
        String eviction = NodeTaints.eviction(node);
        boolean evict = eviction != null && !NodeTaints.has(node, eviction, Taint.NO_EXECUTE)
                && pace.allows(node.zone(), context.nanoTime().getAsLong());
        Instant now = context.clock().instant();
        List<Taint> wanted = NodeTaints.wanted(node, evict, now);
        if (NodeTaints.same(wanted, node.taints())) {
            return;
        }
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.putObject("metadata").put("resourceVersion", node.resourceVersion());
        if (wanted.isEmpty()) {
            patch.putObject("spec").putNull("taints");
        } else {
            ArrayNode taints = patch.putObject("spec").putArray("taints");
            wanted.forEach(taint -> Node.write(taint, taints.addObject()));
        }
        // A conflict means that a newer node is on its way here.
        unlessChanged(() -> context.client().patch(ApiPath.of(Resources.NODES).named(node.name()), PatchType.MERGE,
                patch));
    }

    /** Pods of a node that is not ready are not ready either. */
    private void markPods(Node node) {
        for (Pod pod : pods.byIndex(ClusterInformers.PODS_BY_NODE, node.name())) {
            if (pod.ready() && !pod.meta().terminating()) {
                ObjectNode patch = JsonNodeFactory.instance.objectNode();
                patch.putObject("metadata").put("uid", pod.meta().uid());
                patch.putObject("status").putArray("conditions").addObject().put("type", "Ready")
                        .put("status", "False")
                        .put("lastTransitionTime", Timestamps.format(context.clock().instant()));
                unlessChanged(() -> context.client().patch(ApiPath.of(Resources.PODS).in(pod.meta().namespace())
                        .named(pod.meta().name()).sub("status"), PatchType.STRATEGIC, patch));
                events.record(Event.warning(pod.reference(), "NodeNotReady", "Node is not ready"));
            }
        }
    }

    private static void unlessChanged(Runnable write) {
        try {
            write.run();
        } catch (StatusException failure) {
            StatusReason reason = failure.status().reason();
            if (reason != StatusReason.CONFLICT && reason != StatusReason.NOT_FOUND) {
                throw failure;
            }
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public CompletableFuture<Void> stop(long graceMillis) {
        return loop.stop(graceMillis);
    }
}
