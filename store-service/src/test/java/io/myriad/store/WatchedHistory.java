package io.myriad.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import org.jspecify.annotations.Nullable;

import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.RangeRequest;
import io.myriad.store.api.RangeResponse;
import io.myriad.store.api.WatchCreateRequest;
import io.myriad.store.api.WatchGrpc;
import io.myriad.store.api.WatchProgressRequest;
import io.myriad.store.api.WatchRequest;
import io.myriad.store.api.WatchResponse;
import io.myriad.store.api.mvcc.Event;
import io.myriad.store.api.mvcc.KeyValue;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client that watches all keys from the first revision on, and after each failure goes on elsewhere, from where it was. Each revision has events, so one that is lost, told twice or out
 * of order leaves a gap or a step back; progress that is told ahead of events would be a step ahead. What it was told makes up the keys as they have to be.
 */
final class WatchedHistory implements AutoCloseable {

    private static final ByteString ALL = ByteString.copyFrom(new byte[1]);
    /** A watch ends by itself, too, so that a watcher does not wait for a member that is away. */
    private static final long WATCH_SECONDS = 5;
    private static final long PATIENCE_SECONDS = 60;
    private static final int PROGRESS_EVERY_RESPONSES = 16;

    private final Thread thread;
    private final Consumer<Event> listener;
    private final Map<ByteString, KeyValue> keys = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private long revision = 1;
    private int attempts;
    private @Nullable Attempt current;
    private boolean stopped;

    /**
     * @param channels the channel to use next
     * @param listener told each event, one after the other
     */
    WatchedHistory(Supplier<Channel> channels, Consumer<Event> listener) {
        this.listener = listener;
        this.thread = Thread.ofVirtual().start(() -> {
            for (Attempt attempt = next(); attempt != null; attempt = next()) {
                WatchGrpc.newStub(channels.get()).withWaitForReady().withDeadlineAfter(WATCH_SECONDS, TimeUnit.SECONDS)
                        .watch(attempt).onNext(attempt.create());
                attempt.ended.join();
            }
        });
    }

    private synchronized @Nullable Attempt next() {
        attempts++;
        current = stopped ? null : new Attempt(revision + 1);
        return current;
    }

    /** One watch, until it ends. */
    private final class Attempt implements ClientResponseObserver<WatchRequest, WatchResponse> {
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private final long start;
        private volatile @Nullable ClientCallStreamObserver<WatchRequest> requests;
        private int responses;

        Attempt(long start) {
            this.start = start;
        }

        WatchRequest create() {
            return WatchRequest.newBuilder().setCreateRequest(WatchCreateRequest.newBuilder().setKey(ALL)
                    .setRangeEnd(ALL).setStartRevision(start).setProgressNotify(true)).build();
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
            requests = stream;
        }

        @Override
        public void onNext(WatchResponse response) {
            take(response);
            ClientCallStreamObserver<WatchRequest> stream = requests;
            if (stream != null && ++responses % PROGRESS_EVERY_RESPONSES == 0) {
                stream.onNext(WatchRequest.newBuilder().setProgressRequest(WatchProgressRequest.getDefaultInstance())
                        .build());
            }
        }

        @Override
        public void onError(Throwable error) {
            ended.complete(null);
        }

        @Override
        public void onCompleted() {
            ended.complete(null);
        }

        void cancel() {
            ClientCallStreamObserver<WatchRequest> stream = requests;
            if (stream != null) {
                stream.cancel("enough", null);
            }
        }
    }

    private synchronized void take(WatchResponse response) {
        require(!response.getCanceled(), "the watch was cancelled: %s, compacted at %d", response.getCancelReason(),
                response.getCompactRevision());
        long before = revision;
        for (Event event : response.getEventsList()) {
            take(event, before);
        }
        if (response.getEventsCount() == 0 && !response.getCreated()) {
            require(response.getHeader().getRevision() <= revision, "progress up to %d",
                    response.getHeader().getRevision());
        }
        notifyAll();
    }

    private void take(Event event, long before) {
        KeyValue told = event.getKv();
        long at = told.getModRevision();
        // Events of one revision come in one response.
        require(at == revision + 1 || at == revision && at > before, "event of %s at %d", told.getKey().toStringUtf8(),
                at);
        KeyValue last = keys.get(told.getKey());
        if (event.getType() == Event.EventType.PUT) {
            require(told.getVersion() == (last == null ? 1 : last.getVersion() + 1)
                    && told.getCreateRevision() == (last == null ? at : last.getCreateRevision()),
                    "version %d of %s, created at %d", told.getVersion(), told.getKey().toStringUtf8(),
                    told.getCreateRevision());
            keys.put(told.getKey(), told);
        } else {
            require(last != null, "deletion of %s, which was not there", told.getKey().toStringUtf8());
            keys.remove(told.getKey());
        }
        revision = at;
        listener.accept(event);
    }

    private void require(boolean holds, String problem, Object... values) {
        if (!holds) {
            problems.add(String.format(problem, values) + ", after revision " + revision + ", in watch " + attempts);
        }
    }

    /** Nothing was lost, told twice or out of order so far. */
    synchronized void check() {
        assertThat(problems).as("what a watcher was told").isEmpty();
    }

    /** The revision up to which it was told everything. */
    synchronized long revision() {
        return revision;
    }

    /** Waits until it was told of a revision. */
    synchronized void await(long wanted) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (revision < wanted && problems.isEmpty()) {
            assertThat(System.nanoTime()).as("told up to %d, waiting for %d", revision, wanted).isLessThan(deadline);
            TimeUnit.MILLISECONDS.timedWait(this, 100);
        }
        check();
    }

    /** What it was told is what is there; nothing may be written meanwhile. */
    void verify(Channel channel) throws InterruptedException {
        RangeResponse all = KVGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS).withWaitForReady()
                .range(RangeRequest.newBuilder().setKey(ALL).setRangeEnd(ALL).build());
        await(all.getHeader().getRevision());
        synchronized (this) {
            assertThat(revision).isEqualTo(all.getHeader().getRevision());
            assertThat(keys.values()).containsExactlyInAnyOrderElementsOf(all.getKvsList());
        }
    }

    @Override
    public void close() throws InterruptedException {
        Attempt last;
        synchronized (this) {
            stopped = true;
            last = current;
        }
        if (last != null) {
            last.cancel();
        }
        thread.join();
    }
}
