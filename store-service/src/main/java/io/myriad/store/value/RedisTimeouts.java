package io.myriad.store.value;

import java.time.Duration;

/**
 * How patient the store is with its value store.
 *
 * @param connect for the connection, its handshakes and each thing that is asked at its beginning
 * @param answer for all answers of one round trip, from when it is sent
 * @param pause between two attempts to connect; who comes in between fails at once
 */
record RedisTimeouts(Duration connect, Duration answer, Duration pause) {

    /** A round trip may wait for a force of the server's disk. */
    static final RedisTimeouts STANDARD = new RedisTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(10),
            Duration.ofMillis(500));
}
