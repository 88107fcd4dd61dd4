package io.myriad.store.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import io.myriad.store.wire.WireFormatException;

/**
 * An operation with the name of who proposed it, so that every member decides in the same place of the log whether it is permitted. As bytes: the revision (8), the length of the name
 * (4), the name in UTF-8, the number of the command (1), its payload; big-endian.
 */
public record Authorized(Caller caller, Command command, byte[] payload) {

    private static final int FIXED_BYTES = Long.BYTES + Integer.BYTES + 1;

    /** The payload of {@link Command#AUTHORIZED}. */
    public byte[] toBytes() {
        byte[] name = caller.name().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(FIXED_BYTES + name.length + payload.length).putLong(caller.authRevision())
                .putInt(name.length).put(name).put(command.number()).put(payload).array();
    }

    static Authorized read(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long revision = buffer.getLong();
        int length = buffer.getInt();
        if (length < 0 || length >= buffer.remaining()) {
            throw new WireFormatException("a name of " + length + " bytes exceeds the operation");
        }
        byte[] name = new byte[length];
        buffer.get(name);
        Command command = Command.of(buffer.get());
        byte[] payload = new byte[buffer.remaining()];
        buffer.get(payload);
        return new Authorized(new Caller(new String(name, StandardCharsets.UTF_8), revision), command, payload);
    }

    /** The operation on keys that it is. */
    Operation operation(@Nullable Operation decoded) {
        return decoded != null ? decoded : OperationDecoder.operation(command, payload);
    }
}
