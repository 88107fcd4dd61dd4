package io.myriad.store.raft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.alipay.sofa.jraft.entity.LocalStorageOutter.StablePBMeta;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.io.ProtoBufFile;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotStorage;

/**
 * The log of a member that begins with a state: a snapshot at entry 1 of term 1, and no entries. All members are to begin with the same state, and then agree on what came before their
 * first entry; whoever joins later is given the snapshot, because nobody has the entry.
 */
public final class InitialLog {

    /** Place of the entry that the initial state takes the place of, and its term. */
    public static final long INDEX = 1;
    public static final long TERM = 1;

    /** JRaft's file for term and vote. */
    private static final String META_FILE = "raft_meta";

    private InitialLog() {}

    /**
     * Makes the files of a log, in a directory that has none. They are not forced to disk.
     *
     * @param state the state at {@link #INDEX}; closed here
     */
    public static void create(Path directory, List<Member> members, ReplicatedState.Snapshot state)
            throws IOException {
        try (state) {
            saveSnapshot(directory, members, state);
        }
        Path meta = Files.createDirectories(directory.resolve(JRaftLog.META_DIRECTORY)).resolve(META_FILE);
        // The next term is the first with a leader, so that no entry can be taken for the one that the state stands for.
        StablePBMeta term = StablePBMeta.newBuilder().setTerm(TERM).setVotedfor(PeerId.emptyPeer().toString()).build();
        if (!new ProtoBufFile(meta.toString()).save(term, true)) {
            throw new IOException(meta + " was not written");
        }
    }

    private static void saveSnapshot(Path directory, List<Member> members, ReplicatedState.Snapshot state)
            throws IOException {
        List<String> peers = members.stream().map(each -> RaftGroup.peerOf(each.id()).toString()).toList();
        LocalSnapshotStorage storage = new LocalSnapshotStorage(
                directory.resolve(JRaftLog.SNAPSHOT_DIRECTORY).toString(), null, new RaftOptions());
        SnapshotWriter writer = storage.init(null) ? storage.create() : null;
        if (writer == null) {
            throw new IOException("no snapshot can be written in " + directory);
        }
        try {
            boolean complete = writer.saveMeta(SnapshotMeta.newBuilder().setLastIncludedIndex(INDEX)
                    .setLastIncludedTerm(TERM)
                    .addAllPeers(peers).build());
            for (String file : state.write(Path.of(writer.getPath()))) {
                complete &= writer.addFile(file);
            }
            writer.close();
            if (!complete || !writer.isOk()) {
                throw new IOException("the snapshot in " + directory + " is not complete");
            }
        } finally {
            storage.shutdown();
        }
    }
}
