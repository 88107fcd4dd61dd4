package io.myriad.store.server;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CancellationException;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

import io.myriad.store.api.Compare;
import io.myriad.store.api.PutRequest;
import io.myriad.store.api.RangeRequest;
import io.myriad.store.api.RangeResponse;
import io.myriad.store.api.RequestOp;
import io.myriad.store.api.ResponseHeader;
import io.myriad.store.api.TxnRequest;
import io.myriad.store.api.TxnResponse;
import io.myriad.store.api.mvcc.KeyValue;
import io.myriad.store.mvcc.KeyRange;

/**
 * A queue made of keys, as etcd's locks and elections use it: everybody who waits has a key under one prefix, named after a lease, and the one whose key was created first is at the
 * head. Who waits watches only the key before its own, so that a departure wakes one.
 *
 * <p>With the prefix {@code jobs/} and leases 10 and 11, the keys are {@code jobs/a} and {@code jobs/b}; the lease that ends takes its key along.
 */
final class KeyQueue {

    /** For how long a lease lasts that was made for a caller who gave none. */
    static final long LEASE_SECONDS = 60;

    private final LocalCalls calls;
    private final ByteString prefix;

    /** A place in the queue: its key, and the revision in which it was created. */
    record Place(ByteString key, long createRevision, TxnResponse taken) {}

    /** @param name of the lock or election */
    KeyQueue(LocalCalls calls, ByteString name) {
        this.calls = calls;
        this.prefix = prefixOf(name);
    }

    private static ByteString prefixOf(ByteString name) {
        return name.concat(ByteString.copyFrom("/", StandardCharsets.US_ASCII));
    }

    /** The key of a lease. */
    ByteString key(long lease) {
        return prefix.concat(ByteString.copyFrom(
                lease < 0 ? "-" + Long.toHexString(-lease) : Long.toHexString(lease), StandardCharsets.US_ASCII));
    }

    /** Takes a place, or finds the one that the lease has already. The transaction's second response is the head of the queue. */
    Place enter(long lease, ByteString value) {
        ByteString key = key(lease);
        RequestOp head = RequestOp.newBuilder().setRequestRange(head()).build();
        // Whether the place was taken must be known, or nobody could give it back.
        TxnResponse taken = calls.uncancelled().txn(TxnRequest.newBuilder().addCompare(createdAt(key, 0))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder().setKey(key).setValue(value).setLease(lease)))
                .addSuccess(head)
                .addFailure(RequestOp.newBuilder().setRequestRange(RangeRequest.newBuilder().setKey(key)))
                .addFailure(head).build());
        long created = taken.getSucceeded()
                ? taken.getHeader().getRevision()
                : taken.getResponses(0).getResponseRange().getKvs(0).getCreateRevision();
        Place place = new Place(key, created, taken);
        if (calls.isCancelled() && taken.getSucceeded()) {
            throw leave(place, new CancellationException());
        }
        return place;
    }

    /** Gives a place back, whether or not the client is still there, and returns the failure that is the reason. */
    RuntimeException leave(Place place, RuntimeException reason) {
        try {
            calls.uncancelled().delete(place.key);
        } catch (RuntimeException e) {
            reason.addSuppressed(e);
        }
        return reason;
    }

    /** Whether a place was at the head when it was taken. */
    static boolean wasHead(Place place) {
        RangeResponse head = place.taken.getResponses(1).getResponseRange();
        return head.getKvsCount() == 0 || head.getKvs(0).getCreateRevision() == place.createRevision;
    }

    /** Waits until nobody is before a place. */
    ResponseHeader awaitHead(Place place) {
        while (true) {
            RangeResponse before = calls.range(whole().setSortOrder(RangeRequest.SortOrder.DESCEND)
                    .setSortTarget(RangeRequest.SortTarget.CREATE).setLimit(1)
                    .setMaxCreateRevision(place.createRevision - 1).build());
            if (before.getKvsCount() == 0) {
                return before.getHeader();
            }
            KeyValue next = before.getKvs(0);
            try (KeyWatch watch = calls.watch(KeyRange.single(next.getKey().toByteArray()),
                    before.getHeader().getRevision() + 1)) {
                KeyWatch.Change change;
                do {
                    // A key before that has another value now has the same place.
                    change = watch.next();
                } while (change != null && !change.version().isTombstone());
            }
        }
    }

    /** Waits until a queue that was empty at a revision has a key, and returns what came; null if that is not known any more. */
    KeyWatch.@Nullable Change awaitFirst(long revision) {
        try (KeyWatch watch = calls.watch(
                KeyRange.ofRequest(prefix.toByteArray(), whole().getRangeEnd().toByteArray()), revision + 1)) {
            while (true) {
                KeyWatch.Change change = watch.next();
                if (change == null || !change.version().isTombstone()) {
                    return change;
                }
            }
        }
    }

    /** Asks for the key at the head. */
    RangeRequest head() {
        return whole().setSortOrder(RangeRequest.SortOrder.ASCEND).setSortTarget(RangeRequest.SortTarget.CREATE)
                .setLimit(1).build();
    }

    private RangeRequest.Builder whole() {
        // The prefix ends with '/', so the next one ends with '0'.
        ByteString end = prefix.substring(0, prefix.size() - 1)
                .concat(ByteString.copyFrom("0", StandardCharsets.US_ASCII));
        return RangeRequest.newBuilder().setKey(prefix).setRangeEnd(end);
    }

    /** That a key was created in a revision; 0: that it does not exist. */
    static Compare createdAt(ByteString key, long revision) {
        return Compare.newBuilder().setKey(key).setTarget(Compare.CompareTarget.CREATE)
                .setResult(Compare.CompareResult.EQUAL).setCreateRevision(revision).build();
    }
}
