package io.myriad.store.state;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

import io.myriad.store.api.auth.Permission;
import io.myriad.store.api.auth.Role;
import io.myriad.store.api.auth.User;

/**
 * Users, roles and what they may do, at one revision. Immutable; the {@link StoreMachine} holds the current one. The names are etcd's: {@code root} is both the user and the role that may
 * do everything.
 *
 * @param enabled whether anybody has to say who he is
 * @param revision grows by one with each change, from 1
 * @param secret what simple tokens are signed with, the same on all members; empty while not enabled, and until the first token is asked for when the state came from etcd. Never to be logged
 * @param users by name
 * @param roles by name
 */
public record AuthState(boolean enabled, long revision, ByteString secret, SortedMap<String, Account> users,
        SortedMap<String, Role> roles, Map<String, KeyPermissions> cache) {

    /** The user and the role that may do everything. */
    public static final String ROOT = "root";

    /** Nobody has to say who he is, and there are no users. */
    public static final AuthState EMPTY = new AuthState(false, 1, ByteString.EMPTY, new TreeMap<>(), new TreeMap<>());

    /**
     * A user.
     *
     * @param user with the hash of the password
     * @param since the revision since which the password is what it is; tokens that were made before are void
     */
    public record Account(User user, long since) {

        /** Without the hash of the password. */
        @Override
        public String toString() {
            return user.getName().toStringUtf8() + user.getRolesList();
        }

        boolean hasRole(String role) {
            return user.getRolesList().contains(role);
        }

        /** Whether the user can be let in by a certificate only. */
        public boolean hasNoPassword() {
            return user.getOptions().getNoPassword();
        }
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return (enabled ? "enabled" : "disabled") + ", revision " + revision + ", " + users.size() + " users, "
                + roles.size() + " roles";
    }

    /** A state whose permissions are not computed yet. */
    public AuthState(boolean enabled, long revision, ByteString secret, SortedMap<String, Account> users,
            SortedMap<String, Role> roles) {
        this(enabled, revision, secret, users, roles, new ConcurrentHashMap<>());
    }

    /** The account of a user, null if there is none. */
    public @Nullable Account account(String user) {
        return users.get(user);
    }

    /** Names of the roles of a user; none if there is no such user. */
    public List<String> rolesOf(String user) {
        Account account = users.get(user);
        return account == null ? List.of() : account.user.getRolesList();
    }

    /** The error of somebody who is to be a user; null if he is one or if nobody has to be. */
    public @Nullable StoreError checkUser(Caller caller) {
        if (!enabled) {
            return null;
        }
        if (caller.name().isEmpty()) {
            return StoreError.USER_EMPTY;
        }
        return users.containsKey(caller.name()) ? null : StoreError.PERMISSION_DENIED;
    }

    /** The error of somebody who is to have the role of root. */
    public @Nullable StoreError checkRoot(Caller caller) {
        StoreError error = checkUser(caller);
        return error != null || !enabled || rolesOf(caller.name()).contains(ROOT)
                ? error
                : StoreError.PERMISSION_DENIED;
    }

    /** The error of somebody who says who he is by what he learnt at an older revision, or is no user. */
    @Nullable
    StoreError checkCurrent(Caller caller) {
        if (!enabled) {
            return null;
        }
        if (caller.name().isEmpty()) {
            return StoreError.USER_EMPTY;
        }
        if (caller.authRevision() < revision) {
            return StoreError.AUTH_OLD_REVISION;
        }
        return users.containsKey(caller.name()) ? null : StoreError.PERMISSION_DENIED;
    }

    /** What a user may do with keys. Computed once. */
    KeyPermissions permissions(String user) {
        KeyPermissions known = cache.get(user);
        if (known != null) {
            return known;
        }
        List<String> names = rolesOf(user);
        KeyPermissions computed = names.contains(ROOT)
                ? KeyPermissions.ALL
                : KeyPermissions.of(names.stream().filter(roles::containsKey)
                        .flatMap(role -> role(role).getKeyPermissionList().stream()).toList());
        if (users.containsKey(user)) {
            cache.put(user, computed);
        }
        return computed;
    }

    private Role role(String name) {
        return java.util.Objects.requireNonNull(roles.get(name));
    }

    /** The permissions of a role as clients see them, null if there is no such role. That root may do everything is not written down anywhere. */
    public @Nullable List<Permission> permissionsOf(String role) {
        Role found = roles.get(role);
        if (found == null) {
            return null;
        }
        return role.equals(ROOT)
                ? List.of(Permission.newBuilder().setPermType(Permission.Type.READWRITE)
                        .setRangeEnd(ByteString.copyFrom(new byte[]{0})).build())
                : found.getKeyPermissionList();
    }
}
