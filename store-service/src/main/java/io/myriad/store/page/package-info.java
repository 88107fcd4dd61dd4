/**
 * The page file: where the store's state rests on disk between restarts. Pages and which of them are free, a tree over them, transactions, readers. Nothing here knows of the store's keys,
 * of Raft or of requests.
 */
@NullMarked
package io.myriad.store.page;

import org.jspecify.annotations.NullMarked;
