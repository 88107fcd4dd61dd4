package io.myriad.hollow.core;

import org.jspecify.annotations.Nullable;

/** What kubelets are told. Codes are HTTP's, 0 when no answer came. */
public sealed interface NodeInput {
    /** The number of the node it is for. */
    int node();

    /** A pod of the node is as {@code now}, or gone. */
    record PodSeen(int node, @Nullable PodView before, @Nullable PodView now) implements NodeInput {}

    /**
     * The Node exists, or not.
     *
     * @param created whether it did not exist before
     * @param podRange its pods' range, empty when it has none
     */
    record Registered(int node, int code, boolean created, String uid, String podRange) implements NodeInput {}

    /** The Node's status was written, or not. */
    record StatusWritten(int node, int code) implements NodeInput {}

    /** The lease was written or read, or not. */
    record LeaseWritten(int node, int code, String resourceVersion) implements NodeInput {}

    /** A pod's status was written, or the pod deleted, or not. */
    record PodWritten(int node, String uid, int code) implements NodeInput {}
}
