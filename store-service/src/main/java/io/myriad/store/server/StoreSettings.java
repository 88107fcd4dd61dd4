package io.myriad.store.server;

import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.myriad.store.mvcc.ValueBudget;
import io.myriad.store.raft.Member;
import io.myriad.store.raft.RaftTiming;
import io.myriad.store.state.Membership;

/**
 * What a member needs to know to run.
 *
 * @param members who the cluster was made of; empty in a member that joined it later
 * @param known the members as far as they are known before the log is open
 * @param strictReconfigCheck whether changes of the members are refused that could cost the quorum
 * @param maxLearners how many members without a vote there may be
 * @param group name of the replication group, the same on all members; unique within the process
 * @param raftDirectory where log, votes and snapshots are kept
 * @param timing how patient the members are with each other
 * @param clientUrls where clients reach this member
 * @param snapshotEntries write a snapshot after so many log entries
 * @param snapshotBytesPerSecond how fast the state is sent to other members at most; 0: no limit
 * @param sync force writes to disk; false only for tests that may lose everything
 * @param maxRequestBytes largest operation
 * @param maxTxnOperations most operations in a transaction
 * @param batchWindowNanos how long an entry waits for more operations under load
 * @param progressIntervalNanos how often idle watchers are told the revision
 * @param autoCompaction what history to keep; null: all until a client compacts
 * @param quotaBytes how much all keys may take, history included; negative: no limit
 * @param memoryBytes how much of it may be in memory before writes are refused
 * @param values how much of it stays in memory when it is in the page file too
 * @param defragmentationBytesPerSecond how fast the page file is made shorter; 0: only when somebody asks for it
 * @param clientCertificates whether certificates of clients are checked, so that they say who a client is
 * @param tokens what clients get for their passwords
 * @param corruptionChecks when the members compare what they have
 * @param leaseCheckpointNanos after how long it is written down what long leases have left; 0: never
 * @param usableBytes how many bytes the disk of {@code raftDirectory} has left, negative when that is not known
 */
public record StoreSettings(long clusterId, String group, Member self, List<Member> members, Membership known,
        boolean strictReconfigCheck, int maxLearners, List<String> clientUrls,
        Path raftDirectory, RaftTiming timing, long snapshotEntries, long snapshotBytesPerSecond,
        boolean sync, int maxRequestBytes, int maxTxnOperations, long batchWindowNanos, long progressIntervalNanos,
        @Nullable AutoCompaction autoCompaction, long quotaBytes, long memoryBytes, ValueBudget values,
        long defragmentationBytesPerSecond, boolean clientCertificates, TokenSettings tokens,
        CorruptionChecks corruptionChecks, long leaseCheckpointNanos,
        LongSupplier usableBytes) {

    /** The usual: the disk is asked itself. */
    public static LongSupplier diskOf(Path directory) {
        return DiskSpace.of(directory);
    }
}
