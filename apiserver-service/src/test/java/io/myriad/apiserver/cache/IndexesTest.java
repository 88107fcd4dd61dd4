package io.myriad.apiserver.cache;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roaringbitmap.RoaringBitmap;

import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.Selection;

import static org.assertj.core.api.Assertions.assertThat;

class IndexesTest {
    private static final byte[] NO_BYTES = {};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void ordinalsAreUniqueAndGivenAgain(long seed) {
        Random random = new Random(seed);
        OrdinalMap ordinals = new OrdinalMap();
        Map<String, Integer> model = new HashMap<>();
        int most = 0;
        for (int step = 0; step < 50_000; step++) {
            String name = "p" + random.nextInt(step % 10_000 < 5_000 ? 3_000 : 50);
            CachedObject object = new CachedObject("n" + random.nextInt(2), name, NO_BYTES, step);
            String key = object.namespace() + "/" + name;
            if (random.nextInt(3) == 0) {
                ordinals.release(object);
                model.remove(key);
                assertThat(ordinals.find(object)).isEqualTo(-1);
            } else {
                int ordinal = ordinals.assign(object);
                assertThat(model.getOrDefault(key, ordinal)).isEqualTo(ordinal);
                model.put(key, ordinal);
                assertThat(ordinals.object(ordinal)).isSameAs(object);
                assertThat(ordinals.find(object)).isEqualTo(ordinal);
            }
            most = Math.max(most, model.size());
        }
        assertThat(ordinals.size()).isEqualTo(model.size());
        assertThat(new HashSet<>(model.values())).hasSameSizeAs(model.values());
        assertThat(model.values()).allSatisfy(ordinal -> assertThat(ordinal).isBetween(0, 6_000));
        assertThat(model.values().stream().mapToInt(Integer::intValue).max().orElse(0)).isLessThan(most);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void postingsAreSets(long seed) {
        Random random = new Random(seed);
        Posting posting = Posting.EMPTY;
        Set<Integer> model = new TreeSet<>();
        for (int step = 0; step < 4_000; step++) {
            int ordinal = random.nextInt(80);
            boolean grow = step % 1_000 < 500;
            if (random.nextInt(10) < (grow ? 8 : 2)) {
                posting = posting.with(ordinal);
                model.add(ordinal);
            } else {
                posting = posting.without(ordinal);
                model.remove(ordinal);
            }
            RoaringBitmap set = new RoaringBitmap();
            posting.addTo(set);
            assertThat(set.toArray()).containsExactly(model.stream().mapToInt(Integer::intValue).toArray());
            assertThat(posting.cardinality()).isEqualTo(model.size());
        }
    }

    @Test
    void listsOfOneNodeUseAnIndexOnceTheyHaveScannedAFewTimes() throws Exception {
        try (CacheFixture fixture = new CacheFixture(1, CacheFixture.SMALL)) {
            for (int i = 0; i < 2_000; i++) {
                fixture.create("a", "p" + i, "n" + i % 100, Map.of("app", "a" + i % 50, "all", "1"));
            }
            Selection node = CacheFixture.select("", "", "spec.nodeName=n7");
            Selection app = CacheFixture.select("a", "app in (a7,a8),all", "");
            for (int i = 0; i < 6; i++) {
                assertThat(fixture.cache.list(CacheFixture.query(node)).items()).hasSize(20);
                assertThat(fixture.cache.list(CacheFixture.query(app)).items()).hasSize(80);
                settle(fixture);
            }
            assertThat(fixture.cache.core().indexes().count()).isEqualTo(3);
            assertThat(fixture.metrics.find("apiserver_cache_list").tag("index", "selector").counter().count())
                    .isGreaterThanOrEqualTo(4);
            assertThat(fixture.cache.list(CacheFixture.query(CacheFixture.select("", "all", ""))).items())
                    .as("a set of everything is scanned").hasSize(2_000);
        }
    }

    /** Waits for what is queued for the writer, and for what that queues. */
    private static void settle(CacheFixture fixture) throws Exception {
        for (int i = 0; i < 3; i++) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            fixture.cache.core().feed().writer().execute(() -> done.complete(null));
            done.get();
        }
    }
}
