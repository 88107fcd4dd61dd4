package io.myriad.store.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

import io.grpc.stub.ServerCallStreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.state.EtcdExport;
import io.myriad.store.state.StoreError;
import io.myriad.store.wire.WireMessage;

/**
 * {@code Maintenance.Snapshot}: this member's state as etcd's database. It is written to a file that has no name, and sent from there as fast as the client takes it; entries are
 * applied and requests answered meanwhile. As with etcd, the state is this member's own, whether there is a leader or not.
 */
final class SnapshotService {

    /** Snapshots that can be under way, each of which takes as much of the disk as the state has bytes. */
    static final int MAX_SNAPSHOTS = 4;

    private static final long FILE_MINIMUM_BYTES = 1 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotService.class);

    private final StoreMember member;
    private final Semaphore slots = new Semaphore(MAX_SNAPSHOTS);
    /** One is written at a time: it takes a processor and the disk. */
    private final ReentrantLock writing = new ReentrantLock();

    SnapshotService(StoreMember member) {
        this.member = member;
    }

    void call(byte[] request, ServerCallStreamObserver<WireMessage> responses) {
        StoreError denied = member.machine().auth().checkRoot(Identities.current().caller());
        if (denied != null) {
            responses.onError(Statuses.of(denied));
        } else if (!slots.tryAcquire()) {
            responses.onError(Statuses.of(StoreError.TOO_MANY_REQUESTS));
        } else {
            SnapshotStream stream = new SnapshotStream(member.readers(), responses, slots::release);
            Thread.ofPlatform().name("store-etcd-snapshot").daemon().start(() -> write(stream));
        }
    }

    private void write(SnapshotStream stream) {
        writing.lock();
        try {
            // Each version takes some bytes more than its key-value has.
            if (!member.disk().hasRoomFor(FILE_MINIMUM_BYTES + 2 * member.footprint().keyValueBytes())) {
                stream.fail(Statuses.of(StoreError.NO_SPACE));
                return;
            }
            stream.send(file());
        } catch (IOException | RuntimeException e) {
            LOG.error("A snapshot was not written: {}", e.toString());
            stream.fail(Statuses.internal());
        } finally {
            writing.unlock();
        }
    }

    private FileChannel file() throws IOException {
        Path path = member.settings().raftDirectory().resolve("etcd-" + UUID.randomUUID());
        // On Linux the name is gone as soon as the file is open, so that nothing is left behind whatever happens.
        FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        try (EtcdExport state = member.export()) {
            state.write(file);
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }
}
