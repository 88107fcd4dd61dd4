package io.myriad.apiserver.storage;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.RangeRequest;
import io.myriad.store.api.RangeResponse;

/**
 * Asks the store for its current revision, once for all who ask meanwhile. An answer holds for a caller only when its
 * request was sent after the call began, so at any time there is at most one request under way, for those before it, and
 * one next request, which all who come meanwhile share.
 *
 * <p>The request reads the key under which API servers note how far they have compacted: one key, linearizable, and its
 * value is worth having.
 */
final class RevisionQuery {
    /** Upstream's key, whose value is the last compacted revision in decimal and whose version counts compactions. */
    static final String COMPACTION_KEY = "compact_rev_key";

    private static final RangeRequest REQUEST = RangeRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8(COMPACTION_KEY)).build();

    private final KVGrpc.KVStub stub;
    private final long timeoutMillis;
    private @Nullable CompletableFuture<KeyValueStore.Revisions> underWay;
    private @Nullable CompletableFuture<KeyValueStore.Revisions> next;

    RevisionQuery(KVGrpc.KVStub stub, long timeoutMillis) {
        this.stub = stub;
        this.timeoutMillis = timeoutMillis;
    }

    /**
     * Waits for an answer to a request that was sent after this call began.
     *
     * @throws StatusRuntimeException when the request fails
     */
    KeyValueStore.Revisions ask() {
        CompletableFuture<KeyValueStore.Revisions> mine;
        boolean send = false;
        synchronized (this) {
            if (underWay == null) {
                mine = new CompletableFuture<>();
                underWay = mine;
                send = true;
            } else {
                mine = next;
                if (mine == null) {
                    mine = new CompletableFuture<>();
                    next = mine;
                }
            }
        }
        if (send) {
            send(mine);
        }
        try {
            return mine.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StatusRuntimeException(Status.CANCELLED.withDescription("interrupted"));
        } catch (ExecutionException failure) {
            throw new StatusRuntimeException(Status.fromThrowable(failure.getCause()));
        }
    }

    private void send(CompletableFuture<KeyValueStore.Revisions> answer) {
        stub.withDeadlineAfter(timeoutMillis, TimeUnit.MILLISECONDS).range(REQUEST, new StreamObserver<>() {
            @Override
            public void onNext(RangeResponse response) {
                answered();
                answer.complete(revisions(response));
            }

            @Override
            public void onError(Throwable failure) {
                answered();
                answer.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {}
        });
    }

    /** Sends the next request, if somebody waits for one. */
    private void answered() {
        CompletableFuture<KeyValueStore.Revisions> following;
        synchronized (this) {
            following = next;
            underWay = following;
            next = null;
        }
        if (following != null) {
            send(following);
        }
    }

    private static KeyValueStore.Revisions revisions(RangeResponse response) {
        return new KeyValueStore.Revisions(response.getHeader().getRevision(),
                response.getKvsCount() == 0 ? 0 : compacted(response.getKvs(0).getValue()));
    }

    /** The number in the value; 0 for what is none, which only somebody else can have written. */
    static long compacted(ByteString value) {
        try {
            return Long.parseLong(value.toString(StandardCharsets.UTF_8));
        } catch (NumberFormatException unknown) {
            return 0;
        }
    }
}
