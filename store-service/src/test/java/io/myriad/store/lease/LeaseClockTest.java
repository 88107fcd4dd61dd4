package io.myriad.store.lease;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/** When leases run out, against a plain map of deadlines. */
final class LeaseClockTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    static java.util.stream.LongStream seeds() {
        return new Random(20260814).longs(30);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void neverEarlyAndSoonAfter(long seed) {
        Random random = new Random(seed);
        LeaseClock clock = new LeaseClock();
        long now = random.nextLong(SECOND * 1000);
        clock.lead(List.of(), 1, now);
        Map<Long, Long> deadlines = new HashMap<>();
        Map<Long, Long> ttls = new HashMap<>();
        for (long id = 1; id < 2000; id++) {
            long ttl = 2 + random.nextInt(random.nextInt(10) == 0 ? 1000 : 20);
            clock.granted(id, ttl, now);
            deadlines.put(id, now + ttl * SECOND);
            ttls.put(id, ttl);
            now += random.nextLong(SECOND / 5);
            long renewed = 1 + random.nextLong(id);
            boolean alive = deadlines.containsKey(renewed) && deadlines.get(renewed) > now;
            assertThat(clock.renew(renewed, 0, now))
                    .isInstanceOf(alive ? Renewal.Renewed.class : Renewal.Gone.class);
            if (alive) {
                deadlines.put(renewed, now + requireNonNull(ttls.get(renewed)) * SECOND);
            }
            Set<Long> expired = new HashSet<>(clock.expired(now, 1000, 3 * SECOND));
            for (long each : expired) {
                assertThat(deadlines.get(each)).as("lease %d", each).isLessThanOrEqualTo(now);
                clock.revoked(each);
                deadlines.remove(each);
            }
            for (Map.Entry<Long, Long> left : deadlines.entrySet()) {
                assertThat(left.getValue() + 2 * LeaseClock.TICK_NANOS).as("lease %d is overdue", left.getKey())
                        .isGreaterThan(now);
            }
        }
    }

    @Test
    void aLeaderThatWasReplacedExpiresNothing() {
        LeaseClock clock = new LeaseClock();
        clock.lead(List.of(), 1, 0);
        clock.granted(1, 2, 0);
        clock.follow();
        assertThat(clock.expired(100 * SECOND, 10, SECOND)).isEmpty();
        assertThat(clock.renew(1, 0, SECOND)).isInstanceOf(Renewal.NotLeading.class);
    }

    @Test
    void aNewLeaderGivesEveryLeaseItsWholeTime() {
        LeaseTable table = new LeaseTable();
        table.grant(1, 5);
        LeaseClock clock = new LeaseClock();
        clock.lead(table.all(), 1, 100 * SECOND);
        assertThat(clock.remainingSeconds(1, 100 * SECOND)).isEqualTo(5);
        assertThat(clock.expired(104 * SECOND, 10, SECOND)).isEmpty();
        assertThat(clock.expired(106 * SECOND, 10, SECOND)).containsExactly(1L);
    }

    @Test
    void whatIsNotRevokedIsReturnedAgain() {
        LeaseClock clock = new LeaseClock();
        clock.lead(List.of(), 1, 0);
        clock.granted(1, 2, 0);
        assertThat(clock.expired(3 * SECOND, 10, 3 * SECOND)).containsExactly(1L);
        assertThat(clock.expired(5 * SECOND, 10, 3 * SECOND)).isEmpty();
        assertThat(clock.expired(7 * SECOND, 10, 3 * SECOND)).containsExactly(1L);
    }

    @Test
    void noMoreThanTheLimitAtOnce() {
        LeaseClock clock = new LeaseClock();
        clock.lead(List.of(), 1, 0);
        for (long id = 1; id <= 25; id++) {
            clock.granted(id, 2, 0);
        }
        Set<Long> all = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            List<Long> some = clock.expired(3 * SECOND, 10, 30 * SECOND);
            assertThat(some).hasSizeLessThanOrEqualTo(10);
            all.addAll(some);
        }
        assertThat(all).hasSize(25);
    }
}
