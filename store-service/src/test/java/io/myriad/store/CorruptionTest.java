package io.myriad.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.AlarmMember;
import io.myriad.store.api.AlarmRequest;
import io.myriad.store.api.AlarmType;
import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.DefragmentRequest;
import io.myriad.store.page.PageFile;
import io.myriad.store.page.PageReader;
import io.myriad.store.page.PageTransaction;

import static io.myriad.store.Requests.get;
import static io.myriad.store.Requests.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A member whose page file was changed behind its back is found out at its start and while it runs, as etcd finds it out. */
final class CorruptionTest {

    private static final int SIZE = 3;
    private static final int DAMAGED = 2;
    private static final String RIGHT = "the-right-value";
    private static final String WRONG = "the-wrong-value";
    /** Where versions of keys begin in a page file. */
    private static final byte[] VERSIONS = {5};

    @TempDir
    Path directory = Path.of("");

    private final List<String> peerUrls = new ArrayList<>();
    private final @Nullable TestStore[] stores = new TestStore[SIZE];

    private TestStore store(int number) {
        TestStore store = stores[number];
        if (store == null) {
            throw new IllegalStateException("member " + number + " does not run");
        }
        return store;
    }

    private TestStore start(int number, String... flags) {
        List<String> arguments = new ArrayList<>(List.of("--name", "m" + number, "--listen-peer-urls",
                peerUrls.get(number), "--initial-advertise-peer-urls", peerUrls.get(number), "--initial-cluster",
                "m0=" + peerUrls.get(0) + ",m1=" + peerUrls.get(1) + ",m2=" + peerUrls.get(2)));
        arguments.addAll(List.of(flags));
        TestStore store = TestStore.start(directory.resolve("m" + number), arguments.toArray(new String[0]));
        stores[number] = store;
        return store;
    }

    /** Three members whose page files hold a value; the last one is ended then. */
    private void startAndEndOne(String... flags) throws Exception {
        for (int i = 0; i < SIZE; i++) {
            peerUrls.add("http://127.0.0.1:" + TestStore.freePort());
        }
        try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<TestStore>> starts = new ArrayList<>();
            for (int i = 0; i < SIZE; i++) {
                int number = i;
                starts.add(starters.submit(() -> start(number, flags)));
            }
            for (Future<TestStore> each : starts) {
                each.get();
            }
        }
        store(0).kv().put(put("key", RIGHT));
        for (int i = 0; i < SIZE; i++) {
            assertThat(store(i).kv().range(get("key")).getCount()).isEqualTo(1);
            // Writes a checkpoint first.
            store(i).maintenance().defragment(DefragmentRequest.getDefaultInstance());
        }
        end(DAMAGED);
    }

    private void end(int number) {
        store(number).close();
        stores[number] = null;
    }

    @AfterEach
    void endAll() {
        for (int i = 0; i < SIZE; i++) {
            if (stores[i] != null) {
                end(i);
            }
        }
    }

    private void damage() throws Exception {
        try (PageFile file = PageFile.open(directory.resolve("m" + DAMAGED + "/raft/state.pages"))) {
            byte[][] found = new byte[2][];
            long[] applied = new long[2];
            try (PageReader reader = file.read()) {
                applied[0] = reader.appliedIndex();
                applied[1] = reader.appliedTerm();
                reader.visit(VERSIONS, null, (key, value) -> {
                    String text = StandardCharsets.ISO_8859_1.decode(value.duplicate()).toString();
                    if (text.contains(RIGHT)) {
                        found[0] = bytes(key);
                        found[1] = text.replace(RIGHT, WRONG).getBytes(StandardCharsets.ISO_8859_1);
                    }
                    return true;
                });
            }
            try (PageTransaction transaction = file.begin()) {
                transaction.put(found[0], found[1]);
                transaction.commit(applied[0], applied[1]);
            }
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private long idOf(int number) {
        return store(number).member().settings().self().id();
    }

    private List<AlarmMember> alarms() {
        return store(0).maintenance().alarm(AlarmRequest.newBuilder().setAction(AlarmRequest.AlarmAction.GET).build())
                .getAlarmsList();
    }

    private void awaitAlarmOfDamaged() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        List<AlarmMember> alarms = alarms();
        while (alarms.isEmpty()) {
            assertThat(System.nanoTime()).as("no alarm").isLessThan(deadline);
            alarms = alarms();
        }
        assertThat(alarms).containsExactly(
                AlarmMember.newBuilder().setMemberID(idOf(DAMAGED)).setAlarm(AlarmType.CORRUPT).build());
        assertThatThrownBy(() -> store(0).kv().put(put("key", "more"))).isInstanceOf(StatusRuntimeException.class)
                .hasMessage("DATA_LOSS: etcdserver: corrupt cluster");
        store(0).maintenance().alarm(AlarmRequest.newBuilder().setAction(AlarmRequest.AlarmAction.DEACTIVATE)
                .setMemberID(idOf(DAMAGED)).setAlarm(AlarmType.CORRUPT).build());
    }

    @Test
    void atItsStart() throws Exception {
        startAndEndOne();
        // Of one that is not damaged nothing is said.
        start(DAMAGED, "--feature-gates=InitialCorruptCheck=true");
        assertThat(store(DAMAGED).kv().range(get("key")).getKvs(0).getValue()).isEqualTo(Requests.bytes(RIGHT));
        String id = Long.toHexString(idOf(DAMAGED));
        end(DAMAGED);

        damage();
        assertThatThrownBy(() -> start(DAMAGED, "--feature-gates=InitialCorruptCheck=true"))
                .hasMessageContaining(id + " found data inconsistency with peers");
        // As with etcd nobody looks unless told to.
        start(DAMAGED);
        assertThat(store(DAMAGED).kv().range(get("key")).getKvs(0).getValue()).isEqualTo(Requests.bytes(WRONG));
        assertThat(alarms()).isEmpty();
    }

    @Test
    void byTheLeaderFromTimeToTime() throws Exception {
        startAndEndOne("--corrupt-check-time=200ms");
        store(0).kv().put(put("other", "value"));
        assertThat(alarms()).isEmpty();
        damage();
        start(DAMAGED);
        awaitAlarmOfDamaged();
    }

    @Test
    void byTheLeaderAfterACompaction() throws Exception {
        String[] flags = {"--feature-gates=CompactHashCheck=true", "--compact-hash-check-time=200ms"};
        startAndEndOne(flags);
        damage();
        start(DAMAGED, flags);
        long revision = store(0).kv().put(put("other", "value")).getHeader().getRevision();
        assertThat(alarms()).isEmpty();
        store(0).kv().compact(CompactionRequest.newBuilder().setRevision(revision).build());
        awaitAlarmOfDamaged();
    }
}
