/**
 * The store beside the real etcd.
 *
 * <p>The command is {@code benchmarks/store}; its figures are kept in {@code docs/performance/store.md}.
 */
@NullMarked
package io.myriad.benchmarks.store;

import org.jspecify.annotations.NullMarked;
