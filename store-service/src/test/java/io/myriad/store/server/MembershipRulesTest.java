package io.myriad.store.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.myriad.store.api.Member;
import io.myriad.store.state.Membership;
import io.myriad.store.state.StoreError;

import static org.assertj.core.api.Assertions.assertThat;

/** What is refused so that a cluster does not lose its quorum by a change. */
final class MembershipRulesTest {

    /** Members 1 to {@code count}, of whom the last ones have never run. */
    private static Membership members(int count, int notStarted) {
        List<Member> members = new ArrayList<>();
        for (int id = 1; id <= count; id++) {
            members.add(Member.newBuilder().setID(id).setName(id > count - notStarted ? "" : "m" + id).build());
        }
        return Membership.UNKNOWN.begin(members);
    }

    @Test
    void additions() {
        assertThat(MembershipRules.mayAdd(members(1, 0), false, id -> true)).isNull();
        assertThat(MembershipRules.mayAdd(members(3, 0), false, id -> true)).isNull();
        assertThat(MembershipRules.mayAdd(members(3, 0), false, Set.of(1L, 2L)::contains))
                .isEqualTo(StoreError.UNHEALTHY);
        assertThat(MembershipRules.mayAdd(members(2, 1), false, id -> true))
                .isEqualTo(StoreError.MEMBERS_NOT_STARTED);
        assertThat(MembershipRules.mayAdd(members(2, 1), true, id -> true)).isNull();
    }

    @Test
    void removals() {
        assertThat(MembershipRules.mayRemove(members(1, 0), 1, id -> true))
                .isEqualTo(StoreError.MEMBERS_NOT_STARTED);
        assertThat(MembershipRules.mayRemove(members(3, 0), 3, id -> true)).isNull();
        assertThat(MembershipRules.mayRemove(members(3, 0), 3, Set.of(1L, 2L)::contains)).as("a dead one").isNull();
        assertThat(MembershipRules.mayRemove(members(3, 0), 2, Set.of(1L, 2L)::contains))
                .isEqualTo(StoreError.UNHEALTHY);
        assertThat(MembershipRules.mayRemove(members(3, 1), 2, id -> true))
                .isEqualTo(StoreError.MEMBERS_NOT_STARTED);
    }

    @Test
    void promotions() {
        assertThat(MembershipRules.mayPromote(members(1, 0))).isNull();
        assertThat(MembershipRules.mayPromote(members(3, 2))).isEqualTo(StoreError.MEMBERS_NOT_STARTED);
        assertThat(MembershipRules.isReady(89, 100)).isFalse();
        assertThat(MembershipRules.isReady(90, 100)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo", "http://127.0.0.1", "http://127.0.0.1:1/x", "ftp://a:1", "http://a b:1", ""})
    void urlsThatCannotBeUsed(String url) {
        assertThat(MembershipRules.urls(List.of("http://a:1", url))).isNull();
    }

    @Test
    void urlsAreSorted() {
        assertThat(MembershipRules.urls(List.of("http://b:1", "https://a:2"))).containsExactly("http://b:1",
                "https://a:2");
        assertThat(MembershipRules.urls(List.of())).isNull();
    }
}
