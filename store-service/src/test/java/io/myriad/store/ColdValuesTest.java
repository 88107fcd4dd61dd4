package io.myriad.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.Compare;
import io.myriad.store.api.DefragmentRequest;
import io.myriad.store.api.DeleteRangeRequest;
import io.myriad.store.api.HashKVRequest;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.MaintenanceGrpc;
import io.myriad.store.api.PutRequest;
import io.myriad.store.api.RangeRequest;
import io.myriad.store.api.RangeResponse;
import io.myriad.store.api.RangeStreamResponse;
import io.myriad.store.api.ResponseHeader;
import io.myriad.store.api.TxnRequest;
import io.myriad.store.api.WatchCreateRequest;
import io.myriad.store.api.WatchGrpc;
import io.myriad.store.api.WatchRequest;
import io.myriad.store.api.WatchResponse;
import io.myriad.store.api.mvcc.Event;
import io.myriad.store.value.RedisServer;

import static io.myriad.store.Requests.bytes;
import static io.myriad.store.Requests.op;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A store that keeps next to no value in memory answers as one that keeps them all, wherever it reads them. */
final class ColdValuesTest {

    private static final int ROUNDS = 4;
    private static final int OPERATIONS = 80;

    @TempDir
    Path directory = Path.of("");

    private final long seed = Long.getLong("myriad.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void fromThePageFile() throws Exception {
        compare();
    }

    @Test
    void fromAValueStore() throws Exception {
        try (RedisServer redis = RedisServer.start(Files.createDirectories(directory.resolve("redis")))) {
            compare("--value-store=redis://127.0.0.1:" + redis.port());
        }
    }

    /** Before it is done: there is nothing that could be said afterwards. */
    @Test
    void aDeletionWhoseAnswerMemoryHasNoRoomForIsNotDone() throws Exception {
        StoreProcess process = StoreProcess.start(directory.resolve("log"),
                List.of("--data-dir", directory.resolve("data").toString(), "--listen-client-urls",
                        "http://127.0.0.1:0",
                        "--value-cache-bytes=1"));
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", process.awaitPort()).usePlaintext()
                .maxInboundMessageSize(1 << 30).build();
        try {
            KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel);
            String value = "x".repeat(1 << 20);
            for (int i = 10; i < 50; i++) {
                kv.put(Requests.put("key" + i, value));
            }
            MaintenanceGrpc.newBlockingStub(channel).defragment(DefragmentRequest.getDefaultInstance());
            DeleteRangeRequest all = DeleteRangeRequest.newBuilder().setKey(bytes("key")).setRangeEnd(bytes("kez"))
                    .setPrevKv(true).build();
            RangeRequest half = Requests.range("key", "key30").build();
            assertThatThrownBy(() -> kv.deleteRange(all)).hasMessageContaining("response is too large for memory");
            assertThatThrownBy(() -> kv.txn(TxnRequest.newBuilder().addSuccess(op(half))
                    .addSuccess(op(Requests.range("key30", "kez").build())).build()))
                    .hasMessageContaining("response is too large for memory");
            assertThat(kv.range(Requests.range("key", "kez").setCountOnly(true).build()).getCount()).isEqualTo(40);
            assertThat(kv.txn(TxnRequest.newBuilder().addSuccess(op(half)).build()).getResponses(0)
                    .getResponseRange().getKvsCount()).isEqualTo(20);
            assertThat(kv.deleteRange(all.toBuilder().setRangeEnd(bytes("key30")).build()).getPrevKvsList())
                    .hasSize(20).allMatch(before -> before.getValue().size() == value.length());
            assertThat(kv.deleteRange(all.toBuilder().setPrevKv(false).build()).getDeleted()).isEqualTo(20);
        } finally {
            channel.shutdownNow();
            process.close();
        }
    }

    private void compare(String... more) throws Exception {
        List<String> flags = new ArrayList<>(List.of("--value-cache-bytes=1", "--snapshot-count=50"));
        flags.addAll(List.of(more));
        String[] coldFlags = flags.toArray(new String[0]);
        TestStore cold = TestStore.start(directory.resolve("cold"), coldFlags);
        try (TestStore warm = TestStore.start(directory.resolve("warm"))) {
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < OPERATIONS; i++) {
                    operate(warm, cold);
                }
                // Writes a checkpoint, after which the values are let go.
                cold.maintenance().defragment(DefragmentRequest.getDefaultInstance());
                if (round % 2 == 1) {
                    long revision = warm.member().view().revision() - random.nextInt(40);
                    both(warm, cold, store -> store.kv()
                            .compact(CompactionRequest.newBuilder().setRevision(revision).build()).getHeader());
                }
                read(warm, cold);
                assertThat(cold.member().machine().valueFigures().valuesRead()).isPositive();
                if (round % 2 == 0) {
                    cold.close();
                    cold = TestStore.start(directory.resolve("cold"), coldFlags);
                    read(warm, cold);
                }
            }
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        } finally {
            cold.close();
        }
    }

    private static <T> void both(TestStore warm, TestStore cold, Function<TestStore, T> call) {
        assertThat(withoutIds(call.apply(cold))).isEqualTo(withoutIds(call.apply(warm)));
    }

    /** Clusters, members and terms differ. */
    private static String withoutIds(Object answer) {
        return answer.toString().replaceAll("(cluster_id|member_id|raft_term): \\d+\\n", "");
    }

    private String key() {
        return "key" + (10 + random.nextInt(60));
    }

    private String value() {
        return Integer.toString(random.nextInt(100)).repeat(1 + random.nextInt(random.nextInt(8) == 0 ? 3000 : 60));
    }

    private void operate(TestStore warm, TestStore cold) {
        String key = key();
        switch (random.nextInt(10)) {
            case 0 -> {
                DeleteRangeRequest delete = DeleteRangeRequest.newBuilder().setKey(bytes(key))
                        .setRangeEnd(bytes(key + "~")).setPrevKv(true).build();
                both(warm, cold, store -> store.kv().deleteRange(delete));
            }
            case 1 -> {
                PutRequest put = PutRequest.newBuilder().setKey(bytes(key)).setIgnoreValue(true).build();
                if (warm.member().view().get(put.getKey().toByteArray()) != null) {
                    both(warm, cold, store -> store.kv().put(put));
                }
            }
            case 2 -> {
                RangeResponse known = warm.kv().range(Requests.get(key));
                ByteString expected = known.getKvsCount() == 0 ? ByteString.EMPTY : known.getKvs(0).getValue();
                TxnRequest txn = TxnRequest.newBuilder()
                        .addCompare(Compare.newBuilder().setKey(bytes(key)).setTarget(Compare.CompareTarget.VALUE)
                                .setResult(Compare.CompareResult.EQUAL).setValue(expected))
                        .addSuccess(op(PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value()))
                                .setPrevKv(true).build()))
                        .addSuccess(op(Requests.range("key", "kez").build()))
                        .addFailure(op(Requests.get(key))).build();
                both(warm, cold, store -> store.kv().txn(txn));
            }
            default -> {
                PutRequest put = PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value()))
                        .setPrevKv(random.nextBoolean()).build();
                both(warm, cold, store -> store.kv().put(put));
            }
        }
    }

    private void read(TestStore warm, TestStore cold) throws InterruptedException {
        long newest = warm.member().view().revision();
        long oldest = Math.max(2, warm.member().view().compactedRevision());
        for (RangeRequest.SortTarget target : List.of(RangeRequest.SortTarget.KEY, RangeRequest.SortTarget.VALUE)) {
            for (boolean keysOnly : new boolean[]{true, false}) {
                long revision = oldest + random.nextLong(newest - oldest + 1);
                RangeRequest range = Requests.range("key", "kez").setRevision(revision).setKeysOnly(keysOnly)
                        .setSortTarget(target).setSortOrder(RangeRequest.SortOrder.DESCEND).build();
                both(warm, cold, store -> store.kv().range(range));
            }
        }
        both(warm, cold, store -> streamed(store, Requests.range("key", "kez").build()));
        both(warm, cold, store -> {
            var hash = store.maintenance().hashKV(HashKVRequest.newBuilder().setRevision(newest).build());
            return hash.getHash() + " " + hash.getHashRevision() + " " + hash.getCompactRevision();
        });
        assertThat(history(cold, oldest + 1, newest)).isEqualTo(history(warm, oldest + 1, newest));
    }

    private static RangeResponse streamed(TestStore store, RangeRequest request) {
        RangeResponse.Builder whole = RangeResponse.newBuilder();
        Iterator<RangeStreamResponse> parts = store.kv().rangeStream(request);
        while (parts.hasNext()) {
            whole.mergeFrom(parts.next().getRangeResponse());
        }
        return whole.setHeader(ResponseHeader.newBuilder().setRevision(whole.getHeader().getRevision())).build();
    }

    /** All events from one revision to another, with what was before each. */
    private static List<Event> history(TestStore store, long from, long to) throws InterruptedException {
        BlockingQueue<WatchResponse> responses = new LinkedBlockingQueue<>();
        StreamObserver<WatchRequest> requests = WatchGrpc.newStub(store.channel()).watch(new StreamObserver<>() {
            @Override
            public void onNext(WatchResponse response) {
                responses.add(response);
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {}
        });
        requests.onNext(WatchRequest.newBuilder().setCreateRequest(WatchCreateRequest.newBuilder().setKey(bytes("key"))
                .setRangeEnd(bytes("kez")).setStartRevision(from).setPrevKv(true)).build());
        List<Event> events = new ArrayList<>();
        while (from <= to && (events.isEmpty() || events.getLast().getKv().getModRevision() < to)) {
            WatchResponse response = responses.poll(20, TimeUnit.SECONDS);
            assertThat(response).as("after %s events", events.size()).isNotNull();
            assertThat(response.getCanceled()).isFalse();
            events.addAll(response.getEventsList());
        }
        requests.onCompleted();
        return events;
    }
}
