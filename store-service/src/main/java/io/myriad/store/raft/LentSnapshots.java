package io.myriad.store.raft;

import java.io.IOException;
import java.nio.file.Path;

import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.option.SnapshotCopierOptions;
import com.alipay.sofa.jraft.storage.SnapshotThrottle;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotCopier;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotStorage;
import com.alipay.sofa.jraft.util.Endpoint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.failpoint.Failpoint;

/** JRaft's snapshot directories, except that a snapshot gets what only other members need of it when one of them asks. */
final class LentSnapshots extends LocalSnapshotStorage {

    private static final Logger LOG = LoggerFactory.getLogger(LentSnapshots.class);

    private final ReplicatedState state;
    private final RaftOptions options;
    private @Nullable SnapshotThrottle throttle;
    private @Nullable Endpoint address;
    /** Whether a snapshot of another member is on its way. */
    private volatile boolean receiving;

    LentSnapshots(String uri, @Nullable String temporaryUri, RaftOptions options, ReplicatedState state) {
        super(uri, temporaryUri, options);
        this.options = options;
        this.state = state;
    }

    @Override
    public void setSnapshotThrottle(SnapshotThrottle throttle) {
        super.setSnapshotThrottle(throttle);
        this.throttle = throttle;
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

    private final class Reader extends LocalSnapshotReader {
        Reader(String path) {
            super(LentSnapshots.this, throttle, address, options, path);
        }

        /** Called when a snapshot is about to be offered to another member. If it cannot be lent the other will miss a file, and ask again: null would end this member. */
        @Override
        public String generateURIForCopy() {
            try {
                state.lend(Path.of(getPath()));
            } catch (IOException | RuntimeException e) {
                LOG.error("The snapshot cannot be sent: {}", e.toString());
            }
            return super.generateURIForCopy();
        }
    }
}
