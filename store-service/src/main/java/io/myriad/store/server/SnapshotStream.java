package io.myriad.store.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.api.SnapshotResponse;
import io.myriad.store.state.StoreError;
import io.myriad.store.wire.WireMessage;

/** One answer to {@code Maintenance.Snapshot}: the database in chunks, each with how much is still to come, and its SHA-256 in a last one, of which that number knows nothing. */
final class SnapshotStream {

    /** As etcd's. */
    private static final int CHUNK_BYTES = 32 << 10;
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotStream.class);

    private final Executor readers;
    private final ServerCallStreamObserver<WireMessage> responses;
    private final Runnable ended;
    private final MessageDigest digest = sha256();
    private @Nullable FileChannel file;
    private long size;
    private long sent;
    private boolean done;

    /** @param ended called once, when the stream needs nothing any more */
    SnapshotStream(Executor readers, ServerCallStreamObserver<WireMessage> responses, Runnable ended) {
        this.readers = readers;
        this.responses = responses;
        this.ended = ended;
        responses.setOnCancelHandler(this::end);
        responses.setOnReadyHandler(this::resume);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /** Sends a database, and closes the file in the end. */
    void send(FileChannel database) throws IOException {
        synchronized (this) {
            if (done) {
                database.close();
                return;
            }
            file = database;
            size = database.size();
        }
        resume();
    }

    private void resume() {
        try {
            readers.execute(this::pump);
        } catch (RejectedExecutionException e) {
            fail(Statuses.of(StoreError.TOO_MANY_REQUESTS));
        }
    }

    private synchronized void pump() {
        FileChannel database = file;
        try {
            while (database != null && !done && responses.isReady()) {
                if (sent < size) {
                    chunk(database);
                } else {
                    respond(digest.digest());
                    responses.onCompleted();
                    end();
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("A snapshot was not sent: {}", e.toString());
            fail(Statuses.internal());
        }
    }

    private void chunk(FileChannel database) throws IOException {
        byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, size - sent)];
        ByteBuffer buffer = ByteBuffer.wrap(chunk);
        while (buffer.hasRemaining()) {
            if (database.read(buffer, sent + buffer.position()) < 0) {
                throw new IOException("the file became shorter");
            }
        }
        sent += chunk.length;
        digest.update(chunk);
        respond(chunk);
    }

    private void respond(byte[] blob) {
        responses.onNext(Marshallers.of(SnapshotResponse.newBuilder().setRemainingBytes(size - sent)
                .setBlob(UnsafeByteOperations.unsafeWrap(blob)).setVersion(MaintenanceService.STORAGE_VERSION)
                .build()));
    }

    synchronized void fail(StatusException status) {
        if (!done) {
            responses.onError(status);
            end();
        }
    }

    private synchronized void end() {
        if (done) {
            return;
        }
        done = true;
        FileChannel database = file;
        if (database != null) {
            try {
                database.close();
            } catch (IOException e) {
                LOG.warn("The file of a snapshot was not closed: {}", e.toString());
            }
        }
        ended.run();
    }
}
