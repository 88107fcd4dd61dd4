package io.myriad.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.myriad.store.api.LeaseGrantRequest;
import io.myriad.store.api.LeaseGrpc;
import io.myriad.store.api.LeaseKeepAliveRequest;
import io.myriad.store.api.LeaseKeepAliveResponse;
import io.myriad.store.api.LeaseTimeToLiveRequest;
import io.myriad.store.lease.LeaseClock;
import io.myriad.store.lease.LeaseTable;
import io.myriad.store.lease.RemainingTime;
import io.myriad.store.state.EtcdExport;
import io.myriad.store.state.Membership;
import io.myriad.store.state.ResponseHeader;
import io.myriad.store.state.StoreMachine;

import static io.myriad.store.Requests.put;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/** What a lease has left when another member leads, with {@code --feature-gates=LeaseCheckpoint=true} and without. */
final class LeaseCheckpointApiTest {

    private static final long LEASE = 77;
    private static final long TTL = 5000;
    private static final String ON = "--feature-gates=LeaseCheckpoint=true";
    private static final Duration SHORT = Duration.ofMillis(100);
    /** Not what the lease has when its time begins anew. */
    private static final long LESS = TTL - 2;

    @TempDir
    Path directory = Path.of("");

    private static void grant(TestStore store) {
        store.lease().leaseGrant(LeaseGrantRequest.newBuilder().setID(LEASE).setTTL(TTL).build());
    }

    /** Asked until there is somebody to answer. */
    private static long left(TestStore store) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try {
                return store.lease().leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(LEASE).build()).getTTL();
            } catch (StatusRuntimeException e) {
                assertThat(System.nanoTime()).as("no leader: %s", e.getStatus()).isLessThan(deadline);
            }
        }
    }

    private static long writtenDown(TestStore store) {
        LeaseTable.Lease lease = store.member().leases().get(LEASE);
        return lease == null ? -1 : lease.remainingSeconds();
    }

    private static void awaitWrittenDown(TestStore store, LongPredicate expected) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!expected.test(writtenDown(store))) {
            assertThat(System.nanoTime()).as("what is left is not written down: %s", left(store)).isLessThan(deadline);
        }
    }

    private static TestStore leader(List<TestStore> stores) {
        while (true) {
            for (TestStore store : stores) {
                if (store.member().log().leadership().local()) {
                    return store;
                }
            }
            Thread.onSpinWait();
        }
    }

    private static void moveLeadership(List<TestStore> stores) {
        TestStore from = leader(stores);
        TestStore to = stores.get((stores.indexOf(from) + 1) % stores.size());
        while (!to.member().log().leadership().local()) {
            leader(stores).member().log().transferLeadership(to.member().settings().self().id());
            // Any question: it is answered when the member knows who leads.
            left(to);
        }
    }

    private static long renew(TestStore store) throws Exception {
        CompletableFuture<LeaseKeepAliveResponse> answer = new CompletableFuture<>();
        StreamObserver<LeaseKeepAliveRequest> requests = LeaseGrpc.newStub(store.channel()).leaseKeepAlive(
                new StreamObserver<>() {
                    @Override
                    public void onNext(LeaseKeepAliveResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable error) {
                        answer.completeExceptionally(error);
                    }

                    @Override
                    public void onCompleted() {}
                });
        requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(LEASE).build());
        long seconds = answer.get(20, TimeUnit.SECONDS).getTTL();
        requests.onCompleted();
        return seconds;
    }

    @Test
    void anotherLeaderKnowsWhatIsLeft() throws Exception {
        List<TestStore> stores = TestStore.startThree(SHORT, directory, ON);
        try {
            grant(stores.getFirst());
            for (TestStore store : stores) {
                awaitWrittenDown(store, seconds -> seconds > 0 && seconds <= LESS);
            }
            moveLeadership(stores);
            assertThat(left(stores.getFirst())).isPositive().isLessThanOrEqualTo(LESS);
        } finally {
            stores.forEach(TestStore::close);
        }
    }

    @Test
    void withoutTheGateNothingIsWrittenDown() throws Exception {
        List<TestStore> stores = TestStore.startThree(SHORT, directory);
        try {
            grant(stores.getFirst());
            while (left(leader(stores)) > LESS) {
                Thread.onSpinWait();
            }
            moveLeadership(stores);
            assertThat(stores).allSatisfy(store -> assertThat(writtenDown(store)).isZero());
        } finally {
            stores.forEach(TestStore::close);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ON, ON + ",LeaseCheckpointPersist=true"})
    void aRestartDoesNotForgetIt(String gates) throws Exception {
        String[] flags = {"--snapshot-count=20", gates};
        try (TestStore store = TestStore.start(SHORT, directory, flags)) {
            grant(store);
            awaitWrittenDown(store, seconds -> seconds > 0 && seconds <= LESS);
            // So many that it is in the page file, and its entry is not in the log any more.
            for (int i = 0; i < 100; i++) {
                store.kv().put(put("k", Integer.toString(i)));
            }
        }
        try (TestStore store = TestStore.start(SHORT, directory, flags)) {
            assertThat(left(store)).isPositive().isLessThanOrEqualTo(LESS);
        }
        // What is written down counts; there are only no new ones.
        try (TestStore store = TestStore.start(SHORT, directory)) {
            assertThat(left(store)).isPositive().isLessThanOrEqualTo(LESS);
        }
    }

    private Path etcdsFile(long remainingSeconds) throws IOException {
        StoreMachine machine = new StoreMachine(new ResponseHeader(1, 1), new LeaseClock(), () -> 0);
        machine.leases().grant(LEASE, TTL);
        machine.leases().checkpoint(new RemainingTime(LEASE, remainingSeconds));
        Path path = directory.resolve("db");
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE); EtcdExport export = new EtcdExport(machine, 1, 1, Membership.UNKNOWN)) {
            export.write(file);
        }
        return path;
    }

    /** Leases of etcd's with what they had left; and what a renewal changes for the next leader. */
    @ParameterizedTest
    @ValueSource(strings = {ON, "--feature-gates=LeaseCheckpoint=false"})
    void aRenewalTakesItBack(String gates) throws Exception {
        List<TestStore> stores = TestStore.startThree(directory, gates, "--initial-snapshot",
                etcdsFile(1000).toString());
        try {
            assertThat(left(stores.getFirst())).isPositive().isLessThanOrEqualTo(1000);
            moveLeadership(stores);
            assertThat(left(stores.getFirst())).isPositive().isLessThanOrEqualTo(1000);
            TestStore follower = stores.get((stores.indexOf(leader(stores)) + 1) % stores.size());
            left(follower);
            assertThat(renew(follower)).isEqualTo(TTL);
            assertThat(left(stores.getFirst())).isGreaterThan(1000);
            moveLeadership(stores);
            assertThat(left(stores.getFirst())).isGreaterThan(1000);
            for (TestStore store : stores) {
                awaitWrittenDown(store, seconds -> seconds == 0);
                assertThat(requireNonNull(store.member().leases().get(LEASE)).ttlSeconds()).isEqualTo(TTL);
            }
        } finally {
            stores.forEach(TestStore::close);
        }
    }
}
