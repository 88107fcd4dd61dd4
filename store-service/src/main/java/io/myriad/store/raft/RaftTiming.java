package io.myriad.store.raft;

import java.util.concurrent.TimeUnit;

/**
 * How patient the members are.
 *
 * @param electionMillis how long followers wait for a sign of the leader before they elect another
 * @param heartbeatMillis how often the leader gives one when it has nothing to say
 */
public record RaftTiming(int electionMillis, int heartbeatMillis) {

    /** Elections as etcd's; heartbeats are cheap here, and followers hear of what is committed with them. */
    public static final RaftTiming STANDARD = new RaftTiming(1000, 25);

    private static final int REQUEST_MILLIS = 5000;

    /** A request that is not answered after this long is given up, as etcd: 5 s and two election timeouts. */
    public long requestTimeoutNanos() {
        return TimeUnit.MILLISECONDS.toNanos(REQUEST_MILLIS + 2L * electionMillis);
    }
}
