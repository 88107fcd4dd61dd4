package io.myriad.store.server;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;

import io.myriad.store.api.Member;
import io.myriad.store.api.MemberAddRequest;
import io.myriad.store.api.MemberAddResponse;
import io.myriad.store.api.MemberPromoteRequest;
import io.myriad.store.api.MemberRemoveRequest;
import io.myriad.store.raft.JRaftLog;
import io.myriad.store.state.Command;
import io.myriad.store.state.Membership;
import io.myriad.store.state.MembershipOperation;
import io.myriad.store.state.StoreError;

/**
 * Changes of the list of members. The leader checks them, since it is connected to all, and puts them into the log; other members pass them on to it. Where etcd checks on the member that is asked,
 * with what that one knows of connections, the answers are the same.
 */
final class ClusterChanges {

    private static final byte DONE = 0;
    private static final byte REFUSED = 1;
    private static final long RETRY_MILLIS = 100;

    private final StoreSettings settings;
    private final JRaftLog log;
    private final Cluster cluster;
    private final Proposer proposer;
    private final LongSupplier unixMillis;
    private final LongSupplier nanoTime;
    private final LongAdder promotions = new LongAdder();
    private volatile Consumer<StoreError> onRefusedPromotion = reason -> {};

    /** Takes the members as they are after a change, with the one that was added, or why there was no change. Any thread. */
    @FunctionalInterface
    interface Answer {
        void accept(@Nullable StoreError error, MemberAddResponse response);
    }

    ClusterChanges(StoreSettings settings, JRaftLog log, Cluster cluster, Proposer proposer, LongSupplier unixMillis,
            LongSupplier nanoTime) {
        this.settings = settings;
        this.log = log;
        this.cluster = cluster;
        this.proposer = proposer;
        this.unixMillis = unixMillis;
        this.nanoTime = nanoTime;
    }

    /** Learners that became voters while this member led. */
    long promotions() {
        return promotions.sum();
    }

    /** Tells why a learner did not become a voter, each time. */
    void onRefusedPromotion(Consumer<StoreError> listener) {
        onRefusedPromotion = listener;
    }

    /** Makes a change, here or by way of the leader. The request is a client's, of the message that belongs to the command. */
    void request(Command command, byte[] request, Answer answer) {
        request(command, request, nanoTime.getAsLong() + settings.timing().requestTimeoutNanos(), answer);
    }

    private void request(Command command, byte[] request, long deadlineNanos, Answer answer) {
        Answer orAgain = (error, response) -> {
            if (error != StoreError.NOT_LEADER) {
                answer.accept(error, response);
            } else if (nanoTime.getAsLong() - deadlineNanos < 0) {
                CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS)
                        .execute(() -> request(command, request, deadlineNanos, answer));
            } else {
                boolean checked = settings.strictReconfigCheck()
                        && (command == Command.MEMBER_ADD || command == Command.MEMBER_REMOVE);
                answer.accept(checked ? StoreError.UNHEALTHY : StoreError.TIMEOUT, response);
            }
        };
        boolean leading = log.leadership().local();
        if (leading && cluster.isKnown()) {
            decide(command, request, orAgain);
        } else if (leading || !log.leadership().known()) {
            orAgain.accept(StoreError.NOT_LEADER, MemberAddResponse.getDefaultInstance());
        } else {
            byte[] body = ByteBuffer.allocate(1 + request.length).put(command.number()).put(request).array();
            log.askLeader(StoreMember.CHANGE, body, bytes -> answered(bytes, orAgain));
        }
    }

    private static void answered(byte @Nullable [] bytes, Answer answer) {
        MemberAddResponse none = MemberAddResponse.getDefaultInstance();
        try {
            if (bytes == null || bytes.length == 0) {
                answer.accept(StoreError.TIMEOUT, none);
            } else if (bytes[0] == DONE) {
                answer.accept(null, MemberAddResponse.parseFrom(ByteBuffer.wrap(bytes, 1, bytes.length - 1)));
            } else {
                answer.accept(StoreError.valueOf(new String(bytes, 1, bytes.length - 1, StandardCharsets.UTF_8)),
                        none);
            }
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            answer.accept(StoreError.TIMEOUT, none); // the other's version is not this one's
        }
    }

    /** Answers {@link StoreMember#CHANGE}, which another member asked. */
    void answer(byte[] body, Consumer<byte[]> answer) {
        byte[] request = java.util.Arrays.copyOfRange(body, Math.min(1, body.length), body.length);
        Answer encoded = (error, response) -> {
            byte[] text = error == null ? response.toByteArray() : error.name().getBytes(StandardCharsets.UTF_8);
            answer.accept(ByteBuffer.allocate(1 + text.length).put(error == null ? DONE : REFUSED).put(text).array());
        };
        if (body.length == 0 || !log.leadership().local() || !cluster.isKnown()) {
            encoded.accept(StoreError.NOT_LEADER, MemberAddResponse.getDefaultInstance());
        } else {
            decide(Command.of(body[0]), request, encoded);
        }
    }

    private void decide(Command command, byte[] request, Answer answer) {
        try {
            Membership members = cluster.current();
            switch (command) {
                case MEMBER_ADD -> add(members, MemberAddRequest.parseFrom(request), answer);
                case MEMBER_REMOVE -> propose(settings.strictReconfigCheck()
                        ? MembershipRules.mayRemove(members, MemberRemoveRequest.parseFrom(request).getID(),
                                cluster::isConnected)
                        : null, command, request, null, answer);
                case MEMBER_UPDATE -> propose(null, command, request, null, answer);
                case MEMBER_PROMOTE ->
                    promote(members, MemberPromoteRequest.parseFrom(request).getID(), request, answer);
                default -> throw new IllegalArgumentException(command + " is not about members");
            }
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            answer.accept(StoreError.TIMEOUT, MemberAddResponse.getDefaultInstance());
        }
    }

    private void add(Membership members, MemberAddRequest request, Answer answer) {
        List<String> urls = MembershipRules.urls(request.getPeerURLsList());
        if (urls == null) {
            answer.accept(StoreError.MEMBER_URLS_INVALID, MemberAddResponse.getDefaultInstance());
            return;
        }
        long id = io.myriad.store.raft.Member.addedId(urls,
                TimeUnit.MILLISECONDS.toSeconds(unixMillis.getAsLong()));
        Member member = Member.newBuilder().setID(id).addAllPeerURLs(urls).setIsLearner(request.getIsLearner())
                .build();
        StoreError refusal = settings.strictReconfigCheck()
                ? MembershipRules.mayAdd(members, request.getIsLearner(), cluster::isConnected)
                : null;
        propose(refusal == null && !cluster.canGrow() ? StoreError.NO_PEER_LISTENER : refusal, Command.MEMBER_ADD,
                MembershipOperation.addition(member, settings.maxLearners()), member, answer);
    }

    private void promote(Membership members, long id, byte[] request, Answer answer) {
        Answer counted = (error, response) -> {
            if (error == null) {
                promotions.increment();
            } else if (error != StoreError.NOT_LEADER) {
                onRefusedPromotion.accept(error);
            }
            answer.accept(error, response);
        };
        if (!members.isLearner(id)) {
            propose(null, Command.MEMBER_PROMOTE, request, null, counted);
            return;
        }
        log.ask(id, StoreMember.APPLIED, new byte[0], bytes -> {
            boolean ready = bytes != null && bytes.length == Long.BYTES
                    && MembershipRules.isReady(ByteBuffer.wrap(bytes).getLong(), log.appliedIndex());
            StoreError refusal = settings.strictReconfigCheck() ? MembershipRules.mayPromote(members) : null;
            propose(ready ? refusal : StoreError.LEARNER_NOT_READY, Command.MEMBER_PROMOTE, request, null, counted);
        });
    }

    private void propose(@Nullable StoreError refusal, Command command, byte[] payload, @Nullable Member added,
            Answer answer) {
        if (refusal != null) {
            answer.accept(refusal, MemberAddResponse.getDefaultInstance());
            return;
        }
        proposer.propose(command, payload, reply -> {
            MemberAddResponse.Builder response = MemberAddResponse.newBuilder()
                    .addAllMembers(cluster.current().list());
            if (added != null) {
                response.setMember(added);
            }
            answer.accept(reply instanceof StoreError error ? error : null, response.build());
        });
    }
}
