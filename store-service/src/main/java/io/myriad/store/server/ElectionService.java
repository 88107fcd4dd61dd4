package io.myriad.store.server;

import java.util.Map;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.grpc.ServerServiceDefinition;

import io.myriad.store.api.DeleteRangeRequest;
import io.myriad.store.api.PutRequest;
import io.myriad.store.api.RangeResponse;
import io.myriad.store.api.RequestOp;
import io.myriad.store.api.ResponseHeader;
import io.myriad.store.api.TxnRequest;
import io.myriad.store.api.TxnResponse;
import io.myriad.store.api.election.CampaignRequest;
import io.myriad.store.api.election.CampaignResponse;
import io.myriad.store.api.election.ElectionGrpc;
import io.myriad.store.api.election.LeaderKey;
import io.myriad.store.api.election.LeaderRequest;
import io.myriad.store.api.election.LeaderResponse;
import io.myriad.store.api.election.ProclaimRequest;
import io.myriad.store.api.election.ProclaimResponse;
import io.myriad.store.api.election.ResignRequest;
import io.myriad.store.api.election.ResignResponse;
import io.myriad.store.api.mvcc.KeyValue;
import io.myriad.store.mvcc.KeyRange;
import io.myriad.store.mvcc.KeyVersion;

/** {@code v3electionpb.Election}: who is at the head of a {@link KeyQueue} leads, and its key's value is what it proclaims. A caller that goes while it campaigns leaves the queue. */
final class ElectionService {

    private static final String NO_LEADER = "election: no leader";
    private static final String NOT_LEADER = "election: not leader";
    private static final String LEADER_MISSING = "\"leader\" field must be provided";

    private final WaitingCalls calls;

    ElectionService(WaitingCalls calls) {
        this.calls = calls;
    }

    ServerServiceDefinition definition() {
        return Methods.service(ElectionGrpc.getServiceDescriptor(),
                Map.of("Campaign", calls.unary(CampaignRequest.parser(), ElectionService::campaign), "Proclaim",
                        calls.unary(ProclaimRequest.parser(), ElectionService::proclaim), "Leader",
                        calls.unary(LeaderRequest.parser(), ElectionService::leader), "Observe",
                        calls.streaming(LeaderRequest.parser(), ElectionService::observe), "Resign",
                        calls.unary(ResignRequest.parser(), ElectionService::resign)));
    }

    private static MessageLite campaign(CampaignRequest request, LocalCalls calls) {
        long lease = request.getLease() == 0 ? calls.grantLease(KeyQueue.LEASE_SECONDS) : request.getLease();
        KeyQueue queue = new KeyQueue(calls, request.getName());
        KeyQueue.Place place = queue.enter(lease, request.getValue());
        LeaderKey key = LeaderKey.newBuilder().setName(request.getName()).setKey(place.key())
                .setRev(place.createRevision()).setLease(lease).build();
        TxnResponse taken = place.taken();
        try {
            if (!taken.getSucceeded()
                    && !taken.getResponses(0).getResponseRange().getKvs(0).getValue().equals(request.getValue())) {
                proclaim(key, request.getValue(), calls);
            }
            queue.awaitHead(place);
        } catch (RuntimeException e) {
            throw queue.leave(place, e);
        }
        return CampaignResponse.newBuilder().setHeader(taken.getHeader()).setLeader(key).build();
    }

    private static MessageLite proclaim(ProclaimRequest request, LocalCalls calls) {
        if (!request.hasLeader()) {
            throw new LocalCalls.Failure(LEADER_MISSING);
        }
        return ProclaimResponse.newBuilder().setHeader(proclaim(request.getLeader(), request.getValue(), calls))
                .build();
    }

    private static ResponseHeader proclaim(LeaderKey leader, ByteString value, LocalCalls calls) {
        TxnResponse response = calls.txn(TxnRequest.newBuilder()
                .addCompare(KeyQueue.createdAt(leader.getKey(), leader.getRev()))
                .addSuccess(RequestOp.newBuilder().setRequestPut(
                        PutRequest.newBuilder().setKey(leader.getKey()).setValue(value).setLease(leader.getLease())))
                .build());
        if (!response.getSucceeded()) {
            throw new LocalCalls.Failure(NOT_LEADER);
        }
        return response.getHeader();
    }

    private static MessageLite resign(ResignRequest request, LocalCalls calls) {
        if (!request.hasLeader()) {
            throw new LocalCalls.Failure(LEADER_MISSING);
        }
        LeaderKey leader = request.getLeader();
        TxnResponse response = calls.txn(TxnRequest.newBuilder()
                .addCompare(KeyQueue.createdAt(leader.getKey(), leader.getRev()))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(leader.getKey())))
                .build());
        return ResignResponse.newBuilder().setHeader(response.getHeader()).build();
    }

    private static MessageLite leader(LeaderRequest request, LocalCalls calls) {
        RangeResponse head = calls.range(new KeyQueue(calls, request.getName()).head());
        if (head.getKvsCount() == 0) {
            throw new LocalCalls.Failure(NO_LEADER);
        }
        return LeaderResponse.newBuilder().setHeader(head.getHeader()).setKv(head.getKvs(0)).build();
    }

    private static void observe(LeaderRequest request, WaitingCalls.Output output) {
        LocalCalls calls = output.calls();
        KeyQueue queue = new KeyQueue(calls, request.getName());
        while (true) {
            RangeResponse head = calls.range(queue.head());
            LeaderResponse leader;
            if (head.getKvsCount() > 0) {
                leader = LeaderResponse.newBuilder().setHeader(head.getHeader()).setKv(head.getKvs(0)).build();
            } else {
                KeyWatch.Change first = queue.awaitFirst(head.getHeader().getRevision());
                if (first == null) {
                    continue;
                }
                leader = response(head.getHeader(), first);
            }
            output.responses().accept(leader);
            follow(leader, output);
        }
    }

    /** Hands over what a leader proclaims until its key is gone. */
    private static void follow(LeaderResponse leader, WaitingCalls.Output output) {
        long revision = leader.getHeader().getRevision();
        byte[] key = leader.getKv().getKey().toByteArray();
        try (KeyWatch watch = output.calls().watch(KeyRange.single(key), revision + 1)) {
            while (true) {
                KeyWatch.Change change = watch.next();
                if (change == null || change.version().isTombstone()) {
                    return;
                }
                output.responses().accept(response(leader.getHeader(), change));
            }
        }
    }

    private static LeaderResponse response(ResponseHeader header, KeyWatch.Change change) {
        return LeaderResponse.newBuilder().setHeader(header.toBuilder().setRevision(change.revision()))
                .setKv(keyValue(change.version())).build();
    }

    private static KeyValue keyValue(KeyVersion version) {
        try {
            return KeyValue.parseFrom(version.keyValue());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a stored key-value cannot be read", e);
        }
    }
}
