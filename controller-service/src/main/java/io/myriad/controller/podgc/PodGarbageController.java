package io.myriad.controller.podgc;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.value.Timestamps;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.DeleteOptions;
import io.myriad.control.client.PatchType;
import io.myriad.control.client.Resources;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.ObjectKey;
import io.myriad.controller.loop.ControlLoop;
import io.myriad.controller.loop.ControllerContext;
import io.myriad.controller.loop.LoopController;
import io.myriad.controller.loop.Refusals;
import io.myriad.controller.model.ClusterInformers;
import io.myriad.controller.model.Node;
import io.myriad.controller.model.Pod;

/** Looks for garbage pods every 20 seconds, and at once when a pod that no node has is deleted. */
public final class PodGarbageController implements LoopController {
    private static final Logger log = LoggerFactory.getLogger(PodGarbageController.class);
    private static final String NAME = "pod-garbage-collector-controller";
    private static final long PERIOD_MILLIS = 20_000;
    /** A node must have been missing for so long before its pods go; it may be about to register. */
    private static final long QUARANTINE_NANOS = TimeUnit.SECONDS.toNanos(40);
    private static final String SWEEP = "";

    private final ControllerContext context;
    private final int endedMax;
    private final Informer<Pod> pods;
    private final Informer<Node> nodes;
    private final Map<String, Long> missingSinceNanos = new HashMap<>();
    private final ControlLoop<String> loop;

    /**
     * @param endedMax ended pods that are kept; 0 for all
     */
    public PodGarbageController(int endedMax, ControllerContext context) {
        this.context = context;
        this.endedMax = endedMax;
        this.pods = context.informers().pods();
        this.nodes = context.informers().nodes();
        this.loop = new ControlLoop<>(NAME, 1, () -> List.of(SWEEP), key -> sweep(), context);
        pods.addHandler(new InformerHandler<>() {
            @Override
            public void updated(ObjectKey key, Pod before, Pod now) {
                if (now.nodeName().isEmpty() && now.meta().terminating() && !before.meta().terminating()) {
                    loop.enqueue(SWEEP);
                }
            }
        });
    }

    @Override
    public ControlLoop<?> loop() {
        return loop;
    }

    private long sweep() {
        for (Pod pod : Garbage.ended(pods.values(), endedMax)) {
            remove(pod, "");
        }
        List<Pod> unconfirmed = new ArrayList<>();
        for (Pod pod : pods.values()) {
            if (Garbage.unconfirmed(pod, nodes.get("", pod.nodeName()))) {
                unconfirmed.add(pod);
            }
        }
        unconfirmed.forEach(pod -> remove(pod, ""));
        for (String node : goneNodes()) {
            for (Pod pod : pods.byIndex(ClusterInformers.PODS_BY_NODE, node)) {
                remove(pod, "PodGC: node no longer exists");
            }
        }
        return PERIOD_MILLIS;
    }

    /** Nodes that pods are bound to and that have been missing for long, and are missing at the server too. */
    private Set<String> goneNodes() {
        long now = context.nanoTime().getAsLong();
        Set<String> gone = new TreeSet<>();
        Set<String> missing = new TreeSet<>();
        for (String name : pods.indexKeys(ClusterInformers.PODS_BY_NODE)) {
            if (nodes.get("", name) == null) {
                missing.add(name);
                long since = missingSinceNanos.computeIfAbsent(name, any -> now);
                if (now - since >= QUARANTINE_NANOS && !existsAtServer(name)) {
                    gone.add(name);
                }
            }
        }
        missingSinceNanos.keySet().retainAll(missing);
        return gone;
    }

    private boolean existsAtServer(String node) {
        try {
            context.client().get(ApiPath.of(Resources.NODES).named(node));
            return true;
        } catch (StatusException e) {
            if (e.status().reason() == StatusReason.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    /** What the server refuses to let go must not keep the rest: it is tried again with the next sweep. */
    private void remove(Pod pod, String disruption) {
        try {
            end(pod, disruption);
        } catch (StatusException e) {
            log.warn("pod {} could not be removed: {}", pod.meta().key(), e.getMessage());
        }
    }

    /** A pod that no kubelet will end is marked as failed first, so that its controller and its watchers see an end. */
    private void end(Pod pod, String disruption) {
        ApiPath path = ApiPath.of(Resources.PODS).in(pod.meta().namespace()).named(pod.meta().name());
        Refusals.ignoringGone(() -> {
            if (!pod.finished()) {
                ObjectNode patch = JsonNodeFactory.instance.objectNode();
                patch.putObject("metadata").put("uid", pod.meta().uid());
                ObjectNode status = patch.putObject("status").put("phase", "Failed");
                if (!disruption.isEmpty()) {
                    status.putArray("conditions").addObject().put("type", "DisruptionTarget").put("status", "True")
                            .put("reason", "DeletionByPodGC").put("message", disruption)
                            .put("lastTransitionTime", Timestamps.format(context.clock().instant()));
                }
                context.client().patch(path.sub("status"), PatchType.STRATEGIC, patch);
            }
            context.client().delete(path, DeleteOptions.ofUid(pod.meta().uid()).withGracePeriodSeconds(0));
        });
    }
}
