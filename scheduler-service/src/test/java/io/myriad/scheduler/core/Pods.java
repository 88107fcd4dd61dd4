package io.myriad.scheduler.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.myriad.api.selector.FieldSelector;
import io.myriad.api.selector.LabelSelector;
import io.myriad.api.selector.Requirement;
import io.myriad.scheduler.model.AffinityTerm;
import io.myriad.scheduler.model.HostPort;
import io.myriad.scheduler.model.NodeRequirement;
import io.myriad.scheduler.model.NodeTerm;
import io.myriad.scheduler.model.Pod;
import io.myriad.scheduler.model.PodAffinities;
import io.myriad.scheduler.model.PodTemplate;
import io.myriad.scheduler.model.PreferredNodeTerm;
import io.myriad.scheduler.model.Requests;
import io.myriad.scheduler.model.Resources;
import io.myriad.scheduler.model.SpreadConstraint;
import io.myriad.scheduler.model.Toleration;
import io.myriad.scheduler.model.WeightedAffinityTerm;
import io.myriad.scheduler.model.Workload;

/** Builds pods for tests. */
public final class Pods {
    private String namespace = "default";
    private final Map<String, String> labels = new HashMap<>();
    private long milliCpu;
    private long memoryMebibytes;
    private final Map<String, Long> scalars = new HashMap<>();
    private final List<HostPort> ports = new ArrayList<>();
    private final List<Toleration> tolerations = new ArrayList<>();
    private LabelSelector nodeSelector = LabelSelector.everything();
    private List<NodeTerm> nodeTerms;
    private Set<String> nodeNames;
    private final List<PreferredNodeTerm> preferredNodes = new ArrayList<>();
    private final List<SpreadConstraint> spread = new ArrayList<>();
    private final List<AffinityTerm> required = new ArrayList<>();
    private final List<AffinityTerm> forbidden = new ArrayList<>();
    private final List<WeightedAffinityTerm> preferred = new ArrayList<>();
    private final List<WeightedAffinityTerm> avoided = new ArrayList<>();
    private final List<String> images = new ArrayList<>(List.of("nginx:latest"));
    private Workload workload;

    public static Pods pods() {
        return new Pods();
    }

    public Pods in(String newNamespace) {
        namespace = newNamespace;
        return this;
    }

    public Pods label(String key, String value) {
        labels.put(key, value);
        return this;
    }

    public Pods cpu(long milli) {
        milliCpu = milli;
        return this;
    }

    public Pods memory(long mebibytes) {
        memoryMebibytes = mebibytes;
        return this;
    }

    public Pods scalar(String name, long amount) {
        scalars.put(name, amount);
        return this;
    }

    public Pods port(int port) {
        ports.add(new HostPort("TCP", HostPort.ANY_ADDRESS, port));
        return this;
    }

    public Pods port(String protocol, String address, int port) {
        ports.add(new HostPort(protocol, address, port));
        return this;
    }

    public Pods tolerate(Toleration toleration) {
        tolerations.add(toleration);
        return this;
    }

    public Pods onNodesWith(String key, String value) {
        nodeSelector = LabelSelector.ofLabels(Map.of(key, value));
        return this;
    }

    public Pods require(NodeTerm... terms) {
        nodeTerms = List.of(terms);
        return this;
    }

    public Pods onNodeNamed(String name) {
        nodeTerms = List.of(new NodeTerm(LabelSelector.everything(),
                List.of(new FieldSelector.Requirement(NodeTerm.NAME_FIELD, true, name)), true));
        nodeNames = Set.of(name);
        return this;
    }

    public Pods preferNodesWith(int weight, String key, String value) {
        preferredNodes.add(new PreferredNodeTerm(weight, in(key, value)));
        return this;
    }

    public static NodeTerm in(String key, String... values) {
        return new NodeTerm(LabelSelector.of(List.of(new Requirement(key, Requirement.Operator.IN, Set.of(values)))),
                List.of(), true);
    }

    public Pods spread(SpreadConstraint constraint) {
        spread.add(constraint);
        return this;
    }

    public Pods spreadHard(int maxSkew, String key, LabelSelector selector) {
        return spread(new SpreadConstraint(maxSkew, key, true, selector, 1, true, false));
    }

    public Pods spreadSoft(int maxSkew, String key, LabelSelector selector) {
        return spread(new SpreadConstraint(maxSkew, key, false, selector, 1, true, false));
    }

    public AffinityTerm term(String key, LabelSelector selector) {
        return new AffinityTerm(Set.of(namespace), LabelSelector.nothing(), selector, key);
    }

    public Pods near(AffinityTerm term) {
        required.add(term);
        return this;
    }

    public Pods farFrom(AffinityTerm term) {
        forbidden.add(term);
        return this;
    }

    public Pods ratherNear(int weight, AffinityTerm term) {
        preferred.add(new WeightedAffinityTerm(weight, term));
        return this;
    }

    public Pods ratherFarFrom(int weight, AffinityTerm term) {
        avoided.add(new WeightedAffinityTerm(weight, term));
        return this;
    }

    public Pods image(String image) {
        images.clear();
        images.add(image);
        return this;
    }

    public Pods of(Workload newWorkload) {
        workload = newWorkload;
        return this;
    }

    public PodTemplate template() {
        Resources resources = new Resources(milliCpu, memoryMebibytes << 20, 0, scalars);
        Requests requests = new Requests(resources, milliCpu == 0 ? Requests.DEFAULT_MILLI_CPU : milliCpu,
                memoryMebibytes == 0 ? Requests.DEFAULT_MEMORY_BYTES : memoryMebibytes << 20);
        return new PodTemplate(namespace, labels, requests, ports, tolerations,
                nodeTerms == null && nodeSelector.isEverything()
                        ? NodeRequirement.NONE
                        : new NodeRequirement(nodeSelector, nodeTerms, nodeNames),
                preferredNodes, spread, new PodAffinities(required, forbidden, preferred, avoided), images, workload,
                List.of());
    }

    /** A waiting pod of this template. */
    public Pod waiting(String name) {
        return waiting(template(), name, 0);
    }

    public static Pod waiting(PodTemplate template, String name, int priority) {
        return new Pod("uid-" + name, name, template, priority, "", false, false, 0,
                new Pod.Pending("default-scheduler", false, "", true, null, 1, "1"));
    }

    /** A pod of this template on a node. */
    public Pod on(String node, String name) {
        return waiting(name).on(node);
    }
}
