package io.myriad.store.state;

import java.io.IOException;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.myriad.store.api.Member;
import io.myriad.store.api.MemberListResponse;
import io.myriad.store.api.MemberPromoteRequest;
import io.myriad.store.api.MemberRemoveRequest;
import io.myriad.store.api.MemberUpdateRequest;

import static org.assertj.core.api.Assertions.assertThat;

/** What requests do to the list of members. */
final class MembershipOperationTest {

    private Membership state = Membership.UNKNOWN;

    private static Member member(long id, boolean learner, String... urls) {
        return Member.newBuilder().setID(id).addAllPeerURLs(List.of(urls)).setIsLearner(learner).build();
    }

    private Object apply(Command command, byte[] payload) {
        return switch (MembershipOperation.apply(state, command, payload)) {
            case MembershipOperation.Outcome.Refused refused -> refused.error();
            case MembershipOperation.Outcome.Next next -> {
                state = next.state();
                yield state.list();
            }
        };
    }

    private Object add(Member member) {
        return apply(Command.MEMBER_ADD, MembershipOperation.addition(member, 1));
    }

    private Object remove(long id) {
        return apply(Command.MEMBER_REMOVE, MemberRemoveRequest.newBuilder().setID(id).build().toByteArray());
    }

    private Object promote(long id) {
        return apply(Command.MEMBER_PROMOTE, MemberPromoteRequest.newBuilder().setID(id).build().toByteArray());
    }

    private Object update(long id, String url) {
        return apply(Command.MEMBER_UPDATE,
                MemberUpdateRequest.newBuilder().setID(id).addPeerURLs(url).build().toByteArray());
    }

    private void begin(Member... members) {
        apply(Command.MEMBERS_INITIAL,
                MemberListResponse.newBuilder().addAllMembers(List.of(members)).build().toByteArray());
    }

    @Test
    void nothingChangesBeforeTheClusterKnowsItself() {
        assertThat(add(member(2, false, "http://b:1"))).isEqualTo(StoreError.UNHEALTHY);
        apply(Command.MEMBER_PUBLISH, Member.newBuilder().setID(1).setName("a").build().toByteArray());
        begin(member(1, false, "http://a:1"));
        assertThat(state.list()).containsExactly(
                Member.newBuilder().setID(1).setName("a").addPeerURLs("http://a:1").build());
        begin(member(7, false, "http://x:1"));
        assertThat(state.list()).hasSize(1);
    }

    @Test
    void checksOfAdditions() {
        begin(member(-5, false, "http://a:1"), member(3, false, "http://b:1"));
        assertThat(state.list()).extracting(Member::getID).as("unsigned order").containsExactly(3L, -5L);
        assertThat(add(member(3, false, "http://c:1"))).isEqualTo(StoreError.MEMBER_EXISTS);
        assertThat(add(member(4, false, "http://c:1", "http://b:1"))).isEqualTo(StoreError.PEER_URL_EXISTS);
        add(member(4, true, "http://c:1"));
        assertThat(add(member(5, true, "http://d:1"))).isEqualTo(StoreError.TOO_MANY_LEARNERS);
        assertThat(state.learners()).hasSize(1);
        remove(4);
        assertThat(add(member(4, true, "http://c:1"))).as("a number that was removed")
                .isEqualTo(StoreError.MEMBER_NOT_FOUND);
    }

    @Test
    void otherChecks() throws IOException {
        begin(member(1, false, "http://a:1"));
        assertThat(remove(9)).isEqualTo(StoreError.MEMBER_NOT_FOUND);
        assertThat(promote(9)).isEqualTo(StoreError.MEMBER_NOT_FOUND);
        assertThat(promote(1)).isEqualTo(StoreError.MEMBER_NOT_LEARNER);
        assertThat(update(9, "http://z:1")).isEqualTo(StoreError.MEMBER_NOT_FOUND);
        add(member(2, true, "http://b:1"));
        assertThat(update(2, "http://a:1")).isEqualTo(StoreError.PEER_URL_EXISTS);
        update(2, "http://c:1");
        promote(2);
        assertThat(state.get(2)).isEqualTo(member(2, false, "http://c:1"));
        remove(1);
        apply(Command.MEMBER_PUBLISH, Member.newBuilder().setID(1).setName("late").build().toByteArray());
        assertThat(state.list()).hasSize(1);
        assertThat(Membership.read(state.toBytes())).isEqualTo(state);
    }
}
