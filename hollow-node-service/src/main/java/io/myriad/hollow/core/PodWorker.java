package io.myriad.hollow.core;

import java.time.Instant;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One pod on a simulated kubelet.
 *
 * <pre>
 *   NEW --> CREATING --start delay--> RUNNING --run time over--> ENDED
 *              |                         |                         |
 *              +------- deleted ---------+--> STOPPING --stop delay--> REMOVING (status, then DELETE) --> gone
 * </pre>
 *
 * A pod that ran already when this process began goes on running. At most one write of a pod is under way; a newer status
 * waits for its answer and replaces an older one that waits; the deletion comes last.
 */
final class PodWorker {
    /** Where the pod is in its life. */
    enum State {
        NEW, CREATING, RUNNING, ENDED, STOPPING, REMOVING
    }

    private static final long RETRY_MILLIS = 500;
    private static final double RETRY_JITTER = 0.5;

    private final Kubelet kubelet;
    private final Surroundings around;
    private final PodAddresses addresses;
    private PodView pod;
    private State state = State.NEW;
    private String address = "";
    private Instant accepted = Instant.EPOCH;
    private Instant started = Instant.EPOCH;
    private int restarts;
    private TimingWheel.@Nullable Timer timer;
    /** A write is under way, or rests after a failure. */
    private boolean busy;
    /** The status being written; null while nothing is, or the deletion. */
    private @Nullable ObjectNode current;
    private @Nullable ObjectNode next;
    private boolean deletes;
    private boolean dropped;

    PodWorker(PodView pod, Kubelet kubelet, Surroundings around, PodAddresses addresses) {
        this.pod = pod;
        this.kubelet = kubelet;
        this.around = around;
        this.addresses = addresses;
    }

    State state() {
        return state;
    }

    /** The pod is seen as given. */
    void seen(PodView now) {
        PodView before = pod;
        pod = now;
        if (now.terminating() && state != State.STOPPING && state != State.REMOVING) {
            stop();
            return;
        }
        switch (state) {
            case NEW -> begin();
            case RUNNING -> follow(before, now);
            case CREATING, ENDED, STOPPING, REMOVING -> {
            }
        }
    }

    /** The pod does not exist any more. */
    void gone() {
        dropped = true;
        setTimer(0, null);
        addresses.release(address);
    }

    // ---- starting

    private void begin() {
        if (pod.hasEnded()) {
            state = State.ENDED;
            return;
        }
        accepted = around.clock().instant();
        if (pod.runs()) {
            adopt();
            return;
        }
        address = pod.hostNetwork() ? kubelet.hostAddress() : addresses.take();
        state = State.CREATING;
        if (around.profile().podStartMillis() > 0) {
            write(PodStatuses.creating(pod, kubelet.hostAddress(), accepted));
            setTimer(around.profile().podStartMillis(), this::run);
        } else {
            run();
        }
    }

    /** Its containers were started by a process before this one. */
    private void adopt() {
        state = State.RUNNING;
        address = pod.address();
        addresses.reserve(address);
        started = Instant.ofEpochMilli(pod.startedMillis());
        restarts = pod.restartCount();
        planEnd();
    }

    private void run() {
        state = State.RUNNING;
        started = around.clock().instant();
        for (Container container : pod.initContainers()) {
            startEvents(container, true);
        }
        for (Container container : pod.containers()) {
            startEvents(container, false);
        }
        writeRunning();
        planEnd();
    }

    private void writeRunning() {
        write(PodStatuses.running(pod, address, kubelet.hostAddress(), accepted, started, restarts,
                around.clock().instant()));
    }

    private void startEvents(Container container, boolean init) {
        NodeApi api = around.api();
        api.podEvent(kubelet.name, pod, container.name(), init, "Pulled", "Container image \"" + container.image()
                + "\" already present on machine and can be accessed by the pod");
        api.podEvent(kubelet.name, pod, container.name(), init, "Created", "Container created");
        api.podEvent(kubelet.name, pod, container.name(), init, "Started", "Container started");
    }

    // ---- running

    private void follow(PodView before, PodView now) {
        if (!before.containers().equals(now.containers())) {
            restarts++;
            run();
        } else if (!before.gateProblem().equals(now.gateProblem())) {
            write(PodStatuses.readiness(pod, around.clock().instant()));
        } else if (before.generation() != now.generation()) {
            write(PodStatuses.generation(pod));
        }
    }

    /** Containers whose pod says how long they run end by then, unless they would only be started again. */
    private void planEnd() {
        if (pod.runSeconds() >= 0 && !pod.restarts()) {
            long ran = around.clock().instant().toEpochMilli() - started.toEpochMilli();
            setTimer(Math.max(0, pod.runSeconds() * 1_000L - ran), this::end);
        }
    }

    private void end() {
        state = State.ENDED;
        write(ended(pod.exitCode()));
    }

    private ObjectNode ended(int exitCode) {
        return PodStatuses.ended(pod, kubelet.hostAddress(), exitCode, started, restarts, around.clock().instant());
    }

    // ---- ending

    private void stop() {
        boolean ran = state == State.RUNNING || state == State.NEW && pod.runs();
        if (state == State.NEW && pod.runs()) {
            adopt();
        }
        state = State.STOPPING;
        if (!ran) {
            remove(false);
            return;
        }
        for (Container container : pod.containers()) {
            around.api().podEvent(kubelet.name, pod, container.name(), false, "Killing",
                    "Stopping container " + container.name());
        }
        setTimer(Math.min(around.profile().podStopMillis(), pod.graceSeconds() * 1_000), () -> remove(true));
    }

    /** The containers are gone: says so where they ran, then lets the object go. */
    private void remove(boolean ran) {
        setTimer(0, null);
        state = State.REMOVING;
        deletes = true;
        if (ran) {
            write(ended(0));
        } else {
            writeNext();
        }
    }

    // ---- writing

    private void write(ObjectNode patch) {
        next = patch;
        writeNext();
    }

    private void writeNext() {
        if (busy || dropped) {
            return;
        }
        ObjectNode patch = next;
        if (patch != null) {
            busy = true;
            current = patch;
            next = null;
            around.api().patchPod(kubelet.index, pod, patch);
        } else if (deletes) {
            busy = true;
            around.api().deletePod(kubelet.index, pod);
        }
    }

    /** The write under way was answered with this code, 0 for no answer. */
    void written(int code) {
        ObjectNode last = current;
        current = null;
        if (Kubelet.isSuccess(code)) {
            busy = false;
            deletes &= last != null;
            writeNext();
        } else if (isFinal(code)) {
            busy = false;
            next = null; // the pod is gone, or another one has its name: the watch will say so
            deletes = false;
        } else {
            next = next == null ? last : next;
            around.wheel().after(around.jittered(RETRY_MILLIS, RETRY_JITTER), () -> {
                busy = false;
                writeNext();
            });
        }
    }

    /** Whether asking again cannot change the answer. */
    private static boolean isFinal(int code) {
        return code == 400 || code == 404 || code == 409 || code == 422;
    }

    private void setTimer(long delayMillis, @Nullable Runnable task) {
        if (timer != null) {
            timer.cancel();
        }
        timer = task == null ? null : around.wheel().after(delayMillis, task);
    }
}
