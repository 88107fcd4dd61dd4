package io.myriad.controller.deployment;

import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AnnotationsTest {
    private final Map<String, String> replicaSet = new HashMap<>();

    @Test
    void aRevisionNeverGoesDown() {
        replicaSet.put(Annotations.REVISION, "5");
        Annotations.update(replicaSet, Map.of(), 3);
        assertThat(replicaSet).containsEntry(Annotations.REVISION, "5").doesNotContainKey(Annotations.REVISION_HISTORY);
    }

    @Test
    void aRevisionThatIsNoNumberIsLeftAlone() {
        replicaSet.put(Annotations.REVISION, "seven");
        Annotations.update(replicaSet, Map.of(), 8);
        assertThat(replicaSet).containsEntry(Annotations.REVISION, "seven");
    }

    @Test
    void formerRevisionsAreRememberedUpToALength() {
        replicaSet.put(Annotations.REVISION, "1");
        for (int revision = 2; revision <= 2000; revision++) {
            Annotations.update(replicaSet, Map.of(), revision);
        }
        assertThat(replicaSet.get(Annotations.REVISION_HISTORY)).endsWith(",1998,1999").hasSizeBetween(1990, 2000);
        assertThat(replicaSet.get(Annotations.REVISION_HISTORY).split(",")).allSatisfy(one -> assertThat(one)
                .matches("[0-9]+"));
    }
}
