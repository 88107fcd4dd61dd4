package io.myriad.controller.podgc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.DeleteOptions;
import io.myriad.control.client.Resources;
import io.myriad.control.client.Selection;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.InformerSpec;
import io.myriad.controller.loop.ControlLoop;
import io.myriad.controller.loop.Controller;
import io.myriad.controller.loop.ControllerContext;
import io.myriad.controller.model.ClusterInformers;
import io.myriad.controller.model.Pod;

/**
 * Deletes pods that nobody else will: those on nodes that are gone for a while, those that were deleted before they got a
 * node, and the oldest finished ones when there are too many. Looks at all pods at intervals, as upstream does: nothing
 * here is urgent.
 */
public final class PodGarbageCollector implements Controller {
    private static final String NAME = "pod-garbage-collector-controller";
    private static final String ROUND = "round";
    private static final long INTERVAL_MILLIS = Duration.ofSeconds(20).toMillis();
    /** How long a node must be gone before its pods go too: its object may be replaced. */
    private static final long QUARANTINE_MILLIS = Duration.ofSeconds(40).toMillis();

    private final ControllerContext context;
    private final int finishedMax;
    private final Informer<Pod> pods;
    private final Informer<Boolean> nodes;
    private final ControlLoop<String> loop;
    private final AbsentNodes absent = new AbsentNodes(QUARANTINE_MILLIS);

    /** @param finishedMax how many finished pods may stay; 0 or less keeps all */
    public PodGarbageCollector(int finishedMax, ControllerContext context) {
        this.context = context;
        this.finishedMax = finishedMax;
        this.pods = context.informers().pods();
        this.nodes = context.informers()
                .of(InformerSpec.<Boolean>of(Resources.NODES, object -> true).select(Selection.METADATA));
        this.loop = new ControlLoop<>(NAME, 1, () -> List.of(ROUND), round -> sweep(), context);
        nodes.addHandler(InformerHandler.ofKey(key -> {}));
    }

    private long sweep() {
        for (Pod pod : garbage()) {
            delete(pod);
        }
        return INTERVAL_MILLIS;
    }

    private List<Pod> garbage() {
        Set<String> used = pods.indexKeys(ClusterInformers.PODS_BY_NODE);
        Set<String> gone = absent.update(used, node -> nodes.get("", node) != null,
                context.clock().millis());
        List<Pod> garbage = new ArrayList<>();
        for (String node : gone) {
            garbage.addAll(pods.byIndex(ClusterInformers.PODS_BY_NODE, node));
        }
        for (Pod pod : pods.values()) {
            if (pod.nodeName().isEmpty() && pod.meta().terminating()) {
                garbage.add(pod);
            }
        }
        garbage.addAll(surplus(pods.values(), finishedMax));
        return garbage;
    }

    /** The oldest finished pods beyond the number that may stay. */
    static List<Pod> surplus(Collection<Pod> pods, int finishedMax) {
        List<Pod> finished = new ArrayList<>();
        for (Pod pod : pods) {
            if (pod.finished() && !pod.meta().terminating()) {
                finished.add(pod);
            }
        }
        if (finishedMax <= 0 || finished.size() <= finishedMax) {
            return List.of();
        }
        finished.sort(Comparator.comparing((Pod pod) -> pod.meta().created())
                .thenComparing(pod -> pod.meta().name()));
        return finished.subList(0, finished.size() - finishedMax);
    }

    private void delete(Pod pod) {
        try {
            context.client().delete(
                    ApiPath.of(Resources.PODS).in(pod.meta().namespace()).named(pod.meta().name()),
                    DeleteOptions.ofUid(pod.meta().uid()).withGracePeriodSeconds(0));
        } catch (StatusException failure) {
            StatusReason reason = failure.status().reason();
            // Gone already, or another pod of that name by now.
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
