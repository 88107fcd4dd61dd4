package io.myriad.store.state;

import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.myriad.store.lease.LeaseTable;
import io.myriad.store.mvcc.KeyRange;

/**
 * Who may do what. Keys are permitted one by one; a key that has a lease is changed by whoever ends or renews the lease, so that takes the permission to write all its keys; what concerns
 * the whole cluster takes the role of root. These are etcd's rules.
 */
public final class AuthRules {

    private AuthRules() {}

    /** The error of an operation on keys, null if it is permitted. Of a transaction both lists count, whatever its comparisons will say. */
    public static @Nullable StoreError check(AuthState auth, LeaseTable leases, Caller caller, Operation operation) {
        if (!auth.enabled()) {
            return null;
        }
        StoreError error = auth.checkCurrent(caller);
        if (error != null) {
            return error;
        }
        return permits(auth.permissions(caller.name()), leases, operation) ? null : StoreError.PERMISSION_DENIED;
    }

    /** The error of somebody who is to read keys. */
    public static @Nullable StoreError checkRead(AuthState auth, Caller caller, KeyRange keys) {
        StoreError error = auth.checkCurrent(caller);
        return error != null || !auth.enabled() || auth.permissions(caller.name()).mayRead(keys)
                ? error
                : StoreError.PERMISSION_DENIED;
    }

    private static boolean permits(KeyPermissions permissions, LeaseTable leases, Operation operation) {
        if (permissions == KeyPermissions.ALL) {
            return true; // without looking at what may be many keys
        }
        return switch (operation) {
            case Operation.Range range -> permissions.mayRead(range.query().keys());
            case Operation.Put put -> permitsPut(permissions, leases, put);
            case Operation.DeleteRange delete -> permissions.mayWrite(delete.keys())
                    && (!delete.previous() || permissions.mayRead(delete.keys()));
            case Operation.Txn txn ->
                txn.comparisons().stream().allMatch(comparison -> permissions.mayRead(comparison.keys()))
                        && permits(permissions, leases, txn.success()) && permits(permissions, leases, txn.failure());
            case Operation.Empty empty -> true;
        };
    }

    private static boolean permits(KeyPermissions permissions, LeaseTable leases, List<Operation> operations) {
        return operations.stream().allMatch(operation -> permits(permissions, leases, operation));
    }

    private static boolean permitsPut(KeyPermissions permissions, LeaseTable leases, Operation.Put put) {
        KeyRange key = KeyRange.single(put.key());
        return permissions.mayWrite(key) && (!put.previous() || permissions.mayRead(key))
                && (put.lease() == 0 || all(leases.get(put.lease()), permissions::mayWrite));
    }

    /** The error of somebody who is to write all keys of a lease. A lease that does not exist has none. */
    public static @Nullable StoreError checkLeaseWrite(AuthState auth, LeaseTable leases, Caller caller, long lease) {
        return checkLease(auth, leases, caller, lease, true);
    }

    /** The error of somebody who is to read all keys of a lease. */
    public static @Nullable StoreError checkLeaseRead(AuthState auth, LeaseTable leases, Caller caller, long lease) {
        return checkLease(auth, leases, caller, lease, false);
    }

    private static @Nullable StoreError checkLease(AuthState auth, LeaseTable leases, Caller caller, long lease,
            boolean write) {
        StoreError error = auth.checkCurrent(caller);
        if (error != null || !auth.enabled()) {
            return error;
        }
        KeyPermissions permissions = auth.permissions(caller.name());
        return permissions == KeyPermissions.ALL
                || all(leases.get(lease), write ? permissions::mayWrite : permissions::mayRead)
                        ? null
                        : StoreError.PERMISSION_DENIED;
    }

    private static boolean all(LeaseTable.@Nullable Lease lease, Predicate<KeyRange> permitted) {
        if (lease == null) {
            return true;
        }
        for (byte[] key : lease.sortedKeys()) {
            if (!permitted.test(KeyRange.single(key))) {
                return false;
            }
        }
        return true;
    }

    /** The error of a replicated operation that somebody proposed, null if it is permitted. The apply thread. */
    static @Nullable StoreError check(AuthState auth, LeaseTable leases, Authorized authorized,
            @Nullable Operation decoded) {
        Caller caller = authorized.caller();
        return switch (authorized.command()) {
            case PUT, DELETE_RANGE, TXN -> check(auth, leases, caller, authorized.operation(decoded));
            case LEASE_GRANT -> auth.checkUser(caller);
            case LEASE_REVOKE ->
                checkLeaseWrite(auth, leases, caller, LeaseRequest.read(authorized.payload()).first());
            default -> auth.checkRoot(caller);
        };
    }
}
