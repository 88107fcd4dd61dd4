package io.myriad.apiserver.allocation;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.codec.Envelope;
import io.myriad.api.codec.ProtobufReader;
import io.myriad.api.codec.ProtobufWriter;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;
import io.myriad.apiserver.storage.KeyValueStore;

/**
 * Node ports as upstream stores them: one RangeAllocation under a key of its own, whose data is a bitmap over the range,
 * as a big-endian number with bit 0 for the first port. Every change is a conditional write of that key, so that servers
 * agree; a failed write is tried again on what is there then.
 */
public final class PortBitmap {
    private static final int WRITE_TRIES = 64;
    private static final String KIND = "RangeAllocation";

    private final KeyValueStore store;
    private final String key;
    private final int first;
    private final int size;
    private final RandomGenerator random;
    private final ObjectType type = Schema.builtin().type("io.k8s.api.core.v1.RangeAllocation");

    private record State(long revision, BigInteger taken) {}

    /** Changes the bitmap: gives the new one, or null to leave it. */
    private interface Change {
        @Nullable
        BigInteger apply(BigInteger taken);
    }

    /**
     * @param key the store's key, such as {@code /registry/ranges/servicenodeports}
     * @param first the first port
     * @param last the last port
     */
    public PortBitmap(KeyValueStore store, String key, int first, int last, RandomGenerator random) {
        this.store = store;
        this.key = key;
        this.first = first;
        this.size = last - first + 1;
        this.random = random;
    }

    /** Whether the port lies in the range. */
    public boolean inRange(int port) {
        return port >= first && port < first + size;
    }

    /** Whether the port is taken now. */
    public boolean isTaken(int port) {
        return inRange(port) && read().taken.testBit(port - first);
    }

    /** Takes any free port. */
    public int allocate() {
        int[] found = {-1};
        change(taken -> {
            int start = random.nextInt(size);
            for (int i = 0; i < size; i++) {
                int bit = (start + i) % size;
                if (!taken.testBit(bit)) {
                    found[0] = bit;
                    return taken.setBit(bit);
                }
            }
            throw new StatusException(Status.internal("failed to allocate a nodePort: range is full"));
        });
        return first + found[0];
    }

    /** Takes a certain port; false when it is taken already. */
    public boolean reserve(int port) {
        boolean[] free = {false};
        change(taken -> {
            free[0] = !taken.testBit(port - first);
            return free[0] ? taken.setBit(port - first) : null;
        });
        return free[0];
    }

    /** Gives a port back. */
    public void release(int port) {
        if (inRange(port)) {
            change(taken -> taken.testBit(port - first) ? taken.clearBit(port - first) : null);
        }
    }

    private void change(Change change) {
        for (int i = 0; i < WRITE_TRIES; i++) {
            State state = read();
            BigInteger wanted = change.apply(state.taken);
            if (wanted == null) {
                return;
            }
            byte[] value = encode(wanted);
            long written = state.revision == 0
                    ? store.create(key, value, 0)
                    : store.replace(key, state.revision, value, 0);
            if (written != 0) {
                return;
            }
        }
        throw new StatusException(Status.internal("node ports are being changed by too many writers"));
    }

    private State read() {
        KeyValueStore.KeyValue found = store.get(key);
        if (found == null) {
            return new State(0, BigInteger.ZERO);
        }
        Envelope envelope = Envelope.parse(found.value());
        ObjectNode object = ProtobufReader.read(found.value(), envelope.offset(), envelope.length(), type);
        byte[] data = Base64.getDecoder().decode(object.path("data").stringValue(""));
        return new State(found.revision(), new BigInteger(1, data));
    }

    private byte[] encode(BigInteger taken) {
        byte[] number = taken.toByteArray();
        // A leading zero byte only says that the number is positive.
        byte[] data = number.length > 1 && number[0] == 0
                ? Arrays.copyOfRange(number, 1, number.length)
                : number;
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.putObject("metadata");
        object.put("range", first + "-" + (first + size - 1)).put("data", Base64.getEncoder().encodeToString(data));
        return Envelope.wrap("v1", KIND, ProtobufWriter.write(object, type));
    }
}
