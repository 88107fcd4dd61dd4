package io.myriad.store.raft;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class SnapshotPolicyTest {

    private final SnapshotPolicy policy = new SnapshotPolicy(3, 100);

    @Test
    void afterSoManyEntries() {
        assertThat(policy.isDue(1)).isFalse();
        assertThat(policy.isDue(1)).isFalse();
        assertThat(policy.isDue(1)).isTrue();
        policy.begin();
        assertThat(policy.isDue(1)).isFalse();
        assertThat(policy.isDue(1)).isFalse();
        assertThat(policy.isDue(1)).as("one is being written").isFalse();
        policy.end();
        assertThat(policy.isDue(1)).isTrue();
    }

    @Test
    void afterSoManyBytes() {
        assertThat(policy.isDue(99)).isFalse();
        assertThat(policy.isDue(1)).isTrue();
    }

    @Test
    void whileAMemberGetsOneItsLogIsKept() {
        policy.give();
        policy.give();
        for (int i = 0; i < 10; i++) {
            assertThat(policy.isDue(1)).isFalse();
        }
        policy.taken();
        assertThat(policy.isDue(1)).isFalse();
        policy.taken();
        assertThat(policy.isDue(1)).isTrue();
    }

    @Test
    void memoryDoesNotWaitForAMember() {
        policy.give();
        assertThat(policy.isDue(100)).isTrue();
    }
}
