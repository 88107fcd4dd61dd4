package io.myriad.controller.deployment;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random rollouts against pods that become available, or break, at random, with changes of mind in the middle. After each
 * step: never more pods than allowed, never fewer available than promised by the step's own doing, and in the end all is
 * rolled out.
 */
class RolloutModelTest {
    private static final int STEPS = 60;

    static long[] seeds() {
        return new Random(20260101).longs(200).toArray();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void staysWithinItsLimitsAndArrives(long seed) {
        Random random = new Random(seed);
        RolloutSample web = new RolloutSample();
        int surge = random.nextInt(4);
        web.limits(surge, surge == 0 ? 1 + random.nextInt(3) : random.nextInt(4)).replicas(1 + random.nextInt(15));
        Map<String, Integer> available = new HashMap<>();
        for (int i = 0; i < STEPS; i++) {
            if (random.nextInt(15) == 0) {
                web.image("v" + random.nextInt(5));
            }
            if (random.nextInt(25) == 0) {
                web.replicas(1 + random.nextInt(15));
            }
            if (random.nextInt(25) == 0) {
                web.paused(!web.view().paused());
            }
            boolean lagging = random.nextInt(3) == 0;
            observe(web, available, random, lagging);
            step(web, available);
        }
        web.paused(false);
        for (int i = 0; i < 100 && !web.view().complete(web.deployment.path("status")); i++) {
            web.replicaSets.forEach(one -> available.put(name(one), RolloutSample.replicas(one)));
            observe(web, available, random, false);
            step(web, available);
        }
        assertThat(web.view().complete(web.deployment.path("status"))).as(web.deployment.path("status").toString())
                .isTrue();
        assertThat(web.condition("Progressing", "reason")).isEqualTo("NewReplicaSetAvailable");
        assertThat(web.replicaSets.stream().mapToInt(RolloutSample::replicas).sum()).isEqualTo(web.view().replicas());
    }

    /** Pods follow the specifications; those of a ReplicaSet without replicas may take a while to be gone from its status. */
    private static void observe(RolloutSample web, Map<String, Integer> available, Random random, boolean lagging) {
        for (ObjectNode one : web.replicaSets) {
            int replicas = RolloutSample.replicas(one);
            if (replicas == 0 && lagging) {
                continue;
            }
            int known = Math.min(available.getOrDefault(name(one), 0), replicas);
            int now = Math.clamp(known + random.nextInt(4) - (random.nextInt(6) == 0 ? 2 : 0), 0, replicas);
            available.put(name(one), now);
            RolloutSample.status(one, replicas, now);
        }
    }

    private static void step(RolloutSample web, Map<String, Integer> available) {
        int totalBefore = web.replicaSets.stream().mapToInt(RolloutSample::replicas).sum();
        int availableBefore = available(web, available);
        web.step();
        int total = web.replicaSets.stream().mapToInt(RolloutSample::replicas).sum();
        DeploymentView view = web.view();
        assertThat(total).as("%s of %s", web.sizes(), view.replicas())
                .isLessThanOrEqualTo(Math.max(totalBefore, view.replicas() + view.maxSurge()));
        int promised = Math.min(availableBefore, view.replicas() - view.maxUnavailable());
        boolean scaled = web.deployment.path("status").path("observedGeneration").asLong() != view.generation();
        if (!scaled && view.replicas() >= totalBefore - view.maxSurge()) {
            assertThat(available(web, available)).as("available in %s of %s", web.sizes(), view.replicas())
                    .isGreaterThanOrEqualTo(promised);
        }
    }

    /** What is left: a ReplicaSet that shrinks deletes first what is not available. */
    private static int available(RolloutSample web, Map<String, Integer> available) {
        return web.replicaSets.stream()
                .mapToInt(one -> Math.min(available.getOrDefault(name(one), 0), RolloutSample.replicas(one))).sum();
    }

    private static String name(ObjectNode replicaSet) {
        return replicaSet.path("metadata").path("name").asString();
    }
}
