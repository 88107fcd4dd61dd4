package io.myriad.store.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.myriad.store.lease.LeaseTable;
import io.myriad.store.lease.RemainingTime;
import io.myriad.store.wire.Wire;
import io.myriad.store.wire.WireReader;

/**
 * A lease without its keys, as it was when the state was captured.
 *
 * @param remainingSeconds see {@link LeaseTable.Lease#remainingSeconds}
 */
record StoredLease(long id, long ttlSeconds, long remainingSeconds) {

    /** All leases as they are, in the order of their numbers' bytes. The apply thread. */
    static List<StoredLease> allOf(LeaseTable table) {
        List<StoredLease> leases = new ArrayList<>(table.size());
        table.all().forEach(
                lease -> leases.add(new StoredLease(lease.id(), lease.ttlSeconds(), lease.remainingSeconds())));
        leases.sort(Comparator.comparing(StoredLease::id, Long::compareUnsigned));
        return leases;
    }

    /** Puts it into a table, which must not have it. */
    void addTo(LeaseTable table) {
        table.grant(id, ttlSeconds);
        table.checkpoint(new RemainingTime(id, remainingSeconds));
    }

    /** From etcd's {@code leasepb.Lease}. */
    static StoredLease read(byte[] bytes) {
        long id = 0;
        long ttlSeconds = 0;
        long remainingSeconds = 0;
        WireReader reader = new WireReader(bytes);
        for (int field; (field = reader.nextField()) != 0;) {
            switch (field) {
                case 1 -> id = reader.varint();
                case 2 -> ttlSeconds = reader.varint();
                case 3 -> remainingSeconds = reader.varint();
                default -> reader.skip();
            }
        }
        return new StoredLease(id, ttlSeconds, remainingSeconds);
    }

    /** As etcd's {@code leasepb.Lease}. */
    byte[] toBytes() {
        byte[] bytes = new byte[Wire.varintFieldSize(id) + Wire.varintFieldSize(ttlSeconds)
                + Wire.varintFieldSize(remainingSeconds)];
        int at = Wire.putVarintField(bytes, 0, 1, id);
        at = Wire.putVarintField(bytes, at, 2, ttlSeconds);
        Wire.putVarintField(bytes, at, 3, remainingSeconds);
        return bytes;
    }
}
