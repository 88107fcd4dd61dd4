package io.myriad.store.value;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.lettuce.core.RedisFuture;

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

    /** An answer to something that is asked at a connection's beginning. */
    <T> T await(RedisFuture<T> answer) throws ExecutionException, TimeoutException, InterruptedException {
        return answer.get(connect.toNanos(), TimeUnit.NANOSECONDS);
    }
}
