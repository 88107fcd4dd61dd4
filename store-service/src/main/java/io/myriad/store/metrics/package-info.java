/**
 * Metrics under etcd's names in Prometheus' text format, with bounds written as Go writes them ({@code le="1"}), so that dashboards and alerts for etcd work unchanged. Only what
 * is true of this store is reported.
 */
@NullMarked
package io.myriad.store.metrics;

import org.jspecify.annotations.NullMarked;
