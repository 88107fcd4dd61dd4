package io.myriad.store.state;

import io.myriad.store.wire.Wire;
import io.myriad.store.wire.WireMessage;
import io.myriad.store.wire.WireReader;

/** The first two numbers of a request on leases: time to live and number of a grant, number (and term) of a revocation. */
public record LeaseRequest(long first, long second) {

    static LeaseRequest read(byte[] payload) {
        long first = 0;
        long second = 0;
        WireReader reader = new WireReader(payload);
        for (int field; (field = reader.nextField()) != 0;) {
            switch (field) {
                case 1 -> first = reader.varint();
                case 2 -> second = reader.varint();
                default -> reader.skip();
            }
        }
        return new LeaseRequest(first, second);
    }

    /** The payload of an operation. */
    public byte[] payload() {
        byte[] bytes = new byte[Wire.varintFieldSize(first) + Wire.varintFieldSize(second)];
        Wire.putVarintField(bytes, Wire.putVarintField(bytes, 0, 1, first), 2, second);
        return bytes;
    }

    static WireMessage grantResponse(byte[] header, long id, long ttlSeconds) {
        byte[] bytes = java.util.Arrays.copyOf(header,
                header.length + Wire.varintFieldSize(id) + Wire.varintFieldSize(ttlSeconds));
        Wire.putVarintField(bytes, Wire.putVarintField(bytes, header.length, 2, id), 3, ttlSeconds);
        return WireMessage.of(bytes);
    }
}
