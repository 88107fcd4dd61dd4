package io.myriad.store.server;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;

import io.grpc.stub.ServerCallStreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.failpoint.Failpoint;
import io.myriad.store.mvcc.KeyRange;
import io.myriad.store.mvcc.KeyVersion;
import io.myriad.store.mvcc.RangeQuery;
import io.myriad.store.mvcc.RangeResult;
import io.myriad.store.mvcc.ResultTooLargeException;
import io.myriad.store.mvcc.StoreView;
import io.myriad.store.state.Responses;
import io.myriad.store.state.StoreError;
import io.myriad.store.state.StoreMachine;
import io.myriad.store.wire.Wire;
import io.myriad.store.wire.WireMessage;

/**
 * Streams a range in chunks, as fast as the client takes them. All chunks come from the view that was current when it began, so compaction does not end a stream of the current
 * revision. As with etcd, the last chunk carries header, count and whether the limit cut something off.
 */
final class RangeStreamer {

    /** Bytes that a chunk is to have, roughly. */
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int FIRST_CHUNK_KEYS = 128;
    private static final int MAX_CHUNK_KEYS = 8192;
    private static final byte[] NOTHING = new byte[0];

    private static final Logger LOG = LoggerFactory.getLogger(RangeStreamer.class);

    private final StoreMember member;
    private final RangeQuery query;
    private final ServerCallStreamObserver<WireMessage> responses;
    private final long total;
    private StoreView view;
    private RangeQuery rest;
    private long sent;
    private int chunkKeys = FIRST_CHUNK_KEYS;
    private boolean started;
    private boolean done;

    RangeStreamer(StoreMember member, RangeQuery query, ServerCallStreamObserver<WireMessage> responses) {
        this.member = member;
        this.query = query;
        this.rest = query;
        this.responses = responses;
        this.view = member.view();
        this.total = query.limit() > 0 ? query.limit() : Long.MAX_VALUE;
        responses.setOnCancelHandler(() -> {});
        responses.setOnReadyHandler(this::resume);
    }

    /** Local state is linearizable: begin. */
    void start() {
        synchronized (this) {
            view = member.view();
            // Reading the view's own revision as "current" never touches what compaction changes.
            boolean current = query.revision() <= 0 || query.revision() == view.revision();
            rest = current
                    ? new RangeQuery(query.keys(), 0, 0, query.order(), query.target(), query.keysOnly(),
                            query.countOnly(), 0, 0, 0, 0)
                    : query;
            started = true;
        }
        resume();
    }

    private void resume() {
        try {
            member.readers().execute(this::pump);
        } catch (RejectedExecutionException e) {
            fail(StoreError.TOO_MANY_REQUESTS);
        }
    }

    private synchronized void fail(StoreError error) {
        if (!done) {
            done = true;
            responses.onError(Statuses.of(error));
        }
    }

    private synchronized void pump() {
        try {
            while (started && !done && !responses.isCancelled() && responses.isReady()) {
                chunk();
            }
        } catch (RuntimeException e) {
            LOG.error("A stream of a range failed", e);
            done = true;
            responses.onError(Statuses.internal());
        }
    }

    private void chunk() {
        Failpoint.BEFORE_RANGE_STREAM_CHUNK.hit();
        long limit = Math.min(chunkKeys, total - sent);
        RangeResult result;
        try {
            result = view.range(rest.withLimit(limit));
        } catch (ResultTooLargeException e) {
            if (limit == 1) {
                throw e;
            }
            chunkKeys = (int) Math.max(1, limit / 2);
            return;
        }
        StoreError error = StoreMachine.errorOf(result.status());
        if (error != null) {
            fail(error);
            return;
        }
        sent += result.size();
        if (query.countOnly() || !result.more() || sent == total) {
            finish(result);
            return;
        }
        responses.onNext(new Chunk(Responses.range(NOTHING,
                new RangeResult(result.status(), 0, result.versions(), result.size(), false, 0),
                query.keysOnly(), false)));
        KeyVersion last = result.versions()[result.size() - 1];
        byte[] key = last.key();
        byte[] next = Arrays.copyOf(key, key.length + 1);
        rest = new RangeQuery(new KeyRange(next, query.keys().to()), rest.revision(), 0, query.order(), query.target(),
                query.keysOnly(), false, 0, 0, 0, 0);
        adapt(result);
    }

    private void adapt(RangeResult result) {
        long bytes = 0;
        for (int i = 0; i < result.size(); i++) {
            bytes += result.versions()[i].size();
        }
        if (bytes < CHUNK_BYTES / 2) {
            chunkKeys = Math.min(MAX_CHUNK_KEYS, chunkKeys * 2);
        } else if (bytes > CHUNK_BYTES * 2L) {
            chunkKeys = Math.max(1, chunkKeys / 2);
        }
    }

    private void finish(RangeResult result) {
        done = true;
        long count = query.countOnly() ? result.count() : sent - result.size() + result.count();
        RangeResult last = new RangeResult(result.status(), view.revision(), result.versions(), result.size(),
                result.more(), count);
        responses.onNext(new Chunk(Responses.range(member.machine().header().field(view.revision(), member.term()),
                last, query.keysOnly(), false)));
        responses.onCompleted();
    }

    /** A {@code RangeStreamResponse}: a range response as field 1. */
    private record Chunk(WireMessage response) implements WireMessage {
        @Override
        public int size() {
            return Wire.bytesFieldSize(response.size());
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            byte[] prefix = new byte[6];
            out.write(prefix, 0, Wire.putLengthPrefix(prefix, 0, 1, response.size()));
            response.writeTo(out);
        }
    }
}
