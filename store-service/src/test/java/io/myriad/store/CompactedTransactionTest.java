package io.myriad.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.HashKVRequest;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.RangeRequest;
import io.myriad.store.api.TxnRequest;
import io.myriad.store.api.TxnResponse;

import static io.myriad.store.Requests.bytes;
import static io.myriad.store.Requests.get;
import static io.myriad.store.Requests.op;
import static io.myriad.store.Requests.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Transactions that read a revision which is compacted, or is while they are under way: all of one happens or nothing, and alike on all members. */
final class CompactedTransactionTest {

    private static final int ROUNDS = 10;
    private static final int TRANSACTIONS = 40;

    @TempDir
    Path directory = Path.of("");

    private static TxnRequest putAndRead(String key, long revision) {
        return TxnRequest.newBuilder().addSuccess(op(put(key, "value")))
                .addSuccess(op(RangeRequest.newBuilder().setKey(bytes("old")).setRevision(revision).build())).build();
    }

    @Test
    void nothingOfItHappens() {
        try (TestStore store = TestStore.start(directory)) {
            long old = store.kv().put(put("old", "1")).getHeader().getRevision();
            long newest = store.kv().put(put("old", "2")).getHeader().getRevision();
            store.kv().compact(CompactionRequest.newBuilder().setRevision(newest).build());
            assertThatThrownBy(() -> store.kv().txn(putAndRead("key", old)))
                    .hasMessage("OUT_OF_RANGE: etcdserver: mvcc: required revision has been compacted");
            assertThatThrownBy(() -> store.kv().txn(putAndRead("key", newest + 5)))
                    .hasMessage("OUT_OF_RANGE: etcdserver: mvcc: required revision is a future revision");
            assertThat(store.kv().range(get("key")).getCount()).isZero();
            TxnResponse read = store.kv().txn(putAndRead("key", newest));
            assertThat(read.getHeader().getRevision()).isEqualTo(newest + 1);
            assertThat(read.getResponses(1).getResponseRange().getKvs(0).getValue()).isEqualTo(bytes("2"));
        }
    }

    @Test
    void whileItIsCompactedOnThreeMembers() throws Exception {
        List<TestStore> stores = TestStore.startThree(directory);
        try {
            int done = 0;
            int refused = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long old = stores.getFirst().kv().put(put("old", "1")).getHeader().getRevision();
                long newest = stores.getFirst().kv().put(put("old", "2")).getHeader().getRevision();
                List<ListenableFuture<TxnResponse>> transactions = new ArrayList<>();
                List<ListenableFuture<?>> compactions = new ArrayList<>();
                for (int i = 0; i < TRANSACTIONS; i++) {
                    KVGrpc.KVFutureStub kv = KVGrpc.newFutureStub(stores.get(i % stores.size()).channel())
                            .withDeadlineAfter(30, TimeUnit.SECONDS);
                    transactions.add(kv.txn(putAndRead("key/" + round + "/" + i, old)));
                    if (i == TRANSACTIONS / 2) {
                        compactions.add(kv.compact(CompactionRequest.newBuilder().setRevision(newest).build()));
                        compactions.getFirst().get();
                    }
                }
                for (int i = 0; i < TRANSACTIONS; i++) {
                    boolean written;
                    try {
                        written = transactions.get(i).get().getSucceeded();
                        done++;
                    } catch (ExecutionException e) {
                        assertThat(e).hasCauseInstanceOf(StatusRuntimeException.class);
                        assertThat(Status.fromThrowable(e).getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
                        written = false;
                        refused++;
                    }
                    assertThat(stores.get(i % stores.size()).kv().range(get("key/" + round + "/" + i)).getCount())
                            .isEqualTo(written ? 1 : 0);
                }
            }
            assertThat(done).isPositive();
            assertThat(refused).isPositive();
            long revision = stores.getFirst().kv().range(get("old")).getHeader().getRevision();
            assertThat(stores).allSatisfy(
                    store -> assertThat(store.kv().range(get("old")).getHeader().getRevision()).isEqualTo(revision));
            assertThat(stores.stream().map(store -> store.maintenance()
                    .hashKV(HashKVRequest.newBuilder().setRevision(revision).build()).getHash()).distinct()).hasSize(1);
        } finally {
            stores.forEach(TestStore::close);
        }
    }
}
