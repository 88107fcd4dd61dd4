package io.myriad.control.client;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import io.myriad.control.FakeClock;

import static org.assertj.core.api.Assertions.assertThat;

class ServerPoolTest {
    private static final List<URI> THREE = List.of(URI.create("https://a"), URI.create("https://b"),
            URI.create("https://c"));
    private final FakeClock clock = new FakeClock();
    private final ServerPool pool = new ServerPool(THREE, clock, new Random(1));

    @Test
    void staysWithOneForMinutesAndThenMoves() {
        ServerPool.Server first = pool.current();
        clock.advanceMillis(TimeUnit.MINUTES.toMillis(3) - 1);
        assertThat(pool.current()).isEqualTo(first);
        clock.advanceMillis(TimeUnit.MINUTES.toMillis(5) + 1);
        assertThat(pool.current()).isNotEqualTo(first);
    }

    @Test
    void clientsSpreadOverServers() {
        Set<URI> chosen = new HashSet<>();
        for (int seed = 0; seed < 30; seed++) {
            chosen.add(new ServerPool(THREE, clock, new Random(seed)).current().uri());
        }
        assertThat(chosen).hasSize(3);
    }

    @Test
    void aServerThatFailedIsAvoidedWhileAnotherIsLeft() {
        ServerPool.Server first = pool.current();
        pool.failed(first);
        ServerPool.Server second = pool.current();
        assertThat(second).isNotEqualTo(first);
        pool.failed(first);
        assertThat(pool.current()).as("it is not blamed on the one in use now").isEqualTo(second);
        pool.failed(second);
        ServerPool.Server third = pool.current();
        assertThat(third).isNotIn(first, second);
        pool.failed(third);
        assertThat(pool.current()).as("all have failed: any will do").isNotEqualTo(third);
    }

    @Test
    void threeRefusalsInARowAreEnough() {
        ServerPool.Server first = pool.current();
        pool.refused(first);
        pool.refused(first);
        pool.succeeded(first);
        pool.refused(first);
        pool.refused(first);
        assertThat(pool.current()).isEqualTo(first);
        pool.refused(first);
        assertThat(pool.current()).isNotEqualTo(first);
    }

    @Test
    void theOnlyServerIsKept() {
        ServerPool one = new ServerPool(THREE.subList(0, 1), clock, new Random(1));
        one.failed(one.current());
        for (int i = 0; i < 5; i++) {
            one.refused(one.current());
        }
        assertThat(one.current().uri()).isEqualTo(THREE.getFirst());
    }
}
