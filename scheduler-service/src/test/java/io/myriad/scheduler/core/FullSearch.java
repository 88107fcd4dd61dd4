package io.myriad.scheduler.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

import io.myriad.api.selector.LabelSelector;
import io.myriad.scheduler.model.AffinityTerm;
import io.myriad.scheduler.model.HostPort;
import io.myriad.scheduler.model.Node;
import io.myriad.scheduler.model.NodeRequirement;
import io.myriad.scheduler.model.Pod;
import io.myriad.scheduler.model.PodTemplate;
import io.myriad.scheduler.model.Resources;
import io.myriad.scheduler.model.SpreadConstraint;
import io.myriad.scheduler.model.Taint;
import io.myriad.scheduler.model.Toleration;
import io.myriad.scheduler.model.WeightedAffinityTerm;

/**
 * The decision again, as the rules say it and without any cleverness: every node, every pod, every time. What the real
 * one is compared with.
 */
final class FullSearch {
    final Map<String, Node> nodes = new LinkedHashMap<>();
    final Map<String, Pod> pods = new LinkedHashMap<>();
    final Map<String, Map<String, String>> namespaces = new HashMap<>();
    final Map<String, Map<String, String>> services = new HashMap<>();

    List<String> feasible(Pod pod) {
        List<String> names = new ArrayList<>();
        for (Node node : nodes.values()) {
            if (fits(pod.template(), node)) {
                names.add(node.name());
            }
        }
        return names;
    }

    private List<Pod> on(Node node) {
        return pods.values().stream().filter(pod -> pod.node().equals(node.name())).toList();
    }

    // ---- filters

    private boolean fits(PodTemplate pod, Node node) {
        if (node.unschedulable() && !Toleration.tolerated(pod.tolerations(), Taint.UNSCHEDULABLE)) {
            return false;
        }
        for (Taint taint : node.taints()) {
            if (taint.effect() != Taint.Effect.PREFER_NO_SCHEDULE
                    && pod.tolerations().stream().noneMatch(one -> one.tolerates(taint))) {
                return false;
            }
        }
        if (!pod.nodes().matches(node)) {
            return false;
        }
        for (Pod other : on(node)) {
            for (HostPort taken : other.template().hostPorts()) {
                if (pod.hostPorts().stream().anyMatch(taken::conflicts)) {
                    return false;
                }
            }
        }
        return fitsResources(pod, node) && fitsSpread(pod, node) && fitsAffinity(pod, node);
    }

    private boolean fitsResources(PodTemplate pod, Node node) {
        if (on(node).size() + 1 > node.allowedPods()) {
            return false;
        }
        Resources asked = pod.requests().resources();
        Resources all = node.allocatable();
        boolean fits = asked.milliCpu() == 0
                || asked.milliCpu() + used(node, one -> one.milliCpu()) <= all.milliCpu();
        fits &= asked.memoryBytes() == 0
                || asked.memoryBytes() + used(node, one -> one.memoryBytes()) <= all.memoryBytes();
        for (var scalar : asked.scalars().entrySet()) {
            fits &= scalar.getValue() == 0 || scalar.getValue()
                    + used(node, one -> one.scalars().getOrDefault(scalar.getKey(), 0L)) <= all.scalars()
                            .getOrDefault(scalar.getKey(), 0L);
        }
        return fits;
    }

    private long used(Node node, ToLongFunction<Resources> amount) {
        return on(node).stream().mapToLong(pod -> amount.applyAsLong(pod.template().requests().resources())).sum();
    }

    private boolean fitsSpread(PodTemplate pod, Node node) {
        List<SpreadConstraint> hard = pod.spread().stream().filter(SpreadConstraint::hard).toList();
        for (SpreadConstraint constraint : hard) {
            String own = node.labels().get(constraint.topologyKey());
            if (own == null) {
                return false;
            }
            Map<String, Integer> counts = new HashMap<>();
            for (Node other : nodes.values()) {
                if (hard.stream().allMatch(one -> other.labels().containsKey(one.topologyKey()))
                        && included(constraint, pod, other)) {
                    counts.merge(other.labels().get(constraint.topologyKey()), siblings(pod, constraint, other),
                            Integer::sum);
                }
            }
            int least = counts.size() < constraint.minDomains()
                    ? 0
                    : counts.values().stream().mapToInt(Integer::intValue).min().orElse(0);
            int self = constraint.selector().matches(pod.labels()) ? 1 : 0;
            if (counts.getOrDefault(own, 0) + self - least > constraint.maxSkew()) {
                return false;
            }
        }
        return true;
    }

    private static boolean included(SpreadConstraint constraint, PodTemplate pod, Node node) {
        NodeRequirement requirement = constraint.honorsAffinity() ? pod.nodes() : NodeRequirement.NONE;
        return requirement.matches(node)
                && (!constraint.honorsTaints() || Toleration.admitted(pod.tolerations(), node.taints()));
    }

    private int siblings(PodTemplate pod, SpreadConstraint constraint, Node node) {
        if (constraint.selector().isEverything()) {
            return 0;
        }
        return (int) on(node).stream().filter(other -> !other.terminating()
                && other.namespace().equals(pod.namespace())
                && constraint.selector().matches(other.template().labels())).count();
    }

    private boolean means(AffinityTerm term, PodTemplate other) {
        return term.matches(other.namespace(), namespaces.getOrDefault(other.namespace(), Map.of()), other.labels());
    }

    /** Calls {@code matches} for the pods in the node's domain of a topology. */
    private List<Pod> around(Node node, String key) {
        String value = node.labels().get(key);
        List<Pod> around = new ArrayList<>();
        if (value != null) {
            for (Pod other : pods.values()) {
                Node host = nodes.get(other.node());
                if (host != null && value.equals(host.labels().get(key))) {
                    around.add(other);
                }
            }
        }
        return around;
    }

    private boolean fitsAffinity(PodTemplate pod, Node node) {
        List<AffinityTerm> required = pod.affinities().required();
        if (!required.isEmpty()) {
            boolean near = true;
            for (AffinityTerm term : required) {
                if (!node.labels().containsKey(term.topologyKey())) {
                    return false;
                }
                near &= around(node, term.topologyKey()).stream()
                        .anyMatch(other -> required.stream().allMatch(one -> means(one, other.template())));
            }
            boolean self = required.stream().allMatch(term -> means(term, pod));
            boolean nobody = pods.values().stream().noneMatch(other -> nodes.containsKey(other.node())
                    && required.stream().allMatch(term -> means(term, other.template()))
                    && required.stream().anyMatch(term -> nodes.get(other.node()).labels()
                            .containsKey(term.topologyKey())));
            if (!near && !(self && nobody)) {
                return false;
            }
        }
        for (AffinityTerm term : pod.affinities().forbidden()) {
            if (around(node, term.topologyKey()).stream().anyMatch(other -> means(term, other.template()))) {
                return false;
            }
        }
        for (Pod other : pods.values()) {
            for (AffinityTerm term : other.template().affinities().forbidden()) {
                if (means(term, pod) && around(node, term.topologyKey()).contains(other)) {
                    return false;
                }
            }
        }
        return true;
    }

    // ---- scores

    /** The nodes with the highest total, of those given. */
    Set<String> best(Pod waiting, List<String> feasible) {
        PodTemplate pod = waiting.template();
        Map<String, Long> totals = new HashMap<>();
        feasible.forEach(name -> totals.put(name, own(pod, node(name))));
        add(totals, 3, reversed(raw(feasible, node -> Toleration.discouraged(pod.tolerations(), node.taints()))));
        add(totals, 2, scaled(raw(feasible, node -> pod.preferredNodes().stream()
                .filter(term -> term.term().matches(node)).mapToLong(term -> term.weight()).sum())));
        add(totals, 2, spread(pod, feasible));
        add(totals, 2, stretched(raw(feasible, node -> pull(pod, node))));
        long most = totals.values().stream().mapToLong(Long::longValue).max().orElse(0);
        Set<String> best = new HashSet<>();
        totals.forEach((name, total) -> {
            if (total == most) {
                best.add(name);
            }
        });
        return best;
    }

    private Node node(String name) {
        return nodes.get(name);
    }

    private Map<String, Long> raw(List<String> feasible, ToLongFunction<Node> score) {
        Map<String, Long> scores = new HashMap<>();
        feasible.forEach(name -> scores.put(name, score.applyAsLong(node(name))));
        return scores;
    }

    private static void add(Map<String, Long> totals, int weight, Map<String, Long> scores) {
        scores.forEach((name, score) -> totals.merge(name, weight * score, Long::sum));
    }

    private static Map<String, Long> scaled(Map<String, Long> raw) {
        long most = raw.values().stream().mapToLong(Long::longValue).max().orElse(0);
        raw.replaceAll((name, score) -> most == 0 ? 0 : 100 * score / most);
        return raw;
    }

    private static Map<String, Long> reversed(Map<String, Long> raw) {
        Map<String, Long> scaled = scaled(raw);
        scaled.replaceAll((name, score) -> 100 - score);
        return scaled;
    }

    private static Map<String, Long> stretched(Map<String, Long> raw) {
        long most = raw.values().stream().mapToLong(Long::longValue).max().orElse(0);
        long least = raw.values().stream().mapToLong(Long::longValue).min().orElse(0);
        raw.replaceAll((name, score) -> most == least
                ? 0L
                : (long) (100.0 * ((double) (score - least) / (double) (most - least))));
        return raw;
    }

    private long own(PodTemplate pod, Node node) {
        long cpu = on(node).stream().mapToLong(one -> one.template().requests().scoredMilliCpu()).sum()
                + pod.requests().scoredMilliCpu();
        long memory = on(node).stream().mapToLong(one -> one.template().requests().scoredMemoryBytes()).sum()
                + pod.requests().scoredMemoryBytes();
        long least = (free(cpu, node.allocatable().milliCpu()) + free(memory, node.allocatable().memoryBytes())) / 2;
        return least + balanced(pod, node) + images(pod, node);
    }

    private static long free(long used, long all) {
        return used > all ? 0 : (all - used) * 100 / all;
    }

    private long balanced(PodTemplate pod, Node node) {
        long cpu = pod.requests().resources().milliCpu();
        long memory = pod.requests().resources().memoryBytes();
        if (cpu == 0 && memory == 0) {
            return 0;
        }
        long usedCpu = used(node, one -> one.milliCpu());
        long usedMemory = used(node, one -> one.memoryBytes());
        return 50 + (50 + balance(node, usedCpu + cpu, usedMemory + memory) - balance(node, usedCpu, usedMemory)) / 2;
    }

    private static long balance(Node node, long cpu, long memory) {
        double a = Math.min(1, (double) cpu / node.allocatable().milliCpu());
        double b = Math.min(1, (double) memory / node.allocatable().memoryBytes());
        return (long) ((1 - Math.abs((a - b) / 2)) * 100);
    }

    private long images(PodTemplate pod, Node node) {
        long sum = 0;
        for (String wanted : pod.images()) {
            for (Node.Image image : node.images()) {
                if (image.names().contains(wanted)) {
                    long having = nodes.values().stream().filter(other -> other.images().stream()
                            .anyMatch(one -> one.names().contains(wanted))).count();
                    sum += (long) (image.sizeBytes() * ((double) having / nodes.size()));
                }
            }
        }
        long least = 23L << 20;
        long most = (1000L << 20) * pod.images().size();
        return 100 * (Math.max(least, Math.min(sum, most)) - least) / (most - least);
    }

    private long pull(PodTemplate pod, Node node) {
        long sum = 0;
        for (WeightedAffinityTerm wish : pod.affinities().preferred()) {
            sum += wish.weight() * meant(pod, wish.term(), node);
        }
        for (WeightedAffinityTerm wish : pod.affinities().avoided()) {
            sum -= wish.weight() * meant(pod, wish.term(), node);
        }
        for (Pod other : pods.values()) {
            for (AffinityTerm term : other.template().affinities().required()) {
                sum += felt(pod, other, term, node);
            }
            for (WeightedAffinityTerm wish : other.template().affinities().preferred()) {
                sum += wish.weight() * felt(pod, other, wish.term(), node);
            }
            for (WeightedAffinityTerm wish : other.template().affinities().avoided()) {
                sum -= wish.weight() * felt(pod, other, wish.term(), node);
            }
        }
        return sum;
    }

    private long meant(PodTemplate pod, AffinityTerm term, Node node) {
        return around(node, term.topologyKey()).stream().filter(other -> means(term, other.template())).count();
    }

    private long felt(PodTemplate pod, Pod other, AffinityTerm term, Node node) {
        return means(term, pod) && around(node, term.topologyKey()).contains(other) ? 1 : 0;
    }

    private Map<String, Long> spread(PodTemplate pod, List<String> feasible) {
        List<SpreadConstraint> soft = pod.spread().isEmpty()
                ? defaults(pod)
                : pod.spread().stream().filter(one -> !one.hard()).toList();
        Map<String, Long> scores = new HashMap<>();
        if (soft.isEmpty()) {
            return scores;
        }
        boolean strict = !pod.spread().isEmpty();
        List<String> counted = feasible.stream().filter(name -> !strict
                || soft.stream().allMatch(one -> node(name).labels().containsKey(one.topologyKey()))).toList();
        Map<String, Long> raw = new HashMap<>();
        for (String name : counted) {
            double crowd = 0;
            for (SpreadConstraint one : soft) {
                crowd += crowd(pod, node(name), one, soft, strict, counted);
            }
            raw.put(name, Math.round(crowd));
        }
        long most = raw.values().stream().mapToLong(Long::longValue).max().orElse(0);
        long least = raw.values().stream().mapToLong(Long::longValue).min().orElse(0);
        feasible.forEach(name -> scores.put(name, !raw.containsKey(name)
                ? 0L
                : most == 0 ? 100 : 100 * (most + least - raw.get(name)) / most));
        return scores;
    }

    private double crowd(PodTemplate pod, Node node, SpreadConstraint constraint, List<SpreadConstraint> all,
            boolean strict, List<String> counted) {
        String key = constraint.topologyKey();
        String value = node.labels().get(key);
        if (value == null) {
            return 0;
        }
        long count;
        double size;
        if (key.equals(SpreadConstraint.HOSTNAME_KEY)) {
            count = siblings(pod, constraint, node);
            size = counted.size();
        } else {
            count = nodes.values().stream()
                    .filter(other -> value.equals(other.labels().get(key)) && included(constraint, pod, other)
                            && (!strict || all.stream().allMatch(one -> other.labels().containsKey(one.topologyKey()))))
                    .mapToLong(other -> siblings(pod, constraint, other)).sum();
            size = counted.stream().map(name -> String.valueOf(node(name).labels().get(key))).distinct().count();
        }
        return count * Math.log(size + 2) + (constraint.maxSkew() - 1);
    }

    private List<SpreadConstraint> defaults(PodTemplate pod) {
        Map<String, String> labels = new HashMap<>();
        services.values().stream().filter(selector -> pod.labels().entrySet().containsAll(selector.entrySet()))
                .forEach(labels::putAll);
        if (labels.isEmpty() || !pod.namespace().equals("default")) {
            return List.of();
        }
        LabelSelector selector = LabelSelector.ofLabels(labels);
        return List.of(SpreadConstraint.byDefault(3, SpreadConstraint.HOSTNAME_KEY, selector),
                SpreadConstraint.byDefault(5, SpreadConstraint.ZONE_KEY, selector));
    }
}
