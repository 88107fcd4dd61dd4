package io.myriad.store.raft;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.google.protobuf.CodedOutputStream;

import io.myriad.store.api.LeaseRevokeRequest;
import io.myriad.store.state.Command;

/**
 * Writes what the members of a cluster have in their logs as a write-ahead log of etcd's, because etcd's robustness tests read there which requests were made and in which order. An entry here holds many
 * requests, an entry there one, so they are numbered anew; and all members get the same log, in which an entry that members disagree about is the one that most of them have.
 *
 * <p>Entries that a snapshot holds are in the file of the log until all that is in it may go, so a run of some seconds finds all of them.
 *
 * <p>The format is that of etcd's package {@code server/storage/wal}: records behind a length, each with the Castagnoli checksum of all data so far.
 */
public final class EtcdWal {

    private static final String FILE = "0000000000000000-0000000000000000.wal";
    private static final int ENTRY_RECORD = 2;
    private static final int STATE_RECORD = 3;
    private static final int CHECKSUM_RECORD = 4;
    /** The field of {@code InternalRaftRequest} that holds the request. */
    private static final Map<Command, Integer> FIELDS = Map.of(Command.PUT, 4, Command.DELETE_RANGE, 5, Command.TXN, 6,
            Command.COMPACT, 7, Command.LEASE_GRANT, 8, Command.LEASE_REVOKE, 9, Command.LEASE_EXPIRE, 9);

    private final CRC32C checksum = new CRC32C();
    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private long lastIndex;

    private EtcdWal() {}

    /** @param directories the data directories of all members; they may be in use */
    public static void main(String... directories) throws IOException {
        List<Path> members = Arrays.stream(directories).map(Path::of).toList();
        byte[] wal = of(members);
        for (Path member : members) {
            Path target = member.resolve("member").resolve("wal");
            Files.createDirectories(target);
            Files.write(target.resolve(FILE), wal);
        }
    }

    private static byte[] of(List<Path> members) throws IOException {
        Map<Long, List<LogEntry>> byIndex = new TreeMap<>();
        for (Path member : members) {
            for (LogEntry entry : entries(member).values()) {
                byIndex.computeIfAbsent(entry.getId().getIndex(), absent -> new ArrayList<>()).add(entry);
            }
        }
        EtcdWal wal = new EtcdWal();
        wal.record(CHECKSUM_RECORD, new byte[0]);
        long term = 0;
        for (List<LogEntry> candidates : byIndex.values()) {
            LogEntry entry = chosen(candidates);
            term = Math.max(term, entry.getId().getTerm());
            if (entry.getType() == EntryType.ENTRY_TYPE_DATA) {
                wal.add(entry);
            }
        }
        wal.record(STATE_RECORD, message(1, term, 2, 0, 3, wal.lastIndex));
        return wal.file.toByteArray();
    }

    /** Entries of a term are the same everywhere. */
    private static LogEntry chosen(List<LogEntry> candidates) {
        Map<Long, Integer> votes = new HashMap<>();
        candidates.forEach(each -> votes.merge(each.getId().getTerm(), 1, Integer::sum));
        return candidates.stream().max(Comparator
                .<LogEntry>comparingInt(each -> votes.getOrDefault(each.getId().getTerm(), 0))
                .thenComparingLong(each -> each.getId().getTerm())).orElseThrow();
    }

    private static TreeMap<Long, LogEntry> entries(Path member) throws IOException {
        List<Path> segments;
        try (Stream<Path> files = Files.walk(member)) {
            segments = files.filter(file -> file.getFileName().toString().endsWith(".log")).sorted().toList();
        }
        TreeMap<Long, LogEntry> entries = new TreeMap<>();
        for (Path segment : segments) {
            LogSegment.open(segment, true, (kind, payload, offset) -> replay(entries, kind, payload)).close();
        }
        return entries;
    }

    private static void replay(TreeMap<Long, LogEntry> entries, byte kind, ByteBuffer payload) {
        long index = payload.getLong();
        if (kind == LogSegment.TRUNCATE) {
            entries.tailMap(index, false).clear();
        } else if (kind == LogSegment.ENTRIES) {
            for (long next = index; payload.hasRemaining(); next++) {
                int length = payload.getInt();
                payload.getInt();
                byte[] body = new byte[length];
                payload.get(body);
                entries.put(next, LogEntryCodec.read(next, ByteBuffer.wrap(body)));
            }
        }
    }

    private void add(LogEntry entry) throws IOException {
        ByteBuffer packed = entry.getData().duplicate();
        EntryFormat.checkFormat(packed);
        packed.position(EntryFormat.HEADER_BYTES - Integer.BYTES);
        int count = packed.getInt();
        for (int i = 0; i < count; i++) {
            Command command = Command.of(packed.get());
            byte[] payload = new byte[packed.getInt()];
            packed.get(payload);
            Integer field = FIELDS.get(command);
            if (field != null && isValid(command, payload, entry.getId().getTerm())) {
                lastIndex++;
                record(ENTRY_RECORD, entry(entry.getId().getTerm(), lastIndex, message(field, payload)));
            }
        }
    }

    /** A lease that a leader before the one of the entry saw run out is not revoked. */
    private static boolean isValid(Command command, byte[] payload, long term) throws IOException {
        return command != Command.LEASE_EXPIRE
                || LeaseRevokeRequest.parseFrom(payload).getUnknownFields().getField(2)
                        .getVarintList().equals(List.of(term));
    }

    private static byte[] entry(long term, long index, byte[] data) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeUInt64(1, 0);
        out.writeUInt64(2, term);
        out.writeUInt64(3, index);
        out.writeByteArray(4, data);
        out.flush();
        return bytes.toByteArray();
    }

    private static byte[] message(int field, byte[] value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeByteArray(field, value);
        out.flush();
        return bytes.toByteArray();
    }

    private static byte[] message(long... fieldsAndValues) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        for (int i = 0; i < fieldsAndValues.length; i += 2) {
            out.writeUInt64((int) fieldsAndValues[i], fieldsAndValues[i + 1]);
        }
        out.flush();
        return bytes.toByteArray();
    }

    private void record(int type, byte[] data) throws IOException {
        checksum.update(data);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeInt64(1, type);
        out.writeUInt32(2, (int) checksum.getValue());
        if (data.length > 0) {
            out.writeByteArray(3, data);
        }
        out.flush();
        int padding = -bytes.size() & 7;
        long length = bytes.size() | (padding == 0 ? 0 : (0x80L | padding) << 56);
        file.write(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
        bytes.writeTo(file);
        file.write(new byte[padding]);
    }
}
