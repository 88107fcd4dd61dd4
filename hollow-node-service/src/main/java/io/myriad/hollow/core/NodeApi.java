package io.myriad.hollow.core;

import tools.jackson.databind.node.ObjectNode;

/**
 * What kubelets write to the API, and the watch that feeds them. No call waits: answers come as {@link NodeInput}, except
 * that nobody waits for events.
 */
public interface NodeApi {
    /** Creates the Node, or reads it if it exists; {@link NodeInput.Registered} follows. */
    void register(int node, String name, ObjectNode body);

    /** Patches the Node's status; {@link NodeInput.StatusWritten} follows. */
    void patchNode(int node, String name, ObjectNode patch);

    /**
     * Writes the node's lease: creates it when {@code body} has no resource version; {@link NodeInput.LeaseWritten}
     * follows.
     */
    void writeLease(int node, String name, byte[] body, boolean create);

    /** Reads the node's lease; {@link NodeInput.LeaseWritten} follows with its version. */
    void readLease(int node, String name);

    /** Follows the pods of a node; {@link NodeInput.PodSeen} follow. */
    void watchPods(int node, String name);

    /** Patches a pod's status; {@link NodeInput.PodWritten} follows. */
    void patchPod(int node, PodView pod, ObjectNode patch);

    /** Removes a pod whose containers are gone; {@link NodeInput.PodWritten} follows. */
    void deletePod(int node, PodView pod);

    /** Records an event about a pod's container. */
    void podEvent(String node, PodView pod, String container, boolean init, String reason, String message);

    /** Records an event about a node. */
    void nodeEvent(String node, String uid, String reason, String message);
}
