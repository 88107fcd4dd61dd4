package io.myriad.store.mvcc;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What every revision store has to do, as random histories compared with {@link RevisionStoreModel} after each step. */
abstract class RevisionStoreContractTest {

    private static final int STEPS = 300;

    /** A store with nothing in it. */
    abstract RevisionStore create();

    /** What happens to a store now and then; returns the store to go on with. */
    RevisionStore disturb(RevisionStore store) {
        return store;
    }

    void checkInvariants(RevisionStore store) {}

    static java.util.stream.LongStream seeds() {
        return new Random(20260811).longs(60);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agreesWithModel(long seed) {
        Random random = new Random(seed);
        RevisionStoreModel model = new RevisionStoreModel();
        RevisionStore store = create();
        int keys = 3 + random.nextInt(200);
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(12)) {
                case 0 -> compact(store, model, random);
                case 1 -> store = disturb(store);
                default -> transaction(store, model, random, keys);
            }
            if (random.nextInt(3) > 0) {
                store.publish();
                assertThat(store.view().revision()).isEqualTo(model.revision);
                compare(store.view(), model, query(random, model, keys));
            }
            compare(store.latest(), model, query(random, model, keys));
        }
        store.publish();
        checkInvariants(store);
        for (long revision = Math.max(1, model.compacted); revision <= model.revision; revision++) {
            compare(store.view(), model, RangeQuery.at(new KeyRange(bytes(""), new byte[0]), revision));
        }
    }

    private static void transaction(RevisionStore store, RevisionStoreModel model, Random random, int keys) {
        WriteView write = store.begin();
        long next = model.revision + 1;
        int changes = 0;
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            String key = key(random, keys);
            if (random.nextInt(4) == 0) {
                KeyRange range = range(random, keys);
                List<String> expected = model.delete(range, next, changes);
                List<String> deleted = new ArrayList<>();
                for (KeyVersion version : write.deleteRange(range)) {
                    if (version != null) {
                        deleted.add(new String(version.key(), StandardCharsets.UTF_8));
                    }
                }
                assertThat(deleted).isEqualTo(expected);
                changes += deleted.size();
            } else {
                String value = "v".repeat(random.nextInt(3) * (random.nextBoolean() ? 1 : 50)) + random.nextInt(100);
                long lease = random.nextInt(3);
                write.put(bytes(key), Slice.of(bytes(value)), lease);
                model.put(key, value, lease, next, changes++);
            }
            assertThat(write.revision()).isEqualTo(changes == 0 ? model.revision : next);
            RevisionStoreModel.Row expected = model.get(key, next);
            KeyVersion found = write.get(bytes(key));
            assertThat(found == null).isEqualTo(expected == null);
        }
        write.commit();
        model.revision = changes == 0 ? model.revision : next;
    }

    private static void compact(RevisionStore store, RevisionStoreModel model, Random random) {
        long target = Math.max(1, model.revision - 20 + random.nextInt(25));
        RevisionStatus expected = target > model.revision
                ? RevisionStatus.FUTURE
                : target <= model.compacted ? RevisionStatus.COMPACTED : RevisionStatus.AVAILABLE;
        assertThat(store.compact(target)).isEqualTo(expected);
        if (expected == RevisionStatus.AVAILABLE) {
            model.compacted = target;
        }
    }

    private static void compare(ReadView view, RevisionStoreModel model, RangeQuery query) {
        RangeResult result = view.range(query);
        RevisionStatus status = query.revision() > model.revision
                ? RevisionStatus.FUTURE
                : query.revision() > 0 && query.revision() < model.compacted
                        ? RevisionStatus.COMPACTED
                        : RevisionStatus.AVAILABLE;
        assertThat(result.status()).as("%s", query).isEqualTo(status);
        if (status != RevisionStatus.AVAILABLE) {
            return;
        }
        long at = query.revision() == 0 ? model.revision : query.revision();
        assertThat(result.count()).as("count of %s", query).isEqualTo(model.range(query.keys(), at).size());
        if (query.countOnly()) {
            assertThat(result.size()).isZero();
            return;
        }
        List<RevisionStoreModel.Row> all = model.query(query);
        int size = query.limit() == 0 ? all.size() : (int) Math.min(query.limit(), all.size());
        assertThat(result.size()).as("size of %s", query).isEqualTo(size);
        assertThat(result.more()).as("more of %s", query).isEqualTo(size < all.size());
        for (int i = 0; i < size; i++) {
            RevisionStoreModel.Row expected = all.get(i);
            KeyVersion.Fields fields = result.versions()[i].fields();
            assertThat(new String(result.versions()[i].key(), StandardCharsets.UTF_8)).as("key %d of %s", i, query)
                    .isEqualTo(expected.key());
            assertThat(new String(result.versions()[i].value().toBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(expected.value());
            assertThat(List.of(fields.createRevision(), fields.modRevision(), fields.version(), fields.lease()))
                    .isEqualTo(List.of(expected.create(), expected.mod(), expected.version(), expected.lease()));
        }
    }

    private static RangeQuery query(Random random, RevisionStoreModel model, int keys) {
        long revision = random.nextInt(3) == 0 ? 0 : Math.max(0, model.revision - 15 + random.nextInt(17));
        boolean special = random.nextInt(3) == 0;
        // Sorting by anything but the key leaves equal ones in key order, as a stable sort does; so only ascending can be compared then.
        RangeQuery.Target target = special ? RangeQuery.Target.values()[random.nextInt(5)] : RangeQuery.Target.KEY;
        RangeQuery.Order order = !special
                ? RangeQuery.Order.NONE
                : target == RangeQuery.Target.KEY
                        ? RangeQuery.Order.values()[random.nextInt(3)]
                        : RangeQuery.Order.ASCEND;
        return new RangeQuery(range(random, keys), revision, random.nextBoolean() ? 0 : random.nextInt(keys), order,
                target, false,
                random.nextInt(6) == 0, special ? random.nextInt(10) : 0,
                special && random.nextBoolean() ? model.revision - random.nextInt(10) : 0,
                special ? random.nextInt(10) : 0,
                special && random.nextBoolean() ? model.revision - random.nextInt(10) : 0);
    }

    private static KeyRange range(Random random, int keys) {
        return switch (random.nextInt(4)) {
            case 0 -> KeyRange.single(bytes(key(random, keys)));
            case 1 -> new KeyRange(bytes(key(random, keys)), new byte[0]);
            default -> new KeyRange(bytes(key(random, keys)), bytes(key(random, keys)));
        };
    }

    private static String key(Random random, int keys) {
        return "/k/" + Integer.toString(random.nextInt(keys), 36);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
