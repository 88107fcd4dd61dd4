package io.myriad.scheduler.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.myriad.api.selector.LabelSelector;
import io.myriad.scheduler.model.AffinityTerm;
import io.myriad.scheduler.model.NodeRequirement;
import io.myriad.scheduler.model.PodAffinities;
import io.myriad.scheduler.model.PodTemplate;
import io.myriad.scheduler.model.SpreadConstraint;
import io.myriad.scheduler.model.Taint;
import io.myriad.scheduler.model.Toleration;
import io.myriad.scheduler.model.WeightedAffinityTerm;

/**
 * A template that pods are being placed for: its rules tied to the counters that answer them, and the list of candidate
 * nodes that its next pod reuses.
 */
final class PodClass {
    /**
     * A hard spread constraint.
     *
     * @param self 1 when the pod counts itself
     */
    record Spread(DomainCounter pods, int maxSkew, int minDomains, int self) {}

    /**
     * A soft spread constraint.
     *
     * @param topology null for the host name, where each node is its own domain
     * @param onNode counts the pods of a node, null when nothing is selected
     * @param inDomain counts those of a domain, null for the host name and when nothing is selected
     */
    record Lean(String key, Topology topology, boolean perNode, @Nullable PodCounter onNode,
            @Nullable DomainCounter inDomain, int maxSkew) {}

    /**
     * A preference of the pod itself.
     *
     * @param weight negative to stay away
     */
    record Pull(DomainCounter pods, int weight) {}

    private static final int DEFAULT_HOST_SKEW = 3;
    private static final int DEFAULT_ZONE_SKEW = 5;

    final PodTemplate template;
    final TemplateState state;
    final boolean toleratesUnschedulable;
    /** Whether the pod asks for nothing, so that only the number of pods can be too high. */
    final boolean asksNothing;
    /** Whether the defaults of the cluster stand in for the pod's own constraints; they need no label of a node. */
    final boolean spreadByDefault;
    List<Spread> hardSpread = List.of();
    List<Lean> softSpread = List.of();
    List<DomainCounter> required = List.of();
    List<DomainCounter> forbidden = List.of();
    List<Pull> pulls = List.of();
    /** Terms of placed pods that keep this class away. */
    List<TermCounter> kept = List.of();
    /** Terms of placed pods that draw or push this class. */
    List<TermCounter> drawn = List.of();
    /** Whether the pod is one of those it wants to be near to. */
    boolean matchesOwnAffinity;
    @Nullable
    Candidates candidates;

    private final ClusterState cluster;
    private final List<Runnable> releases = new ArrayList<>();
    private LabelSelector siblings = LabelSelector.everything();
    private long siblingsEpoch = -1;
    private long termEpoch = -1;

    PodClass(PodTemplate template, ClusterState cluster) {
        this.template = template;
        this.cluster = cluster;
        this.state = cluster.counters.template(template);
        this.toleratesUnschedulable = Toleration.tolerated(template.tolerations(), Taint.UNSCHEDULABLE);
        this.spreadByDefault = template.spread().isEmpty();
        var asked = template.requests().resources();
        this.asksNothing = asked.milliCpu() == 0 && asked.memoryBytes() == 0 && asked.ephemeralStorageBytes() == 0
                && asked.scalars().isEmpty();
        state.pinned = true;
        acquire();
    }

    /** Brings what depends on other objects up to date; called before every decision. */
    void refresh() {
        if (termEpoch != cluster.counters.termEpoch()) {
            kept = cluster.counters.forbidding(template);
            drawn = cluster.counters.pulling(template);
            List<AffinityTerm> own = template.affinities().required();
            matchesOwnAffinity = !own.isEmpty() && matcher(own).matches(template, cluster.counters::namespaceLabels);
            termEpoch = cluster.counters.termEpoch();
        }
        if (spreadByDefault && siblingsEpoch != cluster.workloads.epoch(template.namespace())) {
            siblingsEpoch = cluster.workloads.epoch(template.namespace());
            LabelSelector now = cluster.workloads.siblings(template);
            if (!now.equals(siblings)) {
                siblings = now;
                release();
                acquire();
            }
        }
    }

    /** Gives up all counters. The class is not used any more, or acquires them anew. */
    void close() {
        release();
        state.pinned = false;
        cluster.counters.dropIfUnused(state);
    }

    private void acquire() {
        PodAffinities affinities = template.affinities();
        List<SpreadConstraint> constraints = spreadByDefault ? defaultSpread() : template.spread();
        hardSpread = spread(constraints);
        softSpread = lean(constraints);
        PodMatcher all = affinities.required().isEmpty() ? null : matcher(affinities.required());
        required = all == null ? List.of() : affinities.required().stream().map(term -> counter(all, term)).toList();
        forbidden = affinities.forbidden().stream().map(term -> counter(matcher(List.of(term)), term)).toList();
        List<Pull> wishes = new ArrayList<>();
        for (WeightedAffinityTerm wish : affinities.preferred()) {
            wishes.add(new Pull(counter(matcher(List.of(wish.term())), wish.term()), wish.weight()));
        }
        for (WeightedAffinityTerm wish : affinities.avoided()) {
            wishes.add(new Pull(counter(matcher(List.of(wish.term())), wish.term()), -wish.weight()));
        }
        pulls = wishes;
    }

    private void release() {
        releases.forEach(Runnable::run);
        releases.clear();
    }

    private List<SpreadConstraint> defaultSpread() {
        return siblings.isEverything()
                ? List.of()
                : List.of(SpreadConstraint.byDefault(DEFAULT_HOST_SKEW, SpreadConstraint.HOSTNAME_KEY, siblings),
                        SpreadConstraint.byDefault(DEFAULT_ZONE_SKEW, SpreadConstraint.ZONE_KEY, siblings));
    }

    private List<Spread> spread(List<SpreadConstraint> constraints) {
        List<String> keys = keys(constraints, SpreadConstraint::hard);
        List<Spread> hard = new ArrayList<>(0);
        for (SpreadConstraint constraint : constraints) {
            if (constraint.hard()) {
                PodMatcher matcher = PodMatcher.spread(template.namespace(), counted(constraint));
                DomainCounter pods = counter(matcher, constraint.topologyKey(), rules(keys, constraint), true);
                hard.add(new Spread(pods, constraint.maxSkew(), constraint.minDomains(),
                        constraint.selector().matches(template.labels()) ? 1 : 0));
            }
        }
        return hard;
    }

    private List<Lean> lean(List<SpreadConstraint> constraints) {
        Predicate<SpreadConstraint> soft = constraint -> !constraint.hard();
        List<String> keys = spreadByDefault ? List.of() : keys(constraints, soft);
        List<Lean> leans = new ArrayList<>(0);
        for (SpreadConstraint constraint : constraints) {
            if (soft.test(constraint)) {
                boolean perNode = constraint.topologyKey().equals(SpreadConstraint.HOSTNAME_KEY);
                LabelSelector counted = counted(constraint);
                PodMatcher matcher = PodMatcher.spread(template.namespace(), counted);
                Topology topology = cluster.counters.acquireTopology(constraint.topologyKey());
                releases.add(() -> cluster.counters.release(topology));
                PodCounter onNode = perNode ? counter(matcher) : null;
                DomainCounter inDomain = perNode
                        ? null
                        : counter(matcher, constraint.topologyKey(), rules(keys, constraint), false);
                leans.add(
                        new Lean(constraint.topologyKey(), topology, perNode, onNode, inDomain, constraint.maxSkew()));
            }
        }
        return leans;
    }

    /** An empty selector counts no pod at all, although it matches each. */
    private static LabelSelector counted(SpreadConstraint constraint) {
        return constraint.selector().isEverything() ? LabelSelector.nothing() : constraint.selector();
    }

    private static List<String> keys(List<SpreadConstraint> constraints, Predicate<SpreadConstraint> chosen) {
        return constraints.stream().filter(chosen).map(SpreadConstraint::topologyKey).distinct().sorted().toList();
    }

    private NodeGate.Rules rules(List<String> keys, SpreadConstraint constraint) {
        return new NodeGate.Rules(keys, constraint.honorsAffinity() ? template.nodes() : NodeRequirement.NONE,
                constraint.honorsTaints() ? template.tolerations() : null);
    }

    private PodMatcher matcher(List<AffinityTerm> terms) {
        return new PodMatcher(terms, false);
    }

    private DomainCounter counter(PodMatcher matcher, AffinityTerm term) {
        return counter(matcher, term.topologyKey(), null, false);
    }

    private DomainCounter counter(PodMatcher matcher, String key, NodeGate.@Nullable Rules rules, boolean minimum) {
        DomainCounter counter = cluster.counters.acquire(matcher, key, rules, minimum);
        releases.add(() -> cluster.counters.release(matcher, counter));
        return counter;
    }

    private PodCounter counter(PodMatcher matcher) {
        PodCounter counter = cluster.counters.acquire(matcher);
        releases.add(() -> cluster.counters.release(counter));
        return counter;
    }

    /** The only nodes that can take the pod, or null when they are not named. */
    @Nullable
    Set<String> namedNodes() {
        return template.nodes().names();
    }
}
