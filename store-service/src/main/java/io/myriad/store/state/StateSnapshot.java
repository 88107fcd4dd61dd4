package io.myriad.store.state;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

import io.myriad.store.lease.LeaseTable;
import io.myriad.store.mvcc.MvccStore;
import io.myriad.store.mvcc.SnapshotSource;

/**
 * The whole state in one file: leases and what members published, the sections of {@link SnapshotSections}, then every version of every key in key order, then a checksum.
 * Format 1 had no sections.
 *
 * <p>{@link #capture} is cheap and runs on the apply thread; {@link #write} streams the captured state and may run anywhere, while the machine goes on. What was captured
 * must be {@link #close closed}, because compaction keeps old versions for it until then.
 */
public final class StateSnapshot implements AutoCloseable {

    private static final int MAGIC = 0x4D595253;
    private static final int FORMAT = 2;
    private static final int FORMAT_WITHOUT_SECTIONS = 1;
    private static final int BUFFER_BYTES = 1 << 18;
    private static final byte END = 0;
    private static final byte FIRST_OF_KEY = 1;
    private static final byte NEXT_OF_KEY = 2;
    private static final byte TOMBSTONE_FLAG = 4;

    private final SnapshotSource keys;
    private final List<LeaseRequest> leases;
    private final Map<Long, byte[]> members;
    private final SnapshotSections sections;

    private StateSnapshot(SnapshotSource keys, List<LeaseRequest> leases, Map<Long, byte[]> members,
            SnapshotSections sections) {
        this.sections = sections;
        this.keys = keys;
        this.leases = leases;
        this.members = members;
    }

    /** Captures the state as it is. The apply thread. */
    public static StateSnapshot capture(StoreMachine machine) {
        List<LeaseRequest> leases = new ArrayList<>();
        machine.leases().all().forEach(lease -> leases.add(new LeaseRequest(lease.id(), lease.ttlSeconds())));
        return new StateSnapshot(new SnapshotSource(machine.store()), leases, Map.copyOf(machine.publishedMembers()),
                SnapshotSections.capture(machine));
    }

    /** Writes the file and forces it to disk; returns its size in bytes. */
    public long write(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            CheckedOutputStream checked = new CheckedOutputStream(
                    new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES), new CRC32C());
            DataOutputStream out = new DataOutputStream(checked);
            out.writeInt(MAGIC);
            out.writeInt(FORMAT);
            out.writeLong(keys.revision());
            out.writeLong(keys.compactedRevision());
            out.writeInt(leases.size());
            for (LeaseRequest lease : leases) {
                out.writeLong(lease.first());
                out.writeLong(lease.second());
            }
            out.writeInt(members.size());
            for (Map.Entry<Long, byte[]> member : members.entrySet()) {
                out.writeLong(member.getKey());
                out.writeInt(member.getValue().length);
                out.write(member.getValue());
            }
            sections.write(out);
            keys.forEach((version, sameKey) -> {
                out.writeByte((sameKey ? NEXT_OF_KEY : FIRST_OF_KEY) | (version.isTombstone() ? TOMBSTONE_FLAG : 0));
                out.writeLong(version.modRevision());
                out.writeInt(version.subRevision());
                out.writeInt(version.keyValue().length);
                out.write(version.keyValue());
            });
            out.writeByte(END);
            long checksum = checked.getChecksum().getValue();
            out.writeLong(checksum);
            out.flush();
            channel.force(true);
            return channel.size();
        }
    }

    /** Replaces the state of a machine by a file's. Throws without having changed anything if the file is damaged. */
    public static void load(Path file, StoreMachine machine) throws IOException {
        long size = Files.size(file);
        try (InputStream raw = Files.newInputStream(file)) {
            CheckedInputStream checked = new CheckedInputStream(new BufferedInputStream(raw, BUFFER_BYTES),
                    new CRC32C());
            DataInputStream in = new DataInputStream(checked);
            if (in.readInt() != MAGIC) {
                throw new IOException(file + " is not a snapshot of this store");
            }
            int format = in.readInt();
            if (format != FORMAT && format != FORMAT_WITHOUT_SECTIONS) {
                throw new IOException(file + " has snapshot format " + format + ", this version reads " + FORMAT);
            }
            MvccStore.Loader loader = new MvccStore.Loader(in.readLong(), in.readLong());
            LeaseTable leases = new LeaseTable();
            for (int left = in.readInt(); left > 0; left--) {
                leases.grant(in.readLong(), in.readLong());
            }
            Map<Long, byte[]> members = new HashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                long id = in.readLong();
                byte[] member = bytes(in, size, file);
                members.put(id, member);
            }
            SnapshotSections sections = format == FORMAT_WITHOUT_SECTIONS
                    ? SnapshotSections.NONE
                    : SnapshotSections.read(in, () -> bytes(in, size, file));
            for (int flags; (flags = in.readByte()) != END;) {
                long modRevision = in.readLong();
                int subRevision = in.readInt();
                byte[] keyValue = bytes(in, size, file);
                loader.add(keyValue, modRevision, subRevision, (flags & TOMBSTONE_FLAG) != 0,
                        (flags & NEXT_OF_KEY) != 0);
            }
            long expected = checked.getChecksum().getValue();
            if (in.readLong() != expected) {
                throw new IOException(file + " is damaged: its checksum does not match");
            }
            MvccStore store = loader.build();
            if (leases.size() > 0) {
                store.forEachLeasedKey((key, lease) -> leases.move(key, 0, lease));
            }
            machine.restore(store, leases, members, sections);
        }
    }

    /** A length and so many bytes. The length is looked at first: in a damaged file it may be anything. */
    private static byte[] bytes(DataInputStream in, long fileSize, Path file) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > fileSize) {
            throw new IOException(file + " is damaged: it says that a part of it has " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    @Override
    public void close() {
        keys.close();
    }
}
