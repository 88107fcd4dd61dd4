package io.myriad.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;

import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.LeaseGrantRequest;
import io.myriad.store.api.LeaseGrpc;
import io.myriad.store.api.LeaseKeepAliveRequest;
import io.myriad.store.api.LeaseKeepAliveResponse;
import io.myriad.store.api.mvcc.Event;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that hold a lease for a while, renewing it, and then leave it to run out, one after the other. A lease has to last its time to live from when its grant, or a renewal that was
 * answered, was sent: nothing tells that it is gone before, neither an answer nor the deletion of its key. And it ends when nobody renews it.
 */
final class HeldLeases implements AutoCloseable {

    private static final String PREFIX = "lease/";
    private static final int MIN_TTL_SECONDS = 2;
    private static final int MAX_RENEWALS = 12;
    private static final long RENEWAL_MILLIS = 400;
    private static final long CALL_SECONDS = 4;

    private final List<Thread> holders = new ArrayList<>();
    private final Supplier<Channel> channels;
    private final Map<Long, Long> promisedUntilNanos = new ConcurrentHashMap<>();
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicInteger ended = new AtomicInteger();

    /** @param channels the channel to use next */
    HeldLeases(int clients, long seed, Supplier<Channel> channels) {
        this.channels = channels;
        for (int i = 0; i < clients; i++) {
            Random random = new Random(seed + i);
            holders.add(Thread.ofVirtual().start(() -> {
                while (stopped.getCount() > 0) {
                    hold(random);
                }
            }));
        }
    }

    private void hold(Random random) {
        long id = 1 + random.nextLong(Long.MAX_VALUE);
        int ttlSeconds = MIN_TTL_SECONDS + random.nextInt(4);
        int renewals = random.nextInt(MAX_RENEWALS);
        try {
            long sentNanos = System.nanoTime();
            LeaseGrpc.newBlockingStub(channels.get()).withWaitForReady().withDeadlineAfter(CALL_SECONDS,
                    TimeUnit.SECONDS).leaseGrant(LeaseGrantRequest.newBuilder().setID(id).setTTL(ttlSeconds).build());
            promise(id, sentNanos, ttlSeconds);
            KVGrpc.newBlockingStub(channels.get()).withWaitForReady().withDeadlineAfter(CALL_SECONDS,
                    TimeUnit.SECONDS).put(Requests.put(PREFIX + id, "").toBuilder().setLease(id).build());
            for (int i = 0; i < renewals && !stopped.await(RENEWAL_MILLIS, TimeUnit.MILLISECONDS); i++) {
                renew(id);
            }
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                gone(id, e.getMessage());
            }
            // What else it is, is not known: the lease runs out.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void promise(long id, long sentNanos, long ttlSeconds) {
        promisedUntilNanos.merge(id, sentNanos + TimeUnit.SECONDS.toNanos(ttlSeconds), Math::max);
    }

    private void renew(long id) throws InterruptedException {
        CompletableFuture<LeaseKeepAliveResponse> answer = new CompletableFuture<>();
        long sentNanos = System.nanoTime();
        StreamObserver<LeaseKeepAliveRequest> requests = LeaseGrpc.newStub(channels.get()).withWaitForReady()
                .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS).leaseKeepAlive(new StreamObserver<>() {
                    @Override
                    public void onNext(LeaseKeepAliveResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable error) {
                        answer.completeExceptionally(error);
                    }

                    @Override
                    public void onCompleted() {
                        answer.completeExceptionally(new IllegalStateException("no answer"));
                    }
                });
        requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(id).build());
        try {
            long ttlSeconds = answer.get().getTTL();
            if (ttlSeconds > 0) {
                promise(id, sentNanos, ttlSeconds);
            } else {
                gone(id, "a renewal was answered with 0");
            }
            requests.onCompleted();
        } catch (ExecutionException e) {
            // It may or may not have been renewed.
        }
    }

    /** To be told each event of a watch. */
    void onEvent(Event event) {
        String key = event.getKv().getKey().toStringUtf8();
        if (event.getType() == Event.EventType.DELETE && key.startsWith(PREFIX)) {
            gone(Long.parseLong(key.substring(PREFIX.length())), "its key was deleted");
            ended.incrementAndGet();
        }
    }

    private void gone(long id, String evidence) {
        Long until = promisedUntilNanos.get(id);
        long early = until == null ? 0 : until - System.nanoTime();
        if (early > 0) {
            problems.add("lease " + id + " ended " + TimeUnit.NANOSECONDS.toMillis(early) + " ms early: " + evidence);
        }
    }

    /** No lease has ended early so far. */
    void check() {
        assertThat(problems).as("leases that ended early").isEmpty();
    }

    /** After {@link #close}: waits until all have ended. */
    void awaitEnds(Channel channel) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        long left;
        do {
            left = KVGrpc.newBlockingStub(channel).withWaitForReady().withDeadlineAfter(30, TimeUnit.SECONDS)
                    .range(Requests.range(PREFIX, "lease0").setCountOnly(true).build()).getCount();
            assertThat(left == 0 || System.nanoTime() < deadline).as("%d leases do not end", left).isTrue();
            TimeUnit.MILLISECONDS.sleep(20);
        } while (left > 0);
        check();
    }

    /** Keys of leases that were seen to end. */
    int ended() {
        return ended.get();
    }

    @Override
    public void close() throws InterruptedException {
        stopped.countDown();
        for (Thread holder : holders) {
            holder.join();
        }
    }
}
