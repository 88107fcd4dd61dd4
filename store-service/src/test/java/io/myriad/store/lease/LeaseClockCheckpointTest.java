package io.myriad.store.lease;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a clock wants to be written down of leases, and what it makes of what was. */
final class LeaseClockCheckpointTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long INTERVAL = 300 * SECOND;
    private static final long TERM = 4;

    private final LeaseTable table = new LeaseTable();
    private final LeaseClock clock = new LeaseClock(INTERVAL);

    private List<RemainingTime> due(long seconds) {
        LeaseClock.Checkpoint due = clock.dueCheckpoint(seconds * SECOND, 1000);
        assertThat(due.term()).isEqualTo(TERM);
        return due.leases();
    }

    private Renewal.Checkpointed checkpointed(Renewal renewal) {
        assertThat(renewal).isInstanceOf(Renewal.Checkpointed.class);
        return (Renewal.Checkpointed) renewal;
    }

    @Test
    void longLeasesOnceAnInterval() {
        table.grant(1, 1000);
        table.grant(2, 300);
        clock.lead(table.all(), TERM, 0);
        clock.granted(3, 700, 100 * SECOND);
        assertThat(due(299)).isEmpty();
        assertThat(due(300)).containsExactly(new RemainingTime(1, 700));
        assertThat(due(399)).isEmpty();
        assertThat(due(400)).containsExactly(new RemainingTime(3, 400));
        assertThat(due(600)).containsExactly(new RemainingTime(1, 400));
        assertThat(due(700)).containsExactly(new RemainingTime(3, 100));
        assertThat(due(900)).containsExactly(new RemainingTime(1, 100));
        assertThat(due(5000)).as("a hundred seconds were not more than the interval").isEmpty();
    }

    @Test
    void secondsAreRoundedUp() {
        clock.lead(List.of(), TERM, 0);
        clock.granted(1, 1000, SECOND / 2);
        assertThat(due(301)).containsExactly(new RemainingTime(1, 700));
    }

    @Test
    void notOfWhatRanOutOrIsGone() {
        clock.lead(List.of(), TERM, 0);
        clock.granted(1, 400, 0);
        clock.granted(2, 400, 0);
        clock.revoked(2);
        assertThat(due(401)).isEmpty();
    }

    @Test
    void aLeaseThatWasJustRenewedHasItsTurnLater() {
        clock.lead(List.of(), TERM, 0);
        clock.granted(1, 1000, 0);
        assertThat(clock.renew(1, 0, 300 * SECOND)).isInstanceOf(Renewal.Renewed.class);
        assertThat(due(300)).as("it has its whole time, which is what another leader gives it").isEmpty();
        assertThat(due(600)).containsExactly(new RemainingTime(1, 700));
    }

    @Test
    void noMoreThanTheLimitAtOnce() {
        clock.lead(List.of(), TERM, 0);
        for (long id = 1; id <= 25; id++) {
            clock.granted(id, 1000, 0);
        }
        assertThat(clock.dueCheckpoint(INTERVAL, 10).leases()).hasSize(10);
        assertThat(clock.dueCheckpoint(INTERVAL, 10).leases()).hasSize(10);
        assertThat(clock.dueCheckpoint(INTERVAL, 10).leases()).hasSize(5);
    }

    @Test
    void aNewLeaderGivesALeaseWhatWasWrittenDown() {
        table.grant(1, 1000);
        table.checkpoint(new RemainingTime(1, 350));
        clock.lead(table.all(), TERM, 0);
        assertThat(clock.remainingSeconds(1, 0)).isEqualTo(350);
        assertThat(due(300)).containsExactly(new RemainingTime(1, 50));
        assertThat(clock.expired(349 * SECOND, 10, SECOND)).isEmpty();
        assertThat(clock.expired(351 * SECOND, 10, SECOND)).containsExactly(1L);
    }

    @Test
    void withoutCheckpointsTooButMakesNone() {
        table.grant(1, 1000);
        table.checkpoint(new RemainingTime(1, 700));
        LeaseClock without = new LeaseClock();
        without.lead(table.all(), TERM, 0);
        without.granted(2, 1000, 0);
        assertThat(without.remainingSeconds(1, 0)).isEqualTo(700);
        assertThat(without.dueCheckpoint(699 * SECOND, 10).leases()).isEmpty();
        assertThat(without.renew(1, 0, 0)).as("another leader would not know").isInstanceOf(Renewal.Checkpointed.class);
        assertThat(without.renew(2, 0, 0)).isInstanceOf(Renewal.Renewed.class);
    }

    @Test
    void aRenewalHasToTakeBackWhatWasWrittenDown() {
        clock.lead(List.of(), TERM, 0);
        clock.granted(1, 1000, 0);
        assertThat(due(300)).hasSize(1);
        Renewal.Checkpointed first = checkpointed(clock.renew(1, 0, 400 * SECOND));
        assertThat(first.term()).isEqualTo(TERM);
        assertThat(clock.remainingSeconds(1, 400 * SECOND)).isEqualTo(1000);
        assertThat(checkpointed(clock.renew(1, 0, 401 * SECOND))).as("another one meanwhile").isEqualTo(first);
        assertThat(clock.renew(1, first.checkpoint(), 402 * SECOND)).isInstanceOf(Renewal.Renewed.class);
        assertThat(clock.renew(1, 0, 403 * SECOND)).isInstanceOf(Renewal.Renewed.class);
    }

    @Test
    void whatWasWrittenDownMeanwhileIsNotTakenBack() {
        clock.lead(List.of(), TERM, 0);
        clock.granted(1, 1000, 0);
        assertThat(due(300)).hasSize(1);
        Renewal.Checkpointed first = checkpointed(clock.renew(1, 0, 500 * SECOND));
        assertThat(due(600)).as("it knows of the renewal").containsExactly(new RemainingTime(1, 900));
        Renewal.Checkpointed second = checkpointed(clock.renew(1, first.checkpoint(), 601 * SECOND));
        assertThat(clock.renew(1, second.checkpoint(), 602 * SECOND)).isInstanceOf(Renewal.Renewed.class);
    }

    @Test
    void aLeaderOfALaterTermHasOtherCheckpoints() {
        table.grant(1, 1000);
        clock.lead(table.all(), TERM - 1, 0);
        assertThat(clock.dueCheckpoint(INTERVAL, 10).leases()).hasSize(1);
        Renewal.Checkpointed before = checkpointed(clock.renew(1, 0, INTERVAL));
        clock.follow();
        assertThat(clock.dueCheckpoint(2 * INTERVAL, 10).leases()).isEmpty();
        table.checkpoint(new RemainingTime(1, 700));
        clock.lead(table.all(), TERM, INTERVAL);
        Renewal.Checkpointed after = checkpointed(clock.renew(1, before.checkpoint(), INTERVAL));
        assertThat(after.checkpoint()).isNotEqualTo(before.checkpoint());
        assertThat(after.term()).isEqualTo(TERM);
    }
}
