package io.myriad.store.raft;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Steps from who has a part in the log to who should have. */
final class GroupChangeTest {

    private static @Nullable GroupChange next(GroupChange now, List<Long> voters, List<Long> learners) {
        return GroupChange.next(now, voters, learners, id -> id < 9);
    }

    private static GroupChange group(Set<Long> voters, Set<Long> learners) {
        return new GroupChange(voters, learners);
    }

    @Test
    void oneKindOfChangeAtATime() {
        GroupChange now = group(Set.of(1L, 2L), Set.of(3L));
        GroupChange demoted = next(now, List.of(1L, 3L), List.of(4L));
        assertThat(demoted).as("a learner that is to vote stops learning").isEqualTo(
                group(Set.of(1L, 2L), Set.of()));
        GroupChange removed = next(demoted, List.of(1L, 3L), List.of(4L));
        assertThat(removed).isEqualTo(group(Set.of(1L), Set.of()));
        GroupChange learning = next(removed, List.of(1L, 3L), List.of(4L));
        assertThat(learning).isEqualTo(group(Set.of(1L), Set.of(4L)));
        GroupChange voting = next(learning, List.of(1L, 3L), List.of(4L));
        assertThat(voting).isEqualTo(group(Set.of(1L, 3L), Set.of(4L)));
        assertThat(next(voting, List.of(1L, 3L), List.of(4L))).isNull();
    }

    @Test
    void whoIsAwayDoesNotVoteYet() {
        assertThat(next(group(Set.of(1L), Set.of()), List.of(1L, 9L), List.of())).isNull();
        assertThat(next(group(Set.of(1L), Set.of()), List.of(1L, 9L, 2L), List.of()))
                .isEqualTo(group(Set.of(1L, 2L), Set.of()));
    }

    @Test
    void somebodyAlwaysVotes() {
        assertThat(next(group(Set.of(1L), Set.of()), List.of(9L), List.of())).isNull();
        assertThat(next(group(Set.of(1L), Set.of()), List.of(2L), List.of()))
                .isEqualTo(group(Set.of(1L, 2L), Set.of()));
    }
}
