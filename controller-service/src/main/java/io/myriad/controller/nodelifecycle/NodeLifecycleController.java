package io.myriad.controller.nodelifecycle;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.value.Timestamps;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.PatchType;
import io.myriad.control.client.Resources;
import io.myriad.control.client.Selection;
import io.myriad.control.events.Event;
import io.myriad.control.events.EventRecorder;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.InformerSpec;
import io.myriad.control.informer.ObjectKey;
import io.myriad.control.queue.Reconciler;
import io.myriad.controller.ControllerOptions;
import io.myriad.controller.loop.ControlLoop;
import io.myriad.controller.loop.Controller;
import io.myriad.controller.loop.ControllerContext;
import io.myriad.controller.loop.Refusals;
import io.myriad.controller.loop.WriteLog;
import io.myriad.controller.model.ClusterInformers;
import io.myriad.controller.model.Node;
import io.myriad.controller.model.Pod;
import io.myriad.controller.model.Taint;

/**
 * Follows nodes' leases and statuses. A node that is silent for the grace period gets its conditions set to Unknown;
 * conditions become taints, those that drive pods away at the pace that {@link Zones} allows; pods of a node that is not
 * ready are no longer ready either.
 *
 * <p>Works node by node: each is looked at when it changes, and again when its silence would be too long. Before a node is
 * declared lost the server is asked for its Lease, so that a watch that has stalled here never takes nodes down.
 */
public final class NodeLifecycleController implements Controller {
    private static final Logger log = LoggerFactory.getLogger(NodeLifecycleController.class);
    private static final String NAME = "node-lifecycle-controller";
    private static final String LEASE_NAMESPACE = "kube-node-lease";
    private static final String ALL = "";
    private static final int WORKERS = 16;
    private static final List<String> KUBELET_CONDITIONS = List.of("Ready", "MemoryPressure", "DiskPressure",
            "PIDPressure");
    /** Labels and their older names, which follow them. */
    private static final Map<String, String> OLD_LABELS = Map.of("kubernetes.io/os", "beta.kubernetes.io/os",
            "kubernetes.io/arch", "beta.kubernetes.io/arch");

    private final ControllerContext context;
    private final ControllerOptions.Nodes options;
    private final Informer<Node> nodes;
    private final Informer<Pod> pods;
    private final Informer<String> leases;
    private final EventRecorder recorder;
    private final Heartbeats heartbeats;
    private final EvictionPace pace = new EvictionPace();
    private final WriteLog<String> writes = new WriteLog<>();
    private final ControlLoop<String> loop;
    private final ControlLoop<String> zoneLoop;
    private volatile Zones zones;
    private volatile boolean leading;

    public NodeLifecycleController(ControllerOptions.Nodes options, ControllerContext context) {
        this.context = context;
        this.options = options;
        this.nodes = context.informers().nodes();
        this.pods = context.informers().pods();
        // Only that it changed matters, so only the version is kept of a Lease. Asking for all namespaces' metadata
        // shares the garbage collector's watch.
        this.leases = context.informers().own(InformerSpec.<String>of(Resources.LEASES,
                object -> object.namespace().equals(LEASE_NAMESPACE) ? object.resourceVersion() : null)
                .select(Selection.METADATA));
        this.recorder = context.recorder("node-controller");
        this.heartbeats = new Heartbeats(context.nanoTime());
        this.zones = Zones.of(List.of(), options);
        this.loop = new ControlLoop<>(NAME, WORKERS, () -> nodes.keys().stream().map(ObjectKey::name).toList(),
                this::reconcile, context);
        this.zoneLoop = new ControlLoop<>(NAME + "-zones", 1, () -> List.of(ALL), key -> survey(), context);
        leases.addHandler(heartbeats.ofLeases());
        nodes.addHandler(heartbeats.ofNodes());
        nodes.addHandler(new NodeHandler());
        pods.addHandler(new PodHandler());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void start() {
        zones = Zones.of(nodes.values(), options);
        leading = true;
        nodes.values().forEach(this::registered);
        loop.start();
        zoneLoop.start();
    }

    @Override
    public CompletableFuture<Void> stop(long graceMillis) {
        leading = false;
        return CompletableFuture.allOf(loop.stop(graceMillis), zoneLoop.stop(graceMillis));
    }

    /** Every new leader tells which nodes it looks after, as upstream's does. */
    private void registered(Node node) {
        recorder.record(Event.normal(node.reference(), "RegisteredNode",
                "Node " + node.meta().name() + " event: Registered Node " + node.meta().name() + " in Controller"));
    }

    private final class NodeHandler implements InformerHandler<Node> {
        @Override
        public void added(ObjectKey key, Node now, boolean initial) {
            if (leading) {
                registered(now);
            }
            if (!initial) {
                loop.enqueue(key.name());
            }
        }

        @Override
        public void updated(ObjectKey key, Node before, Node now) {
            if (!before.conditions().equals(now.conditions()) || !before.taints().equals(now.taints())
                    || before.unschedulable() != now.unschedulable()
                    || !before.meta().labels().equals(now.meta().labels())) {
                loop.enqueue(key.name());
            }
        }

        @Override
        public void deleted(ObjectKey key, Node last) {
            recorder.record(Event.normal(last.reference(), "RemovingNode",
                    "Node " + key.name() + " event: Removing Node " + key.name() + " from Controller"));
        }
    }

    /** A pod that becomes ready on a node that is not, because the kubelet's last word came late. */
    private final class PodHandler implements InformerHandler<Pod> {
        @Override
        public void added(ObjectKey key, Pod now, boolean initial) {
            wake(now);
        }

        @Override
        public void updated(ObjectKey key, Pod before, Pod now) {
            if (now.ready() && !before.ready()) {
                wake(now);
            }
        }

        private void wake(Pod pod) {
            Node node = pod.ready() ? nodes.get("", pod.nodeName()) : null;
            if (node != null && !NodeTaints.lostKey(node).isEmpty()) {
                loop.enqueue(pod.nodeName());
            }
        }
    }

    /** Looks at all nodes together, each monitor period. */
    private long survey() {
        Zones before = zones;
        Zones now = Zones.of(nodes.values(), options);
        zones = now;
        if (now.allLost() != before.allLost()) {
            if (now.allLost()) {
                log.warn("no node is ready: evicting nothing until one is");
            } else {
                log.info("some nodes are ready again");
                heartbeats.restart();
            }
            nodes.keys().forEach(key -> loop.enqueue(key.name()));
        }
        return options.monitorPeriodMillis();
    }

    private long reconcile(String name) {
        Node node = nodes.get("", name);
        if (node == null) {
            writes.forget(name);
            return Reconciler.DONE;
        }
        if (!writes.seen(name)) {
            return Reconciler.RETRY;
        }
        long graceNanos = TimeUnit.MILLISECONDS.toNanos(options.monitorGracePeriodMillis());
        long silentNanos = heartbeats.silentNanos(name);
        boolean lost = silentNanos >= graceNanos;
        if (lost && needsMark(node)) {
            if (leaseIsNewerAtServer(name)) {
                return Reconciler.RETRY;
            }
            markUnknown(name, node);
            return Reconciler.RETRY; // goes on when the informer has it
        }
        long again = taint(name, node);
        if (!NodeTaints.lostKey(node).isEmpty()) {
            markPodsNotReady(name);
        }
        reconcileLabels(name, node);
        long quiet = lost ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(graceNanos - silentNanos) + 1);
        return again == 0 ? quiet : quiet == 0 ? again : Math.min(again, quiet);
    }

    private static boolean needsMark(Node node) {
        for (String type : KUBELET_CONDITIONS) {
            Node.Condition condition = node.conditions().get(type);
            if (condition == null || !condition.status().equals("Unknown")) {
                return true;
            }
        }
        return false;
    }

    /** Whether the server has a newer Lease than we have seen: then it is us who are behind, not the node. */
    private boolean leaseIsNewerAtServer(String name) {
        try {
            String there = context.client()
                    .get(ApiPath.of(Resources.LEASES).in(LEASE_NAMESPACE).named(name)).path("metadata")
                    .path("resourceVersion").asString("");
            String here = leases.get(LEASE_NAMESPACE, name);
            if (!there.equals(here)) {
                log.warn("the watch on leases is behind: node {} is not judged", name);
                return true;
            }
        } catch (StatusException e) {
            if (e.status().reason() != StatusReason.NOT_FOUND) {
                throw e;
            }
        }
        return false;
    }

    private void markUnknown(String name, Node node) {
        String now = Timestamps.format(context.clock().instant());
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.putObject("metadata").put("resourceVersion", node.meta().resourceVersion());
        ArrayNode conditions = patch.putObject("status").putArray("conditions");
        for (String type : KUBELET_CONDITIONS) {
            Node.Condition known = node.conditions().get(type);
            if (known == null) {
                conditions.addObject().put("type", type).put("status", "Unknown")
                        .put("reason", "NodeStatusNeverUpdated").put("message", "Kubelet never posted node status.")
                        .put("lastHeartbeatTime", Timestamps.format(node.meta().created()))
                        .put("lastTransitionTime", now);
            } else if (!known.status().equals("Unknown")) {
                conditions.addObject().put("type", type).put("status", "Unknown").put("reason", "NodeStatusUnknown")
                        .put("message", "Kubelet stopped posting node status.").put("lastTransitionTime", now);
            }
        }
        log.warn("node {} has been silent for {} s", name,
                TimeUnit.NANOSECONDS.toSeconds(heartbeats.silentNanos(name)));
        writes.wrote(name, nodes, context.client().patch(ApiPath.of(Resources.NODES).named(name).sub("status"),
                PatchType.STRATEGIC, patch));
        if (node.isReady()) {
            recorder.record(Event.normal(node.reference(), "NodeNotReady",
                    "Node " + name + " status is now: NodeNotReady"));
        }
    }

    /** Brings taints in line with conditions; returns when to come back because the pace did not allow it now. */
    private long taint(String name, Node node) {
        boolean lost = !NodeTaints.lostKey(node).isEmpty();
        boolean noExecute = false;
        long again = 0;
        if (lost && !zones.allLost()) {
            noExecute = NodeTaints.markedLost(node);
            if (!noExecute) {
                again = pace.admit(node.zone(), zones.evictionsPerSecond(node.zone()),
                        context.nanoTime().getAsLong());
                noExecute = again == 0;
            }
        }
        Instant now = context.clock().instant();
        List<Taint> wanted = NodeTaints.wanted(node, noExecute, now);
        if (wanted.equals(node.taints())) {
            return again;
        }
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.putObject("metadata").put("resourceVersion", node.meta().resourceVersion());
        ArrayNode taints = patch.putObject("spec").putArray("taints");
        for (Taint taint : wanted) {
            ObjectNode one = taints.addObject().put("key", taint.key()).put("effect", taint.effect());
            if (!taint.value().isEmpty()) {
                one.put("value", taint.value());
            }
            if (taint.added() != null) {
                one.put("timeAdded", Timestamps.format(taint.added()));
            }
        }
        writes.wrote(name, nodes,
                context.client().patch(ApiPath.of(Resources.NODES).named(name), PatchType.MERGE, patch));
        return again;
    }

    private void markPodsNotReady(String name) {
        List<CompletableFuture<ObjectNode>> asked = new ArrayList<>();
        for (Pod pod : pods.byIndex(ClusterInformers.PODS_BY_NODE, name)) {
            if (!pod.ready()) {
                continue;
            }
            ObjectNode patch = JsonNodeFactory.instance.objectNode();
            patch.putObject("metadata").put("uid", pod.meta().uid());
            patch.putObject("status").putArray("conditions").addObject().put("type", "Ready").put("status", "False")
                    .put("lastTransitionTime", Timestamps.format(context.clock().instant()));
            recorder.record(Event.warning(pod.reference(), "NodeNotReady", "Node is not ready"));
            asked.add(context.client().patchAsync(ApiPath.of(Resources.PODS).in(pod.meta().namespace())
                    .named(pod.meta().name()).sub("status"), PatchType.STRATEGIC, patch));
        }
        for (CompletableFuture<ObjectNode> one : asked) {
            Refusals.ignoringGone(() -> writes.wrote(name, pods, io.myriad.control.client.ApiClient.await(one)));
        }
    }

    private void reconcileLabels(String name, Node node) {
        ObjectNode labels = JsonNodeFactory.instance.objectNode();
        OLD_LABELS.forEach((label, old) -> {
            String value = node.meta().labels().get(label);
            if (value != null && !value.equals(node.meta().labels().get(old))) {
                labels.put(old, value);
            }
        });
        if (!labels.isEmpty()) {
            ObjectNode patch = JsonNodeFactory.instance.objectNode();
            patch.putObject("metadata").set("labels", labels);
            writes.wrote(name, nodes,
                    context.client().patch(ApiPath.of(Resources.NODES).named(name), PatchType.MERGE, patch));
        }
    }
}
