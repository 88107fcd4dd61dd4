/**
 * The decision where a pod goes: the cluster as the scheduler sees it, kept up to date with every change, and the
 * search over it. Plain single-threaded Java without clock, network or framework; rules and weights are those of
 * kube-scheduler's default profile (v1.37).
 */
@NullMarked
package io.myriad.scheduler.core;

import org.jspecify.annotations.NullMarked;
