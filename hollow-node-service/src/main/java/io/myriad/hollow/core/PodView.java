package io.myriad.hollow.core;

import java.util.List;

/**
 * A pod as a simulated kubelet sees it: what it must know to start, report and end it.
 *
 * @param containers the ordinary containers
 * @param initContainers those that run before, and sidecars, in order
 * @param restarts whether containers that end are started again
 * @param runSeconds after how many seconds the containers end by themselves, or -1
 * @param exitCode with which code they end then
 * @param gateProblem why a readiness gate holds the pod back, or empty
 * @param hostNetwork whether it has its node's address
 * @param terminating whether it is being deleted
 * @param graceSeconds how long it may take to end
 * @param phase its status' phase, empty when it has none
 * @param address the address its status has, or empty
 * @param startedMillis since when its containers run, by its status, since the epoch; 0 when they do not
 * @param restartCount how often they were started again
 */
public record PodView(String uid, String namespace, String name, long generation, List<Container> containers,
        List<Container> initContainers, boolean restarts, int runSeconds, int exitCode, String gateProblem,
        boolean hostNetwork, boolean terminating, long graceSeconds, String phase, String address, long startedMillis,
        int restartCount) {
    boolean hasEnded() {
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    boolean runs() {
        return phase.equals("Running") && startedMillis > 0 && !address.isEmpty();
    }
}
