package io.myriad.store.server;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

import io.grpc.stub.ServerCallStreamObserver;
import org.jspecify.annotations.Nullable;

import io.myriad.store.failpoint.Failpoint;
import io.myriad.store.mvcc.CompactedException;
import io.myriad.store.mvcc.KeyVersion;
import io.myriad.store.mvcc.WatchSink;
import io.myriad.store.mvcc.Watcher;
import io.myriad.store.wire.Wire;
import io.myriad.store.wire.WireMessage;

/** Writes {@code WatchResponse} messages. Events go out as the stored bytes of their key-values; field numbers are those of {@code rpc.proto}. */
final class WatchResponses implements WatchSink {

    private static final int EVENTS_FIELD = 11;

    private final StoreMember member;
    private final ServerCallStreamObserver<WireMessage> responses;

    WatchResponses(StoreMember member, ServerCallStreamObserver<WireMessage> responses) {
        this.member = member;
        this.responses = responses;
    }

    @Override
    public boolean isReady() { return responses.isReady(); }

    @Override
    public void created(long watchId, long revision) {
        send(control(watchId, revision, true, false, 0, ""));
    }

    @Override
    public void refused(String reason, long revision) {
        send(control(-1, revision, true, true, 0, reason));
    }

    @Override
    public void cancelled(long watchId, long revision) {
        send(control(watchId, revision, false, true, 0, ""));
    }

    @Override
    public void compacted(long watchId, long compactedRevision, long revision) {
        send(control(watchId, revision, false, true, compactedRevision, ""));
    }

    @Override
    public void progress(long watchId, long revision) {
        send(control(watchId, revision, false, false, 0, ""));
    }

    private void send(WireMessage message) {
        if (!responses.isCancelled()) {
            Failpoint.BEFORE_SEND_WATCH_RESPONSE.hit();
            responses.onNext(message);
        }
    }

    private WireMessage control(long watchId, long revision, boolean created, boolean cancelled, long compactedRevision,
            String reason) {
        byte[] header = member.machine().header().field(revision, member.term());
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[header.length + Wire.varintFieldSize(watchId) + (created ? 2 : 0) + (cancelled ? 2 : 0)
                + Wire.varintFieldSize(compactedRevision) + (text.length == 0 ? 0 : Wire.bytesFieldSize(text.length))];
        System.arraycopy(header, 0, bytes, 0, header.length);
        int at = Wire.putVarintField(bytes, header.length, 2, watchId);
        at = Wire.putVarintField(bytes, at, 3, created ? 1 : 0);
        at = Wire.putVarintField(bytes, at, 4, cancelled ? 1 : 0);
        at = Wire.putVarintField(bytes, at, 5, compactedRevision);
        if (text.length > 0) {
            Wire.putBytesField(bytes, at, 6, text, 0, text.length);
        }
        return WireMessage.of(bytes);
    }

    @Override
    public void events(Watcher watcher, KeyVersion[] events, int count, long revision) {
        byte[] header = member.machine().header().field(revision, member.term());
        boolean previous = watcher.spec().previous();
        Events all = new Events(header, watcher.id(), events, 0, count, previous, false);
        long limit = member.settings().maxRequestBytes() + (long) GrpcEndpoint.MESSAGE_OVERHEAD_BYTES;
        if (!watcher.spec().fragment() || all.size() < limit || count < 2) {
            send(all);
            return;
        }
        int from = 0;
        while (from < count) {
            long size = header.length + 16L;
            int to = from;
            do {
                size += Events.fieldSize(events[to], previous);
                to++;
            } while (to < count && size + Events.fieldSize(events[to], previous) < limit);
            send(new Events(header, watcher.id(), events, from, to, previous, to < count));
            from = to;
        }
    }

    /** Events of one watcher, from {@code from} to {@code to}. */
    private static final class Events implements WireMessage {
        private static final int BEFORE_FIELD = 3;

        private final byte[] head;
        private final boolean[] deletions;
        /** Key-values, taken once: between sizing and writing a version may lose its value, and compaction may clear its link. */
        private final byte[][] keyValues;
        private final byte[] @Nullable [] previous;
        private final int size;

        Events(byte[] header, long watchId, KeyVersion[] events, int from, int to, boolean withPrevious,
                boolean fragment) {
            this.head = new byte[header.length + Wire.varintFieldSize(watchId) + (fragment ? 2 : 0)];
            System.arraycopy(header, 0, head, 0, header.length);
            int at = Wire.putVarintField(head, header.length, 2, watchId);
            Wire.putVarintField(head, at, 7, fragment ? 1 : 0);
            this.deletions = new boolean[to - from];
            this.keyValues = new byte[to - from][];
            this.previous = new byte[to - from][];
            long total = head.length;
            for (int i = 0; i < keyValues.length; i++) {
                KeyVersion event = events[from + i];
                deletions[i] = event.isTombstone();
                keyValues[i] = event.keyValue();
                previous[i] = withPrevious ? keyValueBefore(event) : null;
                total += Wire.bytesFieldSize(eventSize(i));
            }
            this.size = Math.toIntExact(total);
        }

        /** Null if there was none, or if it was compacted. */
        private static byte @Nullable [] keyValueBefore(KeyVersion event) {
            KeyVersion before = event.previous();
            try {
                return before == null || before.isTombstone() ? null : before.keyValue();
            } catch (CompactedException e) {
                return null;
            }
        }

        /** What an event will take; less if the key-value before it is compacted meanwhile. */
        static int fieldSize(KeyVersion event, boolean withPrevious) {
            KeyVersion before = withPrevious ? event.previous() : null;
            return Wire.bytesFieldSize((event.isTombstone() ? 2 : 0) + Wire.bytesFieldSize(event.size())
                    + (before == null || before.isTombstone() ? 0 : Wire.bytesFieldSize(before.size())));
        }

        private int eventSize(int index) {
            byte[] before = previous[index];
            return (deletions[index] ? 2 : 0) + Wire.bytesFieldSize(keyValues[index].length)
                    + (before == null ? 0 : Wire.bytesFieldSize(before.length));
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(head);
            byte[] prefix = new byte[16];
            for (int i = 0; i < keyValues.length; i++) {
                int at = Wire.putLengthPrefix(prefix, 0, EVENTS_FIELD, eventSize(i));
                at = Wire.putVarintField(prefix, at, 1, deletions[i] ? 1 : 0);
                at = Wire.putLengthPrefix(prefix, at, 2, keyValues[i].length);
                out.write(prefix, 0, at);
                out.write(keyValues[i]);
                byte[] before = previous[i];
                if (before != null) {
                    out.write(prefix, 0, Wire.putLengthPrefix(prefix, 0, BEFORE_FIELD, before.length));
                    out.write(before);
                }
            }
        }
    }
}
