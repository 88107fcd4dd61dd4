package io.myriad.hollow.core;

import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** What all simulated kubelets share. */
record Surroundings(NodeProfile profile, NodeApi api, TimingWheel wheel, InstantSource clock, RandomGenerator random) {
    /** A time near the given one, so that many nodes do not act together. */
    long jittered(long millis, double part) {
        return millis + (long) (millis * part * random.nextDouble());
    }
}
