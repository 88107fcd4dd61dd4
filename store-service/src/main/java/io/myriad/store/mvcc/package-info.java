/**
 * Multi-version keys: revisions, the ordered index, the history of events, compaction, and watchers over that history. Plain data structures with one writer
 * and any number of readers; no consensus, no disk, no network, no leases.
 */
@NullMarked
package io.myriad.store.mvcc;

import org.jspecify.annotations.NullMarked;
