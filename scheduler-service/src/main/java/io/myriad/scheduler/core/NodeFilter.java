package io.myriad.scheduler.core;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.myriad.scheduler.model.Node;
import io.myriad.scheduler.model.Resources;
import io.myriad.scheduler.model.Toleration;

/**
 * Whether a node can take a pod of a class. Three groups, in the order of the default profile: what depends on the node
 * alone, what depends on the pods on it, and what depends on the pods of its domains. The second is remembered by node
 * version, the first by structure epoch, the third is read from counters each time.
 */
final class NodeFilter {
    private NodeFilter() {}

    /** The first filter that refuses, or null. */
    static @Nullable Rejection reject(PodClass pods, NodeState node) {
        Rejection rejection = rejectNode(pods, node);
        if (rejection == null) {
            rejection = rejectLoad(pods, node);
        }
        return rejection != null ? rejection : rejectDomains(pods, node);
    }

    /** By what the node is. */
    static @Nullable Rejection rejectNode(PodClass pods, NodeState state) {
        Node node = state.node;
        if (node == null || node.unschedulable() && !pods.toleratesUnschedulable) {
            return Rejection.UNSCHEDULABLE;
        }
        if (!Toleration.admitted(pods.template.tolerations(), node.taints())) {
            return Rejection.TAINT;
        }
        return pods.template.nodes().matches(node) ? null : Rejection.AFFINITY;
    }

    /** By what runs on it. */
    static @Nullable Rejection rejectLoad(PodClass pods, NodeState node) {
        if (!pods.template.hostPorts().isEmpty() && node.conflicts(pods.template.hostPorts())) {
            return Rejection.PORTS;
        }
        return fits(pods, node) ? null : Rejection.RESOURCES;
    }

    private static boolean fits(PodClass pods, NodeState node) {
        if (node.pods.size() >= node.allowedPods) {
            return false;
        }
        if (pods.asksNothing) {
            return true;
        }
        Resources asked = pods.template.requests().resources();
        if (lacks(asked.milliCpu(), node.allocatableMilliCpu, node.usedMilliCpu)
                || lacks(asked.memoryBytes(), node.allocatableMemoryBytes, node.usedMemoryBytes)
                || lacks(asked.ephemeralStorageBytes(), node.allocatableEphemeralBytes, node.usedEphemeralBytes)) {
            return false;
        }
        for (int i = 0; i < pods.state.scalarNumbers.length; i++) {
            int number = pods.state.scalarNumbers[i];
            if (lacks(pods.state.scalarAmounts[i], node.allocatableScalar(number), node.usedScalar(number))) {
                return false;
            }
        }
        return true;
    }

    private static boolean lacks(long asked, long allocatable, long used) {
        return asked > 0 && asked > allocatable - used;
    }

    /** What the node has too little of, each in upstream's words. */
    static List<String> missing(PodClass pods, NodeState node, ResourceNumbers names) {
        List<String> missing = new ArrayList<>(2);
        Resources asked = pods.template.requests().resources();
        if (node.pods.size() >= node.allowedPods) {
            missing.add("Too many pods");
        }
        if (lacks(asked.milliCpu(), node.allocatableMilliCpu, node.usedMilliCpu)) {
            missing.add("Insufficient cpu");
        }
        if (lacks(asked.memoryBytes(), node.allocatableMemoryBytes, node.usedMemoryBytes)) {
            missing.add("Insufficient memory");
        }
        if (lacks(asked.ephemeralStorageBytes(), node.allocatableEphemeralBytes, node.usedEphemeralBytes)) {
            missing.add("Insufficient ephemeral-storage");
        }
        for (int i = 0; i < pods.state.scalarNumbers.length; i++) {
            int number = pods.state.scalarNumbers[i];
            if (lacks(pods.state.scalarAmounts[i], node.allocatableScalar(number), node.usedScalar(number))) {
                missing.add("Insufficient " + names.name(number));
            }
        }
        return missing;
    }

    /** Whether the pod asks for more of something than the whole node has, so that no eviction can help. */
    static boolean exceeds(PodClass pods, NodeState node) {
        Resources asked = pods.template.requests().resources();
        if (asked.milliCpu() > node.allocatableMilliCpu || asked.memoryBytes() > node.allocatableMemoryBytes
                || asked.ephemeralStorageBytes() > node.allocatableEphemeralBytes) {
            return true;
        }
        for (int i = 0; i < pods.state.scalarNumbers.length; i++) {
            if (pods.state.scalarAmounts[i] > node.allocatableScalar(pods.state.scalarNumbers[i])) {
                return true;
            }
        }
        return false;
    }

    /** By the pods in its domains. */
    static @Nullable Rejection rejectDomains(PodClass pods, NodeState node) {
        for (int i = 0; i < pods.hardSpread.size(); i++) {
            PodClass.Spread spread = pods.hardSpread.get(i);
            if (spread.pods().topology.domainOf(node.id) == Topology.NO_DOMAIN) {
                return Rejection.SPREAD_LABEL;
            }
            int least = spread.pods().domains() < spread.minDomains() ? 0 : spread.pods().least();
            if (spread.pods().around(node.id) + spread.self() - least > spread.maxSkew()) {
                return Rejection.SPREAD;
            }
        }
        if (!pods.required.isEmpty() && !nearRequired(pods, node)) {
            return Rejection.POD_AFFINITY;
        }
        for (int i = 0; i < pods.forbidden.size(); i++) {
            if (pods.forbidden.get(i).around(node.id) > 0) {
                return Rejection.POD_ANTI_AFFINITY;
            }
        }
        for (int i = 0; i < pods.kept.size(); i++) {
            if (pods.kept.get(i).around(node.id) > 0) {
                return Rejection.EXISTING_ANTI_AFFINITY;
            }
        }
        return null;
    }

    /** The first pods of a group that wants to be together may go anywhere: there is nobody to be near to yet. */
    private static boolean nearRequired(PodClass pods, NodeState node) {
        boolean near = true;
        long anywhere = 0;
        for (int i = 0; i < pods.required.size(); i++) {
            DomainCounter counter = pods.required.get(i);
            if (counter.topology.domainOf(node.id) == Topology.NO_DOMAIN) {
                return false;
            }
            near &= counter.around(node.id) > 0;
            anywhere += counter.total();
        }
        return near || anywhere == 0 && pods.matchesOwnAffinity;
    }
}
