package io.myriad.store.failpoint;

/**
 * A moment in the life of a member, by the name that etcd gives the same moment: the names are those of the {@code gofail} comments in etcd's sources
 * (v3.7), so that tests which were made for etcd find them. {@code docs/decisions/0180-failpoints.md} says where each of them is.
 */
public enum Failpoint {

    RAFT_BEFORE_SAVE("raftBeforeSave"),
    RAFT_AFTER_SAVE("raftAfterSave"),
    WAL_BEFORE_SYNC("walBeforeSync"),
    WAL_AFTER_SYNC("walAfterSync"),
    RAFT_BEFORE_LEADER_SEND("raftBeforeLeaderSend"),
    RAFT_BEFORE_FOLLOWER_SEND("raftBeforeFollowerSend"),
    RAFT_DROP_HEARTBEAT("raftDropHeartbeat"),
    RAFT_BEFORE_SAVE_SNAP("raftBeforeSaveSnap"),
    RAFT_AFTER_SAVE_SNAP("raftAfterSaveSnap"),
    RAFT_BEFORE_APPLY_SNAP("raftBeforeApplySnap"),
    RAFT_AFTER_APPLY_SNAP("raftAfterApplySnap"),
    RAFT_AFTER_WAL_RELEASE("raftAfterWALRelease"),
    /** Spelled so by etcd. */
    RAFT_BEFORE_WAL_SAVE_SNAPSHOT("raftBeforeWALSaveSnaphot"),
    APPLY_BEFORE_OPEN_SNAPSHOT("applyBeforeOpenSnapshot"),
    APPLY_AFTER_OPEN_SNAPSHOT("applyAfterOpenSnapshot"),
    BEFORE_APPLY_ONE_ENTRY_NORMAL("beforeApplyOneEntryNormal"),
    BEFORE_APPLY_ONE_CONF_CHANGE("beforeApplyOneConfChange"),
    BEFORE_PUBLISHING("beforePublishing"),
    BEFORE_WRITEBACK_BUF("beforeWritebackBuf"),
    AFTER_WRITEBACK_BUF("afterWritebackBuf"),
    BEFORE_START_DB_TXN("beforeStartDBTxn"),
    AFTER_START_DB_TXN("afterStartDBTxn"),
    BEFORE_COMMIT("beforeCommit"),
    AFTER_COMMIT("afterCommit"),
    COMMIT_BEFORE_PRE_COMMIT_HOOK("commitBeforePreCommitHook"),
    COMMIT_AFTER_PRE_COMMIT_HOOK("commitAfterPreCommitHook"),
    COMPACT_BEFORE_COMMIT_SCHEDULED_COMPACT("compactBeforeCommitScheduledCompact"),
    COMPACT_AFTER_COMMIT_SCHEDULED_COMPACT("compactAfterCommitScheduledCompact"),
    COMPACT_BEFORE_COMMIT_BATCH("compactBeforeCommitBatch"),
    COMPACT_AFTER_COMMIT_BATCH("compactAfterCommitBatch"),
    COMPACT_BEFORE_SET_FINISHED_COMPACT("compactBeforeSetFinishedCompact"),
    COMPACT_AFTER_SET_FINISHED_COMPACT("compactAfterSetFinishedCompact"),
    DEFRAG_BEFORE_COPY("defragBeforeCopy"),
    DEFRAG_BEFORE_RENAME("defragBeforeRename"),
    BEFORE_RANGE_STREAM_CHUNK("beforeRangeStreamChunk"),
    BEFORE_LOOKUP_WHEN_LEASE_TIME_TO_LIVE("beforeLookupWhenLeaseTimeToLive"),
    BEFORE_SEND_WATCH_RESPONSE("beforeSendWatchResponse"),
    BEFORE_SYNC_WATCHERS("beforeSyncWatchers"),
    BEFORE_PROGRESS_IF_SYNC("beforeProgressIfSync");

    private final String text;

    Failpoint(String text) {
        this.text = text;
    }

    /** etcd's name. */
    public String text() {
        return text;
    }

    /** This moment has come. */
    public void hit() {
        if (Failpoints.ENABLED) {
            Failpoints.PROCESS.reached(this);
        }
    }

    /** This moment has come; whether what comes next is to be left out, which is what {@code return} asks for. */
    public boolean leavesOut() {
        return Failpoints.ENABLED && Failpoints.PROCESS.reached(this);
    }
}
