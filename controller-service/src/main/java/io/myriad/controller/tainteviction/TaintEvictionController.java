package io.myriad.controller.tainteviction;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.value.Timestamps;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.DeleteOptions;
import io.myriad.control.client.PatchType;
import io.myriad.control.client.Resources;
import io.myriad.control.events.Event;
import io.myriad.control.events.EventRecorder;
import io.myriad.control.events.ObjectReference;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.ObjectKey;
import io.myriad.control.queue.Reconciler;
import io.myriad.controller.loop.ControlLoop;
import io.myriad.controller.loop.ControllerContext;
import io.myriad.controller.loop.LoopController;
import io.myriad.controller.loop.Refusals;
import io.myriad.controller.model.ClusterInformers;
import io.myriad.controller.model.Node;
import io.myriad.controller.model.Pod;
import io.myriad.controller.model.Taint;

/** Watches NoExecute taints and deletes pods when their time on a tainted node is over. */
public final class TaintEvictionController implements LoopController {
    private static final String NAME = "taint-eviction-controller";
    private static final int WORKERS = 16;

    private final ControllerContext context;
    private final Informer<Pod> pods;
    private final Informer<Node> nodes;
    private final EventRecorder recorder;
    /** Pods that are to go later, and when that was first noticed. */
    private final Map<ObjectKey, Instant> scheduled = new ConcurrentHashMap<>();
    private final ControlLoop<ObjectKey> loop;

    public TaintEvictionController(ControllerContext context) {
        this.context = context;
        this.pods = context.informers().pods();
        this.nodes = context.informers().nodes();
        this.recorder = context.recorder(NAME);
        this.loop = new ControlLoop<>(NAME, WORKERS, this::podsOnTaintedNodes, this::reconcile, context);
        nodes.addHandler(new NodeHandler());
        pods.addHandler(new PodHandler());
    }

    @Override
    public ControlLoop<?> loop() {
        return loop;
    }

    @Override
    public CompletableFuture<Void> stop(long graceMillis) {
        return LoopController.super.stop(graceMillis).whenComplete((done, error) -> scheduled.clear());
    }

    private List<ObjectKey> podsOnTaintedNodes() {
        List<ObjectKey> keys = new ArrayList<>();
        for (Node node : nodes.values()) {
            if (!noExecute(node.taints()).isEmpty()) {
                pods.byIndex(ClusterInformers.PODS_BY_NODE, node.meta().name())
                        .forEach(pod -> keys.add(pod.meta().key()));
            }
        }
        return keys;
    }

    private static List<Taint> noExecute(List<Taint> taints) {
        return taints.stream().filter(taint -> taint.effect().equals(Taint.NO_EXECUTE)).toList();
    }

    private final class NodeHandler implements InformerHandler<Node> {
        @Override
        public void updated(ObjectKey key, Node before, Node now) {
            if (!noExecute(before.taints()).equals(noExecute(now.taints()))) {
                pods.byIndex(ClusterInformers.PODS_BY_NODE, key.name())
                        .forEach(pod -> loop.enqueue(pod.meta().key()));
            }
        }

        @Override
        public void added(ObjectKey key, Node now, boolean initial) {
            if (!initial && !noExecute(now.taints()).isEmpty()) {
                pods.byIndex(ClusterInformers.PODS_BY_NODE, key.name())
                        .forEach(pod -> loop.enqueue(pod.meta().key()));
            }
        }
    }

    private final class PodHandler implements InformerHandler<Pod> {
        @Override
        public void added(ObjectKey key, Pod now, boolean initial) {
            if (!initial) {
                wake(key, now);
            }
        }

        @Override
        public void updated(ObjectKey key, Pod before, Pod now) {
            if (!before.nodeName().equals(now.nodeName()) || !before.tolerations().equals(now.tolerations())) {
                wake(key, now);
            }
        }

        @Override
        public void deleted(ObjectKey key, Pod last) {
            scheduled.remove(key);
        }

        private void wake(ObjectKey key, Pod pod) {
            Node node = pod.nodeName().isEmpty() ? null : nodes.get("", pod.nodeName());
            if (node != null && !noExecute(node.taints()).isEmpty() || scheduled.containsKey(key)) {
                loop.enqueue(key);
            }
        }
    }

    private long reconcile(ObjectKey key) {
        Pod pod = pods.get(key);
        if (pod == null || pod.meta().terminating()) {
            scheduled.remove(key);
            return Reconciler.DONE;
        }
        Node node = nodes.get("", pod.nodeName());
        Instant now = context.clock().instant();
        Instant noticed = scheduled.getOrDefault(key, now);
        Instant deadline = node == null ? null : Eviction.deadline(pod, node.taints(), noticed);
        if (deadline == null) {
            if (scheduled.remove(key) != null) {
                record(key, "Cancelling deletion of Pod ");
            }
            return Reconciler.DONE;
        }
        if (deadline.isAfter(now)) {
            scheduled.put(key, noticed);
            return Math.max(1, Duration.between(now, deadline).toMillis());
        }
        record(key, "Marking for deletion Pod ");
        evict(pod, now);
        scheduled.remove(key);
        return Reconciler.DONE;
    }

    private void evict(Pod pod, Instant now) {
        ApiPath path = ApiPath.of(Resources.PODS).in(pod.meta().namespace()).named(pod.meta().name());
        Refusals.ignoringGone(() -> {
            if (!pod.disrupted()) {
                ObjectNode patch = JsonNodeFactory.instance.objectNode();
                patch.putObject("metadata").put("uid", pod.meta().uid());
                patch.putObject("status").putArray("conditions").addObject().put("type", "DisruptionTarget")
                        .put("status", "True").put("reason", "DeletionByTaintManager")
                        .put("message", "Taint manager: deleting due to NoExecute taint")
                        .put("lastTransitionTime", Timestamps.format(now));
                context.client().patch(path.sub("status"), PatchType.STRATEGIC, patch);
            }
            context.client().delete(path, DeleteOptions.ofUid(pod.meta().uid()));
        });
    }

    private void record(ObjectKey key, String what) {
        recorder.record(Event.normal(ObjectReference.of("v1", "Pod", key.namespace(), key.name(), "", ""),
                "TaintManagerEviction", what + key));
    }
}
