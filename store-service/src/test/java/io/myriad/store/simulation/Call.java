package io.myriad.store.simulation;

import java.util.Map;
import java.util.TreeMap;

/** What a client asked for, when, and what it was told. */
final class Call {

    enum Kind {
        PUT, DELETE, COMPARE_AND_PUT, PUT_TWO, RANGE, COMPACT, GRANT, RENEW, REVOKE;

        boolean writes() {
            return this != RANGE && this != COMPACT && this != GRANT && this != RENEW;
        }
    }

    enum Status {
        OPEN,
        DONE,
        /** It had no effect and never will have one. */
        REFUSED,
        /** It may have had its effect, or still have it, or never. */
        UNKNOWN
    }

    /** A key-value as a client sees it. */
    record Seen(long modRevision, long version, String value) {
        static final Seen ABSENT = new Seen(0, 0, "");
    }

    final int number;
    final int client;
    final Kind kind;
    final String key;
    final String otherKey;
    final long invokedAt;
    /** The modification revision compared with, the revision to read or compact at, or the lease. */
    final long argument;
    final boolean serializable;
    long ttlSeconds;
    long completedAt = Long.MAX_VALUE;
    Status status = Status.OPEN;
    long revision;
    boolean succeeded;
    final Map<String, Seen> seen = new TreeMap<>();

    Call(int number, int client, Kind kind, String key, String otherKey, long argument, boolean serializable,
            long invokedAt) {
        this.number = number;
        this.client = client;
        this.kind = kind;
        this.key = key;
        this.otherKey = otherKey;
        this.argument = argument;
        this.serializable = serializable;
        this.invokedAt = invokedAt;
    }

    /** What it writes; no other call writes that. */
    String value() {
        return "v" + number;
    }

    boolean isOpen() { return status == Status.OPEN; }

    /** Whether what it was told has to follow all that was told before it was asked. */
    boolean isLinearizable() {
        return !serializable && kind != Kind.RENEW;
    }

    @Override
    public String toString() {
        return "call " + number + " of client " + client + ": " + kind + " " + key
                + (otherKey.isEmpty() ? "" : " " + otherKey) + " " + argument + (serializable ? " serializable" : "")
                + " " + status + " revision " + revision + (succeeded ? " succeeded " : " ") + seen + " from "
                + invokedAt + " to " + completedAt;
    }
}
