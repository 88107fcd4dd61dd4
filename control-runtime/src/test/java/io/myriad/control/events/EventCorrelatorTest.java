package io.myriad.control.events;

import java.time.Instant;

import org.junit.jupiter.api.Test;

import io.myriad.control.events.EventCorrelator.Count;
import io.myriad.control.events.EventCorrelator.Create;
import io.myriad.control.events.EventCorrelator.Drop;

import static org.assertj.core.api.Assertions.assertThat;

class EventCorrelatorTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000L);

    private final EventCorrelator correlator = new EventCorrelator();

    private static Event event(String name, String message) {
        return Event.normal(ObjectReference.of("v1", "Pod", "default", name, "uid-" + name, "1"), "Reason", message);
    }

    @Test
    void theSameAgainRaisesTheCount() {
        Create first = (Create) correlator.observe(event("p", "hello"), NOW);
        Count second = (Count) correlator.observe(event("p", "hello"), NOW.plusSeconds(60));
        assertThat(second.observation().name()).isEqualTo(first.observation().name()).startsWith("p.");
        assertThat(second.observation().count()).isEqualTo(2);
        assertThat(second.observation().first()).isEqualTo(NOW);
        assertThat(second.observation().last()).isEqualTo(NOW.plusSeconds(60));
    }

    @Test
    void anotherVersionOfTheObjectIsTheSameObject() {
        correlator.observe(event("p", "hello"), NOW);
        Event later = Event.normal(ObjectReference.of("v1", "Pod", "default", "p", "uid-p", "77"), "Reason", "hello");
        assertThat(correlator.observe(later, NOW)).isInstanceOf(Count.class);
    }

    @Test
    void manySimilarOnesBecomeOne() {
        for (int i = 1; i < EventCorrelator.SIMILAR_MAX; i++) {
            assertThat(correlator.observe(event("p", "message " + i), NOW)).isInstanceOf(Create.class);
        }
        Create combined = (Create) correlator.observe(event("p", "message 10"), NOW);
        assertThat(combined.observation().event().message()).isEqualTo("(combined from similar events): message 10");
        Count more = (Count) correlator.observe(event("p", "message 11"), NOW);
        assertThat(more.observation().name()).isEqualTo(combined.observation().name());
        assertThat(more.observation().event().message()).isEqualTo("(combined from similar events): message 11");
    }

    @Test
    void theyAreApartAgainAfterAWhile() {
        for (int i = 0; i < 12; i++) {
            correlator.observe(event("p", "message " + i), NOW);
        }
        Create fresh = (Create) correlator.observe(event("p", "message 99"),
                NOW.plusSeconds(EventCorrelator.SIMILAR_SECONDS + 1));
        assertThat(fresh.observation().event().message()).isEqualTo("message 99");
    }

    @Test
    void aLoudSourceIsCutOffAndComesBackSlowly() {
        for (int i = 0; i < EventCorrelator.BURST; i++) {
            assertThat(correlator.observe(event("p", "again"), NOW)).isNotInstanceOf(Drop.class);
        }
        assertThat(correlator.observe(event("p", "again"), NOW)).isInstanceOf(Drop.class);
        assertThat(correlator.observe(event("q", "again"), NOW)).as("another object").isInstanceOf(Create.class);
        assertThat(correlator.observe(event("p", "again"), NOW.plusSeconds(EventCorrelator.REFILL_SECONDS)))
                .isInstanceOf(Count.class);
        assertThat(correlator.observe(event("p", "again"), NOW.plusSeconds(EventCorrelator.REFILL_SECONDS + 1)))
                .isInstanceOf(Drop.class);
    }

    @Test
    void aForgottenEventIsWrittenAnew() {
        correlator.observe(event("p", "hello"), NOW);
        Count count = (Count) correlator.observe(event("p", "hello"), NOW.plusSeconds(4000));
        EventCorrelator.Observation fresh = correlator.restart(count.observation());
        assertThat(fresh.count()).isEqualTo(1);
        assertThat(fresh.name()).isNotEqualTo(count.observation().name());
        Count next = (Count) correlator.observe(event("p", "hello"), NOW.plusSeconds(4001));
        assertThat(next.observation().name()).isEqualTo(fresh.name());
        assertThat(next.observation().count()).isEqualTo(2);
    }

    @Test
    void remembersABoundedNumber() {
        for (int i = 0; i < EventCorrelator.ENTRIES_MAX + 100; i++) {
            correlator.observe(event("p" + i, "hello"), NOW);
        }
        assertThat(correlator.observe(event("p0", "hello"), NOW)).as("forgotten").isInstanceOf(Create.class);
    }
}
