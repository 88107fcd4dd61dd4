package io.myriad.store.raft;

import java.io.IOException;
import java.nio.file.Path;

import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.option.SnapshotCopierOptions;
import com.alipay.sofa.jraft.storage.FileService;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotCopier;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotStorage;
import com.alipay.sofa.jraft.util.Endpoint;
import org.jspecify.annotations.Nullable;

import io.myriad.store.failpoint.Failpoint;

/** JRaft's snapshot directories, except that a snapshot gets what only other members need of it when one of them asks. */
final class LentSnapshots extends LocalSnapshotStorage {

    private final ReplicatedState state;
    private final RaftOptions options;
    private final SnapshotPolicy policy;
    private final TransferPace pace;
    private @Nullable Endpoint address;
    /** Whether a snapshot of another member is on its way. */
    private volatile boolean receiving;

    LentSnapshots(String uri, @Nullable String temporaryUri, RaftOptions options, ReplicatedState state,
            SnapshotPolicy policy, TransferPace pace) {
        super(uri, temporaryUri, options);
        this.options = options;
        this.state = state;
        this.policy = policy;
        this.pace = pace;
    }

    @Override
    public void setServerAddr(Endpoint address) {
        super.setServerAddr(address);
        this.address = address;
    }

    @Override
    public @Nullable SnapshotReader open() {
        if (receiving) {
            receiving = false;
            Failpoint.RAFT_AFTER_SAVE_SNAP.hit();
        }
        SnapshotReader opened = super.open();
        if (opened == null) {
            return null;
        }
        // Takes over the other's count of the directory's users: that one is not closed.
        Reader reader = new Reader(opened.getPath());
        return reader.init(null) ? reader : opened;
    }

    @Override
    public SnapshotCopier startToCopyFrom(String uri, SnapshotCopierOptions given) {
        Failpoint.RAFT_BEFORE_SAVE_SNAP.hit();
        receiving = true;
        return super.startToCopyFrom(uri, given);
    }

    /** A snapshot that other members may ask for. */
    private final class Reader extends LocalSnapshotReader {
        private long number;

        Reader(String path) {
            super(LentSnapshots.this, null, address, options, path);
        }

        /** Called with a lock held that the leader needs for everything: nothing is read or written here, except for the list of files. */
        @Override
        public @Nullable String generateURIForCopy() {
            if (number == 0) {
                LentFiles files = LentFiles.open(Path.of(getPath()), options, state, pace);
                if (files == null) {
                    return null;
                }
                number = FileService.getInstance().addReader(files);
                policy.give();
            }
            return REMOTE_SNAPSHOT_URI_SCHEME + address + "/" + number;
        }

        @Override
        public void close() throws IOException {
            if (number != 0) {
                FileService.getInstance().removeReader(number);
                number = 0;
                policy.taken();
            }
            super.close();
        }
    }
}
