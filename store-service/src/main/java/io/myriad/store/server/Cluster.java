package io.myriad.store.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.api.Member;
import io.myriad.store.api.MemberListResponse;
import io.myriad.store.api.ResponseHeader;
import io.myriad.store.raft.JRaftLog;
import io.myriad.store.raft.PeerTransport;
import io.myriad.store.state.Membership;

/**
 * The cluster as this member sees it, and what has to follow the list of members: who has a part in the log, where connections go to, the file of members; and this member's end when it is
 * removed.
 */
final class Cluster {

    /** Why a removed member ends; etcd's text. */
    static final String REMOVED_TEXT = "the member has been permanently removed from the cluster";

    /** After so many ticks without a leader, or as long as the list does not have it, a member asks whether it was removed. */
    private static final int LEADERLESS_TICKS = 8;
    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

    private final long clusterId;
    private final long self;
    private final JRaftLog log;
    private final @Nullable PeerTransport peers;
    private final Supplier<Membership> state;
    private final MembersFile file;
    private final Consumer<String> end;
    private final Consumer<Membership> begin;
    private final Membership last;
    private volatile @Nullable Membership seen;
    private volatile boolean learner;
    private volatile boolean removed;
    private int leaderlessTicks;

    /**
     * @param last the members as far as they were known before this process
     * @param state the members as the log has them
     * @param begin tells the cluster who it was made of
     * @param end called, once, when this member was removed
     */
    Cluster(StoreSettings settings, Membership last, JRaftLog log, @Nullable PeerTransport peers,
            Supplier<Membership> state, MembersFile file, Consumer<Membership> begin, Consumer<String> end)
            throws IOException {
        this.clusterId = settings.clusterId();
        this.self = settings.self().id();
        this.last = last;
        this.learner = last.isLearner(self);
        this.log = log;
        this.peers = peers;
        this.state = state;
        this.file = file;
        this.begin = begin;
        this.end = end;
        if (!file.read().known()) {
            file.write(last);
        }
        locate(last);
    }

    /** Who belongs to it, as far as this member has applied the log; before it has begun, as it was told. */
    Membership current() {
        Membership current = state.get();
        return current.known() ? current : current.begin(last.list());
    }

    /** Whether the log says who belongs to it, so that this can be changed. */
    boolean isKnown() {
        return state.get().known();
    }

    /** Whether this member has no vote; asked at each call of a client. */
    boolean isLearner() { return learner; }

    /** Whether a member is reached. */
    boolean isConnected(long id) {
        return id == self || peers != null && peers.isConnected(id);
    }

    /** Whether other members could reach this one. */
    boolean canGrow() {
        return peers != null;
    }

    /** Looks whether the log has changed the list. The apply thread. */
    void onApplied() {
        Membership now = state.get();
        if (now == seen || !now.known()) {
            return;
        }
        seen = now;
        // Who has joined goes through times in the log when it was no member yet, and who is removed ends as what it was.
        if (now.get(self) != null) {
            learner = now.isLearner(self);
        }
        locate(now);
        try {
            file.write(now);
        } catch (IOException e) {
            LOG.error("The members were not written: {}", e.toString());
        }
        Thread.ofVirtual().name("store-members").start(this::follow);
    }

    private void locate(Membership membership) {
        if (peers == null) {
            return;
        }
        for (Member member : membership.list()) {
            if (member.getID() != self && member.getPeerURLsCount() > 0) {
                URI url = URI.create(member.getPeerURLs(0));
                peers.locate(member.getID(), InetSocketAddress.createUnresolved(url.getHost(), url.getPort()));
            }
        }
    }

    /** To be called every some 100 ms. */
    void doWork() {
        if (!log.leadership().local()) {
            log.group().watchLeader();
        }
        leaderlessTicks = log.leadership().known() ? 0 : leaderlessTicks + 1;
        if (leaderlessTicks % LEADERLESS_TICKS == LEADERLESS_TICKS - 1 || state.get().removed().contains(self)) {
            askWhetherRemoved();
        }
        if (log.leadership().local() && log.group().isChanging()) {
            // JRaft 1.4 looks whether a new voter has caught up only when that one answers an entry. This entry changes nothing.
            begin.accept(last);
        }
        follow();
    }

    /** As the leader: makes the log that of the members. */
    private void follow() {
        if (!log.leadership().local()) {
            return;
        }
        Membership now = state.get();
        if (!now.known()) {
            begin.accept(last);
        } else {
            log.group().follow(ids(now.voters()), ids(now.learners()), this::isConnected, this::follow);
        }
    }

    private static List<Long> ids(List<Member> members) {
        return members.stream().map(Member::getID).toList();
    }

    /**
     * Not the list says when a removed member may end: the change of the log's members that follows it needs the votes of those who voted before, and with two members that of the one that
     * goes. The leader knows when it is done.
     */
    private void askWhetherRemoved() {
        byte[] question = ByteBuffer.allocate(Long.BYTES).putLong(self).array();
        for (Member member : current().list()) {
            if (member.getID() != self) {
                log.ask(member.getID(), StoreMember.REMOVED, question, answer -> {
                    if (answer != null && answer.length == 1 && answer[0] == 1) {
                        removed();
                    }
                });
            }
        }
    }

    private synchronized void removed() {
        if (removed) {
            return;
        }
        removed = true;
        LOG.error("{}; its data directory must be removed", REMOVED_TEXT);
        try {
            // It may have been told by others, without the change in its log.
            file.write(current().without(self));
        } catch (IOException e) {
            LOG.error("The members were not written: {}", e.toString());
        }
        Thread.ofVirtual().name("store-removed").start(() -> end.accept(REMOVED_TEXT));
    }

    /** Answers {@link StoreMember#REMOVED}: whether nobody needs a member any more. */
    byte[] answerWhetherRemoved(byte[] question) {
        boolean out = false;
        if (question.length == Long.BYTES && log.leadership().local()) {
            long id = ByteBuffer.wrap(question).getLong();
            out = state.get().removed().contains(id) && log.group().isWithout(id);
        }
        return new byte[]{(byte) (out ? 1 : 0)};
    }

    /** Answers {@link PeerTransport#MEMBERS}: the members and, in the header, the cluster. */
    byte[] answerMembers() {
        return MemberListResponse.newBuilder()
                .setHeader(ResponseHeader.newBuilder().setClusterId(clusterId).setMemberId(self))
                .addAllMembers(current().list()).build().toByteArray();
    }
}
