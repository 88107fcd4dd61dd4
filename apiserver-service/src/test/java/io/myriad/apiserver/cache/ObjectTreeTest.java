package io.myriad.apiserver.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.KeyOrder;

import static org.assertj.core.api.Assertions.assertThat;

class ObjectTreeTest {
    private static final byte[] NO_BYTES = {};

    private static CachedObject object(String namespace, String name, long version) {
        return new CachedObject(namespace, name, NO_BYTES, version);
    }

    /** Random changes of a tree beside a map; older trees must not change. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void behavesAsASortedMap(long seed) {
        Random random = new Random(seed);
        TreeMap<String, CachedObject> model = new TreeMap<>(KeyOrder::compare);
        ObjectTree tree = ObjectTree.EMPTY;
        int names = seed % 2 == 0 ? 40_000 : 400;
        ObjectTree kept = tree;
        List<CachedObject> keptModel = List.of();
        for (int step = 0; step < 60_000; step++) {
            String namespace = "n" + random.nextInt(3) + (random.nextBoolean() ? "-x" : "");
            String name = "p" + random.nextInt(names);
            boolean shrink = step % 20_000 > 14_000;
            if (random.nextInt(10) < (shrink ? 9 : 2)) {
                model.remove(namespace + "/" + name);
                tree = tree.without(namespace, name);
            } else {
                CachedObject object = object(namespace, name, step);
                model.put(namespace + "/" + name, object);
                tree = tree.with(object);
            }
            if (step % 5_000 == 0) {
                assertSame(tree, model, random);
                assertThat(kept.list()).isEqualTo(keptModel);
                kept = tree;
                keptModel = new ArrayList<>(model.values());
            }
        }
        for (CachedObject object : new ArrayList<>(model.values())) {
            tree = tree.without(object.namespace(), object.name());
        }
        assertThat(tree.size()).isZero();
        assertThat(tree.list()).isEmpty();
    }

    private static void assertSame(ObjectTree tree, TreeMap<String, CachedObject> model, Random random) {
        assertThat(tree.size()).isEqualTo(model.size());
        List<CachedObject> objects = new ArrayList<>();
        tree.list().forEach(objects::add);
        assertThat(objects).isEqualTo(new ArrayList<>(model.values()));
        for (int i = 0; i < 200; i++) {
            String namespace = "n" + random.nextInt(4);
            String name = "p" + random.nextInt(400);
            String key = namespace + "/" + name;
            assertThat(tree.get(namespace, name)).isSameAs(model.get(key));
            String text = random.nextBoolean() ? key : key.substring(0, random.nextInt(key.length() + 1));
            assertThat(tree.rank(text)).as(text).isEqualTo(model.headMap(text, false).size());
        }
        int from = random.nextInt(tree.size() + 1);
        int to = from + random.nextInt(tree.size() - from + 1);
        List<CachedObject> part = tree.list(from, to);
        assertThat(new ArrayList<>(part)).isEqualTo(objects.subList(from, to));
        if (!part.isEmpty()) {
            int at = random.nextInt(part.size());
            assertThat(part.get(at)).isSameAs(objects.get(from + at));
            assertThat(part.subList(at, part.size())).isEqualTo(objects.subList(from + at, to));
        }
    }

    @Test
    void isBuiltOfSortedObjectsAtOnce() {
        for (int size : new int[]{0, 1, 111, 112, 113, 12_544, 12_545, 40_000}) {
            List<CachedObject> objects = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                objects.add(object("a", "p%06d".formatted(i), i));
            }
            ObjectTree tree = ObjectTree.ofSorted(objects);
            assertThat(tree.size()).isEqualTo(size);
            assertThat(tree.list()).isEqualTo(objects);
            for (int i = 0; i < size; i += 37) {
                assertThat(tree.get("a", "p%06d".formatted(i))).isSameAs(objects.get(i));
                assertThat(tree.rank("a/p%06d".formatted(i))).isEqualTo(i);
            }
            assertThat(tree.get("a", "none")).isNull();
            assertThat(tree.without("a", "none")).isSameAs(tree);
        }
    }
}
