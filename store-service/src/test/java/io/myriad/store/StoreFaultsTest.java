package io.myriad.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.KVGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Damaged files, and a disk that takes no more: refused and named, nothing acknowledged is lost. */
final class StoreFaultsTest {

    @TempDir
    Path directory = Path.of("");

    private static Path only(Path directory, String suffix) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(suffix)).findFirst().orElseThrow();
        }
    }

    private static void flip(Path file, long offset) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(offset);
            int old = bytes.read();
            bytes.seek(offset);
            bytes.write(old ^ 0x10);
        }
    }

    private void write(String... flags) {
        try (TestStore store = TestStore.start(directory.resolve("data"), flags)) {
            for (int i = 0; i < 100; i++) {
                store.kv().put(Requests.put("key" + i, "value"));
            }
        }
    }

    @Test
    void aDamagedLogIsRefusedAndNamedAndLeftAsItIs() throws IOException {
        write();
        Path log = only(directory.resolve("data/raft/log"), ".log");
        byte[] sound = Files.readAllBytes(log);
        flip(log, 5000);
        byte[] damaged = Files.readAllBytes(log);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> TestStore.start(directory.resolve("data"))).isInstanceOf(StoreStartException.class)
                    .hasMessageContaining(log + " is damaged at byte ");
        }
        assertThat(Files.readAllBytes(log)).isEqualTo(damaged);
        Files.write(log, sound);
        try (TestStore store = TestStore.start(directory.resolve("data"))) {
            assertThat(store.kv().range(Requests.get("key99")).getCount()).isEqualTo(1);
        }
    }

    /** A page file that is damaged in a page that is in use. */
    @Test
    void aDamagedCheckpointIsRefusedAndNamed() throws IOException {
        write("--snapshot-count=20");
        Path pages = directory.resolve("data/raft/state.pages");
        byte[] sound = Files.readAllBytes(pages);
        int refused = 0;
        for (int at = 100; at < sound.length; at += 1 + sound.length / 25) {
            byte[] damaged = sound.clone();
            damaged[at] ^= 0x40;
            Files.write(pages, damaged);
            try (TestStore store = TestStore.start(directory.resolve("data"))) {
                assertThat(store.kv().range(Requests.get("key99")).getCount()).as("byte %s", at).isEqualTo(1);
            } catch (StoreStartException e) {
                assertThat(e).as("byte %s", at).hasMessageContaining(pages.toString());
                refused++;
            }
        }
        assertThat(refused).isPositive();
        Files.write(pages, sound);
        try (TestStore store = TestStore.start(directory.resolve("data"))) {
            assertThat(store.kv().range(Requests.get("key99")).getCount()).isEqualTo(1);
        }
    }

    /** The system lets the process write files of some size only, which to it is a disk that fails in the middle of a write. */
    @Test
    void aDiskThatFailsEndsTheProcessWithAMessageAndNothingIsLost() throws Exception {
        StoreProcess.warmUp(directory); // or the process would write its archive of classes, which is larger
        List<String> flags = List.of("--data-dir", directory.resolve("full").toString(), "--listen-client-urls",
                "http://127.0.0.1:0");
        List<String> limited = List.of("bash", "-c", "ulimit -f 700; exec \"$@\"", "store");
        int acknowledged = 0;
        try (StoreProcess store = StoreProcess.start(directory.resolve("full.log"), flags, limited)) {
            ManagedChannel channel = channel(store.awaitPort());
            store.awaitReady();
            KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel);
            StatusRuntimeException refusal = null;
            for (; refusal == null && acknowledged < 1000; acknowledged++) {
                try {
                    kv.withDeadlineAfter(30, TimeUnit.SECONDS)
                            .put(Requests.put("key" + acknowledged, value(acknowledged)));
                } catch (StatusRuntimeException e) {
                    refusal = e;
                    acknowledged--;
                }
            }
            assertThat(refusal).isNotNull();
            assertThat(store.awaitExit()).as(store.output()).isEqualTo(1);
            assertThat(store.output()).contains("cannot be written: File too large").contains("the store ends");
            channel.shutdownNow();
        }
        assertThat(acknowledged).isGreaterThan(10);
        try (StoreProcess again = StoreProcess.start(directory.resolve("again.log"), flags)) {
            ManagedChannel channel = channel(again.awaitPort());
            again.awaitReady();
            for (int i = 0; i < acknowledged; i++) {
                assertThat(KVGrpc.newBlockingStub(channel).range(Requests.get("key" + i)).getKvs(0).getValue()
                        .toStringUtf8()).isEqualTo(value(i));
            }
            channel.shutdownNow();
        }
    }

    private static String value(int number) {
        return (number + " ").repeat(5000);
    }

    private static ManagedChannel channel(int port) {
        return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    }
}
