package io.myriad.control;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A clock that stands still until it is moved. */
public final class FakeClock implements LongSupplier, InstantSource {
    private long nanos = 1_000_000_000L;

    public void advanceMillis(long millis) {
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Override
    public long getAsLong() { return nanos; }

    @Override
    public Instant instant() {
        return Instant.ofEpochSecond(1_700_000_000L).plusNanos(nanos);
    }
}
