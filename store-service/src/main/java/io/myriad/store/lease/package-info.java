/**
 * Leases: which exist, which keys they own, and when they run out. The table is replicated state, changed by committed operations alone; the clock is the leader's own
 * and decides nothing by itself: it only says which leases the leader should propose to revoke, and of
 * which it should propose to write down what they have left.
 */
@NullMarked
package io.myriad.store.lease;

import org.jspecify.annotations.NullMarked;
