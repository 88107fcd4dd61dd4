package io.myriad.store.server;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;

import org.jspecify.annotations.Nullable;

import io.myriad.store.api.Member;
import io.myriad.store.state.Membership;
import io.myriad.store.state.StoreError;

/**
 * What {@code --strict-reconfig-check} refuses so that a cluster does not lose its quorum by a change: etcd's {@code mayAddMember}, {@code mayRemoveMember} and
 * {@code mayPromoteMember}. Unlike etcd, a member counts as connected at once and not after five seconds.
 */
final class MembershipRules {

    /** What part of the leader's log a learner has to have, in percent. */
    private static final int READY_PERCENT = 90;
    private static final Set<String> SCHEMES = Set.of("http", "https");

    private MembershipRules() {}

    /** Peer URLs in etcd's order; null if one of them is none, or there is none. */
    static @Nullable List<String> urls(List<String> given) {
        List<String> urls = new ArrayList<>();
        for (String each : given) {
            try {
                URI url = new URI(each.trim());
                if (url.getScheme() == null || !SCHEMES.contains(url.getScheme()) || url.getHost() == null
                        || url.getPort() < 0 || !url.getPath().isEmpty()) {
                    return null;
                }
                urls.add(each.trim());
            } catch (URISyntaxException e) {
                return null;
            }
        }
        return urls.isEmpty() ? null : urls.stream().sorted().toList();
    }

    /** @param connected whether a member is reached, this one included */
    static @Nullable StoreError mayAdd(Membership state, boolean asLearner, LongPredicate connected) {
        List<Member> voters = state.voters();
        // A cluster of one may always grow: that is how a cluster is made again of its last member.
        boolean restoring = started(voters) == 1 && voters.size() == 1;
        if (!asLearner && !restoring && started(voters) < quorum(voters.size() + 1)) {
            return StoreError.MEMBERS_NOT_STARTED;
        }
        return voters.size() == 1 || connected(voters, connected) >= quorum(voters.size() + 1)
                ? null
                : StoreError.UNHEALTHY;
    }

    /** @param connected whether a member is reached, this one included */
    static @Nullable StoreError mayRemove(Membership state, long id, LongPredicate connected) {
        if (state.isLearner(id)) {
            return null;
        }
        List<Member> voters = state.voters();
        List<Member> others = voters.stream().filter(member -> member.getID() != id).toList();
        if (started(others) < quorum(others.size())) {
            return StoreError.MEMBERS_NOT_STARTED;
        }
        return !connected.test(id) || connected(voters, connected) - 1 >= 1 + (voters.size() - 1) / 2
                ? null
                : StoreError.UNHEALTHY;
    }

    /** The learner itself counts as started. */
    static @Nullable StoreError mayPromote(Membership state) {
        List<Member> voters = state.voters();
        return started(voters) + 1 < quorum(voters.size() + 1) ? StoreError.MEMBERS_NOT_STARTED : null;
    }

    /** Whether a learner has so much of the log that it can vote on the rest. */
    static boolean isReady(long learnerIndex, long leaderIndex) {
        return learnerIndex * 100 >= leaderIndex * READY_PERCENT;
    }

    private static int quorum(int voters) {
        return voters / 2 + 1;
    }

    /** A member that has never run has no name. */
    private static long started(List<Member> members) {
        return members.stream().filter(member -> !member.getName().isEmpty()).count();
    }

    private static long connected(List<Member> members, LongPredicate connected) {
        return members.stream().filter(member -> connected.test(member.getID())).count();
    }
}
