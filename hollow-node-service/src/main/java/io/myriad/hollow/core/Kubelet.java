package io.myriad.hollow.core;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * One simulated kubelet: registers its Node, renews its Lease, reports its status, and runs its pods.
 *
 * <pre>
 *   (start) --registered--> lease written, pods watched, then for ever: renew every quarter of the lease's duration,
 *                           report the status at long intervals
 * </pre>
 *
 * A Node that exists is taken over with its pods: their containers go on running. A Node that somebody deletes stays
 * deleted until the process starts again, as with a real kubelet.
 */
final class Kubelet {
    private static final long RETRY_MILLIS = 1_000;
    private static final double RETRY_JITTER = 0.5;
    /** The lease is renewed in this part of its duration. */
    private static final int RENEWALS_PER_DURATION = 4;
    private static final double RENEWAL_JITTER = 0.04;
    private static final double STATUS_JITTER = 0.1;

    final int index;
    final String name;
    private final Surroundings around;
    private final Map<String, PodWorker> pods = new HashMap<>();
    private String uid = "";
    private String leaseVersion = "";
    private boolean leaseKnown;
    private boolean statusTurned;
    private boolean gone;
    private @Nullable PodAddresses addresses;

    Kubelet(int index, Surroundings around) {
        this.index = index;
        this.name = around.profile().namePrefix() + index;
        this.around = around;
    }

    void start() {
        around.api().register(index, name, NodeObjects.node(around.profile(), name, index, around.clock().instant()));
    }

    void handle(NodeInput input) {
        switch (input) {
            case NodeInput.Registered registered -> registered(registered);
            case NodeInput.LeaseWritten written -> leaseWritten(written);
            case NodeInput.StatusWritten written -> statusWritten(written);
            case NodeInput.PodSeen seen -> podSeen(seen);
            case NodeInput.PodWritten written -> {
                PodWorker pod = pods.get(written.uid());
                if (pod != null) {
                    pod.written(written.code());
                }
            }
        }
    }

    boolean isReady() { return !uid.isEmpty() && leaseKnown; }

    int pods() {
        return pods.size();
    }

    // ---- node and status

    private void registered(NodeInput.Registered registered) {
        if (registered.uid().isEmpty()) {
            if (registered.code() != 409) { // else the existing Node is being read
                retry(this::start);
            }
            return;
        }
        uid = registered.uid();
        String range = registered.podRange().isEmpty()
                ? Addresses.podRange(index, around.profile().pods())
                : registered.podRange();
        addresses = new PodAddresses(range);
        around.api().nodeEvent(name, uid, "Starting", "Starting kubelet.");
        around.api().writeLease(index, name, lease(), true);
        around.api().watchPods(index, name);
        if (registered.created()) {
            around.api().nodeEvent(name, uid, "NodeReady", "Node " + name + " status is now: NodeReady");
            reportLater();
        } else {
            report();
        }
    }

    private void reportLater() {
        around.wheel().after(around.jittered(around.profile().statusIntervalMillis(), STATUS_JITTER), this::report);
    }

    private void report() {
        if (!gone) {
            around.api().patchNode(index, name, NodeObjects.heartbeat(statusTurned, around.clock().instant()));
        }
    }

    private void statusWritten(NodeInput.StatusWritten written) {
        if (isSuccess(written.code())) {
            statusTurned = false;
            reportLater();
        } else if (written.code() == 404) {
            gone = true;
        } else {
            retry(this::report);
        }
    }

    // ---- lease

    private byte[] lease() {
        return NodeObjects.lease(around.profile(), name, uid, leaseVersion, around.clock().instant());
    }

    private void renew() {
        if (!gone) {
            around.api().writeLease(index, name, lease(), leaseVersion.isEmpty());
        }
    }

    private void leaseWritten(NodeInput.LeaseWritten written) {
        if (isSuccess(written.code())) {
            boolean first = !leaseKnown;
            leaseVersion = written.resourceVersion();
            leaseKnown = true;
            long interval = around.profile().leaseDurationSeconds() * 1_000L / RENEWALS_PER_DURATION;
            // The first interval is of any length, which spreads the renewals of many nodes.
            long next = first
                    ? (long) (interval * around.random().nextDouble())
                    : around.jittered(interval, RENEWAL_JITTER);
            around.wheel().after(next, this::renew);
        } else if (written.code() == 409) {
            around.api().readLease(index, name);
        } else {
            if (written.code() == 404) {
                leaseVersion = "";
            }
            retry(this::renew);
        }
    }

    // ---- pods

    private void podSeen(NodeInput.PodSeen seen) {
        PodView before = seen.before();
        PodView now = seen.now();
        if (before != null && (now == null || !now.uid().equals(before.uid()))) {
            PodWorker worker = pods.remove(before.uid());
            if (worker != null) {
                worker.gone();
            }
        }
        PodAddresses range = addresses;
        if (now != null && range != null) {
            pods.computeIfAbsent(now.uid(), added -> new PodWorker(now, this, around, range)).seen(now);
        }
    }

    /** The address of the machine, which pods on the host's network share. */
    String hostAddress() {
        return Addresses.ofNode(index);
    }

    // ---- errors

    private void retry(Runnable task) {
        around.wheel().after(around.jittered(RETRY_MILLIS, RETRY_JITTER), task);
    }

    static boolean isSuccess(int code) {
        return code >= 200 && code < 300;
    }
}
