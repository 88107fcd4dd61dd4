package io.myriad.apiserver.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.apiserver.storage.KeyValueStore.Change;
import io.myriad.store.api.WatchCreateRequest;
import io.myriad.store.api.WatchGrpc;
import io.myriad.store.api.WatchProgressRequest;
import io.myriad.store.api.WatchRequest;
import io.myriad.store.api.WatchResponse;
import io.myriad.store.api.mvcc.Event;

/**
 * A watch over etcd's protocol that survives its streams: each has one watch on it, and when it breaks the next one starts
 * where it ended.
 *
 * <p>States of a stream: opened (a create request is on its way), live, ended. Only the current stream's messages count. All
 * of them arrive on the listener's executor; opening and asking for progress happen on any thread, under the lock.
 */
final class EtcdWatch implements KeyValueStore.Watch {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdWatch.class);
    private static final Metadata.Key<String> REQUIRE_LEADER = Metadata.Key.of("hasleader",
            Metadata.ASCII_STRING_MARSHALLER);
    private static final long REOPEN_MIN_MILLIS = 20;
    private static final long REOPEN_MAX_MILLIS = 2_000;
    /** A request for progress that is not answered for so long shows that the stream is dead; a new one is opened. */
    private static final long STALL_MILLIS = 5_000;
    private static final long NEVER = Long.MIN_VALUE;

    private final WatchGrpc.WatchStub stub;
    private final String start;
    private final String end;
    private final KeyValueStore.Listener listener;
    private final ScheduledExecutorService timer;

    /** The first revision not delivered yet. Written by the listener's executor. */
    private volatile long nextRevision;
    private @Nullable Stream current;
    private boolean closed;
    private long reopenMillis = REOPEN_MIN_MILLIS;

    EtcdWatch(WatchGrpc.WatchStub stub, String start, String end, long fromRevision, Executor executor,
            KeyValueStore.Listener listener, ScheduledExecutorService timer) {
        Metadata headers = new Metadata();
        headers.put(REQUIRE_LEADER, "true");
        this.stub = stub.withExecutor(executor)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        this.start = start;
        this.end = end;
        this.nextRevision = fromRevision;
        this.listener = listener;
        this.timer = timer;
    }

    /** Opens a stream in the place of the current one. */
    synchronized void open() {
        if (closed) {
            return;
        }
        Stream stream = new Stream();
        current = stream;
        stub.watch(stream);
        stream.send(WatchRequest.newBuilder().setCreateRequest(WatchCreateRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(start)).setRangeEnd(ByteString.copyFromUtf8(end))
                .setStartRevision(nextRevision).setProgressNotify(true).setFragment(true)).build());
    }

    private synchronized void reopen(Stream ended, String why) {
        if (closed || current != ended) {
            return;
        }
        current = null;
        LOG.info("the store's watch ended ({}); it goes on from revision {} in {} ms", why, nextRevision, reopenMillis);
        try {
            timer.schedule(this::open, reopenMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException storeClosed) {
            closed = true;
        }
        reopenMillis = Math.min(2 * reopenMillis, REOPEN_MAX_MILLIS);
    }

    @Override
    public synchronized void requestProgress() {
        Stream stream = current;
        if (stream == null) {
            return;
        }
        long now = System.nanoTime();
        if (stream.askedNanos != NEVER && now - stream.askedNanos > TimeUnit.MILLISECONDS.toNanos(STALL_MILLIS)) {
            stream.cancel("no progress");
            reopen(stream, "no answer for " + STALL_MILLIS + " ms");
            return;
        }
        if (stream.askedNanos == NEVER) {
            stream.askedNanos = now;
        }
        stream.send(WatchRequest.newBuilder().setProgressRequest(WatchProgressRequest.getDefaultInstance()).build());
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (current != null) {
            current.cancel("closed");
            current = null;
        }
    }

    private synchronized boolean isCurrent(Stream stream) {
        if (current != stream) {
            return false;
        }
        stream.askedNanos = NEVER;
        return true;
    }

    private synchronized void live() {
        reopenMillis = REOPEN_MIN_MILLIS;
    }

    private static Change change(Event event) {
        return new Change(event.getKv().getKey().toStringUtf8(),
                event.getType() == Event.EventType.DELETE ? null : event.getKv().getValue().toByteArray(),
                event.getKv().getModRevision());
    }

    private final class Stream implements ClientResponseObserver<WatchRequest, WatchResponse> {
        private @Nullable ClientCallStreamObserver<WatchRequest> requests;
        /** Events of the last revision of a fragment, whose other events are in the next one. */
        private List<Change> incomplete = new ArrayList<>();
        /** When progress was asked for and nothing has come since. Guarded by the watch. */
        private long askedNanos = NEVER;

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> observer) {
            requests = observer;
        }

        void send(WatchRequest request) {
            if (requests != null) {
                requests.onNext(request);
            }
        }

        void cancel(String why) {
            if (requests != null) {
                requests.cancel(why, null);
            }
        }

        @Override
        public void onNext(WatchResponse response) {
            if (!isCurrent(this)) {
                return;
            }
            if (response.getCanceled()) {
                canceled(response);
            } else if (response.getCreated()) {
                live();
            } else if (response.getEventsCount() > 0) {
                events(response);
            } else if (incomplete.isEmpty() && response.getHeader().getRevision() >= nextRevision) {
                nextRevision = response.getHeader().getRevision() + 1;
                listener.progress(response.getHeader().getRevision());
            }
        }

        private void canceled(WatchResponse response) {
            if (response.getCompactRevision() > 0) {
                close();
                listener.compacted();
            } else {
                cancel("canceled by the store");
                reopen(this, "canceled: " + response.getCancelReason());
            }
        }

        private void events(WatchResponse response) {
            List<Change> changes = incomplete;
            for (Event event : response.getEventsList()) {
                if (event.getKv().getModRevision() >= nextRevision) {
                    changes.add(change(event));
                }
            }
            incomplete = new ArrayList<>();
            long complete = response.getEvents(response.getEventsCount() - 1).getKv().getModRevision();
            if (response.getFragment()) {
                int whole = changes.size();
                while (whole > 0 && changes.get(whole - 1).revision() == complete) {
                    whole--;
                }
                incomplete.addAll(changes.subList(whole, changes.size()));
                changes = changes.subList(0, whole);
                complete--;
            }
            if (complete >= nextRevision) {
                nextRevision = complete + 1;
                listener.changes(changes, complete);
            }
        }

        @Override
        public void onError(Throwable failure) {
            reopen(this, String.valueOf(failure.getMessage()));
        }

        @Override
        public void onCompleted() {
            reopen(this, "completed by the store");
        }
    }
}
