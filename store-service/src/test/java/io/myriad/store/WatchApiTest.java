package io.myriad.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.LeaseGrantRequest;
import io.myriad.store.api.LeaseGrpc;
import io.myriad.store.api.LeaseKeepAliveRequest;
import io.myriad.store.api.LeaseKeepAliveResponse;
import io.myriad.store.api.PutRequest;
import io.myriad.store.api.TxnRequest;
import io.myriad.store.api.WatchCancelRequest;
import io.myriad.store.api.WatchCreateRequest;
import io.myriad.store.api.WatchGrpc;
import io.myriad.store.api.WatchProgressRequest;
import io.myriad.store.api.WatchRequest;
import io.myriad.store.api.WatchResponse;
import io.myriad.store.api.mvcc.Event;

import static io.myriad.store.Requests.bytes;
import static io.myriad.store.Requests.delete;
import static io.myriad.store.Requests.get;
import static io.myriad.store.Requests.op;
import static io.myriad.store.Requests.put;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/** The streaming calls of the etcd v3 API against a running store. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class WatchApiTest {

    @TempDir
    static Path directory = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private TestStore store;
    private String prefix = "";
    private int tests;

    @BeforeAll
    void start() {
        store = TestStore.start(directory, "--watch-progress-notify-interval=150ms");
    }

    @AfterAll
    void stop() {
        store.close();
    }

    @BeforeEach
    void ownKeys() {
        prefix = "w" + tests++ + "/";
    }

    /** One watch stream and what came out of it. */
    private final class Watching implements StreamObserver<WatchResponse>, AutoCloseable {
        private final LinkedBlockingQueue<WatchResponse> responses = new LinkedBlockingQueue<>();
        private final StreamObserver<WatchRequest> requests = WatchGrpc.newStub(store.channel()).watch(this);

        WatchResponse create(WatchCreateRequest.Builder request) throws InterruptedException {
            requests.onNext(WatchRequest.newBuilder().setCreateRequest(request).build());
            WatchResponse created = next();
            assertThat(created.getCreated()).isTrue();
            return created;
        }

        WatchResponse next() throws InterruptedException {
            return requireNonNull(responses.poll(10, TimeUnit.SECONDS), "no response in 10 s");
        }

        List<Event> events(int count) throws InterruptedException {
            List<Event> events = new ArrayList<>();
            while (events.size() < count) {
                events.addAll(next().getEventsList());
            }
            return events;
        }

        @Override
        public void onNext(WatchResponse response) {
            responses.add(response);
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {}

        @Override
        public void close() {
            requests.onError(io.grpc.Status.CANCELLED.asException());
        }
    }

    private WatchCreateRequest.Builder all() {
        return WatchCreateRequest.newBuilder().setKey(bytes(prefix)).setRangeEnd(bytes(prefix + "~"));
    }

    @Test
    void eventsAsTheyHappen() throws InterruptedException {
        try (Watching watching = new Watching()) {
            watching.create(all().setPrevKv(true));
            store.kv().put(put(prefix + "a", "1"));
            store.kv().put(put(prefix + "a", "2"));
            store.kv().put(put("elsewhere", "2"));
            long deleted = store.kv().deleteRange(delete(prefix + "a")).getHeader().getRevision();
            List<Event> events = watching.events(3);
            assertThat(events).extracting(Event::getType).containsExactly(Event.EventType.PUT, Event.EventType.PUT,
                    Event.EventType.DELETE);
            assertThat(events.get(0).hasPrevKv()).isFalse();
            assertThat(events.get(1).getPrevKv().getValue()).isEqualTo(bytes("1"));
            assertThat(events.get(2).getKv().getModRevision()).isEqualTo(deleted);
            assertThat(events.get(2).getKv().getValue()).isEmpty();
            assertThat(events.get(2).getPrevKv().getValue()).isEqualTo(bytes("2"));
        }
    }

    @Test
    void aTransactionsEventsComeTogether() throws InterruptedException {
        try (Watching watching = new Watching()) {
            watching.create(all());
            store.kv().txn(TxnRequest.newBuilder().addSuccess(op(put(prefix + "a", "1")))
                    .addSuccess(op(put(prefix + "b", "1"))).build());
            assertThat(watching.next().getEventsList()).hasSize(2);
        }
    }

    @Test
    void pastAndFutureRevisions() throws InterruptedException {
        long first = store.kv().put(put(prefix + "a", "1")).getHeader().getRevision();
        store.kv().put(put(prefix + "b", "2"));
        try (Watching watching = new Watching()) {
            watching.create(all().setStartRevision(first));
            assertThat(watching.events(2)).extracting(event -> event.getKv().getValue().toStringUtf8())
                    .containsExactly("1", "2");
        }
        try (Watching watching = new Watching()) {
            watching.create(all().setStartRevision(first + 3));
            store.kv().put(put(prefix + "c", "3"));
            store.kv().put(put(prefix + "d", "4"));
            assertThat(watching.events(1)).extracting(event -> event.getKv().getValue().toStringUtf8())
                    .containsExactly("4");
        }
    }

    @Test
    void filters() throws InterruptedException {
        try (Watching watching = new Watching()) {
            watching.create(all().addFilters(WatchCreateRequest.FilterType.NOPUT));
            store.kv().put(put(prefix + "a", "1"));
            store.kv().deleteRange(delete(prefix + "a"));
            assertThat(watching.events(1)).extracting(Event::getType).containsExactly(Event.EventType.DELETE);
        }
    }

    @Test
    void compactedStartIsCancelledWithTheCompactedRevision() throws InterruptedException {
        long first = store.kv().put(put(prefix + "a", "1")).getHeader().getRevision();
        long second = store.kv().put(put(prefix + "a", "2")).getHeader().getRevision();
        store.kv().compact(CompactionRequest.newBuilder().setRevision(second).build());
        try (Watching watching = new Watching()) {
            long id = watching.create(all().setStartRevision(first)).getWatchId();
            WatchResponse cancelled = watching.next();
            assertThat(cancelled.getCanceled()).isTrue();
            assertThat(cancelled.getWatchId()).isEqualTo(id);
            assertThat(cancelled.getCompactRevision()).isEqualTo(second);
        }
    }

    @Test
    void cancelAndDuplicates() throws InterruptedException {
        try (Watching watching = new Watching()) {
            assertThat(watching.create(all().setWatchId(5)).getWatchId()).isEqualTo(5);
            WatchResponse refused = watching.create(all().setWatchId(5));
            assertThat(refused.getCanceled()).isTrue();
            assertThat(refused.getWatchId()).isEqualTo(-1);
            assertThat(refused.getCancelReason()).isEqualTo("mvcc: duplicate watch ID provided on the WatchStream");
            watching.requests.onNext(
                    WatchRequest.newBuilder().setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(5)).build());
            WatchResponse cancelled = watching.next();
            assertThat(cancelled.getCanceled()).isTrue();
            assertThat(cancelled.getWatchId()).isEqualTo(5);
        }
    }

    @Test
    void progressOnRequestAndByInterval() throws InterruptedException {
        try (Watching watching = new Watching()) {
            watching.create(all());
            long revision = store.kv().put(put("other", "1")).getHeader().getRevision();
            watching.requests.onNext(
                    WatchRequest.newBuilder().setProgressRequest(WatchProgressRequest.getDefaultInstance()).build());
            WatchResponse progress = watching.next();
            assertThat(progress.getWatchId()).isEqualTo(-1);
            assertThat(progress.getEventsList()).isEmpty();
            assertThat(progress.getHeader().getRevision()).isGreaterThanOrEqualTo(revision);
        }
        try (Watching watching = new Watching()) {
            long id = watching.create(all().setProgressNotify(true)).getWatchId();
            WatchResponse progress = watching.next();
            assertThat(progress.getWatchId()).isEqualTo(id);
            assertThat(progress.getEventsList()).isEmpty();
            assertThat(progress.getHeader().getRevision())
                    .isEqualTo(store.kv().range(get("x")).getHeader().getRevision());
        }
    }

    @Test
    void largeResponsesComeInFragments() throws InterruptedException {
        String value = "x".repeat(1_000_000);
        long first = 0;
        for (int i = 0; i < 5; i++) {
            long revision = store.kv().put(put(prefix + i, value)).getHeader().getRevision();
            first = first == 0 ? revision : first;
        }
        try (Watching watching = new Watching()) {
            watching.create(all().setStartRevision(first).setFragment(true).setPrevKv(true));
            int events = 0;
            while (events < 5) {
                WatchResponse response = watching.next();
                assertThat(response.getSerializedSize()).isLessThan((3 << 19) + (512 << 10));
                events += response.getEventsCount();
            }
        }
    }

    @Test
    void leasesAreKeptAliveAndExpire() throws InterruptedException {
        long kept = store.lease().leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build()).getID();
        LinkedBlockingQueue<LeaseKeepAliveResponse> answers = new LinkedBlockingQueue<>();
        StreamObserver<LeaseKeepAliveRequest> renewals = LeaseGrpc.newStub(store.channel())
                .leaseKeepAlive(new StreamObserver<>() {
                    @Override
                    public void onNext(LeaseKeepAliveResponse response) {
                        answers.add(response);
                    }

                    @Override
                    public void onError(Throwable error) {}

                    @Override
                    public void onCompleted() {}
                });
        renewals.onNext(LeaseKeepAliveRequest.newBuilder().setID(kept).build());
        renewals.onNext(LeaseKeepAliveRequest.newBuilder().setID(12345).build());
        assertThat(requireNonNull(answers.poll(10, TimeUnit.SECONDS)).getTTL()).isEqualTo(60);
        assertThat(requireNonNull(answers.poll(10, TimeUnit.SECONDS)).getTTL()).isZero();
        renewals.onCompleted();
        try (Watching watching = new Watching()) {
            watching.create(all());
            long id = store.lease().leaseGrant(LeaseGrantRequest.newBuilder().setTTL(2).build()).getID();
            store.kv().put(PutRequest.newBuilder(put(prefix + "a", "1")).setLease(id).build());
            assertThat(watching.events(2)).extracting(Event::getType).containsExactly(Event.EventType.PUT,
                    Event.EventType.DELETE);
        }
    }
}
