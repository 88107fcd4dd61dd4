package io.myriad.store.server;

import java.time.Duration;

/** What history to keep when the store compacts by itself. */
public sealed interface AutoCompaction {

    /** What is younger than this. */
    record Periodic(Duration retention) implements AutoCompaction {}

    /** The newest so many revisions. */
    record Revisions(long retention) implements AutoCompaction {}
}
