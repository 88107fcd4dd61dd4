package io.myriad.scheduler.model;

/**
 * Nodes that a pod prefers.
 *
 * @param weight 1 to 100
 */
public record PreferredNodeTerm(int weight, NodeTerm term) {}
