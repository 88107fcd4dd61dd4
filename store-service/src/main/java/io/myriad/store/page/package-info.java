/**
 * The page file: where the store's state rests on disk between restarts. Which pages are free, and (as it grows) the pages themselves. Nothing here knows of keys, Raft or
 * requests.
 */
@NullMarked
package io.myriad.store.page;

import org.jspecify.annotations.NullMarked;
