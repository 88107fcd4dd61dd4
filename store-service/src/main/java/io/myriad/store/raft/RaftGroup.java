package io.myriad.store.raft;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongPredicate;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.util.RepeatedTimer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who has a part in the log: those whose votes count, and learners. JRaft's configuration, which the leader makes follow the cluster's list of members, a step at a time.
 *
 * <p>JRaft's peers have the members' numbers as names, so that a member keeps its part in the log when its address changes.
 */
public final class RaftGroup {

    /** JRaft wants one; nobody connects to it. */
    private static final int NO_PORT = 1;
    private static final Logger LOG = LoggerFactory.getLogger(RaftGroup.class);

    private final NodeImpl node;
    private final long self;
    private boolean changing;
    private volatile boolean soleVoter;
    private @Nullable RepeatedTimer electionTimer;

    RaftGroup(NodeImpl node, long self) {
        this.node = node;
        this.self = self;
    }

    /** JRaft's name of a member. */
    static PeerId peerOf(long id) {
        return new PeerId(Long.toHexString(id), NO_PORT);
    }

    /** The member of JRaft's name; 0 for none. */
    static long idOf(@Nullable PeerId peer) {
        return peer == null || peer.isEmpty() ? 0 : Long.parseUnsignedLong(peer.getIp(), 16);
    }

    private GroupChange now() {
        Configuration configuration = node.getCurrentConf();
        if (configuration == null) {
            return new GroupChange(Set.of(), Set.of()); // the log is just being opened
        }
        return new GroupChange(ids(configuration.listPeers()), ids(configuration.listLearners()));
    }

    private static TreeSet<Long> ids(List<PeerId> peers) {
        TreeSet<Long> ids = new TreeSet<>();
        peers.forEach(peer -> ids.add(idOf(peer)));
        return ids;
    }

    /** Whether this member is the only one whose vote counts, and no change is under way: nobody else can lead then. */
    public boolean isSoleVoter() {
        return soleVoter;
    }

    /** Whether a member's vote counts. */
    public boolean isVoter(long id) {
        return now().voters().contains(id);
    }

    /**
     * Whether a member has no part in the log any more, and no change is under way that would need its vote. For the leader: when one begins to lead, the old members have agreed to
     * whatever change it has found.
     */
    public synchronized boolean isWithout(long id) {
        GroupChange now = now();
        return !changing && !now.voters().contains(id) && !now.learners().contains(id);
    }

    /** Looks who votes now. */
    synchronized void refresh() {
        GroupChange now = now();
        soleVoter = !changing && now.voters().size() == 1 && now.voters().contains(self);
    }

    /**
     * Takes the next step towards who should have a part, unless one is under way. For the leader; any thread.
     *
     * @param connected whether a member can be reached
     * @param done runs when the step has come to an end, on any thread; not when there was none
     */
    public void follow(Collection<Long> voters, Collection<Long> learners, LongPredicate connected, Runnable done) {
        GroupChange next;
        synchronized (this) {
            next = changing ? null : GroupChange.next(now(), voters, learners, connected);
            if (next == null) {
                return;
            }
            changing = true;
            soleVoter = false;
        }
        Configuration configuration = new Configuration(next.voters().stream().map(RaftGroup::peerOf).toList(),
                next.learners().stream().map(RaftGroup::peerOf).toList());
        try {
            node.changePeers(configuration, status -> {
                ended();
                if (status.isOk()) {
                    LOG.info("the log is now that of {}", configuration);
                    done.run();
                } else {
                    LOG.info("the log does not become that of {} yet: {}", configuration, status.getErrorMsg());
                }
            });
        } catch (RuntimeException e) {
            ended();
            throw e;
        }
    }

    /** Whether a step is under way. */
    public synchronized boolean isChanging() { return changing; }

    private synchronized void ended() {
        changing = false;
        refresh();
    }

    /**
     * Makes sure that this member seeks election when it hears nothing of a leader. JRaft 1.4 never begins the timer for that in a learner, and not when the learner becomes a
     * voter either, until the term changes; if all voters but the leader came to be that way, nobody would follow it.
     */
    public void watchLeader() {
        if (!isVoter(self)) {
            return;
        }
        RepeatedTimer timer = electionTimer;
        if (timer == null) {
            timer = electionTimerOf(node);
            electionTimer = timer;
        }
        timer.start();
    }

    private static RepeatedTimer electionTimerOf(NodeImpl node) {
        try {
            var field = NodeImpl.class.getDeclaredField("electionTimer");
            field.setAccessible(true);
            return (RepeatedTimer) field.get(node);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JRaft has no election timer", e);
        }
    }
}
