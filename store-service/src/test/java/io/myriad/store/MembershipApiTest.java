package io.myriad.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.ClusterGrpc;
import io.myriad.store.api.Member;
import io.myriad.store.api.MemberAddRequest;
import io.myriad.store.api.MemberAddResponse;
import io.myriad.store.api.MemberListRequest;
import io.myriad.store.api.MemberPromoteRequest;
import io.myriad.store.api.MemberRemoveRequest;
import io.myriad.store.api.MemberUpdateRequest;
import io.myriad.store.api.MoveLeaderRequest;
import io.myriad.store.api.RangeRequest;
import io.myriad.store.api.StatusRequest;
import io.myriad.store.server.StoreMember;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Members that come, learn, vote, move and go while the cluster runs. */
final class MembershipApiTest {

    @TempDir
    Path directory = Path.of("");

    private final Map<String, TestStore> stores = new LinkedHashMap<>();
    private final Map<String, String> urls = new LinkedHashMap<>();

    @AfterEach
    void close() {
        stores.values().forEach(TestStore::close);
    }

    private String url(String name) throws IOException {
        String url = urls.get(name);
        if (url == null) {
            url = "http://127.0.0.1:" + TestStore.freePort();
            urls.put(name, url);
        }
        return url;
    }

    /** Starts a member that is to find the cluster of all members with a URL. */
    private TestStore start(String name, String state) throws IOException {
        String url = url(name);
        String cluster = urls.entrySet().stream().map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(","));
        TestStore store = TestStore.start(directory.resolve(name), "--name", name, "--listen-peer-urls", url,
                "--initial-advertise-peer-urls", url, "--initial-cluster", cluster, "--initial-cluster-state", state);
        stores.put(name, store);
        return store;
    }

    private static ClusterGrpc.ClusterBlockingStub cluster(TestStore store) {
        return ClusterGrpc.newBlockingStub(store.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static MemberAddResponse add(TestStore store, String url, boolean learner) {
        return cluster(store).memberAdd(MemberAddRequest.newBuilder().addPeerURLs(url).setIsLearner(learner).build());
    }

    private static List<Member> remove(TestStore store, long id) {
        return cluster(store).memberRemove(MemberRemoveRequest.newBuilder().setID(id).build()).getMembersList();
    }

    private static long id(TestStore store) {
        return store.member().settings().self().id();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static void awaitVoter(TestStore leader, long id) {
        await(() -> leader.member().log().group().isVoter(id));
    }

    private static void refused(Status.Code code, String text, ThrowableAssert.ThrowingCallable call) {
        StatusRuntimeException error = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(error).as(text).isNotNull();
        assertThat(error.getStatus().getDescription()).isEqualTo(text);
        assertThat(error.getStatus().getCode()).isEqualTo(code);
    }

    @Test
    void aClusterGrowsAndShrinks() throws Exception {
        TestStore first = start("m0", "new");
        first.kv().put(Requests.put("a", "1"));
        assertThat(first.member().log().readsAreLocal()).isTrue();
        MemberAddResponse added = add(first, url("m1"), false);
        assertThat(added.getMembersList()).hasSize(2).contains(added.getMember());
        assertThat(added.getMember().getPeerURLsList()).containsExactly(url("m1"));
        TestStore second = start("m1", "existing");
        assertThat(id(second)).isEqualTo(added.getMember().getID());
        assertThat(second.kv().range(Requests.get("a")).getKvs(0).getValue()).isEqualTo(Requests.bytes("1"));
        awaitVoter(first, id(second));
        assertThat(first.member().log().readsAreLocal()).isFalse();

        learn(first, second);

        first.close();
        for (int key = 0; key < 20; key++) {
            write(stores.get("m" + (1 + key % 2)), "b" + key);
        }
        first = start("m0", "new");
        long gone = id(first);
        write(first, "c");
        TestStore removed = first;
        assertThat(remove(second, gone)).hasSize(2);
        await(() -> removed.member().isClosed());
        write(second, "d");
        assertThatThrownBy(() -> start("m0", "new")).isInstanceOf(StoreStartException.class)
                .hasMessageContaining("permanently removed");

        TestStore third = stores.get("m2");
        remove(second, id(third));
        // Until it ends it is what it was, not again the learner that it was when it started.
        assertThat(refusalsUntilItEnds(third)).doesNotContain("etcdserver: rpc not supported for learner");
        write(second, "e");
        await(() -> second.member().log().readsAreLocal());
        refused(Status.Code.UNKNOWN, "etcdserver: re-configuration failed due to not enough started members",
                () -> remove(second, id(second)));
        second.close();
        write(start("m1", "existing"), "f");
    }

    private static Set<String> refusalsUntilItEnds(TestStore store) {
        StoreMember member = store.member();
        Set<String> refusals = new HashSet<>();
        await(() -> {
            try {
                store.kv().withDeadlineAfter(1, TimeUnit.SECONDS).range(Requests.get("a"));
            } catch (StatusRuntimeException e) {
                refusals.add(String.valueOf(e.getStatus().getDescription()));
            }
            return member.isClosed();
        });
        return refusals;
    }

    /** A third member, which learns first. */
    private void learn(TestStore first, TestStore second) throws IOException {
        long id = add(second, url("m2"), true).getMember().getID();
        MemberPromoteRequest promote = MemberPromoteRequest.newBuilder().setID(id).build();
        refused(Status.Code.FAILED_PRECONDITION, "etcdserver: too many learner members in cluster",
                () -> add(first, "http://127.0.0.1:1", true));
        refused(Status.Code.FAILED_PRECONDITION,
                "etcdserver: can only promote a learner member which is in sync with leader",
                () -> cluster(second).memberPromote(promote));
        TestStore third = start("m2", "existing");
        String notForLearners = "etcdserver: rpc not supported for learner";
        RangeRequest local = Requests.get("a").toBuilder().setSerializable(true).build();
        await(() -> third.kv().range(local).getKvsCount() == 1);
        refused(Status.Code.FAILED_PRECONDITION, notForLearners, () -> third.kv().range(Requests.get("a")));
        refused(Status.Code.FAILED_PRECONDITION, notForLearners, () -> third.kv().put(Requests.put("a", "2")));
        refused(Status.Code.FAILED_PRECONDITION, notForLearners,
                () -> cluster(third).memberList(MemberListRequest.getDefaultInstance()));
        assertThat(third.maintenance().status(StatusRequest.getDefaultInstance()).getIsLearner()).isTrue();
        TestStore leader = first.member().log().leadership().local() ? first : second;
        refused(Status.Code.FAILED_PRECONDITION, "etcdserver: bad leader transferee", () -> leader.maintenance()
                .moveLeader(MoveLeaderRequest.newBuilder().setTargetID(id).build()));
        // Begun anew as a learner, so that nothing but the promotion makes it one that seeks election.
        third.close();
        TestStore again = start("m2", "existing");
        await(() -> again.kv().range(local).getKvsCount() == 1);
        await(() -> promoted(second, promote));
        awaitVoter(leader, id);
        assertThat(again.kv().range(Requests.get("a")).getKvsCount()).isEqualTo(1);
        assertThat(cluster(again).memberList(MemberListRequest.newBuilder().setLinearizable(true).build())
                .getMembersList()).extracting(Member::getIsLearner).containsExactly(false, false, false);
        refused(Status.Code.FAILED_PRECONDITION, "etcdserver: can only promote a learner member",
                () -> cluster(first).memberPromote(promote));
    }

    /** The leader may not have the connection to it again. */
    private static boolean promoted(TestStore store, MemberPromoteRequest request) {
        try {
            return cluster(store).memberPromote(request).getMembersCount() == 3;
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getDescription()).endsWith("in sync with leader");
            return false;
        }
    }

    /** Through a change of leaders. */
    private static void write(TestStore store, String key) {
        await(() -> {
            try {
                store.kv().put(Requests.put(key, key));
                return store.kv().range(Requests.get(key)).getKvsCount() == 1;
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                return false;
            }
        });
    }

    @Test
    void whatIsRefused() throws Exception {
        TestStore store = start("m0", "new");
        write(store, "a");
        await(() -> store.member().machine().membership().known());
        String invalid = "etcdserver: given member URLs are invalid";
        refused(Status.Code.INVALID_ARGUMENT, invalid, () -> add(store, "127.0.0.1:1", false));
        refused(Status.Code.INVALID_ARGUMENT, invalid,
                () -> cluster(store).memberAdd(MemberAddRequest.getDefaultInstance()));
        refused(Status.Code.FAILED_PRECONDITION, "etcdserver: Peer URLs already exists",
                () -> add(store, url("m0"), false));
        refused(Status.Code.NOT_FOUND, "etcdserver: member not found", () -> remove(store, 5));
        add(store, url("m1"), false);
        refused(Status.Code.UNKNOWN, "etcdserver: re-configuration failed due to not enough started members",
                () -> add(store, "http://127.0.0.1:1", false));
        urls.put("m2", "http://127.0.0.1:1");
        assertThatThrownBy(() -> start("m1", "existing")).isInstanceOf(StoreStartException.class)
                .hasMessageContaining("member count is unequal");
        urls.remove("m2");
        urls.put("m1", "http://127.0.0.1:1");
        assertThatThrownBy(() -> start("m1", "existing")).isInstanceOf(StoreStartException.class)
                .hasMessageContaining("PeerURLs: no match found for existing member");
        write(store, "b");
    }

    @Test
    void withoutAListenerForMembersThereAreNone() {
        TestStore store = TestStore.start(directory.resolve("alone"));
        stores.put("alone", store);
        write(store, "a");
        refused(Status.Code.FAILED_PRECONDITION,
                "this member listens for no others: it was started without --listen-peer-urls",
                () -> add(store, "http://127.0.0.1:1", false));
    }

    @Test
    void aMemberMoves() throws Exception {
        TestStore first = start("m0", "new");
        write(first, "a");
        add(first, url("m1"), false);
        TestStore second = start("m1", "existing");
        write(second, "b");
        long id = id(second);
        awaitVoter(first, id);
        urls.put("m1", "http://127.0.0.1:" + TestStore.freePort());
        List<Member> members = new ArrayList<>(cluster(first)
                .memberUpdate(MemberUpdateRequest.newBuilder().setID(id).addPeerURLs(url("m1")).build())
                .getMembersList());
        assertThat(members).filteredOn(member -> member.getID() == id).singleElement()
                .satisfies(member -> assertThat(member.getPeerURLsList()).containsExactly(url("m1")));
        second.close();
        second = start("m1", "existing");
        assertThat(id(second)).isEqualTo(id);
        write(second, "c");
        write(first, "d");
    }
}
