/**
 * First sizes: a cluster with many nodes and pods, how fast it gets there, what it costs, and how fast its lists are, beside the real peers.
 * The command is {@code benchmarks/first-sizes}; its figures are kept in {@code docs/performance/first-sizes.md}.
 */
@NullMarked
package io.myriad.benchmarks.sizes;

import org.jspecify.annotations.NullMarked;
