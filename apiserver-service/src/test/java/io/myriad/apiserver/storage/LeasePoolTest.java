package io.myriad.apiserver.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LeasePoolTest {
    private final List<Long> granted = new ArrayList<>();
    private long nowNanos;
    private final LeasePool pool = new LeasePool(() -> nowNanos, seconds -> {
        granted.add(seconds);
        return granted.size();
    });

    @Test
    void aLeaseServesTheObjectsOfAMinute() {
        assertThat(pool.lease(3_600)).isEqualTo(1);
        nowNanos += TimeUnit.SECONDS.toNanos(60);
        assertThat(pool.lease(3_600)).isEqualTo(1);
        nowNanos += 1;
        assertThat(pool.lease(3_600)).as("the first would end too early").isEqualTo(2);
        assertThat(granted).containsExactly(3_660L, 3_660L);
    }

    @Test
    void shortTimesAreStretchedByTheirTwentieth() {
        assertThat(pool.lease(100)).isEqualTo(1);
        assertThat(pool.lease(15)).isEqualTo(2);
        assertThat(granted).containsExactly(105L, 15L);
        assertThat(pool.lease(100)).as("each time has its own").isEqualTo(1);
    }

    @Test
    void aLeaseHasAtMostAThousandObjects() {
        for (int i = 0; i < LeasePool.MAX_OBJECTS_PER_LEASE; i++) {
            assertThat(pool.lease(3_600)).isEqualTo(1);
        }
        assertThat(pool.lease(3_600)).isEqualTo(2);
    }

    @Test
    void aLostLeaseIsForgotten() {
        assertThat(pool.lease(3_600)).isEqualTo(1);
        pool.forget(3_600);
        assertThat(pool.lease(3_600)).isEqualTo(2);
    }
}
