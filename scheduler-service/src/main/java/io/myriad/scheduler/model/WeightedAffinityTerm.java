package io.myriad.scheduler.model;

/**
 * A preference for, or against, being near certain pods.
 *
 * @param weight 1 to 100
 */
public record WeightedAffinityTerm(int weight, AffinityTerm term) {}
