package io.myriad.scheduler.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import io.myriad.scheduler.model.Pod;
import io.myriad.scheduler.model.PodTemplate;

/**
 * Chooses a node for a pod: one with the best score among those that can take it.
 *
 * <p>
 * <b>Equivalence classes.</b> Pods of one template see the same candidates, so the list of the last one is reused: only
 * nodes that changed since are evaluated again, and what depends on domains is read from counters. A decision is then a
 * pass over a few hundred array entries.
 *
 * <p>
 * <b>Relaxed randomization.</b> In a large cluster the search stops at enough feasible nodes
 * ({@link Limits#feasibleNodesToFind}), begins where the last one ended, and takes a random one of the best. A sampled
 * list is renewed after half a second or as many placements as it has feasible nodes, so all nodes get their turn. Where
 * all nodes are looked at, the answer is exactly that of a full search.
 */
public final class Placer {
    /** No volume is looked at yet: a pod that mounts claims might end up where they are not, so it waits. */
    private static final String CLAIMS = "persistent volume claims are not supported by this scheduler yet";
    private static final String TERMS_CONFLICT = "pod affinity terms conflict";
    private static final String OTHER_NODES = "node(s) didn't satisfy plugin(s) [NodeAffinity]";

    private final ClusterState cluster;
    private final RandomGenerator random;
    private final Map<PodTemplate, PodClass> classes = new IdentityHashMap<>();
    private final LinkedHashMap<PodClass, Boolean> byUse = new LinkedHashMap<>(16, 0.75f, true);
    private NodeState[] feasible = new NodeState[64];
    private int[] indexes = new int[64];
    private long[] crowds = new long[64];
    private long[] pulls = new long[64];
    private int nextStart;
    private int keptCandidates;

    public Placer(ClusterState cluster, RandomGenerator random) {
        this.cluster = cluster;
        this.random = random;
    }

    /**
     * Looks for a node. The cluster is left as it is; the caller adds the pod to the node it accepts.
     *
     * @param pod a pod without a node
     * @param nowMillis any steady clock
     */
    public Decision decide(Pod pod, long nowMillis) {
        if (cluster.nodes() == 0) {
            return new Decision.Refuse(Diagnosis.noNodes());
        }
        if (!pod.template().claims().isEmpty()) {
            return new Decision.Refuse(Diagnosis.of(cluster.nodes(), Plugin.VOLUME_BINDING, CLAIMS));
        }
        PodClass pods = classOf(pod.template());
        pods.refresh();
        Pod.Pending pending = pod.pending();
        if (pending != null && !pending.nominatedNode().isEmpty()) {
            NodeState nominated = cluster.state(pending.nominatedNode());
            if (nominated != null && takes(pods, pod, nominated)) {
                return new Decision.Place(nominated.name, 1, 1);
            }
        }
        Set<String> named = pods.namedNodes();
        return named == null ? search(pods, pod, nowMillis) : choose(pods, pod, named, nowMillis);
    }

    private Decision search(PodClass pods, Pod pod, long nowMillis) {
        int wanted = Limits.feasibleNodesToFind(cluster.nodes());
        Candidates candidates = candidates(pods, nowMillis, wanted);
        candidates.uses++;
        int found = refresh(pods, pod, candidates, wanted);
        if (found < wanted && !candidates.complete) {
            found = extend(pods, pod, candidates, found, wanted);
        }
        if (found == 0) {
            drop(pods);
            return new Decision.Refuse(diagnose(pods, pod));
        }
        return new Decision.Place(best(pods, candidates, found).name, candidates.scanned, found);
    }

    // ---- candidates

    private Candidates candidates(PodClass pods, long nowMillis, int wanted) {
        Candidates known = pods.candidates;
        if (known != null && known.holds(cluster, pods, nowMillis, wanted)) {
            return known;
        }
        drop(pods);
        Candidates fresh = new Candidates(nextStart % cluster.nodes(), cluster, nowMillis);
        pods.candidates = fresh;
        return fresh;
    }

    /** Collects the known candidates that can take the pod now. */
    private int refresh(PodClass pods, Pod pod, Candidates candidates, int wanted) {
        reach(candidates.size);
        int found = 0;
        for (int i = 0; i < candidates.size && found < wanted; i++) {
            candidates.update(i, pods, cluster);
            if (candidates.roomy[i] && accepts(pods, pod, candidates.nodes[i])) {
                indexes[found] = i;
                feasible[found++] = candidates.nodes[i];
            }
        }
        return found;
    }

    /** Looks at more nodes until enough can take the pod or none is left. */
    private int extend(PodClass pods, Pod pod, Candidates candidates, int alreadyFound, int wanted) {
        int[] order = cluster.order();
        int found = alreadyFound;
        int before = candidates.size;
        int scannedBefore = candidates.scanned;
        while (found < wanted && candidates.scanned < order.length) {
            NodeState node = cluster.state(order[(candidates.start + candidates.scanned++) % order.length]);
            if (NodeFilter.rejectNode(pods, node) != null) {
                continue;
            }
            candidates.add(node, pods, cluster);
            int index = candidates.size - 1;
            if (candidates.roomy[index] && accepts(pods, pod, node)) {
                reach(found + 1);
                indexes[found] = index;
                feasible[found++] = node;
            }
        }
        candidates.complete = candidates.scanned == order.length;
        nextStart = (nextStart + candidates.scanned - scannedBefore) % order.length;
        keptCandidates += candidates.size - before;
        return found;
    }

    /** A pod whose requirement names its nodes, as a DaemonSet's does: no search, nothing kept. */
    private Decision choose(PodClass pods, Pod pod, Set<String> named, long nowMillis) {
        Candidates candidates = new Candidates(0, cluster, nowMillis);
        int found = 0;
        for (String name : named) {
            NodeState node = cluster.state(name);
            if (node != null && node.node != null && NodeFilter.rejectNode(pods, node) == null) {
                candidates.add(node, pods, cluster);
                int index = candidates.size - 1;
                if (candidates.roomy[index] && accepts(pods, pod, node)) {
                    reach(found + 1);
                    indexes[found] = index;
                    feasible[found++] = node;
                }
            }
        }
        return found == 0
                ? new Decision.Refuse(diagnose(pods, pod))
                : new Decision.Place(best(pods, candidates, found).name, named.size(), found);
    }

    private void drop(PodClass pods) {
        if (pods.candidates != null) {
            keptCandidates -= pods.candidates.size;
            pods.candidates = null;
        }
    }

    private void reach(int count) {
        if (count > feasible.length) {
            int more = Math.max(count, feasible.length * 2);
            feasible = Arrays.copyOf(feasible, more);
            indexes = Arrays.copyOf(indexes, more);
            crowds = new long[more];
            pulls = new long[more];
        }
    }

    // ---- filters

    /** What is left to ask of a node that has room: its domains, and the pods that room is being made for. */
    private boolean accepts(PodClass pods, Pod pod, NodeState node) {
        return NodeFilter.rejectDomains(pods, node) == null
                && (node.nominated.isEmpty() || rejectWithNominated(pods, pod, node) == null);
    }

    /** Whether a node can take the pod, by all filters. */
    boolean takes(PodClass pods, Pod pod, NodeState node) {
        return node.node != null && reject(pods, pod, node) == null;
    }

    /** The first filter that refuses, the nominated pods counted in first and then left out; or null. */
    @Nullable
    Rejection reject(PodClass pods, Pod pod, NodeState node) {
        Rejection rejection = node.nominated.isEmpty() ? null : rejectWithNominated(pods, pod, node);
        return rejection != null ? rejection : NodeFilter.reject(pods, node);
    }

    /**
     * The filters' answer with the nominated pods of no lower priority on the node. They are put there and taken off
     * again, so that every counter sees them.
     */
    private @Nullable Rejection rejectWithNominated(PodClass pods, Pod pod, NodeState node) {
        List<Pod> added = new ArrayList<>(1);
        for (Pod nominated : node.nominated) {
            if (nominated.priority() >= pod.priority() && !nominated.uid().equals(pod.uid())) {
                added.add(nominated.on(node.name));
            }
        }
        if (added.isEmpty()) {
            return null;
        }
        added.forEach(cluster::addPod);
        pods.refresh();
        Rejection rejection = NodeFilter.reject(pods, node);
        added.forEach(cluster::removePod);
        pods.refresh();
        return rejection;
    }

    // ---- scores

    private NodeState best(PodClass pods, Candidates candidates, int found) {
        if (found == 1) {
            return feasible[0];
        }
        NodeScorer.Ranges ranges = new NodeScorer.Ranges();
        SoftSpread spread = pods.softSpread.isEmpty() ? null : new SoftSpread(pods);
        if (spread != null) {
            spread.prepare(feasible, found);
            ranges.spreads = true;
        }
        boolean pulled = !pods.pulls.isEmpty() || !pods.drawn.isEmpty();
        for (int i = 0; i < found; i++) {
            crowds[i] = spread == null ? SoftSpread.IGNORED : spread.crowd(feasible[i].id);
            pulls[i] = pulled ? NodeScorer.pull(pods, feasible[i].id) : 0;
            ranges.add(candidates.discouraged[indexes[i]], candidates.preference[indexes[i]], crowds[i], pulls[i]);
        }
        int best = 0;
        long bestScore = Long.MIN_VALUE;
        int equal = 0;
        for (int i = 0; i < found; i++) {
            int index = indexes[i];
            long score = candidates.own[index] + NodeScorer.relative(ranges, candidates.discouraged[index],
                    candidates.preference[index], crowds[i], pulls[i]);
            if (score > bestScore) {
                best = i;
                bestScore = score;
                equal = 1;
            } else if (score == bestScore && random.nextInt(++equal) == 0) {
                best = i;
            }
        }
        return feasible[best];
    }

    // ---- refusals

    private Diagnosis diagnose(PodClass pods, Pod pod) {
        Set<String> named = pods.namedNodes();
        if (named != null && named.isEmpty()) {
            return Diagnosis.of(cluster.nodes(), Plugin.NODE_AFFINITY, TERMS_CONFLICT);
        }
        Map<String, Integer> reasons = new HashMap<>();
        Set<Plugin> plugins = EnumSet.noneOf(Plugin.class);
        List<String> improvable = new ArrayList<>();
        int looked = 0;
        for (int id : cluster.order()) {
            NodeState node = cluster.state(id);
            if (named != null && !named.contains(node.name)) {
                continue;
            }
            looked++;
            Rejection rejection = reject(pods, pod, node);
            if (rejection == null) {
                continue; // cannot be: every node was refused a moment ago
            }
            plugins.add(rejection.plugin);
            words(pods, node, rejection).forEach(what -> reasons.merge(what, 1, Integer::sum));
            if (!rejection.lasting && !(rejection == Rejection.RESOURCES && NodeFilter.exceeds(pods, node))) {
                improvable.add(node.name);
            }
        }
        if (named != null && looked < cluster.nodes()) {
            plugins.add(Plugin.NODE_AFFINITY);
            reasons.merge(OTHER_NODES, cluster.nodes() - looked, Integer::sum);
        }
        return new Diagnosis(cluster.nodes(), reasons, plugins, "", improvable);
    }

    /** The reasons behind a refusal, as messages give them. */
    List<String> words(PodClass pods, NodeState node, Rejection rejection) {
        return rejection == Rejection.RESOURCES
                ? NodeFilter.missing(pods, node, cluster.resources)
                : List.of(rejection.words);
    }

    // ---- classes

    PodClass classOf(PodTemplate template) {
        PodClass known = classes.get(template);
        if (known == null) {
            known = new PodClass(template, cluster);
            classes.put(template, known);
        }
        byUse.put(known, true);
        while (byUse.size() > Limits.CLASSES_MAX || keptCandidates > Limits.CANDIDATES_MAX && byUse.size() > 1) {
            PodClass oldest = byUse.firstEntry().getKey();
            byUse.remove(oldest);
            classes.remove(oldest.template);
            drop(oldest);
            oldest.close();
        }
        return known;
    }

    /** How many classes are kept, and with how many candidates. */
    public int classes() {
        return classes.size();
    }
}
