package io.myriad.scheduler.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.myriad.scheduler.core.Plugin;
import io.myriad.scheduler.core.Pods;
import io.myriad.scheduler.model.Pod;
import io.myriad.scheduler.model.PodTemplate;

import static io.myriad.scheduler.core.Nodes.node;
import static io.myriad.scheduler.core.Pods.pods;
import static org.assertj.core.api.Assertions.assertThat;

class SchedulingQueueTest {
    private final List<String> moves = new ArrayList<>();
    private final SchedulingQueue queue = new SchedulingQueue((place, event) -> moves.add(place + ":" + event));
    private final PodTemplate template = pods().cpu(100).template();

    private Pod pod(String name, int priority) {
        return Pods.waiting(template, name, priority);
    }

    private static Pod gated(Pod pod, boolean gated) {
        return new Pod(pod.uid(), pod.name(), pod.template(), pod.priority(), "", false, false, 0,
                new Pod.Pending("default-scheduler", gated, "", true, null, 1, "1"));
    }

    private static ClusterEvent nodeAdded() {
        return new ClusterEvent.NodeChanged(null, node("n").build());
    }

    private String next(long nowMillis) {
        QueuedPod queued = queue.next(nowMillis);
        return queued == null ? null : queued.pod().name();
    }

    @Test
    void triesByPriorityAndThenByTime() {
        queue.seen(pod("first", 0), 1);
        queue.seen(pod("second", 0), 2);
        queue.seen(pod("important", 10), 3);
        assertThat(List.of(next(4), next(4), next(4))).containsExactly("important", "first", "second");
        assertThat(next(4)).isNull();
    }

    @Test
    void aRefusedPodWaitsForAnEventThatMayHelp() {
        queue.seen(pod("p", 0), 0);
        queue.refused(queue.next(0), Set.of(Plugin.NODE_RESOURCES_FIT), 0);
        assertThat(queue.unschedulable()).isOne();
        queue.tick(60_000);
        assertThat(next(60_000)).isNull();
        queue.happened(new ClusterEvent.PodPlaced(pods().on("n", "other")), 60_000);
        assertThat(next(60_000)).isNull();
        queue.happened(nodeAdded(), 60_000);
        assertThat(next(60_000)).isEqualTo("p");
        assertThat(moves).containsExactly("active:PodAdd", "unschedulable:ScheduleAttemptFailure", "active:NodeAdd");
    }

    @Test
    void aPodThatFoundNoNodeAtAllWaitsForAnything() {
        queue.seen(pod("p", 0), 0);
        queue.refused(queue.next(0), Set.of(), 0);
        queue.happened(nodeAdded(), 5_000);
        assertThat(next(5_000)).isEqualTo("p");
    }

    @Test
    void restsAfterAFailureAndLongerAfterEach() {
        queue.seen(pod("p", 0), 0);
        queue.seen(pod("busy", 0), 0);
        long now = 0;
        for (long rest : new long[]{1_000, 2_000, 4_000, 8_000, 10_000, 10_000}) {
            QueuedPod tried = queue.next(now);
            while (!tried.pod().name().equals("p")) {
                tried = queue.next(now);
            }
            queue.refused(tried, Set.of(Plugin.NODE_RESOURCES_FIT), now);
            queue.happened(nodeAdded(), now + 1);
            assertThat(queue.backoff()).isOne();
            assertThat(queue.dueMillis()).isEqualTo(now + rest);
            queue.tick(now + rest - 1);
            assertThat(queue.active()).isZero();
            now += rest;
            queue.tick(now);
            assertThat(queue.active()).isOne();
        }
    }

    @Test
    void aRestIsCutShortWhenThereIsNothingElseToDoButNotAfterAnError() {
        queue.seen(pod("p", 0), 0);
        queue.refused(queue.next(0), Set.of(Plugin.NODE_RESOURCES_FIT), 0);
        queue.happened(nodeAdded(), 1);
        assertThat(queue.backoff()).isOne();
        QueuedPod tried = queue.next(1);
        assertThat(tried.attempts()).isEqualTo(2);
        queue.failed(tried, 2);
        assertThat(queue.next(3)).isNull();
        assertThat(queue.next(2 + 2_000)).isSameAs(tried);
    }

    @Test
    void nobodyWaitsLongerThanFiveMinutesForAnEvent() {
        queue.seen(pod("p", 0), 0);
        queue.refused(queue.next(0), Set.of(Plugin.NODE_RESOURCES_FIT), 0);
        queue.flush(300_000);
        assertThat(queue.unschedulable()).isOne();
        queue.flush(300_001);
        assertThat(next(300_001)).isEqualTo("p");
    }

    @Test
    void aGatedPodIsNotTriedBeforeItsGatesAreGone() {
        queue.seen(gated(pod("p", 0), true), 0);
        assertThat(queue.gated()).isOne();
        assertThat(next(1)).isNull();
        queue.happened(nodeAdded(), 1);
        assertThat(next(1)).isNull();
        queue.seen(gated(pod("p", 0), false), 2);
        assertThat(queue.gated()).isZero();
        assertThat(next(2)).isEqualTo("p");
    }

    @Test
    void aChangedPodIsWorthAnotherTryButNotItsStatusAlone() {
        queue.seen(pod("p", 0), 0);
        queue.refused(queue.next(0), Set.of(Plugin.NODE_RESOURCES_FIT), 0);
        queue.seen(pod("p", 0), 20_000);
        assertThat(next(20_000)).isNull();
        queue.seen(Pods.waiting(pods().cpu(50).template(), "p", 0), 20_000);
        assertThat(next(20_000)).isEqualTo("p");
    }

    @Test
    void aPodThatGoesWhileItIsTriedIsForgotten() {
        queue.seen(pod("p", 0), 0);
        QueuedPod tried = queue.next(0);
        queue.gone("uid-p");
        queue.failed(tried, 0);
        queue.refused(tried, Set.of(), 0);
        assertThat(queue.active() + queue.backoff() + queue.unschedulable()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theHeapAlwaysGivesTheFirstWhateverIsTakenOut(long seed) {
        Random random = new Random(seed);
        PodHeap heap = new PodHeap(java.util.Comparator.comparingLong(queued -> queued.sinceMillis));
        List<QueuedPod> inside = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            if (inside.isEmpty() || random.nextInt(5) > 1) {
                QueuedPod queued = new QueuedPod(pod("p" + i, 0));
                queued.sinceMillis = random.nextInt(500);
                heap.add(queued);
                inside.add(queued);
            } else {
                heap.remove(inside.remove(random.nextInt(inside.size())));
            }
            long least = inside.stream().mapToLong(queued -> queued.sinceMillis).min().orElse(-1);
            QueuedPod first = heap.first();
            assertThat(first == null ? -1 : first.sinceMillis).as("seed %d", seed).isEqualTo(least);
            assertThat(heap.size()).isEqualTo(inside.size());
        }
    }
}
