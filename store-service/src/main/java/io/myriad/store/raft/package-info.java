/**
 * The replicated log: entries that a quorum has on disk, in one order, and the operations that are packed into them. Knows nothing of keys: what an operation does is
 * the handler's.
 */
@NullMarked
package io.myriad.store.raft;

import org.jspecify.annotations.NullMarked;
