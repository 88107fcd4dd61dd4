/**
 * Measurements, each a command; figures are ratios to the real peer in the same run.
 */
@NullMarked
package io.myriad.benchmarks;

import org.jspecify.annotations.NullMarked;
