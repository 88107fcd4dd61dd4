package io.myriad.store;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.AlarmRequest;
import io.myriad.store.api.ClusterGrpc;
import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.Compare;
import io.myriad.store.api.DefragmentRequest;
import io.myriad.store.api.LeaseGrantRequest;
import io.myriad.store.api.LeaseGrantResponse;
import io.myriad.store.api.LeaseLeasesRequest;
import io.myriad.store.api.LeaseRevokeRequest;
import io.myriad.store.api.LeaseTimeToLiveRequest;
import io.myriad.store.api.LeaseTimeToLiveResponse;
import io.myriad.store.api.MemberListRequest;
import io.myriad.store.api.MoveLeaderRequest;
import io.myriad.store.api.PutRequest;
import io.myriad.store.api.RangeRequest;
import io.myriad.store.api.RangeResponse;
import io.myriad.store.api.RangeStreamResponse;
import io.myriad.store.api.RequestOp;
import io.myriad.store.api.StatusRequest;
import io.myriad.store.api.StatusResponse;
import io.myriad.store.api.TxnRequest;
import io.myriad.store.api.TxnResponse;
import io.myriad.store.api.mvcc.KeyValue;

import static io.myriad.store.Requests.bytes;
import static io.myriad.store.Requests.delete;
import static io.myriad.store.Requests.get;
import static io.myriad.store.Requests.modRevision;
import static io.myriad.store.Requests.op;
import static io.myriad.store.Requests.put;
import static io.myriad.store.Requests.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The unary calls of the etcd v3 API against a running store: results, and every error with its code and text. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StoreApiTest {

    @TempDir
    static Path directory = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private TestStore store;
    private String prefix = "";
    private int tests;

    @BeforeAll
    void start() {
        store = TestStore.start(directory);
    }

    @AfterAll
    void stop() {
        store.close();
    }

    @BeforeEach
    void ownKeys() {
        prefix = "t" + tests++ + "/";
    }

    private static void assertError(ThrowingCallable call, Status.Code code, String text) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, error -> {
            assertThat(error.getStatus().getDescription()).isEqualTo(text);
            assertThat(error.getStatus().getCode()).isEqualTo(code);
        });
    }

    private long revision() {
        return store.kv().range(get("nothing")).getHeader().getRevision();
    }

    @Test
    void putGivesRevisionsAndPrevious() {
        String key = prefix + "a";
        long first = store.kv().put(put(key, "1")).getHeader().getRevision();
        long second = store.kv().put(put(key, "2")).getHeader().getRevision();
        assertThat(second).isEqualTo(first + 1);
        KeyValue previous = store.kv().put(PutRequest.newBuilder(put(key, "3")).setPrevKv(true).build()).getPrevKv();
        assertThat(previous).isEqualTo(KeyValue.newBuilder().setKey(bytes(key)).setValue(bytes("2"))
                .setCreateRevision(first).setModRevision(second)
                .setVersion(2).build());
        RangeResponse found = store.kv().range(get(key));
        assertThat(found.getKvs(0).getVersion()).isEqualTo(3);
        assertThat(found.getCount()).isEqualTo(1);
        assertThat(found.getHeader().getClusterId()).isEqualTo(0xcdf818194e3a8c32L);
        assertThat(found.getHeader().getMemberId()).isEqualTo(0x8e9e05c52164694dL);
        assertThat(found.getHeader().getRaftTerm()).isPositive();
    }

    @Test
    void putKeepsValueOrLeaseOnRequest() {
        long lease = store.lease().leaseGrant(LeaseGrantRequest.newBuilder().setTTL(1000).build()).getID();
        String key = prefix + "a";
        store.kv().put(PutRequest.newBuilder(put(key, "1")).setLease(lease).build());
        store.kv().put(PutRequest.newBuilder().setKey(bytes(key)).setIgnoreValue(true).build());
        assertThat(store.kv().range(get(key)).getKvs(0).getValue()).isEqualTo(bytes("1"));
        assertThat(store.kv().range(get(key)).getKvs(0).getLease()).isZero();
        store.kv().put(PutRequest.newBuilder(put(key, "2")).setLease(lease).build());
        store.kv().put(PutRequest.newBuilder(put(key, "3")).setIgnoreLease(true).build());
        assertThat(store.kv().range(get(key)).getKvs(0).getLease()).isEqualTo(lease);
    }

    @Test
    void errorsOfPut() {
        assertError(() -> store.kv().put(put("", "1")), Status.Code.INVALID_ARGUMENT,
                "etcdserver: key is not provided");
        assertError(() -> store.kv().put(PutRequest.newBuilder(put("a", "1")).setIgnoreValue(true).build()),
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: value is provided");
        assertError(() -> store.kv().put(PutRequest.newBuilder(put("a", "1")).setIgnoreLease(true).setLease(1).build()),
                Status.Code.INVALID_ARGUMENT, "etcdserver: lease is provided");
        assertError(
                () -> store.kv()
                        .put(PutRequest.newBuilder().setKey(bytes(prefix + "none")).setIgnoreValue(true).build()),
                Status.Code.INVALID_ARGUMENT, "etcdserver: key not found");
        assertError(() -> store.kv().put(PutRequest.newBuilder(put("a", "1")).setLease(424242).build()),
                Status.Code.NOT_FOUND,
                "etcdserver: requested lease not found");
        assertError(
                () -> store.kv()
                        .put(PutRequest.newBuilder().setKey(bytes("a")).setValue(ByteString.copyFrom(new byte[3 << 19]))
                                .build()),
                Status.Code.INVALID_ARGUMENT, "etcdserver: request is too large");
    }

    @Test
    void rangeTakesAllOptions() {
        for (String key : List.of("c", "a", "b", "d")) {
            store.kv().put(put(prefix + key, "v" + key));
        }
        store.kv().put(put(prefix + "a", "z"));
        RangeRequest.Builder all = range(prefix, prefix + "~");
        assertThat(keys(store.kv().range(all.build()))).containsExactly("a", "b", "c", "d");
        RangeResponse limited = store.kv().range(all.clone().setLimit(2).build());
        assertThat(keys(limited)).containsExactly("a", "b");
        assertThat(limited.getMore()).isTrue();
        assertThat(limited.getCount()).isEqualTo(4);
        assertThat(store.kv().range(all.clone().setLimit(4).build()).getMore()).isFalse();
        assertThat(keys(store.kv().range(all.clone().setSortOrder(RangeRequest.SortOrder.DESCEND).setLimit(3).build())))
                .containsExactly("d", "c", "b");
        assertThat(keys(store.kv().range(all.clone().setSortTarget(RangeRequest.SortTarget.MOD).build())))
                .containsExactly("c", "b", "d", "a");
        assertThat(keys(store.kv()
                .range(all.clone().setSortTarget(RangeRequest.SortTarget.VALUE)
                        .setSortOrder(RangeRequest.SortOrder.DESCEND).build())))
                .containsExactly("a", "d", "c", "b");
        assertThat(keys(store.kv()
                .range(all.clone().setSortTarget(RangeRequest.SortTarget.VERSION)
                        .setSortOrder(RangeRequest.SortOrder.DESCEND)
                        .setLimit(1).build())))
                .containsExactly("a");
        RangeResponse counted = store.kv().range(all.clone().setCountOnly(true).build());
        assertThat(counted.getKvsCount()).isZero();
        assertThat(counted.getCount()).isEqualTo(4);
        RangeResponse keysOnly = store.kv().range(all.clone().setKeysOnly(true).build());
        assertThat(keysOnly.getKvsList())
                .allMatch(each -> each.getValue().isEmpty() && each.getModRevision() > 0 && each.getVersion() > 0);
        long modOfA = store.kv().range(get(prefix + "a")).getKvs(0).getModRevision();
        assertThat(keys(store.kv().range(all.clone().setMinModRevision(modOfA).build()))).containsExactly("a");
        assertThat(keys(store.kv().range(all.clone().setMaxModRevision(modOfA - 1).build()))).containsExactly("b", "c",
                "d");
        assertThat(keys(store.kv().range(all.clone().setMaxCreateRevision(modOfA - 4).build()))).containsExactly("c");
        assertThat(keys(store.kv().range(all.clone().setMinCreateRevision(modOfA - 1).build()))).containsExactly("d");
        assertThat(store.kv().range(RangeRequest.newBuilder(get(prefix + "a")).setRevision(modOfA - 1).build())
                .getKvs(0).getValue()).isEqualTo(bytes("va"));
        assertThat(keys(store.kv().range(all.clone().setRevision(modOfA - 3).build()))).containsExactly("a", "c");
        assertThat(keys(store.kv().range(all.clone().setSerializable(true).build()))).hasSize(4);
        assertThat(store.kv().range(range(prefix + "b", prefix + "a").build()).getCount()).isZero();
    }

    private List<String> keys(RangeResponse response) {
        return response.getKvsList().stream().map(each -> each.getKey().toStringUtf8().substring(prefix.length()))
                .toList();
    }

    @Test
    void errorsOfRange() {
        assertError(() -> store.kv().range(get("")), Status.Code.INVALID_ARGUMENT, "etcdserver: key is not provided");
        assertError(() -> store.kv().range(RangeRequest.newBuilder(get("a")).setSortOrderValue(9).build()),
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: invalid sort option");
        assertError(() -> store.kv().range(RangeRequest.newBuilder(get("a")).setRevision(1L << 40).build()),
                Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision is a future revision");
    }

    @Test
    void compactionTakesOldRevisions() {
        store.kv().put(put(prefix + "a", "1"));
        long revision = store.kv().put(put(prefix + "a", "2")).getHeader().getRevision();
        store.kv().compact(CompactionRequest.newBuilder().setRevision(revision).setPhysical(true).build());
        assertError(
                () -> store.kv().range(RangeRequest.newBuilder(get(prefix + "a")).setRevision(revision - 1).build()),
                Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision has been compacted");
        assertError(() -> store.kv().compact(CompactionRequest.newBuilder().setRevision(revision).build()),
                Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision has been compacted");
        assertError(() -> store.kv().compact(CompactionRequest.newBuilder().setRevision(revision + 1000).build()),
                Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision is a future revision");
        TxnRequest old = TxnRequest.newBuilder()
                .addSuccess(op(RangeRequest.newBuilder(get(prefix + "a")).setRevision(revision - 1).build()))
                .addSuccess(op(put(prefix + "b", "1"))).build();
        assertError(() -> store.kv().txn(old), Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision has been compacted");
        assertThat(store.kv().range(get(prefix + "b")).getCount()).isZero();
        assertThat(store.kv().range(RangeRequest.newBuilder(get(prefix + "a")).setRevision(revision).build()).getKvs(0)
                .getValue()).isEqualTo(bytes("2"));
    }

    @Test
    void deleteRangeCountsAndReturnsWhatWas() {
        store.kv().put(put(prefix + "a", "1"));
        store.kv().put(put(prefix + "b", "2"));
        var deleted = store.kv().deleteRange(delete(prefix, prefix + "~").toBuilder().setPrevKv(true).build());
        assertThat(deleted.getDeleted()).isEqualTo(2);
        assertThat(deleted.getPrevKvsList()).extracting(each -> each.getValue().toStringUtf8()).containsExactly("1",
                "2");
        long revision = revision();
        assertThat(store.kv().deleteRange(delete(prefix + "a")).getHeader().getRevision()).isEqualTo(revision);
        assertError(() -> store.kv().deleteRange(delete("")), Status.Code.INVALID_ARGUMENT,
                "etcdserver: key is not provided");
    }

    @Test
    void transactionAsKubernetesWritesThem() {
        String key = prefix + "pod";
        TxnRequest create = TxnRequest.newBuilder().addCompare(modRevision(key, Compare.CompareResult.EQUAL, 0))
                .addSuccess(op(put(key, "1")))
                .addFailure(op(get(key))).build();
        TxnResponse created = store.kv().txn(create);
        assertThat(created.getSucceeded()).isTrue();
        long revision = created.getHeader().getRevision();
        assertThat(created.getResponses(0).getResponsePut().getHeader().getRevision()).isEqualTo(revision);
        TxnResponse again = store.kv().txn(create);
        assertThat(again.getSucceeded()).isFalse();
        assertThat(again.getHeader().getRevision()).isEqualTo(revision);
        assertThat(again.getResponses(0).getResponseRange().getKvs(0).getModRevision()).isEqualTo(revision);
        TxnRequest remove = TxnRequest.newBuilder().addCompare(modRevision(key, Compare.CompareResult.EQUAL, revision))
                .addSuccess(op(delete(key))).build();
        assertThat(store.kv().txn(remove).getResponses(0).getResponseDeleteRange().getDeleted()).isEqualTo(1);
    }

    @Test
    void transactionsNestAndCompareRanges() {
        store.kv().put(put(prefix + "a", "1"));
        store.kv().put(put(prefix + "b", "2"));
        Compare allNew = Compare.newBuilder().setKey(bytes(prefix)).setRangeEnd(bytes(prefix + "~"))
                .setTarget(Compare.CompareTarget.VERSION)
                .setResult(Compare.CompareResult.EQUAL).setVersion(1).build();
        TxnRequest inner = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder().setKey(bytes(prefix + "a")).setTarget(Compare.CompareTarget.VALUE)
                        .setResult(Compare.CompareResult.GREATER).setValue(bytes("5")))
                .addSuccess(op(put(prefix + "c", "no"))).addFailure(op(put(prefix + "c", "yes"))).build();
        TxnResponse response = store.kv()
                .txn(TxnRequest.newBuilder().addCompare(allNew).addSuccess(op(put(prefix + "a", "9")))
                        .addSuccess(op(inner))
                        .addSuccess(op(range(prefix, prefix + "~").build())).build());
        assertThat(response.getSucceeded()).isTrue();
        assertThat(response.getResponses(1).getResponseTxn().getSucceeded()).isFalse();
        assertThat(response.getResponses(2).getResponseRange().getKvsList())
                .extracting(each -> each.getValue().toStringUtf8())
                .containsExactly("9", "2", "yes");
        assertThat(response.getResponses(2).getResponseRange().getKvsList()).extracting(KeyValue::getModRevision)
                .contains(response.getHeader().getRevision());
        Compare absentValue = Compare.newBuilder().setKey(bytes(prefix + "none")).setTarget(Compare.CompareTarget.VALUE)
                .setResult(Compare.CompareResult.NOT_EQUAL).setValue(bytes("x")).build();
        assertThat(store.kv().txn(TxnRequest.newBuilder().addCompare(absentValue).build()).getSucceeded()).isFalse();
        Compare absentLease = Compare.newBuilder().setKey(bytes(prefix + "none")).setTarget(Compare.CompareTarget.LEASE)
                .setResult(Compare.CompareResult.LESS).setLease(1).build();
        assertThat(store.kv().txn(TxnRequest.newBuilder().addCompare(absentLease).build()).getSucceeded()).isTrue();
        Compare created = Compare.newBuilder().setKey(bytes(prefix + "b")).setTarget(Compare.CompareTarget.CREATE)
                .setResult(Compare.CompareResult.GREATER).setCreateRevision(0).build();
        assertThat(store.kv().txn(TxnRequest.newBuilder().addCompare(created).build()).getSucceeded()).isTrue();
    }

    @Test
    void errorsOfTransactions() {
        TxnRequest.Builder many = TxnRequest.newBuilder();
        for (int i = 0; i < 129; i++) {
            many.addSuccess(op(get("k" + i)));
        }
        assertError(() -> store.kv().txn(many.build()), Status.Code.INVALID_ARGUMENT,
                "etcdserver: too many operations in txn request");
        List<TxnRequest> overlapping = new ArrayList<>();
        overlapping.add(TxnRequest.newBuilder().addSuccess(op(put("a", "1"))).addSuccess(op(put("a", "2"))).build());
        overlapping.add(TxnRequest.newBuilder().addSuccess(op(put("b", "1"))).addSuccess(op(delete("a", "c"))).build());
        overlapping.add(TxnRequest.newBuilder().addFailure(op(put("a", "1")))
                .addFailure(op(TxnRequest.newBuilder().addSuccess(op(put("a", "1"))).build())).build());
        for (TxnRequest request : overlapping) {
            assertError(() -> store.kv().txn(request), Status.Code.INVALID_ARGUMENT,
                    "etcdserver: duplicate key given in txn request");
        }
        TxnRequest exclusive = TxnRequest.newBuilder()
                .addSuccess(op(TxnRequest.newBuilder().addSuccess(op(put(prefix + "a", "1")))
                        .addFailure(op(put(prefix + "a", "2"))).build()))
                .build();
        assertThat(store.kv().txn(exclusive).getSucceeded()).isTrue();
        assertError(() -> store.kv().txn(TxnRequest.newBuilder().addSuccess(RequestOp.getDefaultInstance()).build()),
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: key not found");
        assertError(
                () -> store.kv().txn(
                        TxnRequest.newBuilder().addCompare(modRevision("", Compare.CompareResult.EQUAL, 0)).build()),
                Status.Code.INVALID_ARGUMENT, "etcdserver: key is not provided");
        TxnRequest noLease = TxnRequest.newBuilder().addSuccess(op(put(prefix + "x", "1")))
                .addSuccess(op(PutRequest.newBuilder(put(prefix + "y", "1")).setLease(77).build())).build();
        assertError(() -> store.kv().txn(noLease), Status.Code.NOT_FOUND, "etcdserver: requested lease not found");
        assertThat(store.kv().range(get(prefix + "x")).getCount()).isZero();
        assertError(
                () -> store.kv().txn(TxnRequest.newBuilder()
                        .addSuccess(op(RangeRequest.newBuilder(get("a")).setRevision(1L << 40).build())).build()),
                Status.Code.OUT_OF_RANGE, "etcdserver: mvcc: required revision is a future revision");
    }

    @Test
    void rangeStreamsInChunks() {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        String value = "x".repeat(3000);
        for (int batch = 0; batch < 20; batch++) {
            txn.clear();
            for (int i = 0; i < 100; i++) {
                txn.addSuccess(op(put(prefix + String.format("%05d", batch * 100 + i), value)));
            }
            store.kv().txn(txn.build());
        }
        RangeRequest all = range(prefix, prefix + "~").build();
        RangeResponse unary = store.kv().range(all);
        assertStream(store.kv().rangeStream(all), unary);
        RangeRequest limited = all.toBuilder().setLimit(700).build();
        assertStream(store.kv().rangeStream(limited), store.kv().range(limited));
        RangeRequest old = all.toBuilder().setRevision(unary.getHeader().getRevision() - 1).build();
        assertStream(store.kv().rangeStream(old), store.kv().range(old));
        RangeRequest counted = all.toBuilder().setCountOnly(true).build();
        assertStream(store.kv().rangeStream(counted), store.kv().range(counted));
        assertError(() -> store.kv().rangeStream(all.toBuilder().setSortTarget(RangeRequest.SortTarget.MOD)
                .setSortOrder(RangeRequest.SortOrder.DESCEND).build()).next(), Status.Code.UNIMPLEMENTED,
                "RangeStream does not support custom sort orders");
        assertError(() -> store.kv().rangeStream(all.toBuilder().setMinModRevision(1).build()).next(),
                Status.Code.UNIMPLEMENTED,
                "RangeStream does not support revision filters");
    }

    private static void assertStream(Iterator<RangeStreamResponse> stream, RangeResponse unary) {
        RangeResponse.Builder all = RangeResponse.newBuilder();
        stream.forEachRemaining(chunk -> all.mergeFrom(chunk.getRangeResponse()));
        assertThat(all.build().getKvsList()).isEqualTo(unary.getKvsList());
        assertThat(all.getCount()).isEqualTo(unary.getCount());
        assertThat(all.getMore()).isEqualTo(unary.getMore());
        assertThat(all.getHeader().getRevision()).isEqualTo(unary.getHeader().getRevision());
    }

    @Test
    void leasesOwnKeys() {
        LeaseGrantResponse granted = store.lease().leaseGrant(LeaseGrantRequest.newBuilder().setTTL(500).build());
        assertThat(granted.getID()).isPositive();
        assertThat(granted.getTTL()).isEqualTo(500);
        store.kv().put(PutRequest.newBuilder(put(prefix + "a", "1")).setLease(granted.getID()).build());
        store.kv().put(PutRequest.newBuilder(put(prefix + "b", "1")).setLease(granted.getID()).build());
        store.kv().put(put(prefix + "b", "2"));
        LeaseTimeToLiveResponse left = store.lease()
                .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(granted.getID()).setKeys(true).build());
        assertThat(left.getTTL()).isBetween(490L, 500L);
        assertThat(left.getGrantedTTL()).isEqualTo(500);
        assertThat(left.getKeysList()).containsExactly(bytes(prefix + "a"));
        assertThat(store.lease().leaseLeases(LeaseLeasesRequest.getDefaultInstance()).getLeasesList())
                .anyMatch(each -> each.getID() == granted.getID());
        long before = revision();
        long after = store.lease().leaseRevoke(LeaseRevokeRequest.newBuilder().setID(granted.getID()).build())
                .getHeader().getRevision();
        assertThat(after).isEqualTo(before + 1);
        assertThat(store.kv().range(get(prefix + "a")).getCount()).isZero();
        assertThat(store.kv().range(get(prefix + "b")).getCount()).isEqualTo(1);
        assertThat(store.lease().leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(granted.getID()).build())
                .getTTL()).isEqualTo(-1);
    }

    @Test
    void errorsOfLeases() {
        assertError(() -> store.lease().leaseRevoke(LeaseRevokeRequest.newBuilder().setID(99).build()),
                Status.Code.NOT_FOUND,
                "etcdserver: requested lease not found");
        assertError(() -> store.lease().leaseGrant(LeaseGrantRequest.newBuilder().setTTL(9_000_000_001L).build()),
                Status.Code.OUT_OF_RANGE,
                "etcdserver: too large lease TTL");
        store.lease().leaseGrant(LeaseGrantRequest.newBuilder().setTTL(100).setID(4711).build());
        assertError(() -> store.lease().leaseGrant(LeaseGrantRequest.newBuilder().setTTL(100).setID(4711).build()),
                Status.Code.FAILED_PRECONDITION,
                "etcdserver: lease already exists");
        assertThat(store.lease().leaseGrant(LeaseGrantRequest.newBuilder().setTTL(-5).build()).getTTL()).isEqualTo(2);
    }

    @Test
    void maintenanceAndCluster() {
        StatusResponse status = store.maintenance().status(StatusRequest.getDefaultInstance());
        assertThat(status.getVersion()).isEqualTo("3.7.3");
        assertThat(status.getLeader()).isEqualTo(status.getHeader().getMemberId());
        assertThat(status.getRaftAppliedIndex()).isPositive().isLessThanOrEqualTo(status.getRaftIndex());
        assertThat(status.getDbSize()).isPositive();
        assertThat(store.maintenance().alarm(AlarmRequest.getDefaultInstance()).getAlarmsList()).isEmpty();
        assertThat(store.maintenance().defragment(DefragmentRequest.getDefaultInstance()).hasHeader()).isFalse();
        assertError(() -> store.maintenance().moveLeader(MoveLeaderRequest.newBuilder().setTargetID(5).build()),
                Status.Code.FAILED_PRECONDITION,
                "etcdserver: bad leader transferee");
        var members = ClusterGrpc.newBlockingStub(store.channel())
                .memberList(MemberListRequest.newBuilder().setLinearizable(true).build());
        assertThat(members.getHeader().getRevision()).isZero();
        assertThat(members.getMembersList()).hasSize(1);
        assertThat(members.getMembers(0).getID()).isEqualTo(0x8e9e05c52164694dL);
        assertThat(
                HealthGrpc.newBlockingStub(store.channel()).check(HealthCheckRequest.getDefaultInstance()).getStatus())
                .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
    }

    @Test
    void pagesOverHttpOnTheClientPort() throws Exception {
        assertThat(page("/health")).isEqualTo("{\"health\":\"true\",\"reason\":\"\"}");
        assertThat(page("/livez")).isEqualTo("ok\n");
        assertThat(page("/readyz?verbose")).isEqualTo("[+]linearizable_read ok\nok\n");
        assertThat(page("/version")).contains("\"etcdserver\":\"3.7.3\"");
        store.kv().put(put(prefix, ""));
        assertThat(page("/metrics")).contains("etcd_server_has_leader 1\n",
                "etcd_disk_wal_fsync_duration_seconds_bucket{le=\"0.001\"}",
                "grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"Put\",grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"}");
    }

    private String page(String path) throws Exception {
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + store.port() + path)).build(),
                    HttpResponse.BodyHandlers.ofString()).body();
        }
    }
}
