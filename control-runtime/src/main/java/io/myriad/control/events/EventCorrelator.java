package io.myriad.control.events;

import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of an event, so that a failure in a loop does not drown the API: the same event again raises a
 * count; many events that differ only in their message become one; a source that never stops is cut off. Rules and
 * numbers are those of client-go's event correlator.
 *
 * <p>Not thread-safe; remembers a bounded number of events and forgets the least recently seen.
 */
final class EventCorrelator {
    /** Events, groups and sources remembered, each. */
    static final int ENTRIES_MAX = 4096;
    /** Different messages of one kind within the interval from which on they are combined. */
    static final int SIMILAR_MAX = 10;
    static final int SIMILAR_SECONDS = 600;
    /** Events about one object that may come at once, and seconds until one more may. */
    static final int BURST = 25;
    static final int REFILL_SECONDS = 300;

    private static final String COMBINED = "(combined from similar events): ";

    /** What to do with an event. */
    sealed interface Decision {}

    /** Write a new one. */
    record Create(Observation observation) implements Decision {}

    /** Raise the count of one that was written. */
    record Count(Observation observation) implements Decision {}

    /** Nothing: its source is too loud. */
    record Drop() implements Decision {}

    /**
     * An event as it is or shall be in the API.
     *
     * @param name the object's name
     * @param event what happened; the message may say that it stands for several
     * @param first when it was first seen
     * @param last when it was last seen
     * @param count how often
     */
    record Observation(String name, Event event, Instant first, Instant last, int count) {}

    private record Group(ObjectReference about, String type, String reason, String action) {}

    private record Same(Group group, String message) {}

    private record Similar(Set<String> messages, Instant last) {}

    private record Bucket(double tokens, Instant at) {}

    private final Map<Same, Observation> seen = bounded();
    private final Map<Group, Similar> similar = bounded();
    private final Map<ObjectReference, Bucket> buckets = bounded();

    /** Takes an event at a time. */
    Decision observe(Event event, Instant now) {
        ObjectReference about = anyVersion(event.about());
        Group group = new Group(about, event.type(), event.reason(), event.action());
        Event shown = combine(group, event, now);
        // The combined event has a key of its own, whatever its latest message.
        Same key = new Same(group, shown == event ? event.message() : COMBINED);
        Observation before = seen.get(key);
        Observation observation = before == null
                ? new Observation(name(event.about(), now), shown, now, now, 1)
                : new Observation(before.name, shown, before.first, now, before.count + 1);
        seen.put(key, observation);
        if (!admit(about, now)) {
            return new Drop();
        }
        return before == null ? new Create(observation) : new Count(observation);
    }

    /** The event to write anew when the API has forgotten the one whose count was to be raised. */
    Observation restart(Observation forgotten) {
        Event event = forgotten.event;
        Group group = new Group(anyVersion(event.about()), event.type(), event.reason(), event.action());
        Observation fresh = new Observation(name(event.about(), forgotten.last), event, forgotten.last, forgotten.last,
                1);
        seen.put(new Same(group, event.message().startsWith(COMBINED) ? COMBINED : event.message()), fresh);
        return fresh;
    }

    private Event combine(Group group, Event event, Instant now) {
        Similar known = similar.get(group);
        if (known == null || now.isAfter(known.last.plusSeconds(SIMILAR_SECONDS))) {
            known = new Similar(new HashSet<>(), now);
        }
        boolean full = known.messages.size() >= SIMILAR_MAX - 1 && !known.messages.contains(event.message());
        if (!full) {
            known.messages.add(event.message());
        }
        similar.put(group, new Similar(known.messages, now));
        return full
                ? new Event(event.about(), event.related(), event.warning(), event.reason(), event.action(),
                        COMBINED + event.message())
                : event;
    }

    private boolean admit(ObjectReference about, Instant now) {
        Bucket before = buckets.get(about);
        double tokens = BURST;
        if (before != null) {
            double refilled = (now.toEpochMilli() - before.at.toEpochMilli()) / 1000.0 / REFILL_SECONDS;
            tokens = Math.min(BURST, before.tokens + Math.max(0, refilled));
        }
        boolean admitted = tokens >= 1;
        buckets.put(about, new Bucket(admitted ? tokens - 1 : tokens, now));
        return admitted;
    }

    /** As client-go names events: the object's name and the time in hexadecimal nanoseconds. */
    private static String name(ObjectReference about, Instant now) {
        return about.name() + "." + Long.toHexString(now.getEpochSecond() * 1_000_000_000L + now.getNano());
    }

    private static ObjectReference anyVersion(ObjectReference about) {
        return new ObjectReference(about.apiVersion(), about.kind(), about.namespace(), about.name(), about.uid(), "",
                about.fieldPath());
    }

    private static <K, V extends @Nullable Object> Map<K, V> bounded() {
        return new LinkedHashMap<>(64, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > ENTRIES_MAX;
            }
        };
    }
}
