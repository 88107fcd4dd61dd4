package io.myriad.controller.replicaset;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.myriad.controller.model.Pod;
import io.myriad.controller.model.PodSample;
import io.myriad.controller.model.Samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class DeletionOrderTest {
    private static final Instant NOW = Samples.START.plusSeconds(100_000);

    private static PodSample usual(String name) {
        return new PodSample(name).on("node-" + name).ready(1000).created(10);
    }

    private static Arguments step(String what, UnaryOperator<PodSample> first, UnaryOperator<PodSample> second) {
        return arguments(what, first.apply(new PodSample("first")).build(),
                second.apply(new PodSample("second")).build());
    }

    /** Each step decides although all later ones say the opposite. */
    static Stream<Arguments> steps() {
        return Stream.of(
                step("without a node", pod -> pod.ready(1), pod -> pod.on("n").phase("Pending")),
                step("Pending before Running", pod -> pod.on("n").phase("Pending").ready(1), pod -> pod.on("n")),
                step("Unknown before Running", pod -> pod.on("n").phase("Unknown").ready(1), pod -> pod.on("n")),
                step("not ready", pod -> pod.on("n").annotation(COST, "100"), pod -> pod.on("n").ready(1)),
                step("cheaper", pod -> pod.on("n").ready(1).annotation(COST, "-5"), pod -> pod.on("m").ready(90_000)),
                step("younger in readiness", pod -> pod.on("n").ready(99_000),
                        pod -> pod.on("m").ready(10).restarts(5)),
                step("more restarts", pod -> pod.on("n").ready(10).restarts(3),
                        pod -> pod.on("m").ready(10).restarts(2).sidecarRestarts(9).created(99_000)),
                step("more restarts of sidecars", pod -> pod.on("n").ready(10).sidecarRestarts(3),
                        pod -> pod.on("m").ready(10).created(99_000)),
                step("younger", pod -> pod.on("n").created(99_000), pod -> pod.on("m").created(10)));
    }

    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";

    @ParameterizedTest(name = "{0}")
    @MethodSource("steps")
    void steps(String what, Pod first, Pod second) {
        assertThat(DeletionOrder.choose(List.of(second, first), List.of(), 1, NOW)).containsExactly(first);
        assertThat(DeletionOrder.choose(List.of(first, second), List.of(), 1, NOW)).containsExactly(first);
    }

    @Test
    void crowdedNodesFirstCountingSiblings() {
        Pod alone = usual("a").on("quiet").ready(99_000).build();
        Pod crowded = usual("b").on("busy").build();
        List<Pod> related = List.of(alone, crowded, usual("c").on("busy").build(),
                usual("d").on("quiet").phase("Failed")
                        .build(),
                usual("e").on("quiet").deleting().build());
        assertThat(DeletionOrder.choose(List.of(alone, crowded), related, 1, NOW)).containsExactly(crowded);
    }

    @Test
    void agesOfTheSameMagnitudeAreLeftToChance() {
        Pod older = usual("x").uid("1").ready(1000).build();
        Pod younger = usual("y").uid("2").ready(10_000).build();
        assertThat(DeletionOrder.choose(List.of(younger, older), List.of(), 1, NOW)).containsExactly(older);
    }

    /** The order of many pods of about the same age must be one that a sort accepts, and must not depend on their order. */
    @RepeatedTest(20)
    void isAnOrder(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<Pod> pods = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            PodSample pod = new PodSample("p" + i).uid("u" + random.nextInt(1_000_000) + "-" + i)
                    .created(random.nextInt(90_000)).restarts(random.nextInt(3)).on("n" + random.nextInt(3));
            pods.add((random.nextInt(4) == 0 ? pod : pod.ready(random.nextInt(4) * 20_000)).build());
        }
        List<Pod> chosen = DeletionOrder.choose(pods, pods, 150, NOW);
        Collections.shuffle(pods, random);
        assertThat(DeletionOrder.choose(pods, pods, 150, NOW)).isEqualTo(chosen);
        assertThat(chosen).doesNotHaveDuplicates().hasSize(150);
    }
}
