package io.myriad.store.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.myriad.store.api.Member;
import io.myriad.store.lease.LeaseClock;
import io.myriad.store.lease.LeaseTable;
import io.myriad.store.lease.RemainingTime;
import io.myriad.store.mvcc.KeyRange;
import io.myriad.store.mvcc.Slice;
import io.myriad.store.mvcc.SnapshotSource;
import io.myriad.store.mvcc.ValueBudget;
import io.myriad.store.mvcc.WriteView;
import io.myriad.store.value.InMemoryValues;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Checkpoints of a machine that goes on, by difference, beside all that it held when they were captured. */
final class StateCheckpointTest {

    @TempDir
    private Path directory;

    private final long seed = Long.getLong("myriad.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private StoreMachine machine = machine();
    private final @Nullable InMemoryValues values = random.nextBoolean() ? new InMemoryValues() : null;
    private StateCheckpoint checkpoint;
    private long dispatched = Long.MAX_VALUE;
    private long index;

    @AfterEach
    void close() throws IOException {
        checkpoint.close();
    }

    private static StoreMachine machine() {
        return new StoreMachine(new ResponseHeader(1, 2), new LeaseClock(), () -> 0);
    }

    private void open(String name) throws IOException {
        machine = machine();
        ValueBudget budget = new ValueBudget(List.of(0L, 20_000L, Long.MAX_VALUE).get(random.nextInt(3)),
                Long.MAX_VALUE);
        checkpoint = new StateCheckpoint(directory.resolve(name), machine, budget, values);
        keepHistory();
    }

    private void keepHistory() {
        machine.keepHistoryAfter(() -> Math.min(dispatched, checkpoint.keptRevision()));
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 20, 20, 20, 2000, 2000, 2000, 2000})
    void whatIsReadIsWhatWasCaptured(int keys) throws IOException {
        try {
            open("state.pages");
            for (int round = 0; round < 60; round++) {
                for (int change = random.nextInt(200); change >= 0; change--) {
                    change(keys);
                }
                machine.publish();
                checkpoint(keys, random.nextInt(6) > 0);
                if (round % 10 == 9) {
                    goOnFromDisk(round % 20 == 9);
                }
            }
            nothingIsLeftInTheValueStore();
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    private void nothingIsLeftInTheValueStore() throws IOException {
        if (values == null) {
            return;
        }
        for (int round = 0; round < 2; round++) {
            machine.publish();
            try (StateCheckpoint.Captured state = checkpoint.capture(index, 1)) {
                state.write();
            }
        }
        int[] longValues = new int[1];
        try (SnapshotSource source = new SnapshotSource(machine.store())) {
            source.forEach(version -> longValues[0] += version.value().length() >= 64 ? 1 : 0);
        }
        assertThat(values.size()).isEqualTo(longValues[0]);
    }

    private void change(int keys) {
        index++;
        int choice = random.nextInt(100);
        long revision = machine.store().latest().revision();
        if (choice == 0) {
            dispatched = random.nextBoolean() ? Long.MAX_VALUE : revision - random.nextInt(20);
        } else if (choice < 4) {
            machine.store().compact(Math.max(1, revision - random.nextInt(40)));
        } else if (choice < 7) {
            machine.leases().grant(index, 100 + random.nextInt(900));
            machine.leases().checkpoint(new RemainingTime(1 + random.nextLong(index), random.nextInt(100)));
        } else {
            WriteView write = machine.store().begin();
            for (int operation = random.nextInt(3); operation >= 0; operation--) {
                byte[] key = ("key" + random.nextInt(keys)).getBytes(StandardCharsets.UTF_8);
                if (random.nextInt(4) == 0) {
                    write.deleteRange(KeyRange.single(key));
                } else {
                    byte[] value = new byte[random.nextInt(20) == 0 ? 10_000 : random.nextInt(300)];
                    random.nextBytes(value);
                    write.put(key, Slice.of(value), 0);
                }
            }
            write.commit();
        }
    }

    /** Captures, goes on, writes or not, and looks at what is in the file. */
    private void checkpoint(int keys, boolean write) throws IOException {
        List<String> expected;
        long captured = index;
        long before = checkpoint.appliedIndex();
        try (StateCheckpoint.Captured state = checkpoint.capture(captured, 1)) {
            expected = contents(machine);
            for (int change = random.nextInt(40); change > 0; change--) {
                change(keys);
            }
            if (write) {
                assertThat(state.bytesToWrite()).isNotNegative();
                state.write();
            } else if (random.nextBoolean()) {
                checkpoint.close(); // the disk fails
                assertThatThrownBy(state::write).isInstanceOf(IOException.class);
            }
        }
        assertThat(checkpoint.appliedIndex()).isEqualTo(write ? captured : before);
        if (write) {
            Path copy = Files.copy(checkpoint.path(), directory.resolve("copy.pages"));
            StoreMachine read = machine();
            try (StateCheckpoint copied = new StateCheckpoint(copy, read, ValueBudget.UNLIMITED, values)) {
                assertThat(copied.restore()).isEqualTo(captured);
                read.keepHistoryAfter(() -> 0);
                assertThat(contents(read)).isEqualTo(expected);
                read.view().checkInvariants();
            }
            Files.delete(copy);
        }
    }

    /** The process ends and begins again, or the state goes to another member. */
    private void goOnFromDisk(boolean other) throws IOException {
        List<String> expected;
        try (StateCheckpoint.Captured state = checkpoint.capture(index, 1)) {
            state.write();
            expected = contents(machine);
        }
        dispatched = 0; // what compaction left to be removed stays, to be compared
        if (other) {
            Path exported = directory.resolve("exported");
            checkpoint.export(exported);
            checkpoint.close();
            open("other" + index + ".pages");
            assertThat(checkpoint.restore(exported)).isEqualTo(index);
            assertThat(checkpoint.appliedIndex()).isEqualTo(index);
        } else {
            Path path = checkpoint.path();
            checkpoint.close();
            open(path.getFileName().toString());
            assertThat(checkpoint.restore()).isEqualTo(index);
        }
        assertThat(contents(machine)).isEqualTo(expected);
        dispatched = Long.MAX_VALUE;
    }

    private static List<String> contents(StoreMachine machine) throws IOException {
        List<String> contents = new ArrayList<>();
        try (SnapshotSource source = new SnapshotSource(machine.store())) {
            contents.add("revision " + source.revision() + " compacted " + source.compactedRevision());
            source.forEach(version -> contents.add(version + " " + Arrays.hashCode(version.keyValue()) + " after "
                    + version.previous()));
        }
        Map<Long, List<Long>> leases = new TreeMap<>();
        for (LeaseTable.Lease lease : machine.leases().all()) {
            leases.put(lease.id(), List.of(lease.ttlSeconds(), lease.remainingSeconds()));
        }
        contents.add(leases.toString());
        return contents;
    }

    @Test
    void leasesKeysAndMembersComeBack() throws IOException {
        open("state.pages");
        machine.leases().grant(7, 60);
        machine.leases().checkpoint(new RemainingTime(7, 40));
        WriteView write = machine.store().begin();
        write.put("leased".getBytes(StandardCharsets.UTF_8), Slice.EMPTY, 7);
        write.commit();
        Member member = Member.newBuilder().setID(9).setName("m").build();
        machine.apply(Command.MEMBER_PUBLISH, member.toByteArray(), null, 1);
        try (StateCheckpoint.Captured state = checkpoint.capture(5, 1)) {
            state.write();
        }
        checkpoint.close();
        open("state.pages");
        assertThat(checkpoint.restore()).isEqualTo(5);
        assertThat(machine.leases().get(7).sortedKeys()).hasDimensions(1, 6);
        assertThat(machine.leases().get(7).remainingSeconds()).isEqualTo(40);
        assertThat(machine.membership().list()).containsExactly(member);
    }

    /** Watchers may begin at the compacted revision, before a restart and after it. */
    @Test
    void aDeletionAtTheCompactedRevisionStaysInTheHistory() throws IOException {
        open("state.pages");
        byte[] key = "key".getBytes(StandardCharsets.UTF_8);
        WriteView write = machine.store().begin();
        write.put(key, Slice.EMPTY, 0);
        write.commit();
        write = machine.store().begin();
        write.deleteRange(KeyRange.single(key));
        write.commit();
        long deleted = machine.store().latest().revision();
        machine.store().compact(deleted);
        try (StateCheckpoint.Captured state = checkpoint.capture(5, 1)) {
            state.write();
        }
        List<String> expected = contents(machine);
        assertThat(expected).anyMatch(line -> line.startsWith("key@" + deleted + ".0†"));
        checkpoint.close();
        open("state.pages");
        checkpoint.restore();
        assertThat(contents(machine)).isEqualTo(expected);

        write = machine.store().begin();
        write.put("other".getBytes(StandardCharsets.UTF_8), Slice.EMPTY, 0);
        write.commit();
        machine.store().compact(deleted + 1);
        assertThat(contents(machine)).noneMatch(line -> line.startsWith("key@"));
    }

    @Test
    void aDamagedExportChangesNothing() throws IOException {
        open("state.pages");
        for (int change = 0; change < 50; change++) {
            change(10);
        }
        try (StateCheckpoint.Captured state = checkpoint.capture(5, 1)) {
            state.write();
        }
        Path exported = directory.resolve("exported");
        checkpoint.export(exported);
        byte[] sound = Files.readAllBytes(exported);
        StoreMachine read = machine();
        try (StateCheckpoint empty = new StateCheckpoint(directory.resolve("empty.pages"), read,
                ValueBudget.UNLIMITED, null)) {
            for (int at = 0; at < sound.length; at += 1 + sound.length / 100) {
                byte[] damaged = sound.clone();
                damaged[at] ^= 0x40;
                Files.write(exported, damaged);
                assertThatThrownBy(() -> empty.restore(exported)).as("byte %s", at).isInstanceOf(Exception.class);
                assertThat(read.view().revision()).isEqualTo(1);
            }
        }
    }
}
