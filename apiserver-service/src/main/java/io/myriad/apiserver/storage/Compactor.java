package io.myriad.apiserver.storage;

import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;

import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.Compare;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.PutRequest;
import io.myriad.store.api.RangeRequest;
import io.myriad.store.api.RequestOp;
import io.myriad.store.api.TxnRequest;
import io.myriad.store.api.TxnResponse;
import io.myriad.store.api.mvcc.KeyValue;

/**
 * Compacts the store's history, one API server at a time. Every server takes a {@link #turn} each interval; the version of
 * the key {@link RevisionQuery#COMPACTION_KEY} counts turns, and a server that finds the count as it left it has the turn: it
 * writes, with the new count, the revision that it saw one interval ago, and compacts up to it. The others learn the new
 * count and try again an interval later. So history lives at least one interval and, when a server dies, at most two.
 * Upstream's protocol: its servers and these take turns with each other.
 *
 * <p>One thread at a time.
 */
public final class Compactor {
    /** Upstream's interval between turns. */
    public static final long DEFAULT_INTERVAL_MILLIS = TimeUnit.MINUTES.toMillis(5);

    private static final ByteString KEY = ByteString.copyFromUtf8(RevisionQuery.COMPACTION_KEY);

    private final KVGrpc.KVBlockingStub store;
    private final long timeoutMillis;
    private long turns;
    private long revision;

    Compactor(KVGrpc.KVBlockingStub store, long timeoutMillis) {
        this.store = store;
        this.timeoutMillis = timeoutMillis;
    }

    /**
     * Takes a turn.
     *
     * @return the revision up to which this or another server has compacted; 0 when none is known
     * @throws io.myriad.api.StatusException when the store does not answer; the next turn tries again
     */
    public long turn() {
        try {
            return tryTurn();
        } catch (StatusRuntimeException failure) {
            throw EtcdErrors.translate("compact", failure, timeoutMillis);
        }
    }

    private long tryTurn() {
        TxnRequest request = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder().setKey(KEY).setTarget(Compare.CompareTarget.VERSION)
                        .setResult(Compare.CompareResult.EQUAL).setVersion(turns))
                .addSuccess(RequestOp.newBuilder().setRequestPut(PutRequest.newBuilder().setKey(KEY)
                        .setValue(ByteString.copyFromUtf8(Long.toString(revision)))))
                .addFailure(RequestOp.newBuilder().setRequestRange(RangeRequest.newBuilder().setKey(KEY)))
                .build();
        TxnResponse response = deadline().txn(request);
        long before = revision;
        revision = response.getHeader().getRevision();
        if (!response.getSucceeded()) {
            if (response.getResponses(0).getResponseRange().getKvsCount() == 0) {
                turns = 0;
                return 0;
            }
            KeyValue entry = response.getResponses(0).getResponseRange().getKvs(0);
            turns = entry.getVersion();
            return RevisionQuery.compacted(entry.getValue());
        }
        turns++;
        if (before > 0) {
            deadline().compact(CompactionRequest.newBuilder().setRevision(before).build());
        }
        return before;
    }

    private KVGrpc.KVBlockingStub deadline() {
        return store.withDeadlineAfter(timeoutMillis, TimeUnit.MILLISECONDS);
    }
}
