package io.myriad.store.mvcc;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/** Watchers over random histories: every event, once, in order, and no progress ahead of events. The agent is driven by hand. */
final class WatchAgentTest {

    private static final long PROGRESS_NANOS = 1_000_000;

    private final MvccStore store = new MvccStore();
    private long nanos;

    static java.util.stream.LongStream seeds() {
        return new Random(20260812).longs(60);
    }

    /** Records what it is told and is ready when the test says so. */
    private static final class RecordingSink implements WatchSink {
        boolean ready = true;
        long progressed = -1;
        final Map<Long, List<KeyVersion>> events = new HashMap<>();
        final Map<Long, Long> compacted = new HashMap<>();
        final List<Long> created = new ArrayList<>();
        final List<String> refused = new ArrayList<>();
        final Map<Long, Long> progressOf = new HashMap<>();
        final List<Long> progress = new ArrayList<>();

        @Override
        public boolean isReady() { return ready; }

        @Override
        public void created(long watchId, long revision) {
            created.add(watchId);
            events.put(watchId, new ArrayList<>());
        }

        @Override
        public void refused(String reason, long revision) {
            refused.add(reason);
        }

        @Override
        public void cancelled(long watchId, long revision) {
            events.remove(watchId);
        }

        @Override
        public void compacted(long watchId, long compactedRevision, long revision) {
            compacted.put(watchId, compactedRevision);
        }

        @Override
        public void progress(long watchId, long revision) {
            progress.add(revision);
            if (watchId == -1) {
                progressed = revision;
                // It speaks for the watchers that were there, not for those that begin in the past later.
                created.forEach(id -> progressOf.put(id, revision));
            }
        }

        @Override
        public void events(Watcher watcher, KeyVersion[] delivered, int count, long revision) {
            for (int i = 0; i < count; i++) {
                long told = progressOf.getOrDefault(watcher.id(), -1L);
                assertThat(delivered[i].modRevision()).as("event after progress %d", told).isGreaterThan(told)
                        .isLessThanOrEqualTo(revision);
                java.util.Objects.requireNonNull(events.get(watcher.id())).add(delivered[i]);
            }
        }
    }

    private WatchAgent agent() {
        WatchAgent agent = new WatchAgent(store::view, PROGRESS_NANOS, () -> nanos, new Random(1));
        store.keepHistoryAfter(agent::dispatchedRevision);
        return agent;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyEventOnceInOrder(long seed) {
        Random random = new Random(seed);
        WatchAgent agent = agent();
        List<KeyVersion> history = new ArrayList<>();
        List<RecordingSink> sinks = new ArrayList<>();
        List<WatchAgent.Stream> streams = new ArrayList<>();
        Map<RecordingSink, List<Watcher.Spec>> specs = new HashMap<>();
        for (int i = 0; i < 4; i++) {
            RecordingSink sink = new RecordingSink();
            sinks.add(sink);
            specs.put(sink, new ArrayList<>());
            streams.add(agent.open(sink));
        }
        Map<Watcher.Spec, Long> createdAt = new HashMap<>();
        for (int step = 0; step < 400; step++) {
            int chosen = random.nextInt(4);
            switch (random.nextInt(8)) {
                case 0 -> {
                    Watcher.Spec spec = spec(random);
                    requireNonNull(specs.get(sinks.get(chosen))).add(spec);
                    agent.doWork();
                    createdAt.put(spec, store.view().revision());
                    streams.get(chosen).create(0, spec);
                    agent.doWork();
                }
                case 1 -> sinks.get(chosen).ready = !sinks.get(chosen).ready;
                case 2 -> streams.get(chosen).requestProgress();
                case 3 -> agent.doWork();
                default -> history.addAll(write(random));
            }
        }
        sinks.forEach(sink -> sink.ready = true);
        streams.forEach(WatchAgent.Stream::requestProgress);
        while (agent.doWork()) {}
        for (RecordingSink sink : sinks) {
            assertThat(sink.created).hasSameSizeAs(requireNonNull(specs.get(sink)));
            for (int id = 0; id < sink.created.size(); id++) {
                Watcher.Spec spec = requireNonNull(specs.get(sink)).get(id);
                long first = spec.startRevision() == 0 ? requireNonNull(createdAt.get(spec)) + 1 : spec.startRevision();
                assertThat(sink.events.get((long) id)).as("watcher %s", spec).containsExactlyElementsOf(history.stream()
                        .filter(event -> event.modRevision() >= first && spec.keys().contains(event)
                                && spec.wants(event))
                        .toList());
            }
            assertThat(sink.created.isEmpty()
                    || requireNonNull(specs.get(sink)).stream()
                            .anyMatch(spec -> spec.startRevision() > store.view().revision())
                    || sink.progressed == store.view().revision()).isTrue();
        }
        assertThat(agent.slowWatchers()).isZero();
    }

    private List<KeyVersion> write(Random random) {
        List<KeyVersion> written = new ArrayList<>();
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            WriteView write = store.begin();
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                byte[] key = key(random);
                if (random.nextInt(4) == 0) {
                    write.deleteRange(new KeyRange(key, key(random)));
                } else {
                    write.put(key, Slice.of(key), 0);
                }
            }
            write.commit();
        }
        long before = store.view().revision();
        store.publish();
        EventLog.View events = store.view().events();
        for (long position = events.positionOf(before + 1); position < events.end(); position++) {
            written.add(events.get(position));
        }
        return written;
    }

    private Watcher.Spec spec(Random random) {
        KeyRange keys = switch (random.nextInt(4)) {
            case 0 -> KeyRange.single(key(random));
            case 1 -> new KeyRange(key(random), new byte[0]);
            default -> new KeyRange("/k/1".getBytes(StandardCharsets.UTF_8),
                    ("/k/" + (2 + random.nextInt(8))).getBytes(StandardCharsets.UTF_8));
        };
        long start = random.nextBoolean() ? 0 : Math.max(1, store.view().revision() - 10 + random.nextInt(14));
        return new Watcher.Spec(keys, start, random.nextBoolean(), random.nextInt(5) == 0, random.nextInt(5) == 0,
                random.nextBoolean(), false);
    }

    private static byte[] key(Random random) {
        return ("/k/" + random.nextInt(10) + random.nextInt(3)).getBytes(StandardCharsets.UTF_8);
    }

    private long put(String key) {
        WriteView write = store.begin();
        write.put(key.getBytes(StandardCharsets.UTF_8), Slice.EMPTY, 0);
        write.commit();
        store.publish();
        return store.view().revision();
    }

    private static Watcher.Spec all(long start) {
        return new Watcher.Spec(new KeyRange(new byte[]{0}, new byte[0]), start, true, false, false, false, false);
    }

    @Test
    void compactionDoesNotTakeWhatWatchersWereNotOffered() {
        WatchAgent agent = agent();
        RecordingSink sink = new RecordingSink();
        agent.open(sink).create(0, all(0));
        agent.doWork();
        put("a");
        put("b");
        long last = put("c");
        assertThat(store.compact(last)).isEqualTo(RevisionStatus.AVAILABLE);
        store.publish();
        agent.doWork();
        assertThat(sink.events.get(0L)).extracting(KeyVersion::modRevision).containsExactly(2L, 3L, 4L);
    }

    @Test
    void watcherBehindACompactionIsCancelledWithItsRevision() {
        WatchAgent agent = agent();
        put("a");
        put("b");
        long last = put("c");
        store.compact(last);
        store.publish();
        RecordingSink sink = new RecordingSink();
        WatchAgent.Stream stream = agent.open(sink);
        stream.create(0, all(2));
        stream.create(0, all(last));
        while (agent.doWork()) {}
        assertThat(sink.compacted).containsExactly(Map.entry(0L, last));
        assertThat(sink.events.get(1L)).extracting(KeyVersion::modRevision).containsExactly(last);
    }

    @Test
    void deletionAtTheCompactedRevisionIsStillDelivered() {
        WatchAgent agent = agent();
        put("a");
        WriteView write = store.begin();
        write.deleteRange(KeyRange.single(new byte[]{'a'}));
        write.commit();
        store.publish();
        agent.doWork();
        long deleted = store.view().revision();
        store.compact(deleted);
        store.publish();
        RecordingSink sink = new RecordingSink();
        agent.open(sink).create(0, all(deleted));
        while (agent.doWork()) {}
        assertThat(sink.events.get(0L)).extracting(KeyVersion::isTombstone).containsExactly(true);
    }

    @Test
    void idleWatcherIsToldTheRevisionOnceAPeriod() {
        WatchAgent agent = agent();
        RecordingSink sink = new RecordingSink();
        agent.open(sink).create(0, all(0));
        agent.doWork();
        nanos += 2 * PROGRESS_NANOS;
        agent.doWork();
        put("a");
        agent.doWork();
        nanos += 2 * PROGRESS_NANOS;
        agent.doWork();
        nanos += 2 * PROGRESS_NANOS;
        agent.doWork();
        assertThat(sink.progress).containsExactly(1L, 2L);
    }

    @Test
    void watchersThatCannotBeAreRefused() {
        WatchAgent agent = agent();
        RecordingSink sink = new RecordingSink();
        WatchAgent.Stream stream = agent.open(sink);
        stream.create(7, all(0));
        stream.create(7, all(0));
        stream.create(0, all(-1));
        stream.create(0,
                new Watcher.Spec(new KeyRange(new byte[]{'b'}, new byte[]{'a'}), 0, false, false, false, false, false));
        agent.doWork();
        assertThat(sink.refused).containsExactly("mvcc: duplicate watch ID provided on the WatchStream",
                "etcdserver: mvcc: required revision has been compacted", "mvcc: watcher range is empty");
        stream.close();
        agent.doWork();
        assertThat(agent.watchers()).isZero();
        assertThat(agent.streams()).isZero();
    }
}
