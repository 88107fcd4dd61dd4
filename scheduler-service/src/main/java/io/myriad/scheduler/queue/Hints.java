package io.myriad.scheduler.queue;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.myriad.scheduler.core.Plugin;
import io.myriad.scheduler.model.AffinityTerm;
import io.myriad.scheduler.model.HostPort;
import io.myriad.scheduler.model.Node;
import io.myriad.scheduler.model.PodTemplate;
import io.myriad.scheduler.model.Resources;
import io.myriad.scheduler.model.SpreadConstraint;
import io.myriad.scheduler.model.Taint;
import io.myriad.scheduler.model.Toleration;

/**
 * Whether an event may help a pod that a part of the decision has refused. When in doubt it may: a needless try costs
 * little, a missed one leaves the pod waiting for minutes. The rules are those of upstream's queueing hints.
 */
final class Hints {
    private Hints() {}

    static boolean mayHelp(Plugin plugin, PodTemplate pod, ClusterEvent event) {
        return switch (plugin) {
            case NODE_UNSCHEDULABLE, TAINT_TOLERATION, NODE_AFFINITY ->
                event instanceof ClusterEvent.NodeChanged node && admits(plugin, pod, node.now())
                        && (node.before() == null || !admits(plugin, pod, node.before()));
            case NODE_PORTS -> switch (event) {
                case ClusterEvent.PodRemoved removed -> sharesPort(pod, removed.pod().template());
                case ClusterEvent.NodeChanged changed -> changed.before() == null;
                default -> false;
            };
            case NODE_RESOURCES_FIT -> resources(pod, event);
            case POD_TOPOLOGY_SPREAD -> spread(pod, event);
            case INTER_POD_AFFINITY -> affinity(pod, event);
            case VOLUME_BINDING -> false;
        };
    }

    private static boolean admits(Plugin plugin, PodTemplate pod, Node node) {
        return switch (plugin) {
            case NODE_UNSCHEDULABLE -> !node.unschedulable()
                    || Toleration.tolerated(pod.tolerations(), Taint.UNSCHEDULABLE);
            case TAINT_TOLERATION -> Toleration.admitted(pod.tolerations(), node.taints());
            default -> pod.nodes().matches(node);
        };
    }

    private static boolean sharesPort(PodTemplate pod, PodTemplate gone) {
        for (HostPort wanted : pod.hostPorts()) {
            for (HostPort freed : gone.hostPorts()) {
                if (wanted.conflicts(freed)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean resources(PodTemplate pod, ClusterEvent event) {
        return switch (event) {
            case ClusterEvent.PodRemoved removed -> true;
            case ClusterEvent.PodChanged changed -> !changed.before().template().requests()
                    .equals(changed.now().template().requests());
            case ClusterEvent.NodeChanged changed -> fitsEmpty(pod, changed.now())
                    && (changed.before() == null || grew(changed.before(), changed.now()));
            case ClusterEvent.NodeRemoved removed -> false;
            case ClusterEvent.PodPlaced placed -> false;
        };
    }

    private static boolean fitsEmpty(PodTemplate pod, Node node) {
        Resources asked = pod.requests().resources();
        Resources there = node.allocatable();
        if (node.allowedPods() < 1 || asked.milliCpu() > there.milliCpu() || asked.memoryBytes() > there.memoryBytes()
                || asked.ephemeralStorageBytes() > there.ephemeralStorageBytes()) {
            return false;
        }
        return asked.scalars().entrySet().stream()
                .allMatch(scalar -> scalar.getValue() <= there.scalars().getOrDefault(scalar.getKey(), 0L));
    }

    private static boolean grew(Node before, Node now) {
        return !before.allocatable().equals(now.allocatable()) || now.allowedPods() > before.allowedPods();
    }

    private static boolean spread(PodTemplate pod, ClusterEvent event) {
        return switch (event) {
            case ClusterEvent.NodeRemoved removed -> true;
            case ClusterEvent.NodeChanged changed -> changed.before() == null
                    || !changed.before().labels().equals(changed.now().labels())
                    || !changed.before().taints().equals(changed.now().taints());
            case ClusterEvent.PodPlaced placed -> isCounted(pod, placed.pod().template());
            case ClusterEvent.PodRemoved removed -> isCounted(pod, removed.pod().template());
            case ClusterEvent.PodChanged changed -> changed.before().terminating() != changed.now().terminating()
                    || isCounted(pod, changed.before().template()) != isCounted(pod, changed.now().template());
        };
    }

    private static boolean isCounted(PodTemplate pod, PodTemplate other) {
        if (!pod.namespace().equals(other.namespace())) {
            return false;
        }
        for (SpreadConstraint constraint : pod.spread()) {
            if (constraint.selector().matches(other.labels())) {
                return true;
            }
        }
        return false;
    }

    private static boolean affinity(PodTemplate pod, ClusterEvent event) {
        return switch (event) {
            case ClusterEvent.NodeRemoved removed -> false;
            case ClusterEvent.NodeChanged changed -> changed.before() == null
                    || topologyChanged(pod, changed.before(), changed.now());
            case ClusterEvent.PodPlaced placed -> isMeantByAll(pod, placed.pod().template());
            case ClusterEvent.PodRemoved removed -> isMeantByAny(pod.affinities().forbidden(), removed.pod().template())
                    || isMeantByAny(removed.pod().template().affinities().forbidden(), pod);
            case ClusterEvent.PodChanged changed -> !changed.before().template().labels()
                    .equals(changed.now().template().labels());
        };
    }

    /** A label of a node that no term names may still matter to terms of other pods. */
    private static boolean topologyChanged(PodTemplate pod, Node before, Node now) {
        if (pod.affinities().required().isEmpty() && pod.affinities().forbidden().isEmpty()) {
            return !before.labels().equals(now.labels());
        }
        for (List<AffinityTerm> terms : List.of(pod.affinities().required(), pod.affinities().forbidden())) {
            for (AffinityTerm term : terms) {
                if (!Objects.equals(before.labels().get(term.topologyKey()),
                        now.labels().get(term.topologyKey()))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isMeantByAll(PodTemplate pod, PodTemplate other) {
        for (AffinityTerm term : pod.affinities().required()) {
            if (!mayMean(term, other)) {
                return false;
            }
        }
        return !pod.affinities().required().isEmpty();
    }

    private static boolean isMeantByAny(List<AffinityTerm> terms, PodTemplate other) {
        for (AffinityTerm term : terms) {
            if (mayMean(term, other)) {
                return true;
            }
        }
        return false;
    }

    /** Labels of namespaces are not known here: a term that asks for them may mean any. */
    private static boolean mayMean(AffinityTerm term, PodTemplate other) {
        return term.selectsNamespaces()
                ? term.selector().matches(other.labels())
                : term.matches(other.namespace(), Map.of(), other.labels());
    }
}
