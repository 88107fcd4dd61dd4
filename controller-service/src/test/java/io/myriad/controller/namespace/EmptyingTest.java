package io.myriad.controller.namespace;

import java.util.List;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.controller.model.Conditions;
import io.myriad.controller.model.Samples;

import static org.assertj.core.api.Assertions.assertThat;

class EmptyingTest {
    private final ObjectNode status = Samples.json("{'phase':'Terminating'}");

    private String said(String type) {
        ObjectNode condition = Conditions.find(status, type);
        return condition == null
                ? ""
                : condition.path("status").asString() + " " + condition.path("reason").asString()
                        + ": " + condition.path("message").asString();
    }

    @Test
    void saysWhatIsLeftAndWhatHoldsIt() {
        Emptying emptying = Emptying.start(List.of());
        emptying.remaining().put("pods.", 2);
        emptying.remaining().put("deployments.apps", 1);
        emptying.finalizers().put("example.com/hold", 2);
        assertThat(emptying.done()).isFalse();
        assertThat(emptying.report(status, Samples.START)).isTrue();
        assertThat(said("NamespaceContentRemaining"))
                .isEqualTo("True SomeResourcesRemain: Some resources are remaining: "
                        + "deployments.apps has 1 resource instances, pods. has 2 resource instances");
        assertThat(said("NamespaceFinalizersRemaining")).isEqualTo("True SomeFinalizersRemain: Some content in the "
                + "namespace has finalizers remaining: example.com/hold in 2 resource instances");
        assertThat(said("NamespaceDeletionContentFailure")).startsWith("False ContentDeleted");
        assertThat(emptying.report(status, Samples.START.plusSeconds(9))).as("nothing new").isFalse();
    }

    @Test
    void failuresHoldItUpUntilTheyAreOver() {
        Emptying failing = Emptying.start(List.of("metrics.k8s.io/v1beta1"));
        failing.failures().add("no");
        failing.report(status, Samples.START);
        assertThat(failing.done()).isFalse();
        assertThat(said("NamespaceDeletionDiscoveryFailure")).startsWith("True DiscoveryFailed");
        assertThat(said("NamespaceDeletionContentFailure")).startsWith("True ContentDeletionFailed");
        Emptying well = Emptying.start(List.of());
        well.report(status, Samples.START.plusSeconds(5));
        assertThat(well.done()).isTrue();
        assertThat(said("NamespaceDeletionContentFailure")).startsWith("False ContentDeleted");
        assertThat(Conditions.find(status, "NamespaceDeletionContentFailure").path("lastTransitionTime").asString())
                .isEqualTo(Samples.at(5));
        assertThat(status.path("conditions")).hasSize(5);
    }
}
