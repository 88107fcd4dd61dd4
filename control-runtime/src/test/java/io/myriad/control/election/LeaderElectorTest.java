package io.myriad.control.election;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

import org.junit.jupiter.api.Test;

import io.myriad.control.FakeClock;
import io.myriad.control.election.FakeLease.Fault;
import io.myriad.control.election.LeaderElector.State;

import static org.assertj.core.api.Assertions.assertThat;

class LeaderElectorTest {
    private final FakeClock clock = new FakeClock();
    private final FakeLease lease = new FakeLease();

    /** An elector with its way to the lease and what it told its workers. */
    private final class Candidate implements Leadership {
        final FakeLease.Store store = lease.store();
        final List<String> told = new ArrayList<>();
        final LeaderElector elector;
        final LongSupplier time;
        CompletableFuture<Void> stopping = CompletableFuture.completedFuture(null);
        boolean slowToStop;

        Candidate(String name, LongSupplier time, Random random) {
            this.time = time;
            elector = new LeaderElector(ElectionOptions.of(name), store, this, time, clock, random);
        }

        Candidate(String name) {
            this(name, clock, new Random(1));
        }

        void step() {
            elector.step(time.getAsLong());
        }

        State state() {
            return elector.state();
        }

        @Override
        public void startLeading(int term) {
            told.add("start " + term);
        }

        @Override
        public CompletableFuture<Void> stopLeading() {
            told.add("stop");
            stopping = slowToStop ? new CompletableFuture<>() : CompletableFuture.completedFuture(null);
            return stopping;
        }

        @Override
        public void leaderChanged(String identity) {
            told.add("leader " + identity);
        }
    }

    private Candidate leader() {
        Candidate leader = new Candidate("a");
        leader.step();
        assertThat(leader.state()).isEqualTo(State.LEADING);
        return leader;
    }

    @Test
    void createsTheLeaseWhenThereIsNone() {
        Candidate candidate = leader();
        assertThat(candidate.told).containsExactly("leader a", "start 0");
        assertThat(lease.record.holder()).isEqualTo("a");
        assertThat(lease.record.durationSeconds()).isEqualTo(15);
        assertThat(candidate.elector.mayWrite()).isTrue();
    }

    @Test
    void waitsUntilTheLeaseHasNotChangedForItsDuration() {
        leader();
        Candidate other = new Candidate("b");
        other.step();
        for (int seconds = 0; seconds < 14; seconds++) {
            clock.advanceMillis(1000);
            other.step();
            assertThat(other.state()).isEqualTo(State.STANDBY);
        }
        clock.advanceMillis(1000);
        other.step();
        assertThat(other.state()).isEqualTo(State.LEADING);
        assertThat(other.told).containsExactly("leader a", "leader b", "start 1");
    }

    @Test
    void countsFromWhatItSawNotFromTimesInTheLease() {
        lease.edit(new LeaseRecord("z", 15, clock.instant().minusSeconds(3600), clock.instant().minusSeconds(3600), 7,
                ""));
        Candidate other = new Candidate("b");
        other.step();
        assertThat(other.state()).isEqualTo(State.STANDBY);
        clock.advanceMillis(15_000);
        other.step();
        assertThat(other.told).containsExactly("leader z", "leader b", "start 8");
    }

    @Test
    void renewsEachRetryPeriod() {
        Candidate candidate = leader();
        int before = lease.writes;
        clock.advanceMillis(1999);
        candidate.step();
        assertThat(lease.writes).isEqualTo(before);
        clock.advanceMillis(1);
        candidate.step();
        assertThat(lease.writes).isEqualTo(before + 1);
        assertThat(lease.record.renewTime()).isEqualTo(clock.instant());
        assertThat(lease.record.transitions()).isZero();
    }

    @Test
    void takesAReleasedLeaseAsSoonAsAWatchShowsIt() {
        Candidate candidate = leader();
        Candidate other = new Candidate("b");
        other.step();
        candidate.elector.resign();
        candidate.step();
        assertThat(candidate.state()).isEqualTo(State.STOPPED);
        assertThat(lease.record.holder()).isEmpty();
        other.elector.observe(lease.record);
        other.step();
        assertThat(other.state()).isEqualTo(State.LEADING);
    }

    @Test
    void keepsTheLeaseUntilWorkersAreGone() {
        Candidate candidate = leader();
        candidate.slowToStop = true;
        candidate.elector.resign();
        candidate.step();
        assertThat(candidate.state()).isEqualTo(State.HANDING_OVER);
        for (int i = 0; i < 20; i++) {
            clock.advanceMillis(1000);
            candidate.step();
            assertThat(candidate.elector.mayWrite()).as("workers may finish what they are doing").isTrue();
            assertThat(lease.record.holder()).isEqualTo("a");
        }
        candidate.stopping.complete(null);
        candidate.step();
        assertThat(candidate.state()).isEqualTo(State.STOPPED);
        assertThat(lease.record.holder()).isEmpty();
        assertThat(candidate.elector.mayWrite()).isFalse();
    }

    @Test
    void writesNothingWhileTheLeaseIsBeingReleased() {
        Candidate candidate = leader();
        List<Boolean> mayWrite = new ArrayList<>();
        candidate.store.before = () -> mayWrite.add(candidate.elector.mayWrite());
        candidate.elector.resign();
        candidate.step();
        assertThat(lease.record.holder()).isEmpty();
        assertThat(mayWrite).containsExactly(false);
    }

    @Test
    void leavesTheLeaseToExpireWhenAWriteIsInDoubt() {
        Candidate candidate = leader();
        candidate.slowToStop = true;
        candidate.elector.resign();
        candidate.step();
        candidate.stopping.completeExceptionally(new IllegalStateException("no answer"));
        candidate.step();
        assertThat(candidate.state()).isEqualTo(State.STOPPED);
        assertThat(candidate.elector.mayWrite()).isFalse();
        assertThat(lease.record.holder()).isEqualTo("a");
    }

    @Test
    void triesAFreeLeaseAtOnceButNotAgainAndAgain() {
        leader();
        Candidate other = new Candidate("b");
        other.step();
        clock.advanceMillis(15_000);
        List<Long> tries = new ArrayList<>();
        other.store.before = () -> tries.add(clock.getAsLong());
        other.store.fault = Fault.LOST_REQUEST;
        for (int i = 0; i < 100; i++) {
            other.step();
            clock.advanceMillis(10);
        }
        assertThat(tries).hasSize(1);
        clock.advanceMillis(5_000);
        other.store.fault = Fault.NONE;
        other.step();
        assertThat(other.state()).isEqualTo(State.LEADING);
    }

    @Test
    void stopsWritingAtTheRenewDeadlineEvenWithoutAStep() {
        Candidate candidate = leader();
        clock.advanceMillis(9_999);
        assertThat(candidate.elector.mayWrite()).isTrue();
        clock.advanceMillis(1);
        assertThat(candidate.elector.mayWrite()).isFalse();
    }

    @Test
    void fencesItselfWhenItCannotRenew() {
        Candidate candidate = leader();
        candidate.slowToStop = true;
        candidate.store.fault = Fault.LOST_REQUEST;
        for (int i = 0; i < 9; i++) {
            clock.advanceMillis(1000);
            candidate.step();
            assertThat(candidate.state()).isEqualTo(State.LEADING);
        }
        clock.advanceMillis(1000);
        candidate.step();
        assertThat(candidate.state()).isEqualTo(State.FENCED);
        assertThat(candidate.told).endsWith("stop");
        candidate.store.fault = Fault.NONE;
        clock.advanceMillis(60_000);
        candidate.step();
        assertThat(candidate.state()).as("workers still run").isEqualTo(State.FENCED);
        candidate.stopping.complete(null);
        candidate.step();
        candidate.step();
        assertThat(candidate.state()).isEqualTo(State.LEADING);
        assertThat(candidate.told).endsWith("start 1");
    }

    @Test
    void callsNeverLastLongerThanLeadershipDoes() {
        Candidate candidate = leader();
        clock.advanceMillis(9_000);
        candidate.store.longestTimeoutMillis = 0;
        candidate.store.fault = Fault.LOST_REQUEST;
        candidate.store.before = () -> clock.advanceMillis(1_000);
        candidate.step();
        assertThat(candidate.store.longestTimeoutMillis).isEqualTo(1_000);
        assertThat(candidate.state()).isEqualTo(State.FENCED);
    }

    @Test
    void survivesALostAnswerToARenewal() {
        Candidate candidate = leader();
        candidate.store.fault = Fault.LOST_ANSWER;
        clock.advanceMillis(2_000);
        candidate.step();
        candidate.store.fault = Fault.NONE;
        clock.advanceMillis(2_000);
        candidate.step();
        assertThat(candidate.state()).isEqualTo(State.LEADING);
        assertThat(lease.record.renewTime()).isEqualTo(clock.instant());
    }

    @Test
    void keepsLeadingWhenSomebodyEditsTheLease() {
        Candidate candidate = leader();
        lease.edit(lease.record);
        clock.advanceMillis(2_000);
        candidate.step();
        assertThat(candidate.state()).isEqualTo(State.LEADING);
    }

    @Test
    void keepsLeadingWhenSomebodyDeletesTheLease() {
        Candidate candidate = leader();
        lease.record = null;
        clock.advanceMillis(2_000);
        candidate.step();
        assertThat(candidate.state()).isEqualTo(State.LEADING);
        assertThat(lease.record.holder()).isEqualTo("a");
    }

    @Test
    void stopsWhenSomebodyElseHoldsTheLease() {
        Candidate candidate = leader();
        lease.edit(new LeaseRecord("thief", 15, null, null, 5, ""));
        candidate.elector.observe(lease.record);
        candidate.step();
        assertThat(candidate.state()).isEqualTo(State.FENCED);
        assertThat(candidate.told).containsSubsequence("leader thief", "stop");
        assertThat(lease.record.holder()).as("what is not ours is not released").isEqualTo("thief");
    }

    @Test
    void ignoresOldNewsFromTheWatch() {
        Candidate candidate = leader();
        LeaseRecord old = lease.record;
        clock.advanceMillis(2_000);
        candidate.step();
        Candidate other = new Candidate("b");
        other.step();
        clock.advanceMillis(14_000);
        other.elector.observe(old);
        other.step();
        clock.advanceMillis(1_000);
        other.step();
        assertThat(other.state()).isEqualTo(State.LEADING);
    }

    @Test
    void aResignedCandidateOnStandbyStopsAtOnce() {
        leader();
        Candidate other = new Candidate("b");
        other.step();
        other.elector.resign();
        other.step();
        assertThat(other.state()).isEqualTo(State.STOPPED);
        assertThat(lease.record.holder()).isEqualTo("a");
    }

    /** Three candidates, lost requests and answers, slow calls, pauses, clocks that differ: never two that may write. */
    @Test
    void neverTwoMayWrite() {
        for (long seed = 0; seed < 300; seed++) {
            simulate(seed);
        }
    }

    private void simulate(long seed) {
        Random random = new Random(seed);
        FakeLease shared = lease;
        shared.record = null;
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            double speed = 0.99 + random.nextInt(3) / 100.0;
            candidates.add(new Candidate("c" + i, () -> (long) (clock.getAsLong() * speed), random));
        }
        Runnable check = () -> assertThat(candidates.stream().filter(one -> one.elector.mayWrite()).count())
                .as("leaders with seed %d", seed).isLessThanOrEqualTo(1);
        int terms = 0;
        for (int step = 0; step < 400; step++) {
            Candidate candidate = candidates.get(random.nextInt(candidates.size()));
            candidate.slowToStop = random.nextInt(4) == 0;
            candidate.store.fault = switch (random.nextInt(12)) {
                case 0 -> Fault.LOST_ANSWER;
                case 1, 2 -> Fault.LOST_REQUEST;
                default -> Fault.NONE;
            };
            candidate.store.before = random.nextInt(6) == 0
                    ? () -> {
                        clock.advanceMillis(random.nextInt(2_500));
                        check.run();
                    }
                    : () -> {};
            if (shared.record != null && random.nextInt(3) == 0) {
                candidate.elector.observe(shared.record);
            }
            candidate.step();
            if (random.nextInt(3) == 0) {
                candidate.stopping.complete(null);
            }
            check.run();
            clock.advanceMillis(random.nextInt(20) == 0 ? random.nextInt(20_000) : random.nextInt(700));
            check.run();
        }
        for (Candidate candidate : candidates) {
            terms += candidate.told.stream().filter(one -> one.startsWith("start")).count();
        }
        assertThat(terms).as("somebody led with seed %d", seed).isPositive();
    }
}
