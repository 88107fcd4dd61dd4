package io.myriad.store.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.mvcc.RevisionHash;
import io.myriad.store.mvcc.RevisionStatus;
import io.myriad.store.mvcc.StoreView;
import io.myriad.store.state.StoreError;

/**
 * Compares the checksum of this member's keys with the others' at the same revision: replication promises that they are equal, so what differs was damaged below it. The three comparisons
 * and what follows from each are those of etcd's {@code etcdserver/corrupt.go}.
 *
 * <p>Who cannot be reached, is behind or has compacted something else is left out: a comparison finds damage, it does not prove that there is none.
 *
 * <p>Threads: {@link #doWork} the ticker's; {@link #answer} an event loop; comparisons run on a thread of their own, one at a time.
 */
final class CorruptionCheck {

    private static final int ANSWER_BYTES = 1 + 2 * Long.BYTES + Integer.BYTES;
    private static final RevisionStatus[] STATUSES = RevisionStatus.values();
    private static final Logger LOG = LoggerFactory.getLogger(CorruptionCheck.class);

    private final CorruptionChecks checks;
    private final long self;
    private final long timeoutNanos;
    private final Supplier<List<Long>> members;
    private final BiConsumer<Long, Question> peers;
    private final Supplier<StoreView> views;
    private final Executor readers;
    private final Consumer<Consumer<@Nullable StoreError>> reads;
    private final LongConsumer alarm;
    private final LongSupplier nanoTime;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private long nextNanos;
    private long nextCompactionNanos;
    private volatile long comparedCompaction;

    /** What another member is asked, and who takes its answer; null: there was none. */
    record Question(byte[] body, Consumer<byte @Nullable []> answer) {}

    /**
     * What a member has up to a revision.
     *
     * @param newest the member's newest revision
     */
    private record Checksum(RevisionStatus status, long newest, long compacted, int hash) {}

    /**
     * @param members the numbers of all members
     * @param peers asks another member
     * @param reads calls back when everything that was acknowledged before can be read here
     * @param alarm raises the alarm for a member; 0: it is not known which
     */
    CorruptionCheck(StoreSettings settings, Supplier<List<Long>> members, BiConsumer<Long, Question> peers,
            Supplier<StoreView> views, Executor readers, Consumer<Consumer<@Nullable StoreError>> reads,
            LongConsumer alarm, LongSupplier nanoTime) {
        this.checks = settings.corruptionChecks();
        this.self = settings.self().id();
        this.timeoutNanos = settings.timing().requestTimeoutNanos();
        this.members = members;
        this.peers = peers;
        this.views = views;
        this.readers = readers;
        this.reads = reads;
        this.alarm = alarm;
        this.nanoTime = nanoTime;
        long now = nanoTime.getAsLong();
        this.nextNanos = now + nanos(checks.interval());
        this.nextCompactionNanos = now + nanos(checks.compactionInterval());
    }

    private static long nanos(@Nullable Duration interval) {
        return interval == null ? 0 : interval.toNanos();
    }

    /** Before this member serves anybody: throws, with a message for the user, if another one has other keys at this one's revision. */
    void atStart() throws IOException {
        if (!checks.initial()) {
            return;
        }
        try {
            RevisionHash own = RevisionHash.of(views, 0);
            if (own.status() != RevisionStatus.AVAILABLE) {
                throw new IOException(hex(self) + " failed to fetch hash");
            }
            boolean differs = false;
            for (Map.Entry<Long, Checksum> other : ask(own.revision()).entrySet()) {
                Checksum theirs = other.getValue();
                if (theirs.status != RevisionStatus.AVAILABLE || theirs.compacted != own.compactedRevision()) {
                    LOG.warn("member {} cannot be compared with at revision {}: {}, compacted at {}, here at {}",
                            hex(other.getKey()), own.revision(), theirs.status, theirs.compacted,
                            own.compactedRevision());
                } else if (theirs.hash != own.hash()) {
                    LOG.warn("member {} has other keys at revision {}: checksum {}, here {}", hex(other.getKey()),
                            own.revision(), theirs.hash, own.hash());
                    differs = true;
                }
            }
            if (differs) {
                throw new IOException(hex(self) + " found data inconsistency with peers");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        }
    }

    /** Begins what is due. Only a leader compares. */
    void doWork(boolean leading) {
        long now = nanoTime.getAsLong();
        if (checks.interval() != null && now - nextNanos >= 0) {
            nextNanos = now + checks.interval().toNanos();
            begin(leading, this::compareNewest);
        }
        if (checks.compactionInterval() != null && now - nextCompactionNanos >= 0) {
            nextCompactionNanos = now + checks.compactionInterval().toNanos();
            begin(leading, this::compareCompaction);
        }
    }

    private interface Comparison {
        void run() throws InterruptedException;
    }

    private void begin(boolean leading, Comparison comparison) {
        if (!leading || !underWay.compareAndSet(false, true)) {
            return;
        }
        Thread.ofPlatform().name("store-corruption-check").daemon().start(() -> {
            try {
                comparison.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.error("Members were not compared", e);
            } finally {
                underWay.set(false);
            }
        });
    }

    private void compareNewest() throws InterruptedException {
        RevisionHash before = RevisionHash.of(views, 0);
        if (before.status() != RevisionStatus.AVAILABLE) {
            // Compactions came in between again and again: the next time, then.
            return;
        }
        Map<Long, Checksum> others = ask(before.revision());
        // What the others had when they answered can be read here then.
        if (!awaitRead()) {
            return;
        }
        RevisionHash after = RevisionHash.of(views, 0);
        if (after.status() != RevisionStatus.AVAILABLE) {
            return;
        }
        List<Long> damaged = new ArrayList<>();
        if (after.revision() == before.revision() && after.compactedRevision() == before.compactedRevision()
                && after.hash() != before.hash()) {
            LOG.error("two checksums of revision {} differ: {} and {}", before.revision(), before.hash(), after.hash());
            damaged.add(self);
        }
        others.forEach((id, theirs) -> {
            if (theirs.status != RevisionStatus.AVAILABLE) {
                return;
            }
            if (theirs.newest > after.revision() || theirs.compacted > after.compactedRevision()
                    || theirs.compacted == before.compactedRevision() && theirs.hash != before.hash()) {
                LOG.error("member {} differs at revision {}: its newest {}, compacted at {}, checksum {}; "
                        + "here {}, {}, {}", hex(id), before.revision(), theirs.newest, theirs.compacted, theirs.hash,
                        after.revision(), before.compactedRevision(), before.hash());
                damaged.add(id);
            }
        });
        if (!damaged.isEmpty()) {
            // As with etcd the first one: the alarm is the cluster's.
            alarm.accept(damaged.getFirst());
        }
    }

    /** Compactions are at the same place of the log on all members, so what is left at their revision can be compared at any time until the next one. */
    private void compareCompaction() throws InterruptedException {
        long compacted = views.get().compactedRevision();
        if (compacted <= comparedCompaction) {
            return;
        }
        RevisionHash own = RevisionHash.of(views, compacted);
        if (own.status() != RevisionStatus.AVAILABLE || own.compactedRevision() != compacted) {
            return;
        }
        int all = members.get().size();
        Map<Integer, List<Long>> byHash = new HashMap<>();
        byHash.computeIfAbsent(own.hash(), absent -> new ArrayList<>()).add(self);
        int compared = 1;
        for (Map.Entry<Long, Checksum> other : ask(compacted).entrySet()) {
            Checksum theirs = other.getValue();
            if (theirs.status == RevisionStatus.AVAILABLE && theirs.compacted == compacted) {
                byHash.computeIfAbsent(theirs.hash, absent -> new ArrayList<>()).add(other.getKey());
                compared++;
            }
        }
        if (byHash.size() == 1) {
            if (compared == all) {
                comparedCompaction = compacted;
            }
            return;
        }
        byHash.forEach((hash, ids) -> LOG.error("checksum {} at the compaction of revision {}: members {}", hash,
                compacted, ids.stream().map(CorruptionCheck::hex).toList()));
        comparedCompaction = compacted;
        if (byHash.values().removeIf(ids -> ids.size() >= all / 2 + 1)) {
            byHash.values().forEach(ids -> ids.forEach(alarm::accept));
        } else {
            alarm.accept(0);
        }
    }

    private boolean awaitRead() throws InterruptedException {
        CompletableFuture<@Nullable StoreError> read = new CompletableFuture<>();
        reads.accept(read::complete);
        try {
            return read.get(timeoutNanos, TimeUnit.NANOSECONDS) == null;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    /** What the other members say that they have up to a revision; who says nothing is left out. */
    private Map<Long, Checksum> ask(long revision) throws InterruptedException {
        byte[] body = ByteBuffer.allocate(Long.BYTES).putLong(revision).array();
        Map<Long, CompletableFuture<byte @Nullable []>> asked = new HashMap<>();
        for (long id : members.get()) {
            if (id != self) {
                CompletableFuture<byte @Nullable []> answer = new CompletableFuture<>();
                asked.put(id, answer);
                peers.accept(id, new Question(body, answer::complete));
            }
        }
        Map<Long, Checksum> answered = new HashMap<>();
        for (Map.Entry<Long, CompletableFuture<byte @Nullable []>> each : asked.entrySet()) {
            byte[] bytes = null;
            try {
                bytes = each.getValue().get(timeoutNanos, TimeUnit.NANOSECONDS);
            } catch (ExecutionException | TimeoutException e) {
                // Said below.
            }
            if (bytes == null || bytes.length != ANSWER_BYTES) {
                LOG.warn("member {} does not tell its checksum at revision {}", hex(each.getKey()), revision);
                continue;
            }
            ByteBuffer answer = ByteBuffer.wrap(bytes);
            answered.put(each.getKey(), new Checksum(STATUSES[answer.get()], answer.getLong(), answer.getLong(),
                    answer.getInt()));
        }
        return answered;
    }

    /** Answers another member; nothing if too much is being read here. */
    void answer(byte[] question, Consumer<byte[]> answer) {
        if (question.length != Long.BYTES) {
            answer.accept(new byte[0]);
            return;
        }
        try {
            readers.execute(() -> {
                RevisionHash found = RevisionHash.of(views, ByteBuffer.wrap(question).getLong());
                answer.accept(ByteBuffer.allocate(ANSWER_BYTES).put((byte) found.status().ordinal())
                        .putLong(views.get().revision()).putLong(found.compactedRevision()).putInt(found.hash())
                        .array());
            });
        } catch (RejectedExecutionException e) {
            answer.accept(new byte[0]);
        }
    }

    private static String hex(long id) {
        return Long.toHexString(id);
    }
}
