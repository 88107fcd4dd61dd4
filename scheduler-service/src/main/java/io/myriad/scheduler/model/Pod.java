package io.myriad.scheduler.model;

import org.jspecify.annotations.Nullable;

/**
 * A pod that has not ended.
 *
 * @param template what it needs, shared with its like
 * @param priority higher ones are placed first and may displace lower ones
 * @param node the node it is assigned to, or empty
 * @param terminating whether it is being deleted
 * @param displaced whether it is ending because a scheduler displaced it
 * @param startMillis when it started on its node, since the epoch; 0 when it has not
 * @param pending what matters only while it has no node; null afterwards
 */
public record Pod(String uid, String name, PodTemplate template, int priority, String node, boolean terminating,
        boolean displaced, long startMillis, @Nullable Pending pending) {
    /**
     * What matters of a pod that has no node yet.
     *
     * @param schedulerName which scheduler is to place it
     * @param gated whether gates hold it back
     * @param nominatedNode the node where room was made for it, or empty
     * @param preempts whether it may displace pods of lower priority
     * @param condition its condition {@code PodScheduled}, or null
     * @param generation its {@code metadata.generation}
     * @param resourceVersion its version, for those who are told about it
     */
    public record Pending(String schedulerName, boolean gated, String nominatedNode, boolean preempts,
            @Nullable Condition condition, long generation, String resourceVersion) {}

    /** A condition that is false, as far as it is compared before it is written again. */
    public record Condition(boolean holds, String reason, String message) {}

    public String namespace() {
        return template.namespace();
    }

    /** {@code namespace/name}. */
    public String key() {
        return template.namespace() + "/" + name;
    }

    /** The same pod on a node. */
    public Pod on(String newNode) {
        return new Pod(uid, name, template, priority, newNode, terminating, displaced, startMillis,
                pending);
    }
}
