package io.myriad.store.raft;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.PeerId;
import org.jspecify.annotations.Nullable;

/** A log entry as bytes: type, term, for a configuration its four lists of peers, then the data. Big-endian. */
final class LogEntryCodec {

    private static final int FIXED_BYTES = 1 + 8;

    private LogEntryCodec() {}

    static int size(LogEntry entry) {
        int size = FIXED_BYTES + data(entry).remaining();
        if (isConfiguration(entry)) {
            size += size(entry.getPeers()) + size(entry.getOldPeers()) + size(entry.getLearners())
                    + size(entry.getOldLearners());
        }
        return size;
    }

    private static boolean isConfiguration(LogEntry entry) {
        return entry.getType() == EntryType.ENTRY_TYPE_CONFIGURATION;
    }

    private static ByteBuffer data(LogEntry entry) {
        ByteBuffer data = entry.getData();
        return data == null ? LogEntry.EMPTY_DATA.duplicate() : data.duplicate();
    }

    private static int size(@Nullable List<PeerId> peers) {
        int size = Short.BYTES;
        if (peers != null) {
            for (PeerId peer : peers) {
                size += Short.BYTES + peer.toString().getBytes(StandardCharsets.UTF_8).length;
            }
        }
        return size;
    }

    static void write(LogEntry entry, ByteBuffer target) {
        target.put((byte) entry.getType().getNumber()).putLong(entry.getId().getTerm());
        if (isConfiguration(entry)) {
            write(entry.getPeers(), target);
            write(entry.getOldPeers(), target);
            write(entry.getLearners(), target);
            write(entry.getOldLearners(), target);
        }
        target.put(data(entry));
    }

    private static void write(@Nullable List<PeerId> peers, ByteBuffer target) {
        if (peers == null) {
            target.putShort((short) -1);
            return;
        }
        target.putShort((short) peers.size());
        for (PeerId peer : peers) {
            byte[] text = peer.toString().getBytes(StandardCharsets.UTF_8);
            target.putShort((short) text.length).put(text);
        }
    }

    static LogEntry read(long index, ByteBuffer source) {
        EntryType type = EntryType.forNumber(source.get());
        if (type == null) {
            throw new IllegalStateException("log entry " + index + " has an unknown type");
        }
        LogEntry entry = new LogEntry(type);
        entry.setId(new LogId(index, source.getLong()));
        if (isConfiguration(entry)) {
            entry.setPeers(readPeers(source));
            entry.setOldPeers(readPeers(source));
            entry.setLearners(readPeers(source));
            entry.setOldLearners(readPeers(source));
        }
        if (source.hasRemaining() || type == EntryType.ENTRY_TYPE_DATA) {
            entry.setData(source.slice());
        }
        return entry;
    }

    private static @Nullable List<PeerId> readPeers(ByteBuffer source) {
        int count = source.getShort();
        if (count < 0) {
            return null;
        }
        List<PeerId> peers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] text = new byte[source.getShort()];
            source.get(text);
            PeerId peer = new PeerId();
            if (!peer.parse(new String(text, StandardCharsets.UTF_8))) {
                throw new IllegalStateException("peer of a configuration entry cannot be read");
            }
            peers.add(peer);
        }
        return peers;
    }
}
