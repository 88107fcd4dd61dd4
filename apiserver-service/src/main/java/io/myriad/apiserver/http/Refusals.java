package io.myriad.apiserver.http;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what the listener did not take from clients, by reason. Safe for any thread. */
public final class Refusals {
    /** Why a connection was closed or a request ended before it reached a handler. */
    public enum Reason {
        /** There are as many connections as there may be. */
        CONNECTIONS,
        /** As many connections as may be are still in their TLS handshake. */
        HANDSHAKES,
        /** The TLS handshake did not end in time. */
        TLS_TIMEOUT,
        /** The TLS handshake failed. */
        TLS_FAILED,
        /** A request's head did not end in time. */
        HEAD_TIMEOUT,
        /** A request's head is too large. */
        HEAD_TOO_LARGE,
        /** A request's head makes no sense. */
        HEAD_MALFORMED,
        /** A request's body did not end in time. */
        BODY_TIMEOUT,
        /** A request's body is too large. */
        BODY_TOO_LARGE,
        /** The bodies that are still arriving take as much memory as they may. */
        BODIES,
        /** What came breaks the rules of HTTP/2 or of WebSockets, or asks for more than they are good for. */
        PROTOCOL,
        /** The client said nothing when it was asked whether it is still there. */
        SILENCE,
        /** The client did not read the end of its answer in time. */
        NOT_TAKEN;

        /** As metrics name it. */
        public String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private final Map<Reason, LongAdder> counts = new EnumMap<>(Reason.class);

    Refusals() {
        for (Reason reason : Reason.values()) {
            counts.put(reason, new LongAdder());
        }
    }

    void add(Reason reason) {
        adder(reason).increment();
    }

    /** How often this has happened. */
    public long count(Reason reason) {
        return adder(reason).sum();
    }

    private LongAdder adder(Reason reason) {
        LongAdder adder = counts.get(reason);
        if (adder == null) {
            throw new IllegalStateException(reason.name());
        }
        return adder;
    }
}
