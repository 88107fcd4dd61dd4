package io.myriad.controller.nodelifecycle;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import io.myriad.control.informer.ObjectKey;

import static org.assertj.core.api.Assertions.assertThat;

class HeartbeatsTest {
    private static final ObjectKey NODE = ObjectKey.of("n");
    private final AtomicLong now = new AtomicLong(TimeUnit.DAYS.toNanos(1));
    private final Heartbeats heartbeats = new Heartbeats(now::get);

    private long silentSeconds() {
        return TimeUnit.NANOSECONDS.toSeconds(heartbeats.silentNanos("n"));
    }

    private void later(long seconds) {
        now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void aNodeNeverHeardOfIsSilentSinceItWasAskedAbout() {
        assertThat(silentSeconds()).isZero();
        later(30);
        assertThat(silentSeconds()).isEqualTo(30);
    }

    @Test
    void leasesAndStatusesAreSignsOfLife() {
        heartbeats.ofLeases().added(new ObjectKey("kube-node-lease", "n"), "1", true);
        later(10);
        assertThat(silentSeconds()).isEqualTo(10);
        heartbeats.ofLeases().updated(new ObjectKey("kube-node-lease", "n"), "1", "2");
        assertThat(silentSeconds()).isZero();
        later(10);
        heartbeats.ofNodes().updated(NODE, new NodeSample("n").condition("Ready", "True", 1).build(),
                new NodeSample("n").condition("Ready", "True", 2).build());
        assertThat(silentSeconds()).isZero();
    }

    @Test
    void ourOwnWritesAreNot() {
        heartbeats.heard("n");
        later(60);
        heartbeats.ofNodes().updated(NODE, new NodeSample("n").condition("Ready", "True", 1).build(),
                new NodeSample("n").condition("Ready", "Unknown", 1).taint("t", "NoExecute", 1).build());
        assertThat(silentSeconds()).isEqualTo(60);
    }

    @Test
    void afterTheWholeClusterWasSilentEverybodyHasTheFullTimeAgain() {
        heartbeats.heard("n");
        later(300);
        heartbeats.restart();
        assertThat(silentSeconds()).isZero();
    }

    @Test
    void aNodeThatComesBackUnderTheSameNameStartsAnew() {
        heartbeats.heard("n");
        later(300);
        heartbeats.ofNodes().deleted(NODE, new NodeSample("n").build());
        assertThat(silentSeconds()).isZero();
    }

    @Test
    void evictionsAreSpacedOutZoneByZone() {
        EvictionPace pace = new EvictionPace();
        assertThat(pace.admit("a", 0.1, now.get())).isZero();
        assertThat(pace.admit("b", 0.1, now.get())).as("another zone").isZero();
        assertThat(pace.admit("a", 0.1, now.get())).isEqualTo(10_000);
        later(9);
        assertThat(pace.admit("a", 0.1, now.get())).isEqualTo(1_000);
        assertThat(pace.admit("a", 0, now.get())).as("not now").isPositive();
        later(1);
        assertThat(pace.admit("a", 0.1, now.get())).isZero();
        later(99);
        assertThat(pace.admit("a", 0.01, now.get())).as("slower").isEqualTo(1_000);
    }
}
