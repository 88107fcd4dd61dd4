package io.myriad.store.mvcc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A store whose values are let go whenever there is an opportunity, and read from elsewhere. */
final class EvictedValuesTest extends RevisionStoreContractTest {

    private static final KeyRange ALL = new KeyRange(new byte[0], new byte[0]);

    /** Where the values are. */
    private final Map<String, byte[]> elsewhere = new ConcurrentHashMap<>();
    private final ValueFigures figures = new ValueFigures();
    /** What was asked for at once. */
    private final Queue<long[]> reads = new ConcurrentLinkedQueue<>();

    private static String place(long modRevision, int subRevision) {
        return modRevision + "." + subRevision;
    }

    private byte[][] read(long[] modRevisions, int[] subRevisions) {
        reads.add(modRevisions);
        byte[][] values = new byte[modRevisions.length][];
        for (int i = 0; i < values.length; i++) {
            values[i] = elsewhere.get(place(modRevisions[i], subRevisions[i]));
        }
        return values;
    }

    private MvccStore create(ValueBudget budget) {
        MvccStore store = new MvccStore();
        store.keepValuesIn(this::read, budget, figures);
        store.onRemoval((modRevision, subRevision) -> elsewhere.remove(place(modRevision, subRevision)));
        return store;
    }

    @Override
    RevisionStore create() {
        return create(new ValueBudget(0, Long.MAX_VALUE));
    }

    @Override
    RevisionStore disturb(RevisionStore store) {
        evict((MvccStore) store);
        return store;
    }

    private void evict(MvccStore store) {
        try (SnapshotSource source = new SnapshotSource(store)) {
            source.forEach(version -> elsewhere.put(place(version.modRevision(), version.subRevision()),
                    version.keyValue()));
            source.evict();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is said to be saved is what is not there. */
    @Override
    void checkInvariants(RevisionStore revisions) {
        MvccStore store = (MvccStore) revisions;
        store.view().checkInvariants();
        long[] saved = new long[2];
        store.publish();
        store.view().forEachVersion(version -> {
            saved[0] += version.isWhole() ? 0 : version.saving();
            saved[1] += version.size();
        });
        assertThat(store.savedBytes()).isEqualTo(saved[0]);
        assertThat(store.footprint().keyValueBytes()).isEqualTo(saved[1]);
        assertThat(figures.valuesEvicted()).isPositive();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void put(MvccStore store, String key, int valueBytes) {
        WriteView write = store.begin();
        write.put(bytes(key), Slice.of(new byte[valueBytes]), 7);
        write.commit();
        store.publish();
    }

    private static int inMemory(MvccStore store, String prefix) {
        int[] count = new int[1];
        store.view().forEachNewest(version -> count[0] += version.isWhole()
                && new String(version.key(), StandardCharsets.UTF_8).startsWith(prefix) ? 1 : 0);
        return count[0];
    }

    private static void readAll(MvccStore store, String prefix) {
        byte[] to = bytes(prefix);
        to[to.length - 1]++;
        assertThat(store.view().range(RangeQuery.all(new KeyRange(bytes(prefix), to))).status())
                .isEqualTo(RevisionStatus.AVAILABLE);
    }

    @Test
    void whatIsReadOftenStaysAndOneReadingOfEverythingChangesNothing() {
        MvccStore store = create(new ValueBudget(40_000, Long.MAX_VALUE));
        for (int i = 0; i < 20; i++) {
            put(store, "often/" + i, 1000);
        }
        for (int i = 0; i < 200; i++) {
            put(store, "seldom/" + i, 1000);
        }
        readAll(store, "often/");
        evict(store);
        assertThat(inMemory(store, "often/")).isEqualTo(20);
        assertThat(inMemory(store, "")).isLessThanOrEqualTo(40);
        readAll(store, "seldom/");
        assertThat(inMemory(store, "often/")).isEqualTo(20);
        assertThat(figures.valuesAdmitted()).isZero();
        for (int round = 0; round < 5; round++) {
            readAll(store, "often/");
            for (int i = 0; i < 20; i++) {
                put(store, "new/" + round + "/" + i, 1000);
            }
            evict(store);
            assertThat(inMemory(store, "often/")).as("round %s", round).isEqualTo(20);
            assertThat(inMemory(store, "")).isLessThanOrEqualTo(40);
        }
    }

    @Test
    void whatIsAskedForAgainComesBack() {
        MvccStore store = create(new ValueBudget(10_000, Long.MAX_VALUE));
        for (int i = 0; i < 100; i++) {
            put(store, "k" + (100 + i), 500);
        }
        evict(store);
        String absent = null;
        for (int i = 0; i < 100 && absent == null; i++) {
            absent = inMemory(store, "k" + (100 + i)) == 0 ? "k" + (100 + i) : null;
        }
        readAll(store, absent);
        assertThat(inMemory(store, absent)).isZero();
        readAll(store, absent);
        assertThat(inMemory(store, absent)).isEqualTo(1);
        assertThat(figures.valuesAdmitted()).isEqualTo(1);
        checkInvariants(store);
    }

    /** What fits beside the index is what values may take. */
    @Test
    void theIndexLeavesValuesTheRest() {
        MvccStore store = create(new ValueBudget(Long.MAX_VALUE, 100_000));
        for (int i = 0; i < 300; i++) {
            put(store, "key" + i, 1000);
        }
        evict(store);
        Footprint footprint = store.footprint();
        assertThat(footprint.memoryBytes(store.savedBytes())).isBetween(80_000L, 100_000L);
        for (int i = 0; i < 2000; i++) {
            put(store, "more" + i, 10);
        }
        evict(store);
        assertThat(inMemory(store, "key")).isZero();
        assertThat(inMemory(store, "more")).isEqualTo(2000);
    }

    @Test
    void aViewThatIsTooOldSaysSoAndNumbersNeedNoValue() {
        MvccStore store = create(new ValueBudget(0, Long.MAX_VALUE));
        put(store, "key", 100);
        evict(store);
        StoreView old = store.view();
        KeyVersion version = old.get(bytes("key"));
        assertThat(version.isWhole()).isFalse();
        put(store, "key", 100);
        store.compact(store.latest().revision());
        store.publish();
        assertThat(elsewhere).isEmpty();
        assertThat(old.range(RangeQuery.all(ALL)).status()).isEqualTo(RevisionStatus.COMPACTED);
        assertThat(old.range(RangeQuery.keysOf(ALL)).size()).isEqualTo(1);
        assertThat(version.fields()).isEqualTo(new KeyVersion.Fields(2, 2, 1, 7));
        assertThatThrownBy(version::keyValue).isInstanceOf(CompactedException.class);
        assertThat(store.savedBytes()).isZero();
    }

    /** But what a log entry asks for is read, on one member as on the other. */
    @Test
    void aResultThatMemoryHasNoRoomForIsRefused() {
        MvccStore store = create(new ValueBudget(0, 1 << 20));
        for (int i = 0; i < 20; i++) {
            put(store, "key" + i, 1 << 20);
        }
        assertThat(store.view().range(RangeQuery.all(ALL)).size()).as("while it is in memory").isEqualTo(20);
        evict(store);
        assertThatThrownBy(() -> store.view().range(RangeQuery.all(ALL))).isInstanceOf(ResultTooLargeException.class);
        assertThat(store.view().range(RangeQuery.all(ALL).withLimit(10)).size()).isEqualTo(10);
        assertThat(store.view().range(RangeQuery.keysOf(ALL)).size()).isEqualTo(20);
        assertThat(store.latest().range(RangeQuery.all(ALL)).size()).isEqualTo(20);
    }

    /** So that it can be refused before anything is done. */
    @Test
    void whatAResultWouldReadIsKnownBefore() {
        MvccStore store = create(new ValueBudget(0, Long.MAX_VALUE));
        for (int i = 0; i < 20; i++) {
            put(store, "key" + i, 1000);
        }
        StoreView warm = store.view();
        assertThat(warm.bytesToRead(RangeQuery.all(ALL))).isZero();
        evict(store);
        put(store, "key0", 1000);
        StoreView view = store.view();
        assertThat(view.bytesToRead(RangeQuery.all(ALL))).isBetween(19_000L, 20_000L);
        assertThat(view.bytesToRead(RangeQuery.at(ALL, 21))).isBetween(20_000L, 21_000L);
        assertThat(view.bytesToRead(RangeQuery.at(ALL, 99))).isZero();
        assertThat(view.bytesToRead(RangeQuery.all(ALL).withLimit(3))).isBetween(2_000L, 3_000L);
        assertThat(view.bytesToRead(RangeQuery.keysOf(ALL))).isZero();
        assertThat(view.bytesToRead(new RangeQuery(ALL, 0, 3, RangeQuery.Order.DESCEND, RangeQuery.Target.VALUE, true,
                false, 0, 0, 0, 0))).as("which all are compared").isBetween(19_000L, 20_000L);
        assertThat(reads).isEmpty();
    }

    @Test
    void aChecksumAndASnapshotReadManyAtOnceInTheirOrder() throws IOException {
        MvccStore store = create(new ValueBudget(0, Long.MAX_VALUE));
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            put(store, "key" + random.nextInt(500), i == 1000 ? 9 << 20 : 5000);
        }
        int hash = RevisionHash.of(store::view, 0).hash();
        evict(store);
        assertThat(RevisionHash.of(store::view, 0).hash()).isEqualTo(hash);
        assertReadInOrder(2000, 5000);
        int[] bytes = new int[1];
        try (SnapshotSource source = new SnapshotSource(store)) {
            source.forEachReadable(version -> bytes[0] += version.value().length());
        }
        assertThat(bytes[0]).isEqualTo(1999 * 5000 + (9 << 20));
        assertReadInOrder(2000, 5000);
    }

    private void assertReadInOrder(int values, int valueBytes) {
        assertThat(reads).hasSizeLessThan(values * valueBytes / (3 << 20) + 3);
        assertThat(reads.stream().flatMapToLong(Arrays::stream)).hasSize(values).isSorted();
        assertThat(reads).allMatch(each -> each.length <= (5 << 20) / valueBytes);
        reads.clear();
    }

    @Test
    void aSourceThatFailsFailsTheReading() {
        MvccStore store = new MvccStore();
        store.keepValuesIn((revisions, places) -> {
            throw new IOException("page 7 is damaged");
        }, new ValueBudget(0, Long.MAX_VALUE), figures);
        put(store, "key", 100);
        try (SnapshotSource source = new SnapshotSource(store)) {
            source.evict();
        }
        assertThatThrownBy(() -> store.view().range(RangeQuery.all(ALL))).isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("page 7 is damaged");
        assertThat(store.view().range(RangeQuery.keysOf(ALL)).size()).isEqualTo(1);
    }

    /** Readers see whole values, whatever is let go, comes back or is compacted meanwhile. */
    @Test
    void readersDoNotNotice() throws Exception {
        MvccStore store = create(new ValueBudget(2_000, Long.MAX_VALUE));
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<Integer>> readers = new ArrayList<>();
            Callable<Integer> reader = () -> {
                int found = 0;
                boolean last;
                do {
                    last = done.get();
                    RangeResult result = store.view().range(RangeQuery.all(ALL));
                    for (int i = 0; i < result.size(); i++) {
                        found += isWhole(result.versions()[i]) ? 1 : 0;
                    }
                } while (!last);
                return found;
            };
            readers.add(threads.submit(reader));
            readers.add(threads.submit(reader));
            Random random = new Random(5);
            try {
                for (int step = 0; step < 3000; step++) {
                    String key = "key" + random.nextInt(10);
                    KeyVersion before = store.latest().get(bytes(key));
                    long version = before == null ? 1 : before.fields().version() + 1;
                    put(store, key, lengthOf(version));
                    if (step % 5 == 0) {
                        evict(store);
                    }
                    if (step % 50 == 0) {
                        store.compact(store.latest().revision() - random.nextInt(3));
                        store.publish();
                    }
                }
            } finally {
                done.set(true);
            }
            for (Future<Integer> each : readers) {
                assertThat(each.get()).isPositive();
            }
        }
        checkInvariants(store);
    }

    /** False if it was compacted since it was found. */
    private static boolean isWhole(KeyVersion version) {
        try {
            assertThat(version.value().length()).isEqualTo(lengthOf(version.fields().version()));
            return true;
        } catch (CompactedException e) {
            return false;
        }
    }

    private static int lengthOf(long version) {
        return 70 + (int) (version % 100);
    }
}
