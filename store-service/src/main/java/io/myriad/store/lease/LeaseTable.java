package io.myriad.store.lease;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/** The leases that exist and the keys attached to each. The apply thread changes it; any thread may read. */
public final class LeaseTable {

    /** Longest time to live in seconds that can be granted, as etcd's. */
    public static final long MAX_TTL_SECONDS = 9_000_000_000L;

    private final Map<Long, Lease> leases = new ConcurrentHashMap<>();

    /** A lease: granted time to live in seconds, what is left of it if a leader wrote that down, and attached keys. */
    public static final class Lease {
        private final long id;
        private final long ttlSeconds;
        private volatile long remainingSeconds;
        private final Set<Key> keys = ConcurrentHashMap.newKeySet(1);

        Lease(long id, long ttlSeconds) {
            this.id = id;
            this.ttlSeconds = ttlSeconds;
        }

        public long id() {
            return id;
        }

        public long ttlSeconds() {
            return ttlSeconds;
        }

        /** What a new leader is to give the lease; 0: its whole time to live. */
        public long remainingSeconds() {
            return remainingSeconds;
        }

        /** Attached keys in key order. */
        public byte[][] sortedKeys() {
            byte[][] sorted = keys.stream().map(Key::bytes).toArray(byte[][]::new);
            Arrays.sort(sorted, Arrays::compareUnsigned);
            return sorted;
        }
    }

    /** A key that can be looked up by its content. */
    private record Key(byte[] bytes) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && Arrays.equals(bytes, key.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }

    public @Nullable Lease get(long id) {
        return leases.get(id);
    }

    public Collection<Lease> all() {
        return leases.values();
    }

    public int size() {
        return leases.size();
    }

    /** Adds a lease; it must not exist. */
    public Lease grant(long id, long ttlSeconds) {
        Lease lease = new Lease(id, ttlSeconds);
        if (leases.putIfAbsent(id, lease) != null) {
            throw new IllegalStateException("lease " + id + " granted twice");
        }
        return lease;
    }

    /** Notes what a lease has left. One that does not exist any more has nothing. */
    public void checkpoint(RemainingTime remaining) {
        Lease lease = leases.get(remaining.leaseId());
        if (lease != null) {
            lease.remainingSeconds = Math.max(0, remaining.seconds());
        }
    }

    /** Forgets a lease. Its keys are the caller's to delete. */
    public void remove(long id) {
        leases.remove(id);
    }

    /** Moves a key from one lease to another; 0 is none. */
    public void move(byte[] key, long from, long to) {
        if (from == to) {
            return;
        }
        Lease old = from == 0 ? null : leases.get(from);
        if (old != null) {
            old.keys.remove(new Key(key));
        }
        if (to != 0) {
            Lease lease = leases.get(to);
            if (lease == null) {
                throw new IllegalStateException("key attached to lease " + to + ", which does not exist");
            }
            lease.keys.add(new Key(key));
        }
    }
}
