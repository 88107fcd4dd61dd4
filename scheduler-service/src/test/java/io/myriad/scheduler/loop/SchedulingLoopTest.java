package io.myriad.scheduler.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.myriad.scheduler.core.ClusterState;
import io.myriad.scheduler.core.Placer;
import io.myriad.scheduler.core.Pods;
import io.myriad.scheduler.core.Preemptor;
import io.myriad.scheduler.model.Node;
import io.myriad.scheduler.model.Pod;
import io.myriad.scheduler.model.PodTemplate;
import io.myriad.scheduler.queue.QueuedPod;
import io.myriad.scheduler.queue.SchedulingQueue;

import static io.myriad.scheduler.core.Nodes.node;
import static io.myriad.scheduler.core.Pods.pods;
import static org.assertj.core.api.Assertions.assertThat;

class SchedulingLoopTest {
    private final FakeWriter writer = new FakeWriter();
    private final ClusterState cluster = new ClusterState();
    private final SchedulingQueue queue = new SchedulingQueue((place, event) -> {});
    private final Placer placer = new Placer(cluster, new Random(1));
    private final SchedulingLoop loop = new SchedulingLoop("default-scheduler", cluster, placer,
            new Preemptor(cluster, placer, new Random(1)), queue, writer, new Silent());
    private long now;

    @BeforeEach
    void syncAndLead() {
        loop.submit(new Input.Synced());
        lead(true);
    }

    private void lead(boolean leads) {
        loop.submit(new Input.Leading(leads, new CompletableFuture<>()));
    }

    private void nodeSeen(Node node) {
        loop.submit(new Input.NodeSeen(null, node));
    }

    private void seen(Pod before, Pod pod) {
        loop.submit(new Input.PodSeen(before, pod));
    }

    private void step(long millis) {
        now += millis;
        while (loop.step(now) == 0) {
            continue;
        }
    }

    private void answer(Pod pod, Input.Bound.Outcome outcome) {
        loop.submit(new Input.Bound(pod, outcome, outcome == Input.Bound.Outcome.BOUND ? "" : "no"));
        step(1);
    }

    @Test
    void bindsAPodAndSaysSo() {
        nodeSeen(node("a").build());
        seen(null, pods().waiting("p"));
        step(1);
        assertThat(writer.bound).extracting(Pod::node).containsExactly("a");
        assertThat(writer.events).isEmpty();
        answer(writer.bound.getFirst(), Input.Bound.Outcome.BOUND);
        assertThat(writer.events).containsExactly("Normal Scheduled: Successfully assigned default/p to a");
    }

    @Test
    void countsAPodBeforeItIsBound() {
        nodeSeen(node("a").cpu(1000).build());
        PodTemplate template = pods().cpu(600).template();
        seen(null, Pods.waiting(template, "p", 0));
        seen(null, Pods.waiting(template, "q", 0));
        step(1);
        assertThat(writer.bound).hasSize(1);
        assertThat(writer.explained).containsExactly("q Unschedulable 0/1 nodes are available: 1 Insufficient cpu. "
                + "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod. nominated:null");
    }

    @Test
    void takesAPodOffAgainWhenBindingFails() {
        nodeSeen(node("a").cpu(1000).build());
        Pod pod = pods().cpu(600).waiting("p");
        seen(null, pod);
        step(1);
        answer(writer.bound.getFirst(), Input.Bound.Outcome.FAILED);
        assertThat(cluster.podsOn("a")).isEmpty();
        step(999);
        assertThat(writer.bound).hasSize(1);
        step(1);
        assertThat(writer.bound).hasSize(2);
    }

    @Test
    void believesTheWatchWhenTheAnswerToABindingIsLost() {
        nodeSeen(node("a").build());
        Pod pod = pods().waiting("p");
        seen(null, pod);
        step(1);
        seen(pod, pod.on("a"));
        step(1);
        answer(writer.bound.getFirst(), Input.Bound.Outcome.FAILED);
        assertThat(cluster.podsOn("a")).hasSize(1);
        step(60_000);
        assertThat(writer.bound).hasSize(1);
    }

    @Test
    void aLateWordOfThePendingPodDoesNotBindItTwice() {
        nodeSeen(node("a").build());
        Pod pod = pods().waiting("p");
        seen(null, pod);
        step(1);
        answer(writer.bound.getFirst(), Input.Bound.Outcome.BOUND);
        seen(pod, pod);
        step(1);
        assertThat(writer.bound).hasSize(1);
    }

    @Test
    void followsWhatOthersBind() {
        nodeSeen(node("a").cpu(1000).build());
        nodeSeen(node("b").cpu(1000).build());
        Pod pod = pods().cpu(600).waiting("p");
        lead(false);
        seen(null, pod);
        step(1);
        seen(pod, pod.on("a"));
        step(1);
        lead(true);
        seen(null, pods().cpu(600).waiting("q"));
        step(1);
        assertThat(writer.bound).extracting(Pod::node).containsExactly("b");
    }

    @Test
    void aStandbyDecidesNothingAndIsReadyAtOnce() {
        lead(false);
        nodeSeen(node("a").build());
        seen(null, pods().waiting("p"));
        step(1);
        assertThat(writer.bound).isEmpty();
        lead(true);
        step(1);
        assertThat(writer.bound).hasSize(1);
    }

    @Test
    void leavesPodsOfOtherSchedulersAlone() {
        nodeSeen(node("a").build());
        Pod other = pods().waiting("p");
        seen(null, new Pod(other.uid(), "p", other.template(), 0, "", false, false, 0,
                new Pod.Pending("mine", false, "", true, null, 1, "1")));
        step(1);
        assertThat(writer.bound).isEmpty();
    }

    @Test
    void saysOnceWhyAPodWaits() {
        Pod pod = pods().waiting("p");
        seen(null, pod);
        step(1);
        assertThat(writer.explained)
                .containsExactly("p Unschedulable no nodes available to schedule pods nominated:null");
        Pod told = new Pod(pod.uid(), "p", pod.template(), 0, "", false, false, 0, new Pod.Pending("default-scheduler",
                false, "", true,
                new Pod.Condition(false, "Unschedulable", "no nodes available to schedule pods"), 1, "2"));
        seen(pod, told);
        step(400_000);
        assertThat(writer.events).hasSize(2);
        assertThat(writer.explained).hasSize(1);
    }

    @Test
    void waitsWhileTheWriterHasNoRoom() {
        nodeSeen(node("a").build());
        writer.room = 1;
        for (int i = 0; i < 3; i++) {
            seen(null, pods().waiting("p" + i));
        }
        step(1);
        assertThat(writer.bound).hasSize(1);
        writer.room = 3;
        step(1);
        assertThat(writer.bound).hasSize(3);
    }

    @Test
    void makesRoomForAnImportantPodAndKeepsItFree() {
        nodeSeen(node("a").cpu(1000).build());
        Pod low = new Pod("uid-low", "low", pods().cpu(1000).template(), 0, "a", false, false, 1, null);
        seen(null, low);
        Pod important = Pods.waiting(pods().cpu(800).template(), "important", 100);
        seen(null, important);
        step(1);
        assertThat(writer.displaced).containsExactly("low for important");
        assertThat(writer.explained.getFirst()).endsWith("nominated:a");
        seen(null, Pods.waiting(pods().cpu(100).template(), "small", 0));
        seen(low, null);
        step(2_000);
        assertThat(writer.bound).extracting(Pod::name).startsWith("important");
    }

    @Test
    void aNameUsedAgainIsAnotherPod() {
        nodeSeen(node("a").cpu(1000).build());
        Pod first = new Pod("uid-1", "p", pods().cpu(1000).template(), 0, "a", false, false, 1, null);
        Pod second = new Pod("uid-2", "p", pods().cpu(100).template(), 0, "a", false, false, 1, null);
        seen(null, first);
        seen(first, second);
        step(1);
        assertThat(cluster.podsOn("a")).containsExactly(second);
    }

    @Test
    void triesAgainWhenANodeComes() {
        seen(null, pods().waiting("p"));
        step(1);
        nodeSeen(node("a").build());
        step(5_000);
        assertThat(writer.bound).hasSize(1);
    }

    private static final class FakeWriter implements PodWriter {
        final List<Pod> bound = new ArrayList<>();
        final List<String> explained = new ArrayList<>();
        final List<String> events = new ArrayList<>();
        final List<String> displaced = new ArrayList<>();
        int room = 100;

        @Override
        public int room() {
            return room - bound.size();
        }

        @Override
        public void bind(Pod pod) {
            bound.add(pod);
        }

        @Override
        public void explain(Pod pod, Pod.Condition condition, String nominatedNode) {
            explained.add(pod.name() + " " + (condition == null ? "" : condition.reason() + " " + condition.message())
                    + " nominated:" + nominatedNode);
        }

        @Override
        public void event(Pod pod, boolean warning, String reason, String action, String note) {
            events.add((warning ? "Warning " : "Normal ") + reason + ": " + note);
        }

        @Override
        public void displace(Pod victim, Pod preemptor) {
            displaced.add(victim.name() + " for " + preemptor.name());
        }
    }

    private static final class Silent implements LoopListener {
        @Override
        public void decided(long nanos) {}

        @Override
        public void attempted(String result, QueuedPod pod, long nanos) {}

        @Override
        public void bound(QueuedPod pod, long nanos, long nowMillis) {}

        @Override
        public void preempted(int victims) {}

        @Override
        public void stepped(SchedulingQueue queue, int pods, int assumed, int nodes, int classes) {}
    }
}
