package io.myriad.store;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.DefragmentRequest;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.MaintenanceGrpc;
import io.myriad.store.api.RangeResponse;

import static org.assertj.core.api.Assertions.assertThat;

/** A member that dies at the worst moments, under load: what it acknowledged is there when it is back. */
final class FailpointCrashTest {

    private static final int WRITERS = 4;
    /** What makes the moment come; all others come by themselves. */
    private static final Map<String, Consumer<Channel>> MOMENTS = new LinkedHashMap<>();

    /** One of each kind; all of them with {@code -Dmyriad.failpoints.all}, which takes twice as long. */
    private static final Set<String> ALWAYS = Set.of("raftBeforeSave", "walBeforeSync", "afterWritebackBuf",
            "beforeCommit", "commitAfterPreCommitHook", "afterCommit", "compactBeforeCommitBatch",
            "defragBeforeRename");

    static {
        for (String each : List.of("raftBeforeSave", "walBeforeSync", "raftAfterSave", "beforeApplyOneEntryNormal",
                "afterWritebackBuf",
                "afterStartDBTxn", "compactAfterSetFinishedCompact", "beforeCommit",
                "commitBeforePreCommitHook", "commitAfterPreCommitHook", "afterCommit", "raftBeforeWALSaveSnaphot")) {
            MOMENTS.put(each, channel -> {});
        }
        for (String each : List.of("compactAfterCommitScheduledCompact",
                "compactBeforeCommitBatch", "compactAfterCommitBatch")) {
            MOMENTS.put(each, FailpointCrashTest::compact);
        }
        MOMENTS.put("defragBeforeCopy", FailpointCrashTest::defragment);
        MOMENTS.put("defragBeforeRename", FailpointCrashTest::defragment);
        if (!Boolean.getBoolean("myriad.failpoints.all")) {
            MOMENTS.keySet().retainAll(ALWAYS);
        }
    }

    @TempDir
    static Path directory = Path.of("");

    @BeforeAll
    static void warmUp() throws InterruptedException {
        StoreProcess.warmUp(directory);
    }

    private static void compact(Channel channel) {
        long revision = KVGrpc.newBlockingStub(channel).withWaitForReady().range(Requests.get("writer/0")).getHeader()
                .getRevision();
        ignore(KVGrpc.newFutureStub(channel).compact(CompactionRequest.newBuilder().setRevision(revision).build()));
    }

    private static void defragment(Channel channel) {
        ignore(MaintenanceGrpc.newFutureStub(channel).defragment(DefragmentRequest.getDefaultInstance()));
    }

    /** It dies with the member that it was asked of. */
    private static void ignore(ListenableFuture<?> answer) {
        answer.addListener(() -> {}, Runnable::run);
    }

    @Test
    void nothingIsLost() throws Exception {
        int port = TestStore.freePort();
        List<String> flags = List.of("--data-dir", directory.resolve("one").toString(), "--listen-client-urls",
                "http://127.0.0.1:" + port, "--snapshot-count", "100");
        Path log = directory.resolve("one.log");
        ManagedChannel channel = ProcessCluster.channel(port);
        FailpointClient failpoints = new FailpointClient(TestStore.freePort());
        StoreProcess store = StoreProcess.start(log, flags, failpoints.runner());
        try (failpoints; AcknowledgedWrites writes = new AcknowledgedWrites(WRITERS, () -> channel)) {
            for (Map.Entry<String, Consumer<Channel>> moment : MOMENTS.entrySet()) {
                store.awaitReady();
                channel.resetConnectBackoff();
                writes.awaitMore(20);
                failpoints.set(moment.getKey(), "panic");
                moment.getValue().accept(channel);
                assertThat(store.awaitExit()).as("exit code after %s", moment.getKey()).isEqualTo(2);
                assertThat(store.output()).contains("failpoint panic: " + moment.getKey());
                store = StoreProcess.start(log, flags, failpoints.runner());
                store.awaitReady();
                channel.resetConnectBackoff();
                writes.verify(channel);
            }
        } finally {
            channel.shutdownNow();
            store.close();
        }
    }

    static List<String> momentsOfCompaction() {
        return Boolean.getBoolean("myriad.failpoints.all")
                ? List.of("compactBeforeCommitScheduledCompact", "compactAfterCommitBatch", "beforeCommit",
                        "afterCommit")
                : List.of("compactAfterCommitBatch", "afterCommit");
    }

    /** The newest revision is a deletion, of which a compaction leaves nothing: a member that dies then has to know nevertheless how far it was. */
    @ParameterizedTest
    @MethodSource("momentsOfCompaction")
    void theRevisionDoesNotGoBack(String moment) throws Exception {
        int port = TestStore.freePort();
        List<String> flags = List.of("--data-dir", directory.resolve(moment).toString(), "--listen-client-urls",
                "http://127.0.0.1:" + port);
        Path log = directory.resolve(moment + ".log");
        ManagedChannel channel = ProcessCluster.channel(port);
        KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel).withWaitForReady();
        FailpointClient failpoints = new FailpointClient(TestStore.freePort());
        StoreProcess store = StoreProcess.start(log, flags, failpoints.runner());
        try (failpoints) {
            store.awaitReady();
            kv.put(Requests.put("kept", "value"));
            kv.put(Requests.put("key", "value"));
            long deleted = kv.deleteRange(Requests.delete("key")).getHeader().getRevision();
            failpoints.set(moment, "panic");
            ignore(KVGrpc.newFutureStub(channel)
                    .compact(CompactionRequest.newBuilder().setRevision(deleted).setPhysical(true).build()));
            if (moment.endsWith("Commit")) {
                // The checkpoint after the compaction.
                defragment(channel);
            }
            assertThat(store.awaitExit()).isEqualTo(2);
            for (int start = 0; start < 2; start++) {
                store = StoreProcess.start(log, flags, failpoints.runner());
                store.awaitReady();
                channel.resetConnectBackoff();
                RangeResponse kept = kv.range(Requests.range("k", "l").build());
                assertThat(kept.getHeader().getRevision()).isEqualTo(deleted);
                assertThat(kept.getKvsList()).extracting(each -> each.getKey().toStringUtf8()).containsExactly("kept");
                // Now from a checkpoint.
                MaintenanceGrpc.newBlockingStub(channel).defragment(DefragmentRequest.getDefaultInstance());
                store.kill();
            }
            store = StoreProcess.start(log, flags, failpoints.runner());
            store.awaitReady();
            channel.resetConnectBackoff();
            assertThat(kv.put(Requests.put("key", "value")).getHeader().getRevision()).isEqualTo(deleted + 1);
        } finally {
            channel.shutdownNow();
            store.close();
        }
    }

    @Test
    void aStartIsRefusedWithAWrongVariable() throws Exception {
        for (Map.Entry<String, String> wrong : Map.of("GOFAIL_HTTP=0.0.0.0:0", "with a host that is this machine",
                "GOFAIL_FAILPOINTS=raftBeforeSave=panik", "could not parse terms").entrySet()) {
            try (StoreProcess store = StoreProcess.start(directory.resolve("wrong.log"),
                    List.of("--data-dir", directory.resolve("wrong").toString()), List.of("env", wrong.getKey()))) {
                assertThat(store.awaitExit()).isEqualTo(1);
                assertThat(store.output()).startsWith("store-service: ").contains(wrong.getValue());
            }
        }
    }
}
