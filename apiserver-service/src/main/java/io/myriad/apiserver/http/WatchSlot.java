package io.myriad.apiserver.http;

import org.jspecify.annotations.Nullable;

/** Takes a cursor's calls from the time before its watch is being served. */
final class WatchSlot {
    private final WatchLoops loops;
    private volatile @Nullable WatchResponse response;

    WatchSlot(WatchLoops loops) {
        this.loops = loops;
    }

    /** The cursor may have events. What comes before {@link #fill} is not lost: a watch asks for a turn when it starts. */
    void ready() {
        WatchResponse current = response;
        if (current != null) {
            loops.ask(current);
        }
    }

    void fill(WatchResponse filled) {
        response = filled;
    }
}
