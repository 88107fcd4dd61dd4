package io.myriad.hollow.core;

/**
 * What all simulated nodes have in common.
 *
 * @param namePrefix names are this and a number from 0
 * @param milliCpu thousandths of a core of each node
 * @param memoryBytes memory of each node
 * @param pods how many pods each node takes
 * @param leaseDurationSeconds how long a node counts as alive without renewing; it renews in a quarter of this
 * @param statusIntervalMillis how often the status is reported when nothing has changed
 * @param podStartMillis how long a pod takes to start
 * @param podStopMillis how long a pod takes to end, if its grace period is not shorter
 * @param kubeletPort where the kubelets' API is said to be
 */
public record NodeProfile(String namePrefix, long milliCpu, long memoryBytes, int pods, int leaseDurationSeconds,
        long statusIntervalMillis, long podStartMillis, long podStopMillis, int kubeletPort) {
    /** The Kubernetes version that the nodes claim. */
    static final String KUBELET_VERSION = "v1.37.2";

    /** How many nodes there can be when each takes so many pods: each pod has an address of its own. */
    public static int nodesMax(int pods) {
        return Addresses.nodesMax(pods);
    }
}
