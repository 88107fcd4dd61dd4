package io.myriad.controller.endpointslice;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.myriad.controller.endpointslice.Endpoint.Hints;
import io.myriad.controller.endpointslice.Endpoint.Target;
import io.myriad.controller.endpointslice.Slice.Group;

import static org.assertj.core.api.Assertions.assertThat;

class SlicePlanTest {
    private static final Map<String, String> LABELS = Map.of("a", "b");
    private static final Group HTTP = new Group("IPv4", List.of(new Slice.Port("http", 80, "TCP", "")));
    private static final Group ALT = new Group("IPv4", List.of(new Slice.Port("http", 8080, "TCP", "")));
    private static final Group NO_PORTS = new Group("IPv4", List.of());

    private static Endpoint endpoint(int number, boolean ready) {
        return new Endpoint("10.0." + number / 250 + "." + number % 250, ready, ready, false, "", "n", "",
                new Target("default", "p" + number, "u" + number), new Hints("", ""));
    }

    private static List<Endpoint> endpoints(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> endpoint(i, true)).toList();
    }

    private static Slice slice(String name, Group group, List<Endpoint> endpoints) {
        return new Slice(name, group, endpoints, LABELS);
    }

    private static SlicePlan plan(List<Slice> existing, Map<Group, List<Endpoint>> desired) {
        return SlicePlan.of(existing, desired, LABELS, "IPv4");
    }

    @Test
    void aServiceWithoutPodsHasOneEmptySliceAndKeepsIt() {
        SlicePlan plan = plan(List.of(), Map.of());
        assertThat(plan.create()).containsExactly(slice("", NO_PORTS, List.of()));
        assertThat(plan(List.of(slice("s", NO_PORTS, List.of())), Map.of()))
                .isEqualTo(new SlicePlan(List.of(), List.of(), List.of()));
        assertThat(plan(List.of(slice("s", NO_PORTS, List.of()), slice("t", NO_PORTS, List.of())), Map.of()))
                .isEqualTo(new SlicePlan(List.of(), List.of(), List.of("t")));
    }

    @Test
    void theEmptySliceBecomesTheFirstRealOneAndTheLastRealOneEmpty() {
        SlicePlan first = plan(List.of(slice("s", NO_PORTS, List.of())), Map.of(HTTP, endpoints(0, 1)));
        assertThat(first.update()).containsExactly(slice("s", HTTP, endpoints(0, 1)));
        assertThat(first.create()).isEmpty();
        SlicePlan last = plan(first.update(), Map.of());
        assertThat(last.update()).containsExactly(slice("s", NO_PORTS, List.of()));
    }

    @Test
    void nothingChangedNothingWritten() {
        List<Slice> existing = List.of(slice("s", HTTP, endpoints(0, 100)), slice("t", HTTP, endpoints(100, 130)));
        assertThat(plan(existing, Map.of(HTTP, endpoints(0, 130))))
                .isEqualTo(new SlicePlan(List.of(), List.of(), List.of()));
    }

    @Test
    void oneMoreGoesIntoTheFullestSliceThatHasRoom() {
        List<Slice> existing = List.of(slice("s", HTTP, endpoints(0, 100)), slice("t", HTTP, endpoints(100, 130)),
                slice("u", HTTP, endpoints(130, 190)));
        SlicePlan plan = plan(existing, Map.of(HTTP, endpoints(0, 191)));
        assertThat(plan.update()).extracting(Slice::name).containsExactly("u");
        assertThat(plan.create()).isEmpty();
    }

    @Test
    void manyMoreMakeFullSlicesAndTheRestFillsOneThatIsThere() {
        SlicePlan plan = plan(List.of(slice("s", HTTP, endpoints(0, 50))), Map.of(HTTP, endpoints(0, 200)));
        assertThat(plan.create()).extracting(one -> one.endpoints().size()).containsExactly(100);
        assertThat(plan.update()).extracting(one -> one.endpoints().size()).containsExactly(100);
    }

    @Test
    void whatMustBeWrittenAnywayIsFilledFirst() {
        List<Slice> existing = List.of(slice("s", HTTP, endpoints(0, 60)), slice("t", HTTP, endpoints(60, 120)));
        List<Endpoint> desired = new ArrayList<>(endpoints(1, 130)); // the first has gone
        SlicePlan plan = plan(existing, Map.of(HTTP, desired));
        assertThat(plan.update()).extracting(Slice::name).containsExactly("s");
        assertThat(plan.update().getFirst().endpoints()).hasSize(69);
    }

    @Test
    void aChangedReadinessWritesOneSlice() {
        List<Slice> existing = List.of(slice("s", HTTP, endpoints(0, 100)), slice("t", HTTP, endpoints(100, 130)));
        List<Endpoint> desired = new ArrayList<>(endpoints(0, 130));
        desired.set(110, endpoint(110, false));
        assertThat(plan(existing, Map.of(HTTP, desired)).update()).extracting(Slice::name).containsExactly("t");
    }

    @Test
    void wrongLabelsAreWritten() {
        Slice foreign = new Slice("s", HTTP, endpoints(0, 3), Map.of("a", "c"));
        assertThat(plan(List.of(foreign), Map.of(HTTP, endpoints(0, 3))).update())
                .containsExactly(slice("s", HTTP, endpoints(0, 3)));
    }

    @Test
    void otherPortsOtherSlices() {
        SlicePlan plan = plan(List.of(slice("s", HTTP, endpoints(0, 4))),
                Map.of(HTTP, endpoints(0, 2), ALT, endpoints(2, 4)));
        assertThat(plan.update()).containsExactly(slice("s", HTTP, endpoints(0, 2)));
        assertThat(plan.create()).containsExactly(slice("", ALT, endpoints(2, 4)));
    }

    static long[] seeds() {
        return new Random(7).longs(100).toArray();
    }

    /** Random histories: each wanted endpoint is in exactly one slice of its ports, none is too large, and it is stable. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void model(long seed) {
        Random random = new Random(seed);
        Map<String, Slice> there = new LinkedHashMap<>();
        int names = 0;
        Map<Integer, Boolean> pods = new HashMap<>();
        for (int step = 0; step < 25; step++) {
            int changes = random.nextInt(random.nextInt(4) == 0 ? 250 : 10);
            for (int i = 0; i < changes; i++) {
                int pod = random.nextInt(600);
                if (random.nextInt(3) == 0) {
                    pods.remove(pod);
                } else {
                    pods.put(pod, random.nextBoolean());
                }
            }
            if (random.nextInt(10) == 0) {
                pods.clear();
            }
            Map<Group, List<Endpoint>> desired = new LinkedHashMap<>();
            pods.forEach((pod, ready) -> desired.computeIfAbsent(pod % 3 == 0 ? ALT : HTTP, any -> new ArrayList<>())
                    .add(endpoint(pod, ready)));
            SlicePlan plan = plan(List.copyOf(there.values()), desired);
            Set<String> touched = new HashSet<>(plan.delete());
            for (Slice one : plan.update()) {
                assertThat(touched.add(one.name())).as("%s is written twice", one.name()).isTrue();
                assertThat(there).containsKey(one.name());
            }
            plan.delete().forEach(name -> assertThat(there.remove(name)).isNotNull());
            plan.update().forEach(one -> there.put(one.name(), one));
            for (Slice one : plan.create()) {
                String name = "s" + names++;
                there.put(name, slice(name, one.group(), one.endpoints()));
            }
            check(there, desired);
        }
    }

    private static void check(Map<String, Slice> there, Map<Group, List<Endpoint>> desired) {
        Map<Group, List<Endpoint>> found = new HashMap<>();
        for (Slice one : there.values()) {
            assertThat(one.endpoints()).hasSizeLessThanOrEqualTo(SlicePlan.ENDPOINTS_PER_SLICE_MAX);
            assertThat(one.endpoints().isEmpty()).as("empty only when there is nothing").isEqualTo(desired.isEmpty());
            found.computeIfAbsent(one.group(), any -> new ArrayList<>()).addAll(one.endpoints());
        }
        desired.forEach((group, endpoints) -> assertThat(found.getOrDefault(group, List.of()))
                .containsExactlyInAnyOrderElementsOf(endpoints));
        assertThat(plan(List.copyOf(there.values()), desired)).as("nothing left to do")
                .isEqualTo(new SlicePlan(List.of(), List.of(), List.of()));
    }
}
