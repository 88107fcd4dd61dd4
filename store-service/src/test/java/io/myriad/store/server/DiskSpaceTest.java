package io.myriad.store.server;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.PutRequest;
import io.myriad.store.mvcc.ValueBudget;
import io.myriad.store.raft.Member;
import io.myriad.store.raft.RaftTiming;
import io.myriad.store.state.Command;
import io.myriad.store.state.Membership;
import io.myriad.store.state.Reply;
import io.myriad.store.state.StoreError;

import static org.assertj.core.api.Assertions.assertThat;

/** A disk that fills up and is emptied again under a running member. */
class DiskSpaceTest {
    private final AtomicLong usable = new AtomicLong(1L << 40);

    @Test
    void changesItsMindOnlyAtItsLimits() {
        DiskSpace disk = new DiskSpace(usable::get);
        long[][] steps = {{DiskSpace.RESERVED_BYTES, 0}, {DiskSpace.RESERVED_BYTES - 1, 1},
                {DiskSpace.RESERVED_BYTES, 1}, {DiskSpace.ENOUGH_BYTES - 1, 1}, {-1, 1}, {DiskSpace.ENOUGH_BYTES, 0},
                {DiskSpace.ENOUGH_BYTES - 1, 0}, {-1, 0}, {0, 1}};
        for (long[] step : steps) {
            usable.set(step[0]);
            disk.measure();
            assertThat(disk.low()).as("%s bytes", step[0]).isEqualTo(step[1] == 1);
        }
        usable.set(DiskSpace.RESERVED_BYTES + 100);
        assertThat(disk.hasRoomFor(100)).isTrue();
        assertThat(disk.hasRoomFor(101)).isFalse();
    }

    private StoreMember member(Path directory) throws Exception {
        List<Member> members = List.of(Member.initial("s", List.of("http://127.0.0.1:2380"), ""));
        return new StoreMember(new StoreSettings(1, "disk-" + directory.getFileName(), members.getFirst(), members,
                Membership.UNKNOWN, true, 1, List.of(), directory, RaftTiming.STANDARD, 1000, 0, true, 1 << 20, 128, 0,
                TimeUnit.MINUTES.toNanos(1), null, -1, Long.MAX_VALUE, ValueBudget.UNLIMITED, 0, false,
                new TokenSettings.Simple(1000), CorruptionChecks.NONE, 0, usable::get),
                null, null,
                nanos -> {});
    }

    private static Reply put(StoreMember member, String key) throws Exception {
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        member.propose(Command.PUT, PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build().toByteArray(),
                answer::complete);
        return answer.get(30, TimeUnit.SECONDS);
    }

    @Test
    void refusesWritesWhileTheDiskIsFullAndLosesNothing(@TempDir Path directory) throws Exception {
        long revision;
        try (StoreMember member = member(directory)) {
            while (!member.log().leadership().known()) {
                Thread.onSpinWait();
            }
            assertThat(put(member, "before")).isNotInstanceOf(StoreError.class);
            usable.set(DiskSpace.RESERVED_BYTES / 2);
            while (member.failure() == null) {
                Thread.onSpinWait();
            }
            assertThat(member.failure()).isEqualTo("the disk is full");
            assertThat(put(member, "during")).isEqualTo(StoreError.NO_SPACE);
            CompletableFuture<Boolean> read = new CompletableFuture<>();
            member.awaitRead(error -> read.complete(error == null));
            assertThat(read.get(30, TimeUnit.SECONDS)).as("reads go on").isTrue();
            usable.set(DiskSpace.ENOUGH_BYTES);
            while (member.failure() != null) {
                Thread.onSpinWait();
            }
            assertThat(put(member, "after")).isNotInstanceOf(StoreError.class);
            revision = member.view().revision();
        }
        try (StoreMember member = member(directory)) {
            while (!member.log().leadership().known() || member.view().revision() < revision) {
                Thread.onSpinWait();
            }
            assertThat(member.view().revision()).isEqualTo(revision);
        }
    }
}
