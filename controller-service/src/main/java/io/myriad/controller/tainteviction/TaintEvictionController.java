package io.myriad.controller.tainteviction;

import java.util.concurrent.CompletableFuture;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.value.Timestamps;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.DeleteOptions;
import io.myriad.control.client.PatchType;
import io.myriad.control.client.Resources;
import io.myriad.control.events.Event;
import io.myriad.control.events.EventRecorder;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.ObjectKey;
import io.myriad.control.queue.Reconciler;
import io.myriad.controller.loop.ControlLoop;
import io.myriad.controller.loop.Controller;
import io.myriad.controller.loop.ControllerContext;
import io.myriad.controller.model.ClusterInformers;
import io.myriad.controller.model.Node;
import io.myriad.controller.model.Pod;

/** Deletes pods from nodes with NoExecute taints, at once or when their toleration ends. */
public final class TaintEvictionController implements Controller {
    private static final String NAME = "taint-eviction-controller";

    private final ControllerContext context;
    private final Informer<Node> nodes;
    private final Informer<Pod> pods;
    private final EventRecorder events;
    private final ControlLoop<ObjectKey> loop;

    public TaintEvictionController(int workers, ControllerContext context) {
        this.context = context;
        this.nodes = context.informers().nodes();
        this.pods = context.informers().pods();
        this.events = context.recorder("taint-eviction-controller");
        this.loop = new ControlLoop<>(NAME, workers, pods::keys, this::reconcile, context);
        nodes.addHandler(new NodeHandler());
        pods.addHandler(new PodHandler());
    }

    private final class NodeHandler implements InformerHandler<Node> {
        @Override
        public void added(ObjectKey key, Node now, boolean initial) {
            wake(now);
        }

        @Override
        public void updated(ObjectKey key, Node before, Node now) {
            if (!before.taints().equals(now.taints())) {
                wake(now);
            }
        }

        @Override
        public void deleted(ObjectKey key, Node last) {}

        private void wake(Node node) {
            boolean evicts = node.taints().stream().anyMatch(taint -> taint.effect().equals("NoExecute"));
            if (evicts) {
                for (Pod pod : pods.byIndex(ClusterInformers.PODS_BY_NODE, node.name())) {
                    loop.enqueue(pod.meta().key());
                }
            }
        }
    }

    private final class PodHandler implements InformerHandler<Pod> {
        @Override
        public void added(ObjectKey key, Pod now, boolean initial) {
            wake(now);
        }

        @Override
        public void updated(ObjectKey key, Pod before, Pod now) {
            if (!before.nodeName().equals(now.nodeName()) || !before.tolerations().equals(now.tolerations())) {
                wake(now);
            }
        }

        @Override
        public void deleted(ObjectKey key, Pod last) {}

        private void wake(Pod pod) {
            Node node = pod.nodeName().isEmpty() ? null : nodes.get("", pod.nodeName());
            boolean evicts = node != null
                    && node.taints().stream().anyMatch(taint -> taint.effect().equals("NoExecute"));
            if (evicts) {
                loop.enqueue(pod.meta().key());
            }
        }
    }

    private long reconcile(ObjectKey key) {
        Pod pod = pods.get(key);
        Node node = pod == null || pod.nodeName().isEmpty() ? null : nodes.get("", pod.nodeName());
        if (pod == null || node == null || pod.meta().terminating()) {
            return Reconciler.DONE;
        }
        long remaining = Tolerance.remainingMillis(node.taints(), pod.tolerations(), context.clock().instant());
        if (remaining == Tolerance.FOR_EVER) {
            return Reconciler.DONE;
        }
        if (remaining > 0) {
            return remaining;
        }
        evict(pod);
        return Reconciler.DONE;
    }

    private void evict(Pod pod) {
        ApiPath path = ApiPath.of(Resources.PODS).in(pod.meta().namespace()).named(pod.meta().name());
        events.record(Event.normal(pod.reference(), "TaintManagerEviction",
                "Marking for deletion Pod " + pod.meta().namespace() + "/" + pod.meta().name()));
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.putObject("metadata").put("uid", pod.meta().uid());
        patch.putObject("status").putArray("conditions").addObject().put("type", "DisruptionTarget")
                .put("status", "True").put("reason", "DeletionByTaintManager")
                .put("message", "Taint manager: deleting due to NoExecute taint")
                .put("lastTransitionTime", Timestamps.format(context.clock().instant()));
        try {
            context.client().patch(path.sub("status"), PatchType.STRATEGIC, patch);
            context.client().delete(path, DeleteOptions.ofUid(pod.meta().uid()));
        } catch (StatusException failure) {
            StatusReason reason = failure.status().reason();
            if (reason != StatusReason.NOT_FOUND && reason != StatusReason.CONFLICT) {
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
