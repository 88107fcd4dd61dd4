package io.myriad.store;

import java.nio.file.Path;
import java.util.List;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.AlarmMember;
import io.myriad.store.api.AlarmRequest;
import io.myriad.store.api.AlarmType;
import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.DefragmentRequest;
import io.myriad.store.api.HashKVRequest;
import io.myriad.store.api.HashKVResponse;
import io.myriad.store.api.HashRequest;
import io.myriad.store.api.LeaseGrantRequest;
import io.myriad.store.api.LeaseRevokeRequest;
import io.myriad.store.api.MoveLeaderRequest;
import io.myriad.store.api.StatusRequest;
import io.myriad.store.api.TxnRequest;

import static io.myriad.store.Requests.delete;
import static io.myriad.store.Requests.get;
import static io.myriad.store.Requests.op;
import static io.myriad.store.Requests.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Alarms, the quota, checksums, and leadership handed over. Texts and numbers are those that etcd v3.7.3 answered. */
final class MaintenanceApiTest {

    private static final String NO_SPACE = "etcdserver: mvcc: database space exceeded";
    private static final AlarmMember SEVEN = AlarmMember.newBuilder().setMemberID(7).setAlarm(AlarmType.NOSPACE)
            .build();

    @TempDir
    Path directory = Path.of("");

    private static void assertError(ThrowingCallable call, Status.Code code, String text) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, error -> {
            assertThat(error.getStatus().getDescription()).isEqualTo(text);
            assertThat(error.getStatus().getCode()).isEqualTo(code);
        });
    }

    private static List<AlarmMember> alarm(TestStore store, AlarmRequest.AlarmAction action, long member,
            AlarmType type) {
        return store.maintenance().alarm(
                AlarmRequest.newBuilder().setAction(action).setMemberID(member).setAlarm(type).build()).getAlarmsList();
    }

    private static List<AlarmMember> alarms(TestStore store) {
        return alarm(store, AlarmRequest.AlarmAction.GET, 0, AlarmType.NONE);
    }

    @Test
    void withoutSpaceWhatAddsIsRefusedUntilTheAlarmIsTakenBack() {
        try (TestStore store = TestStore.start(directory)) {
            long lease = store.lease().leaseGrant(LeaseGrantRequest.newBuilder().setTTL(500).build()).getID();
            long revision = store.kv().put(put("a", "1")).getHeader().getRevision();
            assertThat(alarms(store)).isEmpty();
            for (int i = 0; i < 2; i++) {
                assertThat(alarm(store, AlarmRequest.AlarmAction.ACTIVATE, 7, AlarmType.NOSPACE))
                        .containsExactly(SEVEN);
            }
            assertThat(alarm(store, AlarmRequest.AlarmAction.ACTIVATE, 0, AlarmType.NONE)).isEmpty();
            assertThat(alarms(store)).containsExactly(SEVEN);
            assertThat(alarm(store, AlarmRequest.AlarmAction.GET, 0, AlarmType.NOSPACE)).containsExactly(SEVEN);
            assertThat(alarm(store, AlarmRequest.AlarmAction.GET, 0, AlarmType.CORRUPT)).isEmpty();
            assertThat(store.maintenance().status(StatusRequest.getDefaultInstance()).getErrorsList())
                    .containsExactly("memberID:7 alarm:NOSPACE");
            assertError(() -> store.kv().put(put("a", "1")), Status.Code.RESOURCE_EXHAUSTED, NO_SPACE);
            assertError(() -> store.lease().leaseGrant(LeaseGrantRequest.newBuilder().setTTL(5).build()),
                    Status.Code.RESOURCE_EXHAUSTED, NO_SPACE);
            assertError(() -> store.kv().txn(TxnRequest.newBuilder().addFailure(op(put("a", "1"))).build()),
                    Status.Code.RESOURCE_EXHAUSTED, NO_SPACE);
            assertThat(store.kv().txn(TxnRequest.newBuilder().addSuccess(op(delete("b"))).build()).getSucceeded())
                    .isTrue();
            assertThat(store.kv().deleteRange(delete("a")).getDeleted()).isEqualTo(1);
            store.kv().compact(CompactionRequest.newBuilder().setRevision(revision).build());
            store.lease().leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build());
            assertThat(alarm(store, AlarmRequest.AlarmAction.DEACTIVATE, 8, AlarmType.NOSPACE)).isEmpty();
            assertThat(alarm(store, AlarmRequest.AlarmAction.DEACTIVATE, 7, AlarmType.NONE)).isEmpty();
            assertThat(alarm(store, AlarmRequest.AlarmAction.DEACTIVATE, 7, AlarmType.NOSPACE)).containsExactly(SEVEN);
            store.kv().put(put("a", "1"));
        }
    }

    @Test
    void aCorruptClusterOnlyReads() {
        try (TestStore store = TestStore.start(directory)) {
            store.kv().put(put("a", "1"));
            alarm(store, AlarmRequest.AlarmAction.ACTIVATE, 7, AlarmType.CORRUPT);
            String corrupt = "etcdserver: corrupt cluster";
            assertError(() -> store.kv().put(put("a", "1")), Status.Code.DATA_LOSS, corrupt);
            assertError(() -> store.kv().deleteRange(delete("a")), Status.Code.DATA_LOSS, corrupt);
            assertError(() -> store.kv().compact(CompactionRequest.newBuilder().setRevision(1).build()),
                    Status.Code.DATA_LOSS, corrupt);
            assertError(() -> store.lease().leaseRevoke(LeaseRevokeRequest.newBuilder().setID(5).build()),
                    Status.Code.DATA_LOSS, corrupt);
            assertThat(store.kv().range(get("a")).getCount()).isEqualTo(1);
            alarm(store, AlarmRequest.AlarmAction.DEACTIVATE, 7, AlarmType.CORRUPT);
            assertThat(store.kv().deleteRange(delete("a")).getDeleted()).isEqualTo(1);
        }
    }

    @Test
    void alarmsComeBackFromTheLogAndFromASnapshot() {
        for (int restart = 0; restart < 3; restart++) {
            try (TestStore store = TestStore.start(directory.resolve("data"))) {
                if (restart == 0) {
                    alarm(store, AlarmRequest.AlarmAction.ACTIVATE, 7, AlarmType.NOSPACE);
                } else {
                    assertThat(alarms(store)).containsExactly(SEVEN);
                    store.maintenance().defragment(DefragmentRequest.getDefaultInstance());
                }
            }
        }
    }

    @Test
    void theQuotaRaisesItsAlarmAndTakesItBack() {
        try (TestStore store = TestStore.start(directory, "--quota-backend-bytes=100000")) {
            assertThat(store.maintenance().status(StatusRequest.getDefaultInstance()).getDbSizeQuota())
                    .isEqualTo(100_000);
            String value = "x".repeat(10_000);
            assertError(() -> {
                for (int i = 0; i < 11; i++) {
                    store.kv().put(put("k" + i, value));
                }
            }, Status.Code.RESOURCE_EXHAUSTED, NO_SPACE);
            assertThat(alarms(store)).containsExactly(AlarmMember.newBuilder()
                    .setMemberID(store.member().settings().self().id()).setAlarm(AlarmType.NOSPACE).build());
            assertError(() -> store.kv().put(put("small", "")), Status.Code.RESOURCE_EXHAUSTED, NO_SPACE);
            long revision = store.kv().deleteRange(delete("k", "l")).getHeader().getRevision();
            store.kv().compact(CompactionRequest.newBuilder().setRevision(revision).build());
            while (!alarms(store).isEmpty()) {
                // What compaction lets go may wait for the watchers; anything that is applied takes it along.
                store.kv().deleteRange(delete("nothing"));
            }
            store.kv().put(put("small", ""));
        }
    }

    private static HashKVResponse hash(TestStore store, long revision) {
        return store.maintenance().hashKV(HashKVRequest.newBuilder().setRevision(revision).build());
    }

    @Test
    void checksumsAreThoseOfEtcd() {
        try (TestStore store = TestStore.start(directory)) {
            HashKVResponse empty = hash(store, 0);
            assertThat(empty.getHash()).isEqualTo(1_084_519_789);
            assertThat(empty.getCompactRevision()).isEqualTo(-1);
            assertThat(empty.getHashRevision()).isEqualTo(1);
            assertError(() -> hash(store, 5), Status.Code.OUT_OF_RANGE,
                    "etcdserver: mvcc: required revision is a future revision");
            store.kv().compact(CompactionRequest.newBuilder().setRevision(1).build());
            store.kv().put(put("a", "a"));
            store.kv().put(put("a", "b"));
            store.kv().deleteRange(delete("a"));
            assertThat(Integer.toUnsignedLong(hash(store, 0).getHash())).isEqualTo(633_726_922);
            assertThat(hash(store, 0).getCompactRevision()).isEqualTo(1);
            store.kv().compact(CompactionRequest.newBuilder().setRevision(3).build());
            HashKVResponse compacted = hash(store, 0);
            assertThat(Integer.toUnsignedLong(compacted.getHash())).isEqualTo(3_004_622_355L);
            assertThat(compacted.getCompactRevision()).isEqualTo(3);
            assertThat(compacted.getHashRevision()).isEqualTo(4);
            assertThat(store.maintenance().hash(HashRequest.getDefaultInstance()).getHash())
                    .isEqualTo(compacted.getHash());
            assertError(() -> hash(store, 2), Status.Code.OUT_OF_RANGE,
                    "etcdserver: mvcc: required revision has been compacted");
        }
    }

    @Test
    void allMembersHaveTheSameChecksumAndLeadershipGoesWhereItIsSent() throws Exception {
        List<TestStore> stores = TestStore.startThree(directory);
        try {
            long revision = 0;
            for (int i = 0; i < 60; i++) {
                revision = stores.get(i % 3).kv().put(put("k" + i % 7, "v" + i)).getHeader().getRevision();
            }
            revision = stores.get(0).kv().deleteRange(delete("k3")).getHeader().getRevision();
            stores.get(1).kv().compact(CompactionRequest.newBuilder().setRevision(revision - 20).build());
            for (TestStore store : stores) {
                store.kv().range(get("k1"));
                assertThat(hash(store, revision)).usingRecursiveComparison().comparingOnlyFields("hash_")
                        .isEqualTo(hash(stores.get(0), revision));
            }
            TestStore leader = stores.stream().filter(each -> each.member().log().leadership().local()).findFirst()
                    .orElseThrow();
            TestStore other = stores.stream().filter(each -> each != leader).findFirst().orElseThrow();
            MoveLeaderRequest move = MoveLeaderRequest.newBuilder()
                    .setTargetID(other.member().settings().self().id()).build();
            assertError(() -> other.maintenance().moveLeader(move), Status.Code.FAILED_PRECONDITION,
                    "etcdserver: not leader");
            assertError(
                    () -> leader.maintenance().moveLeader(MoveLeaderRequest.newBuilder().setTargetID(5).build()),
                    Status.Code.FAILED_PRECONDITION, "etcdserver: bad leader transferee");
            assertThat(leader.maintenance().moveLeader(move).hasHeader()).isTrue();
            assertThat(leader.maintenance().status(StatusRequest.getDefaultInstance()).getLeader())
                    .isEqualTo(move.getTargetID());
        } finally {
            stores.forEach(TestStore::close);
        }
    }
}
