package io.myriad.store.state;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

import org.jspecify.annotations.Nullable;

import io.myriad.store.mvcc.KeyVersion;
import io.myriad.store.page.PageReader;

/**
 * One state of a page file in one piece, as it is sent to another member: magic, format, applied index, then entries in key order, each with the lengths of key and value, a length of -1, and a
 * checksum of everything before.
 */
final class StateExport {

    private static final int MAGIC = 0x4D595245;
    private static final int FORMAT = 1;
    private static final int BUFFER_BYTES = 1 << 18;

    private StateExport() {}

    /** Receives entries. */
    @FunctionalInterface
    interface Sink {
        void accept(ByteBuffer key, ByteBuffer value) throws IOException;
    }

    /** Writes a state, values included wherever they are; the file is there when it is whole, and forced to disk. */
    static void write(PageReader state, CheckpointValues values, Path target) throws IOException {
        Path made = target.resolveSibling(target.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(made, StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            CheckedOutputStream checked = new CheckedOutputStream(
                    new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES), new CRC32C());
            DataOutputStream out = new DataOutputStream(checked);
            WritableByteChannel bytes = Channels.newChannel(out);
            Sink entries = (key, value) -> {
                out.writeInt(key.remaining());
                out.writeInt(value.remaining());
                bytes.write(key);
                bytes.write(value);
            };
            out.writeInt(MAGIC);
            out.writeInt(FORMAT);
            out.writeLong(state.appliedIndex());
            References references = new References(state, values, entries);
            state.visit(new byte[0], null, (key, value) -> {
                references.accept(key, value);
                return true;
            });
            references.resolve();
            out.writeInt(-1);
            out.writeLong(checked.getChecksum().getValue());
            out.flush();
            channel.force(true);
        }
        Files.move(made, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Hands on entries in their order, with their values in the place of references to them, of which several are read at once. */
    private static final class References implements Sink {
        private static final int MAX_REFERENCES = 512;
        private static final int MAX_BYTES = 4 << 20;

        private final PageReader state;
        private final CheckpointValues values;
        private final Sink target;
        private final long[] modRevisions = new long[MAX_REFERENCES];
        private final int[] subRevisions = new int[MAX_REFERENCES];
        private int count;
        private long bytes;

        References(PageReader state, CheckpointValues values, Sink target) {
            this.state = state;
            this.values = values;
            this.target = target;
        }

        @Override
        public void accept(ByteBuffer key, ByteBuffer value) throws IOException {
            if (!StateEntries.isReference(key, value)) {
                resolve();
                target.accept(key, value);
                return;
            }
            modRevisions[count] = StateEntries.modRevision(key);
            subRevisions[count++] = StateEntries.subRevision(key);
            bytes += KeyVersion.sizeOf(StateEntries.keyValue(value));
            if (count == MAX_REFERENCES || bytes >= MAX_BYTES) {
                resolve();
            }
        }

        void resolve() throws IOException {
            if (count == 0) {
                return;
            }
            byte[][] found = values.read(state, Arrays.copyOf(modRevisions, count), Arrays.copyOf(subRevisions, count));
            for (int i = 0; i < count; i++) {
                byte @Nullable [] keyValue = found[i];
                if (keyValue == null) {
                    throw new IOException("the value of revision " + modRevisions[i] + " is not where it should be");
                }
                target.accept(ByteBuffer.wrap(StateEntries.versionKey(modRevisions[i], subRevisions[i])),
                        StateEntries.version(keyValue, false, ByteBuffer.allocate(0)));
            }
            count = 0;
            bytes = 0;
        }
    }

    /** Reads a state and returns its applied index. What the sink was given counts only when this returns. */
    static long read(Path source, Sink sink) throws IOException {
        long size = Files.size(source);
        try (InputStream raw = Files.newInputStream(source)) {
            CheckedInputStream checked = new CheckedInputStream(new BufferedInputStream(raw, BUFFER_BYTES),
                    new CRC32C());
            DataInputStream in = new DataInputStream(checked);
            if (in.readInt() != MAGIC) {
                throw new IOException(source + " is not a state of this store");
            }
            int format = in.readInt();
            if (format != FORMAT) {
                throw new IOException(source + " has format " + format + ", this version reads " + FORMAT);
            }
            long appliedIndex = in.readLong();
            for (int keyLength; (keyLength = in.readInt()) != -1;) {
                int valueLength = in.readInt();
                if (keyLength < 0 || valueLength < 0 || keyLength > size || valueLength > size) {
                    throw new IOException(
                            source + " is damaged: an entry of " + keyLength + " and " + valueLength + " bytes");
                }
                byte[] key = new byte[keyLength];
                byte[] value = new byte[valueLength];
                in.readFully(key);
                in.readFully(value);
                sink.accept(ByteBuffer.wrap(key), ByteBuffer.wrap(value));
            }
            long expected = checked.getChecksum().getValue();
            if (in.readLong() != expected) {
                throw new IOException(source + " is damaged: its checksum does not match");
            }
            return appliedIndex;
        }
    }
}
