package io.myriad.store.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import io.myriad.store.lease.LeaseClock;
import io.myriad.store.mvcc.ValueBudget;
import io.myriad.store.raft.InitialLog;
import io.myriad.store.raft.Member;
import io.myriad.store.state.ResponseHeader;
import io.myriad.store.state.StateCheckpoint;
import io.myriad.store.state.StoreMachine;

/** The first state of a member that does not begin empty but with what an etcd cluster had. */
public final class InitialState {

    /** Nobody reads here, and there may be more values than memory has room for. */
    private static final ValueBudget NO_VALUES = new ValueBudget(0, Long.MAX_VALUE);

    private InitialState() {}

    /**
     * Makes the files of a member. None is left if the snapshot cannot be used; the message says why.
     *
     * @param snapshot etcd's database
     * @param raftDirectory where log and state are to be; empty
     */
    public static void make(Path snapshot, Path raftDirectory, List<Member> members)
            throws IOException {
        if (!Files.isRegularFile(snapshot)) {
            throw new IOException("--initial-snapshot " + snapshot + ": there is no such file");
        }
        Files.createDirectories(raftDirectory);
        StoreMachine machine = new StoreMachine(new ResponseHeader(0, 0), new LeaseClock(), System::nanoTime);
        try (StateCheckpoint checkpoint = new StateCheckpoint(raftDirectory.resolve(StoreMember.PAGE_FILE), machine,
                NO_VALUES, null)) {
            restore(snapshot, checkpoint);
            DiskSpace disk = new DiskSpace(DiskSpace.of(raftDirectory));
            InitialLog.create(raftDirectory, members,
                    new MemberSnapshots(checkpoint, disk).capture(InitialLog.INDEX, InitialLog.TERM));
            force(raftDirectory);
        } catch (IOException | RuntimeException e) {
            delete(raftDirectory);
            throw e;
        }
    }

    private static void restore(Path snapshot, StateCheckpoint checkpoint) throws IOException {
        try {
            checkpoint.restoreEtcd(snapshot, InitialLog.INDEX);
        } catch (IOException e) {
            throw new IOException("--initial-snapshot " + snapshot + ": " + e.getMessage(), e);
        }
    }

    /** The log's first files are not forced to disk by whoever made them. */
    private static void force(Path directory) throws IOException {
        for (Path each : deepestFirst(directory)) {
            try (FileChannel file = FileChannel.open(each, StandardOpenOption.READ)) {
                file.force(true);
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        for (Path each : deepestFirst(directory)) {
            Files.delete(each);
        }
    }

    private static List<Path> deepestFirst(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.sorted(Comparator.reverseOrder()).toList();
        }
    }
}
