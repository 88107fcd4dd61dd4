package io.myriad.apiserver.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

import io.myriad.store.api.Compare;
import io.myriad.store.api.DeleteRangeRequest;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.LeaseGrantRequest;
import io.myriad.store.api.LeaseGrpc;
import io.myriad.store.api.PutRequest;
import io.myriad.store.api.RangeRequest;
import io.myriad.store.api.RangeResponse;
import io.myriad.store.api.RequestOp;
import io.myriad.store.api.TxnRequest;
import io.myriad.store.api.TxnResponse;
import io.myriad.store.api.WatchGrpc;

/**
 * The store over etcd's v3 protocol: store-service or a real etcd.
 *
 * <p>Reads are tried again, at another member, until their time is over. Writes are sent once: when the connection breaks
 * while one is under way nobody knows whether it happened, and a second try could answer for the first. Waiting for a
 * connection is no try, so that a write outlives a short absence of the store too.
 */
public final class EtcdStore implements KeyValueStore {
    private static final long RETRY_MIN_MILLIS = 10;
    private static final long RETRY_MAX_MILLIS = 250;
    private static final long CLOSE_MILLIS = 1_000;
    private static final long RECONNECT_MILLIS = 250;

    private final ManagedChannel channel;
    private final KVGrpc.KVBlockingStub keyValues;
    private final WatchGrpc.WatchStub watches;
    private final LeasePool leases;
    private final RevisionQuery revisionQuery;
    private final ScheduledExecutorService timer;
    private final long timeoutMillis;

    /**
     * Opens the store; it is reached for when it is first used.
     *
     * @throws IOException when a certificate or key cannot be read
     */
    public EtcdStore(EtcdConnection connection) throws IOException {
        this.channel = connection.open();
        this.timeoutMillis = connection.requestTimeoutMillis();
        this.keyValues = KVGrpc.newBlockingStub(channel).withWaitForReady();
        this.watches = WatchGrpc.newStub(channel).withWaitForReady();
        LeaseGrpc.LeaseBlockingStub leaseStub = LeaseGrpc.newBlockingStub(channel).withWaitForReady();
        this.leases = new LeasePool(System::nanoTime, ttlSeconds -> call("leaseGrant", () -> leaseStub
                .withDeadlineAfter(timeoutMillis, TimeUnit.MILLISECONDS)
                .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(ttlSeconds).build())).getID());
        this.revisionQuery = new RevisionQuery(KVGrpc.newStub(channel).withWaitForReady(), timeoutMillis);
        this.timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("store-timer").factory());
        timer.scheduleWithFixedDelay(this::reconnect, RECONNECT_MILLIS, RECONNECT_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * While no member is there, has each tried again at once. By itself gRPC waits longer from time to time, two minutes in the
     * end: a store that was away for three seconds was out of reach for six.
     */
    private void reconnect() {
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.resetConnectBackoff();
        }
    }

    @Override
    public @Nullable KeyValue get(String key) {
        RangeResponse response = read("get", stub -> stub.range(RangeRequest.newBuilder().setKey(bytes(key)).build()));
        return response.getKvsCount() == 0 ? null : keyValue(response.getKvs(0));
    }

    @Override
    public Page range(String start, String end, long revision, int limit) throws CompactedException {
        RangeRequest.Builder request = RangeRequest.newBuilder().setKey(bytes(start)).setRangeEnd(bytes(end))
                .setRevision(revision);
        int asked = limit;
        while (true) {
            try {
                RangeRequest part = request.setLimit(asked).build();
                return page(retrying(stub -> stub.range(part)));
            } catch (StatusRuntimeException failure) {
                if (EtcdErrors.isCompacted(failure)) {
                    throw new CompactedException();
                }
                if (!EtcdErrors.isTooLargeAnswer(failure) || asked == 1) {
                    throw EtcdErrors.translate("range", failure, timeoutMillis);
                }
                asked = Math.max(1, asked / 8);
            }
        }
    }

    private static Page page(RangeResponse response) {
        List<KeyValue> items = new ArrayList<>(response.getKvsCount());
        for (io.myriad.store.api.mvcc.KeyValue item : response.getKvsList()) {
            items.add(keyValue(item));
        }
        return new Page(items, response.getHeader().getRevision(), response.getMore(), response.getCount());
    }

    private static KeyValue keyValue(io.myriad.store.api.mvcc.KeyValue item) {
        return new KeyValue(item.getKey().toStringUtf8(), item.getValue().toByteArray(), item.getModRevision());
    }

    @Override
    public long create(String key, byte[] value, long ttlSeconds) {
        return put(key, 0, value, ttlSeconds);
    }

    @Override
    public long replace(String key, long expectedRevision, byte[] value, long ttlSeconds) {
        return put(key, expectedRevision, value, ttlSeconds);
    }

    private long put(String key, long expectedRevision, byte[] value, long ttlSeconds) {
        PutRequest.Builder put = PutRequest.newBuilder().setKey(bytes(key))
                .setValue(UnsafeByteOperations.unsafeWrap(value));
        if (ttlSeconds == 0) {
            return write("put", key, expectedRevision, RequestOp.newBuilder().setRequestPut(put).build());
        }
        RequestOp leased = RequestOp.newBuilder().setRequestPut(put.setLease(leases.lease(ttlSeconds))).build();
        try {
            return transaction(key, expectedRevision, leased);
        } catch (StatusRuntimeException failure) {
            if (failure.getStatus().getCode() != Code.NOT_FOUND) {
                throw EtcdErrors.translate("put", failure, timeoutMillis);
            }
            // The store has lost the lease, and so has written nothing.
            leases.forget(ttlSeconds);
            put.setLease(leases.lease(ttlSeconds));
            return write("put", key, expectedRevision, RequestOp.newBuilder().setRequestPut(put).build());
        }
    }

    @Override
    public long remove(String key, long expectedRevision) {
        DeleteRangeRequest delete = DeleteRangeRequest.newBuilder().setKey(bytes(key)).build();
        return write("delete", key, expectedRevision, RequestOp.newBuilder().setRequestDeleteRange(delete).build());
    }

    private long write(String operation, String key, long expectedRevision, RequestOp then) {
        return call(operation, () -> transaction(key, expectedRevision, then));
    }

    private long transaction(String key, long expectedRevision, RequestOp then) {
        TxnRequest transaction = TxnRequest.newBuilder().addCompare(Compare.newBuilder().setKey(bytes(key))
                .setTarget(Compare.CompareTarget.MOD).setResult(Compare.CompareResult.EQUAL)
                .setModRevision(expectedRevision)).addSuccess(then).build();
        TxnResponse response = keyValues.withDeadlineAfter(timeoutMillis, TimeUnit.MILLISECONDS).txn(transaction);
        return response.getSucceeded() ? response.getHeader().getRevision() : 0;
    }

    @Override
    public Revisions revisions() {
        try {
            return retrying(stub -> revisionQuery.ask());
        } catch (StatusRuntimeException failure) {
            throw EtcdErrors.translate("revision", failure, timeoutMillis);
        }
    }

    @Override
    public Watch watch(String start, String end, long fromRevision, Executor executor, Listener listener) {
        EtcdWatch watch = new EtcdWatch(watches, start, end, fromRevision, executor, listener, timer);
        watch.open();
        return watch;
    }

    /** Takes turns with the store's other API servers in compacting its history. */
    public Compactor compactor() {
        return new Compactor(keyValues, timeoutMillis);
    }

    private <T> T read(String operation, Function<KVGrpc.KVBlockingStub, T> read) {
        try {
            return retrying(read);
        } catch (StatusRuntimeException failure) {
            throw EtcdErrors.translate(operation, failure, timeoutMillis);
        }
    }

    /** Reads until it succeeds, fails for good, or the time is over. */
    private <T> T retrying(Function<KVGrpc.KVBlockingStub, T> read) {
        long startNanos = System.nanoTime();
        long waitMillis = RETRY_MIN_MILLIS;
        while (true) {
            long leftMillis = timeoutMillis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
            try {
                return read.apply(keyValues.withDeadlineAfter(Math.max(1, leftMillis), TimeUnit.MILLISECONDS));
            } catch (StatusRuntimeException failure) {
                if (!EtcdErrors.isRetryable(failure) || leftMillis <= waitMillis || channel.isShutdown()) {
                    throw failure;
                }
                pause(waitMillis, failure);
                waitMillis = Math.min(2 * waitMillis, RETRY_MAX_MILLIS);
            }
        }
    }

    private static void pause(long millis, StatusRuntimeException failure) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }

    private interface Call<T> {
        T send();
    }

    private <T> T call(String operation, Call<T> call) {
        try {
            return call.send();
        } catch (StatusRuntimeException failure) {
            throw EtcdErrors.translate(operation, failure, timeoutMillis);
        }
    }

    private static ByteString bytes(String key) {
        return ByteString.copyFromUtf8(key);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        channel.shutdownNow();
        try {
            channel.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
