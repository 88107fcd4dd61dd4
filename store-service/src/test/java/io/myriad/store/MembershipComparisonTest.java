package io.myriad.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.ClusterGrpc;
import io.myriad.store.api.Member;
import io.myriad.store.api.MemberAddRequest;
import io.myriad.store.api.MemberListRequest;
import io.myriad.store.api.MemberPromoteRequest;
import io.myriad.store.api.MemberRemoveRequest;
import io.myriad.store.api.MemberUpdateRequest;

import static org.assertj.core.api.Assertions.assertThat;

/** The same changes of the members of a real etcd and of a store here: the same answers, codes and texts. */
@Tag("peers")
final class MembershipComparisonTest {

    @TempDir
    Path directory = Path.of("");

    private static Path program() {
        String peers = System.getenv("MYRIAD_PEERS");
        return (peers == null ? Path.of(System.getProperty("user.home"), ".cache", "myriad-peers") : Path.of(peers))
                .resolve("bin").resolve("etcd");
    }

    private static String freeUrl() throws IOException {
        return "http://127.0.0.1:" + TestStore.freePort();
    }

    private Process start(int port, String peer) throws IOException {
        String client = "http://127.0.0.1:" + port;
        return new ProcessBuilder(program().toString(), "--data-dir", directory.resolve("etcd").toString(),
                "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer,
                "--initial-advertise-peer-urls", peer, "--initial-cluster", "default=" + peer)
                .redirectErrorStream(true).redirectOutput(directory.resolve("etcd.log").toFile()).start();
    }

    @Test
    void theSameAnswers() throws Exception {
        int port = TestStore.freePort();
        String peer = freeUrl();
        Process etcd = start(port, peer);
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        try (TestStore store = TestStore.start(directory.resolve("store"), "--listen-peer-urls", freeUrl(),
                "--initial-advertise-peer-urls", peer, "--initial-cluster", "default=" + peer)) {
            store.kv().put(Requests.put("a", "1"));
            assertThat(play(store.channel(), peer)).isEqualTo(play(channel, peer));
        } finally {
            channel.shutdownNow();
            etcd.destroyForcibly().waitFor();
        }
    }

    private static List<String> play(Channel channel, String peer) {
        ClusterGrpc.ClusterBlockingStub cluster = ClusterGrpc.newBlockingStub(channel).withWaitForReady()
                .withDeadlineAfter(60, TimeUnit.SECONDS);
        List<String> answers = new ArrayList<>();
        for (List<String> urls : List.<List<String>>of(List.of(), List.of("foo"), List.of("http://127.0.0.1"),
                List.of("http://127.0.0.1:1/x"), List.of("ftp://127.0.0.1:1"), List.of(peer))) {
            answers.add(outcome(() -> add(cluster, false, urls)));
        }
        long self = cluster.memberList(MemberListRequest.getDefaultInstance()).getMembers(0).getID();
        for (long id : new long[]{5, self}) {
            answers.add(outcome(() -> remove(cluster, id)));
            answers.add(outcome(() -> promote(cluster, id)));
        }
        answers.add(outcome(() -> update(cluster, 5, "http://127.0.0.1:9")));
        answers.add(outcome(() -> add(cluster, true, List.of("http://127.0.0.1:9", "http://127.0.0.1:8"))));
        answers.add(outcome(() -> add(cluster, true, List.of("http://127.0.0.1:10"))));
        long learner = cluster.memberList(MemberListRequest.getDefaultInstance()).getMembersList().stream()
                .filter(Member::getIsLearner).findFirst().orElseThrow().getID();
        answers.add(outcome(() -> promote(cluster, learner)));
        answers.add(outcome(() -> update(cluster, learner, peer)));
        answers.add(outcome(() -> update(cluster, learner, "http://127.0.0.1:11")));
        answers.add(outcome(() -> remove(cluster, learner)));
        answers.add(outcome(() -> remove(cluster, learner)));
        answers.add(outcome(() -> update(cluster, learner, "http://127.0.0.1:11")));
        answers.add(outcome(() -> promote(cluster, learner)));
        return answers;
    }

    private static List<Member> add(ClusterGrpc.ClusterBlockingStub cluster, boolean learner, List<String> urls) {
        return cluster.memberAdd(MemberAddRequest.newBuilder().addAllPeerURLs(urls).setIsLearner(learner).build())
                .getMembersList();
    }

    private static List<Member> remove(ClusterGrpc.ClusterBlockingStub cluster, long id) {
        return cluster.memberRemove(MemberRemoveRequest.newBuilder().setID(id).build()).getMembersList();
    }

    private static List<Member> promote(ClusterGrpc.ClusterBlockingStub cluster, long id) {
        return cluster.memberPromote(MemberPromoteRequest.newBuilder().setID(id).build()).getMembersList();
    }

    private static List<Member> update(ClusterGrpc.ClusterBlockingStub cluster, long id, String url) {
        return cluster.memberUpdate(MemberUpdateRequest.newBuilder().setID(id).addPeerURLs(url).build())
                .getMembersList();
    }

    /** Without what differs from one cluster to another. */
    private static String outcome(Supplier<List<Member>> call) {
        try {
            return call.get().stream()
                    .map(member -> member.getName() + member.getPeerURLsList() + member.getIsLearner()).sorted()
                    .toList().toString();
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() + " " + e.getStatus().getDescription();
        }
    }
}
