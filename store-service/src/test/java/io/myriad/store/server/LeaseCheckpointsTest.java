package io.myriad.store.server;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;

import io.myriad.store.lease.LeaseClock;
import io.myriad.store.lease.RemainingTime;
import io.myriad.store.lease.Renewal;
import io.myriad.store.state.Command;
import io.myriad.store.state.LeaseCheckpoint;
import io.myriad.store.state.Reply;
import io.myriad.store.state.StoreError;
import io.myriad.store.wire.WireMessage;

import static org.assertj.core.api.Assertions.assertThat;

/** In which order what leases have left is proposed, and taken back. */
final class LeaseCheckpointsTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long TERM = 3;
    private static final Reply DONE = Reply.of(WireMessage.of(new byte[0]));

    private record Proposed(byte[] payload, Consumer<Reply> completion) {}

    private final AtomicLong now = new AtomicLong();
    private final LeaseClock clock = new LeaseClock(10 * SECOND);
    private final Queue<Proposed> proposed = new ArrayDeque<>();
    private final List<Optional<StoreError>> takenBack = new ArrayList<>();
    private final LeaseCheckpoints checkpoints = new LeaseCheckpoints(clock, now::get,
            (command, payload, completion) -> {
                assertThat(command).isEqualTo(Command.LEASE_CHECKPOINT);
                proposed.add(new Proposed(payload, completion));
            });

    private void lead(int leases) {
        clock.lead(List.of(), TERM, 0);
        for (long id = 1; id <= leases; id++) {
            clock.granted(id, 100, 0);
        }
    }

    private Consumer<Reply> next(RemainingTime... leases) {
        Proposed next = proposed.remove();
        assertThat(next.payload).isEqualTo(new LeaseCheckpoint(TERM, List.of(leases)).payload());
        return next.completion;
    }

    private void renew(long id) {
        Renewal renewal = clock.renew(id, 0, now.get());
        assertThat(renewal).isInstanceOf(Renewal.Checkpointed.class);
        checkpoints.takeBack(id, ((Renewal.Checkpointed) renewal).term(),
                error -> takenBack.add(Optional.ofNullable(error)));
    }

    @Test
    void nothingIsTakenBackBeforeItIsKnownWhatBecameOfIt() {
        lead(1);
        now.set(10 * SECOND);
        checkpoints.doWork();
        Consumer<Reply> written = next(new RemainingTime(1, 90));
        renew(1);
        assertThat(proposed).as("it could overtake").isEmpty();
        written.accept(StoreError.TIMEOUT);
        Consumer<Reply> back = next(new RemainingTime(1, 0));
        assertThat(takenBack).isEmpty();
        back.accept(DONE);
        assertThat(takenBack).containsExactly(Optional.empty());
    }

    @Test
    void oneCheckpointIsUnderWayAtATime() {
        lead(1);
        clock.granted(2, 100, 5 * SECOND);
        now.set(10 * SECOND);
        checkpoints.doWork();
        Consumer<Reply> written = next(new RemainingTime(1, 90));
        now.set(15 * SECOND);
        checkpoints.doWork();
        assertThat(proposed).isEmpty();
        written.accept(DONE);
        checkpoints.doWork();
        next(new RemainingTime(2, 90));
    }

    @Test
    void manyLeasesAreWrittenDownOneEntryAfterTheOther() {
        lead(LeaseCheckpoints.MAX_LEASES + 1);
        now.set(10 * SECOND);
        checkpoints.doWork();
        Proposed first = proposed.remove();
        assertThat(proposed).isEmpty();
        first.completion.accept(DONE);
        next(new RemainingTime(LeaseCheckpoints.MAX_LEASES + 1, 90));
    }

    @Test
    void whatALaterTermDoesNotBelieveTheClientAsksTheLaterLeader() {
        lead(1);
        now.set(10 * SECOND);
        checkpoints.doWork();
        next(new RemainingTime(1, 90)).accept(DONE);
        renew(1);
        next(new RemainingTime(1, 0)).accept(StoreError.EARLIER_TERM);
        assertThat(takenBack).containsExactly(Optional.of(StoreError.NOT_LEADER));
    }

    @Test
    void whoDoesNotLeadProposesNothing() {
        lead(1);
        clock.follow();
        now.set(10 * SECOND);
        checkpoints.doWork();
        assertThat(proposed).isEmpty();
    }
}
