package io.myriad.hollow.core;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives all simulated kubelets on one thread: takes what they are told, and lets time pass for them. What they write
 * goes out through {@link NodeApi} without waiting, so thousands of nodes need one thread and one timing wheel.
 */
public final class NodeLoop {
    private static final Logger log = LoggerFactory.getLogger(NodeLoop.class);

    /** What may wait to be taken in; whoever brings more waits. */
    private static final int MAILBOX_MAX = 65_536;
    private static final int INPUTS_PER_STEP = 4_096;
    /** Nodes that begin to register in one step, so that the first of many do not wait for the last. */
    private static final int STARTS_PER_STEP = 256;

    private final ArrayBlockingQueue<NodeInput> mailbox = new ArrayBlockingQueue<>(MAILBOX_MAX);
    private final List<NodeInput> batch = new ArrayList<>(INPUTS_PER_STEP);
    private final TimingWheel wheel;
    private final Kubelet[] kubelets;
    private int startedNodes;
    private volatile int readyNodes;
    private volatile int pods;

    /**
     * Prepares nodes 0 to {@code nodes} - 1.
     *
     * @param nowMillis the steady clock that {@link #step} is given
     * @param nodes at most {@link NodeProfile#nodesMax}
     */
    public NodeLoop(NodeProfile profile, int nodes, NodeApi api, InstantSource clock, RandomGenerator random,
            long nowMillis) {
        this.wheel = new TimingWheel(nowMillis);
        Surroundings around = new Surroundings(profile, api, wheel, clock, random);
        this.kubelets = new Kubelet[nodes];
        for (int i = 0; i < nodes; i++) {
            kubelets[i] = new Kubelet(i, around);
        }
    }

    /** Tells a kubelet something. Waits while the mailbox is full; thread-safe. */
    public void submit(NodeInput input) {
        try {
            mailbox.put(input);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Works until the thread is interrupted. */
    public void run(LongSupplier millis) {
        while (!Thread.currentThread().isInterrupted()) {
            boolean more = step(millis.getAsLong());
            try {
                NodeInput input = more ? null : mailbox.poll(TimingWheel.TICK_MILLIS, TimeUnit.MILLISECONDS);
                if (input != null) {
                    take(input);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Takes in what has come and does what is due.
     *
     * @param nowMillis a steady clock
     * @return whether there is more to do at once
     */
    public boolean step(long nowMillis) {
        wheel.advance(nowMillis);
        int until = Math.min(startedNodes + STARTS_PER_STEP, kubelets.length);
        while (startedNodes < until) {
            kubelets[startedNodes++].start();
        }
        batch.clear();
        mailbox.drainTo(batch, INPUTS_PER_STEP);
        batch.forEach(this::take);
        return batch.size() == INPUTS_PER_STEP || startedNodes < kubelets.length;
    }

    private void take(NodeInput input) {
        Kubelet kubelet = kubelets[input.node()];
        boolean wasReady = kubelet.isReady();
        int hadPods = kubelet.pods();
        try {
            kubelet.handle(input);
        } catch (RuntimeException e) {
            log.error("{} failed on {}", kubelet.name, input, e);
        }
        readyNodes += (kubelet.isReady() ? 1 : 0) - (wasReady ? 1 : 0);
        pods += kubelet.pods() - hadPods;
    }

    /** How many nodes have been registered and have a lease. Any thread. */
    public int readyNodes() {
        return readyNodes;
    }

    /** How many pods are on the nodes. Any thread. */
    public int pods() {
        return pods;
    }

    /** How many nodes there are to be. */
    public int nodes() {
        return kubelets.length;
    }
}
