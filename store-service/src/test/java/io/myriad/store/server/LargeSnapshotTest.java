package io.myriad.store.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.mvcc.KeyValue;
import io.myriad.store.bolt.BoltReader;
import io.myriad.store.bolt.BoltWriter;
import io.myriad.store.lease.LeaseClock;
import io.myriad.store.mvcc.RevisionHash;
import io.myriad.store.mvcc.ValueBudget;
import io.myriad.store.state.EtcdExport;
import io.myriad.store.state.Membership;
import io.myriad.store.state.ResponseHeader;
import io.myriad.store.state.StateCheckpoint;
import io.myriad.store.state.StoreMachine;

import static org.assertj.core.api.Assertions.assertThat;

/** A database of etcd's that is several times as large as the heap of the process that begins with it, computes its checksum and writes it again. */
final class LargeSnapshotTest {

    private static final String HEAP = "-Xmx64m";
    private static final int VERSIONS = 4000;
    private static final int KEYS = 1500;
    private static final int VALUE_BYTES = 40_000;

    @TempDir
    Path directory = Path.of("");

    @Test
    void theHeapNeedNotHoldTheDatabase() throws Exception {
        Path database = directory.resolve("db");
        int checksum = write(database);
        Path again = directory.resolve("again");
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), HEAP,
                "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-cp", System.getProperty("java.class.path"),
                LargeSnapshotTest.class.getName(), database.toString(), directory.resolve("raft").toString(),
                again.toString()).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readString(output)).contains("checksum " + checksum + " of revision " + (VERSIONS + 1));
        assertThat(Files.size(database)).isGreaterThan(140L << 20);
        assertThat(checksum(again)).isEqualTo(checksum);
    }

    /** The process with the small heap. */
    public static void main(String[] arguments) throws IOException {
        Path raft = Path.of(arguments[1]);
        InitialState.make(Path.of(arguments[0]), raft, List.of());
        StoreMachine machine = new StoreMachine(new ResponseHeader(1, 2), new LeaseClock(), () -> 0);
        try (StateCheckpoint checkpoint = new StateCheckpoint(raft.resolve(StoreMember.PAGE_FILE), machine,
                new ValueBudget(1 << 20, Long.MAX_VALUE), null)) {
            checkpoint.restore();
            RevisionHash hash = RevisionHash.of(machine::view, 0);
            System.out.println("checksum " + hash.hash() + " of revision " + hash.revision());
            try (EtcdExport export = new EtcdExport(machine, 1, 1, Membership.UNKNOWN);
                    FileChannel file = FileChannel.open(Path.of(arguments[2]), StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.WRITE)) {
                export.write(file);
            }
        }
    }

    /** Keys with their history, some of them deleted in between; returns etcd's checksum of them. */
    private static int write(Path path) throws IOException {
        Random random = new Random(3);
        CRC32C crc = new CRC32C();
        crc.update("key".getBytes(StandardCharsets.US_ASCII));
        long[] created = new long[KEYS];
        long[] versions = new long[KEYS];
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            BoltWriter writer = new BoltWriter(file);
            writer.bucket("key");
            for (int revision = 2; revision < VERSIONS + 2; revision++) {
                int key = random.nextInt(KEYS);
                boolean delete = versions[key] > 0 && random.nextInt(20) == 0;
                created[key] = versions[key] == 0 ? revision : created[key];
                versions[key] = delete ? 0 : versions[key] + 1;
                KeyValue.Builder version = KeyValue.newBuilder().setKey(ByteString.copyFromUtf8("key" + key));
                if (!delete) {
                    byte[] value = new byte[VALUE_BYTES];
                    random.nextBytes(value);
                    version.setCreateRevision(created[key]).setModRevision(revision).setVersion(versions[key])
                            .setValue(ByteString.copyFrom(value));
                }
                byte[] place = ByteBuffer.allocate(delete ? 18 : 17).putLong(revision).put((byte) '_').putLong(0)
                        .array();
                if (delete) {
                    place[17] = 't';
                }
                byte[] bytes = version.build().toByteArray();
                writer.put(place, bytes);
                crc.update(place);
                crc.update(bytes);
            }
            writer.finish();
        }
        return (int) crc.getValue();
    }

    private static int checksum(Path database) throws IOException {
        CRC32C crc = new CRC32C();
        crc.update("key".getBytes(StandardCharsets.US_ASCII));
        try (BoltReader reader = new BoltReader(database, Files.size(database))) {
            reader.visit("key", (key, value) -> {
                crc.update(key);
                crc.update(value);
            });
        }
        return (int) crc.getValue();
    }
}
