package io.myriad.scheduler.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.myriad.scheduler.model.HostPort;
import io.myriad.scheduler.model.Node;
import io.myriad.scheduler.model.Pod;
import io.myriad.scheduler.model.Resources;

/**
 * A node and what runs on it. The amounts that every decision reads lie side by side in one object, so that a candidate
 * costs one or two cache lines. A pod may be seen before its node: the state then exists without a {@link #node}.
 */
final class NodeState {
    private static final long[] NO_AMOUNTS = new long[0];

    final int id;
    final String name;
    @Nullable
    Node node;
    /** Grows with every change that can alter this node's feasibility or score. */
    long version;
    long allocatableMilliCpu;
    long allocatableMemoryBytes;
    long usedMilliCpu;
    long usedMemoryBytes;
    long scoredMilliCpu;
    long scoredMemoryBytes;
    long allocatableEphemeralBytes;
    long usedEphemeralBytes;
    int allowedPods;
    private long[] allocatableScalars = NO_AMOUNTS;
    private long[] usedScalars = NO_AMOUNTS;
    final List<Pod> pods = new ArrayList<>(0);
    private @Nullable List<HostPort> ports;
    /** Pods for which room is being made here, and which therefore count for others of no higher priority. */
    List<Pod> nominated = List.of();

    NodeState(int id, String name) {
        this.id = id;
        this.name = name;
    }

    void setNode(@Nullable Node newNode, ResourceNumbers numbers) {
        node = newNode;
        Resources allocatable = newNode == null ? Resources.NONE : newNode.allocatable();
        allocatableMilliCpu = allocatable.milliCpu();
        allocatableMemoryBytes = allocatable.memoryBytes();
        allocatableEphemeralBytes = allocatable.ephemeralStorageBytes();
        allowedPods = newNode == null ? 0 : newNode.allowedPods();
        allocatableScalars = NO_AMOUNTS;
        allocatable.scalars().forEach((name, amount) -> {
            int number = numbers.of(name);
            allocatableScalars = reach(allocatableScalars, number);
            allocatableScalars[number] = amount;
        });
    }

    long allocatableScalar(int number) {
        return number < allocatableScalars.length ? allocatableScalars[number] : 0;
    }

    long usedScalar(int number) {
        return number < usedScalars.length ? usedScalars[number] : 0;
    }

    void add(Pod pod, TemplateState template) {
        pods.add(pod);
        use(template, 1);
        if (!pod.template().hostPorts().isEmpty()) {
            List<HostPort> taken = ports == null ? new ArrayList<>(2) : ports;
            taken.addAll(pod.template().hostPorts());
            ports = taken;
        }
    }

    /** The pod with this uid; it must be here. */
    Pod find(String uid) {
        for (int i = pods.size() - 1; i >= 0; i--) {
            if (pods.get(i).uid().equals(uid)) {
                return pods.get(i);
            }
        }
        throw new IllegalStateException("pod " + uid + " is not on node " + name);
    }

    /** Puts what is known of a pod now in place of what was; nothing that is counted may differ. */
    void replace(Pod before, Pod now) {
        pods.set(slot(before), now);
    }

    void remove(Pod pod, TemplateState template) {
        pods.set(slot(pod), pods.getLast());
        pods.removeLast();
        use(template, -1);
        List<HostPort> taken = ports;
        if (taken != null) {
            pod.template().hostPorts().forEach(taken::remove); // one entry each, others may have equal ones
            ports = taken.isEmpty() ? null : taken;
        }
    }

    private int slot(Pod pod) {
        for (int i = pods.size() - 1; i >= 0; i--) {
            if (pods.get(i) == pod) {
                return i;
            }
        }
        throw new IllegalStateException("pod " + pod.uid() + " is not on node " + name);
    }

    private void use(TemplateState template, int sign) {
        Resources resources = template.template.requests().resources();
        usedMilliCpu += sign * resources.milliCpu();
        usedMemoryBytes += sign * resources.memoryBytes();
        usedEphemeralBytes += sign * resources.ephemeralStorageBytes();
        scoredMilliCpu += sign * template.template.requests().scoredMilliCpu();
        scoredMemoryBytes += sign * template.template.requests().scoredMemoryBytes();
        for (int i = 0; i < template.scalarNumbers.length; i++) {
            int number = template.scalarNumbers[i];
            usedScalars = reach(usedScalars, number);
            usedScalars[number] += sign * template.scalarAmounts[i];
        }
    }

    /** Whether a port that a pod wants is taken. */
    boolean conflicts(List<HostPort> wanted) {
        List<HostPort> taken = ports;
        if (taken != null) {
            for (int i = 0; i < wanted.size(); i++) {
                for (int j = 0; j < taken.size(); j++) {
                    if (wanted.get(i).conflicts(taken.get(j))) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static long[] reach(long[] amounts, int number) {
        return number < amounts.length ? amounts : Arrays.copyOf(amounts, number + 1);
    }
}
