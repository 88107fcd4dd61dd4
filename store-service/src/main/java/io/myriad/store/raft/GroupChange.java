package io.myriad.store.raft;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongPredicate;

import org.jspecify.annotations.Nullable;

/**
 * The next step from who has a part in the log to who should have: one kind of change at a time, since JRaft 1.4 gives a learner that becomes a voter in one step no vote on
 * what it has (its replicator stays that of a learner).
 *
 * @param voters who votes after the step
 * @param learners who gets the log without a vote after the step
 */
record GroupChange(Set<Long> voters, Set<Long> learners) {

    /**
     * The next step; null if there is none to take now.
     *
     * @param connected whether a member can be reached: one that cannot does not become a voter, since it would not catch up
     */
    static @Nullable GroupChange next(GroupChange now, Collection<Long> voters, Collection<Long> learners,
            LongPredicate connected) {
        Set<Long> keptLearners = new TreeSet<>(now.learners);
        keptLearners.retainAll(learners);
        if (keptLearners.size() < now.learners.size()) {
            return new GroupChange(now.voters, keptLearners);
        }
        Set<Long> keptVoters = new TreeSet<>(now.voters);
        keptVoters.retainAll(voters);
        if (keptVoters.size() < now.voters.size() && !keptVoters.isEmpty()) {
            return new GroupChange(keptVoters, now.learners);
        }
        Set<Long> withLearners = new TreeSet<>(now.learners);
        withLearners.addAll(learners);
        if (withLearners.size() > now.learners.size()) {
            return new GroupChange(now.voters, withLearners);
        }
        for (long voter : voters) {
            if (!now.voters.contains(voter) && connected.test(voter)) {
                Set<Long> withVoter = new TreeSet<>(now.voters);
                withVoter.add(voter);
                return new GroupChange(withVoter, now.learners);
            }
        }
        return null;
    }
}
