package io.myriad.control.election;

import org.jspecify.annotations.Nullable;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.control.client.TransportException;

/** A Lease in memory, as an API server would keep it. */
final class FakeLease {
    /** What happens to the next call of a store. */
    enum Fault {
        NONE,
        /** It never arrives. */
        LOST_REQUEST,
        /** It is carried out, but the answer never arrives. */
        LOST_ANSWER
    }

    @Nullable
    LeaseRecord record;
    int writes;
    private long version = 1;

    /** One client's way to the lease. */
    final class Store implements LeaseStore {
        Fault fault = Fault.NONE;
        /** Runs before each call: may let time pass. */
        Runnable before = () -> {};
        long longestTimeoutMillis;

        @Override
        public @Nullable LeaseRecord get(long timeoutMillis) {
            arrive(timeoutMillis);
            LeaseRecord now = record;
            answer();
            return now;
        }

        @Override
        public LeaseRecord create(LeaseRecord wanted, long timeoutMillis) {
            arrive(timeoutMillis);
            if (record != null) {
                throw new StatusException(Status.alreadyExists("leases.coordination.k8s.io", "x"));
            }
            return write(wanted);
        }

        @Override
        public LeaseRecord update(LeaseRecord wanted, long timeoutMillis) {
            arrive(timeoutMillis);
            LeaseRecord known = record;
            if (known == null) {
                throw new StatusException(Status.notFound("leases.coordination.k8s.io", "x"));
            }
            if (!known.resourceVersion().equals(wanted.resourceVersion())) {
                throw new StatusException(Status.conflict("leases.coordination.k8s.io", "x", "it has changed"));
            }
            return write(wanted);
        }

        private LeaseRecord write(LeaseRecord wanted) {
            LeaseRecord stored = withVersion(wanted, ++version);
            record = stored;
            writes++;
            answer();
            return stored;
        }

        private void arrive(long timeoutMillis) {
            longestTimeoutMillis = Math.max(longestTimeoutMillis, timeoutMillis);
            before.run();
            if (fault == Fault.LOST_REQUEST) {
                throw new TransportException("no way to the server", true, null);
            }
        }

        private void answer() {
            if (fault == Fault.LOST_ANSWER) {
                throw new TransportException("no answer", true, null);
            }
        }
    }

    Store store() {
        return new Store();
    }

    void edit(LeaseRecord wanted) {
        record = withVersion(wanted, ++version);
    }

    private static LeaseRecord withVersion(LeaseRecord record, long version) {
        return new LeaseRecord(record.holder(), record.durationSeconds(), record.acquireTime(), record.renewTime(),
                record.transitions(), Long.toString(version));
    }
}
