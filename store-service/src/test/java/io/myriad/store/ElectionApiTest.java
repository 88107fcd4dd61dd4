package io.myriad.store;

import java.nio.file.Path;
import java.util.Iterator;
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
import io.myriad.store.api.election.CampaignRequest;
import io.myriad.store.api.election.CampaignResponse;
import io.myriad.store.api.election.ElectionGrpc;
import io.myriad.store.api.election.LeaderKey;
import io.myriad.store.api.election.LeaderRequest;
import io.myriad.store.api.election.LeaderResponse;
import io.myriad.store.api.election.ProclaimRequest;
import io.myriad.store.api.election.ResignRequest;

import static io.myriad.store.Requests.bytes;
import static io.myriad.store.Requests.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Elections: campaigns, proclamations, and who observes them. Texts and revisions are those that etcd v3.7.3 answered. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ElectionApiTest {

    @TempDir
    static Path directory = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private TestStore store;

    @BeforeAll
    void start() {
        store = TestStore.start(directory);
        for (long lease = 1; lease < 6; lease++) {
            store.lease().leaseGrant(LeaseGrantRequest.newBuilder().setID(lease).setTTL(600).build());
        }
    }

    @AfterAll
    void stop() {
        store.close();
    }

    private ElectionGrpc.ElectionBlockingStub elections() {
        return ElectionGrpc.newBlockingStub(store.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static CampaignRequest campaign(String name, long lease, String value) {
        return CampaignRequest.newBuilder().setName(bytes(name)).setLease(lease).setValue(bytes(value)).build();
    }

    private static LeaderRequest of(String name) {
        return LeaderRequest.newBuilder().setName(bytes(name)).build();
    }

    private static void assertUnknown(ThrowingCallable call, String text) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, error -> {
            assertThat(error.getStatus().getDescription()).isEqualTo(text);
            assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
        });
    }

    private void awaitCandidates(String name, long count) {
        while (store.kv().range(range(name + "/", name + "0").build()).getCount() != count) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whoLeadsProclaimsAndResigns() {
        assertUnknown(() -> elections().leader(of("a")), "election: no leader");
        CampaignResponse won = elections().campaign(campaign("a", 1, "v1"));
        LeaderKey key = won.getLeader();
        assertThat(key).isEqualTo(LeaderKey.newBuilder().setName(bytes("a")).setKey(bytes("a/1"))
                .setRev(won.getHeader().getRevision()).setLease(1).build());
        assertThat(elections().leader(of("a")).getKv().getValue()).isEqualTo(bytes("v1"));
        CampaignResponse again = elections().campaign(campaign("a", 1, "v2"));
        assertThat(again).isEqualTo(won);
        assertThat(elections().leader(of("a")).getKv().getValue()).isEqualTo(bytes("v2"));
        elections().proclaim(ProclaimRequest.newBuilder().setLeader(key).setValue(bytes("v3")).build());
        assertThat(elections().leader(of("a")).getKv().getValue()).isEqualTo(bytes("v3"));
        assertUnknown(() -> elections().campaign(campaign("a", 99, "v")), "etcdserver: requested lease not found");
        assertUnknown(() -> elections().proclaim(ProclaimRequest.getDefaultInstance()),
                "\"leader\" field must be provided");
        assertUnknown(() -> elections().resign(ResignRequest.getDefaultInstance()),
                "\"leader\" field must be provided");
        assertUnknown(() -> elections().proclaim(
                ProclaimRequest.newBuilder().setLeader(key.toBuilder().setRev(key.getRev() - 1)).build()),
                "election: not leader");
        elections().resign(ResignRequest.newBuilder().setLeader(key).build());
        assertUnknown(() -> elections().leader(of("a")), "election: no leader");
    }

    @Test
    void observersSeeEveryLeader() throws Exception {
        Iterator<LeaderResponse> observed = elections().observe(of("o"));
        CampaignResponse first = elections().campaign(campaign("o", 2, "two"));
        assertThat(observed.next().getKv().getValue()).isEqualTo(bytes("two"));
        ListenableFuture<CampaignResponse> second = ElectionGrpc.newFutureStub(store.channel())
                .campaign(campaign("o", 3, "three"));
        awaitCandidates("o", 2);
        ListenableFuture<CampaignResponse> gone = ElectionGrpc.newFutureStub(store.channel())
                .campaign(campaign("o", 4, "four"));
        awaitCandidates("o", 3);
        elections().proclaim(ProclaimRequest.newBuilder().setLeader(first.getLeader()).setValue(bytes("2")).build());
        assertThat(observed.next().getKv().getValue()).isEqualTo(bytes("2"));
        gone.cancel(true);
        awaitCandidates("o", 2);
        assertThat(second.isDone()).isFalse();
        elections().resign(ResignRequest.newBuilder().setLeader(first.getLeader()).build());
        assertThat(second.get(20, TimeUnit.SECONDS).getLeader().getKey()).isEqualTo(bytes("o/3"));
        LeaderResponse next = observed.next();
        assertThat(next.getKv().getValue()).isEqualTo(bytes("three"));
        assertThat(next.getHeader().getRevision()).isGreaterThanOrEqualTo(next.getKv().getModRevision());
    }
}
