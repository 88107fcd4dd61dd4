package io.myriad.store.state;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import com.google.protobuf.InvalidProtocolBufferException;

import io.myriad.store.api.Member;
import io.myriad.store.api.MemberListResponse;
import io.myriad.store.api.MemberPromoteRequest;
import io.myriad.store.api.MemberRemoveRequest;
import io.myriad.store.api.MemberUpdateRequest;
import io.myriad.store.wire.WireFormatException;

/**
 * What requests do to the list of members: a pure function from one {@link Membership} to the next. Rules, errors and the order of the checks are those of etcd's
 * {@code ValidateConfigurationChange}.
 */
public final class MembershipOperation {

    private MembershipOperation() {}

    /** The next state, or why there is none. */
    sealed interface Outcome {
        record Next(Membership state) implements Outcome {}

        record Refused(StoreError error) implements Outcome {}
    }

    /** The payload that adds a member. How many learners there may be is in it, so that all members decide alike. */
    public static byte[] addition(Member member, int maxLearners) {
        byte[] message = member.toByteArray();
        return ByteBuffer.allocate(Integer.BYTES + message.length).putInt(maxLearners).put(message).array();
    }

    static Outcome apply(Membership state, Command command, byte[] payload) {
        try {
            return switch (command) {
                case MEMBERS_INITIAL -> next(state.begin(MemberListResponse.parseFrom(payload).getMembersList()));
                case MEMBER_PUBLISH -> next(state.withAttributesOf(Member.parseFrom(payload)));
                default -> state.known() ? change(state, command, payload) : refused(StoreError.UNHEALTHY);
            };
        } catch (InvalidProtocolBufferException e) {
            throw new WireFormatException(String.valueOf(e.getMessage()));
        }
    }

    private static Outcome change(Membership state, Command command, byte[] payload)
            throws InvalidProtocolBufferException {
        return switch (command) {
            case MEMBER_ADD -> {
                ByteBuffer addition = ByteBuffer.wrap(payload);
                yield add(state, addition.getInt(), Member.parseFrom(addition));
            }
            case MEMBER_REMOVE -> {
                long id = MemberRemoveRequest.parseFrom(payload).getID();
                yield state.get(id) == null ? refused(StoreError.MEMBER_NOT_FOUND) : next(state.without(id));
            }
            case MEMBER_UPDATE -> {
                MemberUpdateRequest request = MemberUpdateRequest.parseFrom(payload);
                yield update(state, request.getID(), request.getPeerURLsList());
            }
            case MEMBER_PROMOTE -> promote(state, MemberPromoteRequest.parseFrom(payload).getID());
            default -> throw new IllegalStateException(command + " is not about members");
        };
    }

    private static Outcome next(Membership state) {
        return new Outcome.Next(state);
    }

    private static Outcome refused(StoreError error) {
        return new Outcome.Refused(error);
    }

    private static Outcome add(Membership state, int maxLearners, Member member) {
        if (state.removed().contains(member.getID())) {
            return refused(StoreError.MEMBER_NOT_FOUND);
        }
        if (state.get(member.getID()) != null) {
            return refused(StoreError.MEMBER_EXISTS);
        }
        if (hasUrl(state, member.getID(), member.getPeerURLsList())) {
            return refused(StoreError.PEER_URL_EXISTS);
        }
        return member.getIsLearner() && state.learners().size() >= maxLearners
                ? refused(StoreError.TOO_MANY_LEARNERS)
                : next(state.with(member));
    }

    /** Whether another member has one of the URLs. */
    private static boolean hasUrl(Membership state, long except, List<String> urls) {
        Set<String> wanted = new HashSet<>(urls);
        return state.list().stream().filter(member -> member.getID() != except)
                .anyMatch(member -> member.getPeerURLsList().stream().anyMatch(wanted::contains));
    }

    private static Outcome update(Membership state, long id, List<String> urls) {
        Member member = state.get(id);
        if (member == null) {
            return refused(StoreError.MEMBER_NOT_FOUND);
        }
        return hasUrl(state, id, urls)
                ? refused(StoreError.PEER_URL_EXISTS)
                : next(state.with(member.toBuilder().clearPeerURLs().addAllPeerURLs(urls).build()));
    }

    private static Outcome promote(Membership state, long id) {
        Member member = state.get(id);
        if (member == null) {
            return refused(StoreError.MEMBER_NOT_FOUND);
        }
        return member.getIsLearner()
                ? next(state.with(member.toBuilder().setIsLearner(false).build()))
                : refused(StoreError.MEMBER_NOT_LEARNER);
    }
}
