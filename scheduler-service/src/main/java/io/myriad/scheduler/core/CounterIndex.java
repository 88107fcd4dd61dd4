package io.myriad.scheduler.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.myriad.scheduler.model.AffinityTerm;
import io.myriad.scheduler.model.Node;
import io.myriad.scheduler.model.PodAffinities;
import io.myriad.scheduler.model.PodTemplate;

/**
 * All counters over pods, shared by everybody who needs the same ones and dropped with their last user.
 *
 * <p>
 * A pod class asks for counters when it is first scheduled; from then on every pod that comes or goes updates them, so
 * that a decision reads spread and affinity of a node in constant time. Three things are indexed: which counters count a
 * template's pods (kept in the template's state), which counters have to be looked at for a new template (by namespace),
 * and which affinity terms pods have brought with them.
 */
final class CounterIndex {
    /** What two classes must agree on to share a counter by domain. */
    private record DomainKey(PodMatcher matcher, String topologyKey, NodeGate.@Nullable Rules rules, boolean minimum) {}

    private final Map<PodTemplate, TemplateState> templates = new IdentityHashMap<>();
    private final Map<String, Map<String, String>> namespaces = new HashMap<>();
    private final Map<String, Topology> topologies = new HashMap<>();
    private final Map<NodeGate.Rules, NodeGate> gates = new HashMap<>();
    private final Map<PodMatcher, PodCounter> podCounters = new HashMap<>();
    private final Map<String, List<PodCounter>> countersByNamespace = new HashMap<>();
    private final Map<DomainKey, DomainCounter> domainCounters = new HashMap<>();
    private final Map<DomainCounter, Integer> domainUsers = new IdentityHashMap<>();
    private final Map<AffinityTerm, TermCounter> forbidding = new HashMap<>();
    private final Map<AffinityTerm, TermCounter> pulling = new HashMap<>();
    private final ResourceNumbers resources;
    private final Supplier<List<NodeState>> nodes;
    private long termEpoch;

    /** @param nodes all nodes, asked when a counter starts */
    CounterIndex(ResourceNumbers resources, Supplier<List<NodeState>> nodes) {
        this.resources = resources;
        this.nodes = nodes;
    }

    // ---- templates

    /** The state of a template, made when it is first seen. */
    TemplateState template(PodTemplate template) {
        TemplateState known = templates.get(template);
        return known != null ? known : add(template);
    }

    private TemplateState add(PodTemplate template) {
        TemplateState state = new TemplateState(template, resources);
        templates.put(template, state);
        enlist(state, countersByNamespace.getOrDefault(template.namespace(), List.of()));
        enlist(state, countersByNamespace.getOrDefault("", List.of()));
        PodAffinities affinities = template.affinities();
        affinities.forbidden().forEach(term -> state.holds.add(new TermCounter.Share(hold(forbidding, term), 1)));
        affinities.required().forEach(term -> state.holds.add(new TermCounter.Share(hold(pulling, term), 1)));
        affinities.preferred().forEach(
                term -> state.holds.add(new TermCounter.Share(hold(pulling, term.term()), term.weight())));
        affinities.avoided().forEach(
                term -> state.holds.add(new TermCounter.Share(hold(pulling, term.term()), -term.weight())));
        return state;
    }

    private void enlist(TemplateState state, List<PodCounter> counters) {
        for (PodCounter counter : counters) {
            if (counter.matcher.matches(state.template, this::namespaceLabels)) {
                state.countedBy.add(counter);
            }
        }
    }

    /** Drops the state when nothing needs it any more. */
    void dropIfUnused(TemplateState state) {
        if (state.pods == 0 && !state.pinned && templates.remove(state.template) != null) {
            PodAffinities affinities = state.template.affinities();
            affinities.forbidden().forEach(term -> unhold(forbidding, term));
            affinities.required().forEach(term -> unhold(pulling, term));
            affinities.preferred().forEach(term -> unhold(pulling, term.term()));
            affinities.avoided().forEach(term -> unhold(pulling, term.term()));
        }
    }

    int templates() {
        return templates.size();
    }

    // ---- terms that pods bring with them

    /** Changes when the set of terms, or what they mean, changes. */
    long termEpoch() {
        return termEpoch;
    }

    /** The anti-affinity terms of placed pods that mean pods of this template. */
    List<TermCounter> forbidding(PodTemplate template) {
        return meaning(template, forbidding.values());
    }

    /** The other terms of placed pods that mean pods of this template. */
    List<TermCounter> pulling(PodTemplate template) {
        return meaning(template, pulling.values());
    }

    private List<TermCounter> meaning(PodTemplate template, Collection<TermCounter> counters) {
        Map<String, String> labels = namespaceLabels(template.namespace());
        List<TermCounter> meant = new ArrayList<>();
        for (TermCounter counter : counters) {
            if (counter.term.matches(template.namespace(), labels, template.labels())) {
                meant.add(counter);
            }
        }
        return meant;
    }

    private TermCounter hold(Map<AffinityTerm, TermCounter> counters, AffinityTerm term) {
        TermCounter counter = counters.get(term);
        if (counter == null) {
            counter = new TermCounter(term, acquireTopology(term.topologyKey()));
            counters.put(term, counter);
            termEpoch++;
        }
        counter.held(1);
        return counter;
    }

    private void unhold(Map<AffinityTerm, TermCounter> counters, AffinityTerm term) {
        TermCounter counter = counters.get(term);
        if (counter != null && !counter.held(-1)) {
            counters.remove(term);
            release(counter.topology);
            termEpoch++;
        }
    }

    // ---- namespaces

    Map<String, String> namespaceLabels(String namespace) {
        return namespaces.getOrDefault(namespace, Map.of());
    }

    /** A namespace has these labels now; null when it is gone. */
    void setNamespace(String name, @Nullable Map<String, String> labels) {
        Map<String, String> before = labels == null
                ? namespaces.remove(name)
                : namespaces.put(name, Map.copyOf(labels));
        if (namespaceLabels(name).equals(before == null ? Map.of() : before)) {
            return;
        }
        termEpoch++;
        for (PodCounter counter : podCounters.values()) {
            if (counter.matcher.selectsNamespaces()) {
                counter.clear();
                for (TemplateState state : templates.values()) {
                    state.countedBy.remove(counter);
                    count(counter, state);
                }
            }
        }
    }

    // ---- counters of pods

    PodCounter acquire(PodMatcher matcher) {
        PodCounter counter = podCounters.get(matcher);
        if (counter == null) {
            counter = new PodCounter(matcher);
            podCounters.put(matcher, counter);
            countersByNamespace.computeIfAbsent(matcher.onlyNamespace(), namespace -> new ArrayList<>()).add(counter);
            for (TemplateState state : templates.values()) {
                count(counter, state);
            }
        }
        counter.used(1);
        return counter;
    }

    private void count(PodCounter counter, TemplateState state) {
        if (counter.matcher.matches(state.template, this::namespaceLabels)) {
            state.countedBy.add(counter);
            counter.count(state);
        }
    }

    void release(PodCounter counter) {
        if (!counter.used(-1)) {
            podCounters.remove(counter.matcher);
            String namespace = counter.matcher.onlyNamespace();
            List<PodCounter> others = countersByNamespace.getOrDefault(namespace, List.of());
            others.remove(counter);
            if (others.isEmpty()) {
                countersByNamespace.remove(namespace);
            }
            for (TemplateState state : templates.values()) {
                state.countedBy.remove(counter);
            }
        }
    }

    /**
     * A counter by domain.
     *
     * @param rules which nodes count, or null for all
     * @param minimum whether the emptiest domain is asked for
     */
    DomainCounter acquire(PodMatcher matcher, String topologyKey, NodeGate.@Nullable Rules rules, boolean minimum) {
        DomainKey key = new DomainKey(matcher, topologyKey, rules, minimum);
        DomainCounter counter = domainCounters.get(key);
        if (counter == null) {
            NodeGate gate = rules == null ? null : acquireGate(rules);
            counter = new DomainCounter(acquireTopology(topologyKey), gate, minimum);
            for (NodeState node : nodes.get()) {
                counter.join(node.id, 1);
            }
            acquire(matcher).attach(counter);
            domainCounters.put(key, counter);
        }
        domainUsers.merge(counter, 1, Integer::sum);
        return counter;
    }

    void release(PodMatcher matcher, DomainCounter counter) {
        if (domainUsers.merge(counter, -1, Integer::sum) == 0) {
            domainUsers.remove(counter);
            domainCounters.values().remove(counter);
            PodCounter pods = podCounters.get(matcher);
            if (pods != null) {
                pods.detach(counter);
                release(pods);
            }
            release(counter.topology);
            NodeGate gate = counter.gate();
            if (gate != null && !gate.used(-1)) {
                gates.remove(gate.rules);
            }
        }
    }

    private NodeGate acquireGate(NodeGate.Rules rules) {
        NodeGate gate = gates.get(rules);
        if (gate == null) {
            gate = new NodeGate(rules);
            gates.put(rules, gate);
            for (NodeState node : nodes.get()) {
                if (node.node != null) {
                    gate.set(node.id, node.node);
                }
            }
        }
        gate.used(1);
        return gate;
    }

    // ---- topologies

    Topology acquireTopology(String key) {
        Topology topology = topologies.get(key);
        if (topology == null) {
            topology = new Topology(key);
            topologies.put(key, topology);
            for (NodeState node : nodes.get()) {
                topology.set(node.id, node.node == null ? null : node.node.labels().get(key));
            }
        }
        topology.used(1);
        return topology;
    }

    void release(Topology topology) {
        if (!topology.used(-1)) {
            topologies.remove(topology.key);
        }
    }

    // ---- nodes

    /**
     * A node changes in labels or taints: its pods leave the domains it was in and enter those it is in now.
     *
     * @param now the node as it is from now on, null when it is gone
     */
    void change(NodeState node, @Nullable Node now) {
        List<TemplateState> states = statesOn(node);
        states.forEach(state -> state.shift(node.id, -1));
        domainCounters.values().forEach(counter -> counter.join(node.id, -1));
        topologies.values()
                .forEach(topology -> topology.set(node.id, now == null ? null : now.labels().get(topology.key)));
        for (NodeGate gate : gates.values()) {
            if (now == null) {
                gate.clear(node.id);
            } else {
                gate.set(node.id, now);
            }
        }
        domainCounters.values().forEach(counter -> counter.join(node.id, 1));
        states.forEach(state -> state.shift(node.id, 1));
    }

    private List<TemplateState> statesOn(NodeState node) {
        Map<PodTemplate, TemplateState> distinct = new IdentityHashMap<>();
        node.pods.forEach(pod -> distinct.put(pod.template(), template(pod.template())));
        return List.copyOf(distinct.values());
    }
}
