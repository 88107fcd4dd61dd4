/**
 * The replicated state machine: what a committed operation does to keys and leases, and what it answers. Deterministic: the same operations in the same order give
 * the same state on every member. No clock, no randomness, no network.
 */
@NullMarked
package io.myriad.store.state;

import org.jspecify.annotations.NullMarked;
