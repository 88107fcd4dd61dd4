package io.myriad.store.state;

import java.util.ArrayList;
import java.util.List;

import io.myriad.store.lease.RemainingTime;
import io.myriad.store.wire.Wire;
import io.myriad.store.wire.WireReader;

/**
 * What a leader says that leases have left: a {@code LeaseCheckpointRequest}, and in its field 2 the leader's term.
 *
 * <p>Leases 7 and 9 in term 3 are {@code 0a 04 08 07 10 05, 0a 02 08 09, 10 03}: five seconds for the first; the other one has its whole time to live, which is written as no number.
 */
public record LeaseCheckpoint(long term, List<RemainingTime> leases) {

    static LeaseCheckpoint read(byte[] payload) {
        List<RemainingTime> leases = new ArrayList<>();
        long term = 0;
        WireReader reader = new WireReader(payload);
        for (int field; (field = reader.nextField()) != 0;) {
            switch (field) {
                case 1 -> {
                    LeaseRequest lease = LeaseRequest.read(reader.bytes());
                    leases.add(new RemainingTime(lease.first(), lease.second()));
                }
                case 2 -> term = reader.varint();
                default -> reader.skip();
            }
        }
        return new LeaseCheckpoint(term, leases);
    }

    /** The payload of the operation. */
    public byte[] payload() {
        List<byte[]> parts = new ArrayList<>(leases.size());
        int length = Wire.varintFieldSize(term);
        for (RemainingTime lease : leases) {
            byte[] part = new LeaseRequest(lease.leaseId(), lease.seconds()).payload();
            parts.add(part);
            length += Wire.bytesFieldSize(part.length);
        }
        byte[] payload = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            at = Wire.putBytesField(payload, at, 1, part, 0, part.length);
        }
        Wire.putVarintField(payload, at, 2, term);
        return payload;
    }
}
