package io.myriad.store;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.LeaseGrantRequest;
import io.myriad.store.api.LeaseRevokeRequest;
import io.myriad.store.api.RangeRequest;
import io.myriad.store.api.lock.LockGrpc;
import io.myriad.store.api.lock.LockRequest;
import io.myriad.store.api.lock.LockResponse;
import io.myriad.store.api.lock.UnlockRequest;

import static io.myriad.store.Requests.bytes;
import static io.myriad.store.Requests.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Locks: who gets them, in which order, and who leaves the queue. Texts and keys are those that etcd v3.7.3 answered. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LockApiTest {

    @TempDir
    static Path directory = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private TestStore store;

    @BeforeAll
    void start() {
        store = TestStore.start(directory);
    }

    @AfterAll
    void stop() {
        store.close();
    }

    private LockGrpc.LockBlockingStub locks() {
        return LockGrpc.newBlockingStub(store.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private ListenableFuture<LockResponse> lockLater(String name, long lease) {
        return LockGrpc.newFutureStub(store.channel()).lock(request(name, lease));
    }

    private static LockRequest request(String name, long lease) {
        return LockRequest.newBuilder().setName(bytes(name)).setLease(lease).build();
    }

    private void grant(long lease) {
        store.lease().leaseGrant(LeaseGrantRequest.newBuilder().setID(lease).setTTL(600).build());
    }

    private long waiting(String name) {
        return store.kv().range(range(name + "/", name + "0").build()).getCount();
    }

    private void awaitWaiting(String name, long count) {
        while (waiting(name) != count) {
            Thread.onSpinWait();
        }
    }

    private static void assertUnknown(ThrowingCallable call, String text) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, error -> {
            assertThat(error.getStatus().getDescription()).isEqualTo(text);
            assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
        });
    }

    @Test
    void aLockIsAKeyNamedAfterItsLease() {
        grant(77);
        LockResponse first = locks().lock(request("a", 77));
        assertThat(first.getKey()).isEqualTo(bytes("a/4d"));
        LockResponse again = locks().lock(request("a", 77));
        assertThat(again).as("who has it gets it again").isEqualTo(first);
        assertThat(locks().lock(request("", 77)).getKey()).isEqualTo(bytes("/4d"));
        assertThat(store.kv().range(RangeRequest.newBuilder().setKey(first.getKey()).build()).getKvs(0).getLease())
                .isEqualTo(77);
        assertUnknown(() -> locks().lock(request("a", 99)), "etcdserver: requested lease not found");
        assertUnknown(() -> locks().lock(request("a", -4)), "etcdserver: requested lease not found");
        assertUnknown(() -> locks().unlock(UnlockRequest.getDefaultInstance()), "etcdserver: key is not provided");
        assertThat(locks().unlock(UnlockRequest.newBuilder().setKey(bytes("nothing")).build()).hasHeader()).isTrue();
        LockResponse ofNewLease = locks().lock(request("b", 0));
        assertThat(ofNewLease.getKey().toStringUtf8()).matches("b/[0-9a-f]+");
    }

    @Test
    void theQueueMovesInOrderAndWhoGoesLeavesIt() throws Exception {
        for (long lease = 10; lease < 14; lease++) {
            grant(lease);
        }
        LockResponse first = locks().lock(request("q", 10));
        ListenableFuture<LockResponse> second = lockLater("q", 11);
        awaitWaiting("q", 2);
        ListenableFuture<LockResponse> third = lockLater("q", 12);
        awaitWaiting("q", 3);
        ListenableFuture<LockResponse> fourth = lockLater("q", 13);
        awaitWaiting("q", 4);
        third.cancel(true);
        awaitWaiting("q", 3);
        assertThat(second.isDone()).isFalse();
        locks().unlock(UnlockRequest.newBuilder().setKey(first.getKey()).build());
        assertThat(second.get(20, TimeUnit.SECONDS).getKey()).isEqualTo(bytes("q/b"));
        assertThat(fourth.isDone()).isFalse();
        // The lease of who has it ends.
        store.lease().leaseRevoke(LeaseRevokeRequest.newBuilder().setID(11).build());
        assertThat(fourth.get(20, TimeUnit.SECONDS).getKey()).isEqualTo(bytes("q/d"));
    }

    @Test
    void whoseLeaseEndsWhileItWaitsIsTold() throws Exception {
        grant(20);
        grant(21);
        LockResponse first = locks().lock(request("s", 20));
        ListenableFuture<LockResponse> second = lockLater("s", 21);
        awaitWaiting("s", 2);
        store.lease().leaseRevoke(LeaseRevokeRequest.newBuilder().setID(21).build());
        locks().unlock(UnlockRequest.newBuilder().setKey(first.getKey()).build());
        CompletableFuture<Void> done = new CompletableFuture<>();
        second.addListener(() -> done.complete(null), Runnable::run);
        done.get(20, TimeUnit.SECONDS);
        assertThatThrownBy(second::get).hasMessageContaining("mutex: session is expired");
    }
}
