package io.myriad.store.raft;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.myriad.store.state.Reply;
import io.myriad.store.state.StoreError;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of proposals whose entry the log takes, refuses, or says nothing of. */
final class OperationLogTest {
    private static final long MEMBER = 7;
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final TestLog log = new TestLog();
    private final OperationLog operations = new OperationLog(MEMBER, 1, log, 0, TIMEOUT_NANOS, System::nanoTime);

    @AfterEach
    void close() {
        operations.close();
    }

    /** A proposal and its reply. */
    private static final class Asked {
        final AtomicBoolean gone = new AtomicBoolean();
        final CompletableFuture<Reply> reply = new CompletableFuture<>();
        final Proposal proposal;

        Asked(String payload) {
            proposal = new Proposal((byte) 1, payload.getBytes(UTF_8), null, null, gone::get, reply::complete);
        }
    }

    private Asked propose(String payload) {
        Asked asked = new Asked(payload);
        operations.propose(asked.proposal);
        return asked;
    }

    private static List<String> payloads(byte[] bytes) {
        ByteBuffer entry = ByteBuffer.wrap(bytes);
        EntryFormat.checkFormat(entry);
        entry.getLong();
        entry.getLong();
        List<String> payloads = new ArrayList<>();
        for (int left = entry.getInt(); left > 0; left--) {
            entry.get();
            byte[] payload = new byte[entry.getInt()];
            entry.get(payload);
            payloads.add(new String(payload, UTF_8));
        }
        return payloads;
    }

    @Test
    void aRefusedEntryIsTriedAgain() throws Exception {
        operations.start();
        propose("a");
        log.next().answer.accept(ReplicatedLog.Outcome.REJECTED);

        assertThat(payloads(log.next().entry)).containsExactly("a");
    }

    @Test
    void whatItsClientGaveUpIsLeftOutOfTheNextTry() throws Exception {
        Asked gone = propose("gone");
        propose("waits");
        operations.start();
        TestLog.Append first = log.next();
        assertThat(payloads(first.entry)).containsExactly("gone", "waits");
        gone.gone.set(true);
        first.answer.accept(ReplicatedLog.Outcome.REJECTED);

        assertThat(payloads(log.next().entry)).containsExactly("waits");
        assertThat(gone.reply.get(10, TimeUnit.SECONDS)).isEqualTo(StoreError.TIMEOUT);
    }

    @Test
    void anEntryThatNobodyWaitsForIsNotTriedAgainAndMakesRoom() throws Exception {
        operations.start();
        for (int i = 0; i <= OperationLog.MAX_ENTRIES_IN_FLIGHT; i++) {
            Asked gone = propose("gone");
            TestLog.Append append = log.next();
            gone.gone.set(true);
            append.answer.accept(ReplicatedLog.Outcome.REJECTED);
            assertThat(gone.reply.get(10, TimeUnit.SECONDS)).isEqualTo(StoreError.TIMEOUT);
        }
        propose("waits");

        assertThat(payloads(log.next().entry)).containsExactly("waits");
        assertThat(operations.pendingOperations()).isEqualTo(1);
    }

    @Test
    void whatWasGivenUpBeforeItHadAnEntryGetsNone() throws Exception {
        Asked gone = propose("gone");
        gone.gone.set(true);
        propose("waits");
        operations.start();

        assertThat(payloads(log.next().entry)).containsExactly("waits");
        assertThat(gone.reply.get(10, TimeUnit.SECONDS)).isEqualTo(StoreError.TIMEOUT);
    }

    @Test
    void anEntryThatMayHaveBeenMadeIsNotMadeAgain() throws Exception {
        operations.start();
        propose("unknown");
        log.next().answer.accept(ReplicatedLog.Outcome.UNKNOWN);
        propose("next");

        assertThat(payloads(log.next().entry)).containsExactly("next");
        assertThat(operations.pendingOperations()).isEqualTo(2);
    }

    @Test
    void anEntryThatMayHaveBeenMadeIsAnsweredWhenItIsApplied() throws Exception {
        operations.start();
        Asked asked = propose("unknown");
        TestLog.Append append = log.next();
        append.answer.accept(ReplicatedLog.Outcome.UNKNOWN);
        OperationLog.Applier applier = operations.new Applier(new OperationHandler() {
            @Override
            public Reply apply(byte command, byte[] payload, @Nullable Object decoded, long term,
                    boolean answered) {
                return StoreError.NO_SPACE; // any reply
            }

            @Override
            public void publish() {}
        });
        applier.apply(1, ByteBuffer.wrap(append.entry));
        applier.batchEnd();

        assertThat(asked.reply.get(10, TimeUnit.SECONDS)).isEqualTo(StoreError.NO_SPACE);
    }

    /** Who was told proposes something else then, which must not be overtaken. */
    @Test
    void anEntryOfWhichItWasToldThatItWasGivenUpIsNotTriedAgain() throws Exception {
        AtomicLong now = new AtomicLong();
        Queue<Runnable> later = new ArrayDeque<>();
        OperationLog driven = new OperationLog(MEMBER, 1, log, 0, TIMEOUT_NANOS, now::get, later::add);
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        // What is asked last before an entry is sent again lets the time run out.
        driven.propose(new Proposal((byte) 1, new byte[0], null, null, () -> {
            driven.expire();
            return false;
        }, reply::complete));
        assertThat(driven.doWork()).isTrue();
        log.next().answer.accept(ReplicatedLog.Outcome.REJECTED);
        now.set(TIMEOUT_NANOS);
        later.remove().run();

        assertThat(reply).isCompletedWithValue(StoreError.TIMEOUT);
        assertThat(log.appended).isEmpty();
    }

    /** A log that keeps what it is given and lets the test say what becomes of it. */
    private static final class TestLog implements ReplicatedLog {
        private record Append(byte[] entry, Consumer<Outcome> answer) {}

        private final BlockingQueue<Append> appended = new LinkedBlockingQueue<>();

        Append next() throws InterruptedException {
            Append next = appended.poll(10, TimeUnit.SECONDS);
            assertThat(next).as("an entry").isNotNull();
            return java.util.Objects.requireNonNull(next);
        }

        @Override
        public void append(byte[] entry, Consumer<Outcome> callback) {
            appended.add(new Append(entry, callback));
        }

        @Override
        public void readIndex(Consumer<@Nullable StoreError> callback) {
            callback.accept(null);
        }

        @Override
        public boolean readsAreLocal() {
            return true;
        }

        @Override
        public Leadership leadership() {
            return new Leadership(MEMBER, 1, true);
        }

        @Override
        public long committedIndex() {
            return 0;
        }

        @Override
        public long appliedIndex() {
            return 0;
        }

        @Override
        public void requestSnapshot(Runnable done) {}

        @Override
        public boolean transferLeadership(long memberId) {
            return false;
        }

        @Override
        public void close() {}
    }
}
