package io.myriad.store.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;

import io.myriad.store.api.AuthRoleAddRequest;
import io.myriad.store.api.AuthRoleDeleteRequest;
import io.myriad.store.api.AuthRoleGrantPermissionRequest;
import io.myriad.store.api.AuthRoleRevokePermissionRequest;
import io.myriad.store.api.AuthUserAddRequest;
import io.myriad.store.api.AuthUserChangePasswordRequest;
import io.myriad.store.api.AuthUserDeleteRequest;
import io.myriad.store.api.AuthUserGrantRoleRequest;
import io.myriad.store.api.AuthUserRevokeRoleRequest;
import io.myriad.store.api.auth.Permission;
import io.myriad.store.api.auth.Role;
import io.myriad.store.api.auth.User;
import io.myriad.store.wire.WireFormatException;

/**
 * What requests do to users and roles: a pure function from one {@link AuthState} to the next. Rules, errors and the order of the checks are etcd's; passwords come hashed, because a hash
 * has salt and would be another one on each member.
 */
final class AuthOperation {

    private static final Comparator<ByteString> BYTES = ByteString.unsignedLexicographicalComparator();

    private AuthOperation() {}

    /** The next state, or why there is none. */
    sealed interface Outcome {
        record Next(AuthState state) implements Outcome {}

        record Refused(StoreError error) implements Outcome {}
    }

    private static Outcome refused(StoreError error) {
        return new Outcome.Refused(error);
    }

    static Outcome apply(AuthState state, Command command, byte[] payload) {
        try {
            return switch (command) {
                case AUTH_ENABLE -> enable(state, payload);
                case AUTH_DISABLE -> disable(state);
                case USER_ADD -> addUser(state, AuthUserAddRequest.parseFrom(payload));
                case USER_DELETE -> deleteUser(state, AuthUserDeleteRequest.parseFrom(payload).getName());
                case USER_CHANGE_PASSWORD ->
                    changePassword(state, AuthUserChangePasswordRequest.parseFrom(payload));
                case USER_GRANT_ROLE -> grantRole(state, AuthUserGrantRoleRequest.parseFrom(payload));
                case USER_REVOKE_ROLE -> revokeRole(state, AuthUserRevokeRoleRequest.parseFrom(payload));
                case ROLE_ADD -> addRole(state, AuthRoleAddRequest.parseFrom(payload).getName());
                case ROLE_DELETE -> deleteRole(state, AuthRoleDeleteRequest.parseFrom(payload).getRole());
                case ROLE_GRANT_PERMISSION ->
                    grantPermission(state, AuthRoleGrantPermissionRequest.parseFrom(payload));
                case ROLE_REVOKE_PERMISSION ->
                    revokePermission(state, AuthRoleRevokePermissionRequest.parseFrom(payload));
                default -> throw new IllegalStateException(command + " is not about users");
            };
        } catch (InvalidProtocolBufferException e) {
            throw new WireFormatException(String.valueOf(e.getMessage()));
        }
    }

    private static Outcome enable(AuthState state, byte[] secret) {
        if (state.enabled()) {
            // A state that came from etcd has no secret until somebody asks for a token.
            return new Outcome.Next(state.secret().isEmpty()
                    ? new AuthState(true, state.revision(), ByteString.copyFrom(secret), state.users(), state.roles())
                    : state);
        }
        AuthState.Account root = state.account(AuthState.ROOT);
        if (root == null) {
            return refused(StoreError.ROOT_USER_NOT_FOUND);
        }
        if (!root.hasRole(AuthState.ROOT)) {
            return refused(StoreError.ROOT_ROLE_NOT_GRANTED);
        }
        return new Outcome.Next(new AuthState(true, state.revision(), ByteString.copyFrom(secret), state.users(),
                state.roles()));
    }

    private static Outcome disable(AuthState state) {
        return new Outcome.Next(!state.enabled()
                ? state
                : new AuthState(false, state.revision() + 1, ByteString.EMPTY, state.users(), state.roles()));
    }

    private static Outcome addUser(AuthState state, AuthUserAddRequest request) {
        if (request.getName().isEmpty()) {
            return refused(StoreError.USER_EMPTY);
        }
        if (state.users().containsKey(request.getName())) {
            return refused(StoreError.USER_EXISTS);
        }
        User.Builder user = User.newBuilder().setName(ByteString.copyFromUtf8(request.getName()))
                .setOptions(request.getOptions());
        if (!request.getOptions().getNoPassword()) {
            user.setPassword(ByteString.copyFromUtf8(request.getHashedPassword()));
        }
        return withUser(state, request.getName(), new AuthState.Account(user.build(), state.revision() + 1));
    }

    private static Outcome deleteUser(AuthState state, String name) {
        if (state.enabled() && name.equals(AuthState.ROOT)) {
            return refused(StoreError.INVALID_AUTH_MANAGEMENT);
        }
        return state.account(name) == null ? refused(StoreError.USER_NOT_FOUND) : withUser(state, name, null);
    }

    private static Outcome changePassword(AuthState state, AuthUserChangePasswordRequest request) {
        AuthState.Account account = state.account(request.getName());
        if (account == null) {
            return refused(StoreError.USER_NOT_FOUND);
        }
        ByteString password = account.hasNoPassword()
                ? ByteString.EMPTY
                : ByteString.copyFromUtf8(request.getHashedPassword());
        return withUser(state, request.getName(), new AuthState.Account(
                account.user().toBuilder().setPassword(password).build(), state.revision() + 1));
    }

    private static Outcome grantRole(AuthState state, AuthUserGrantRoleRequest request) {
        AuthState.Account account = state.account(request.getUser());
        if (account == null) {
            return refused(StoreError.USER_NOT_FOUND);
        }
        String role = request.getRole();
        if (!role.equals(AuthState.ROOT) && !state.roles().containsKey(role)) {
            return refused(StoreError.ROLE_NOT_FOUND);
        }
        if (account.hasRole(role)) {
            return new Outcome.Next(state);
        }
        List<String> roles = new ArrayList<>(account.user().getRolesList());
        roles.add(role);
        roles.sort(null);
        return withUser(state, request.getUser(), withRoles(account, roles));
    }

    private static Outcome revokeRole(AuthState state, AuthUserRevokeRoleRequest request) {
        if (state.enabled() && request.getName().equals(AuthState.ROOT)
                && request.getRole().equals(AuthState.ROOT)) {
            return refused(StoreError.INVALID_AUTH_MANAGEMENT);
        }
        AuthState.Account account = state.account(request.getName());
        if (account == null) {
            return refused(StoreError.USER_NOT_FOUND);
        }
        if (!account.hasRole(request.getRole())) {
            return refused(StoreError.ROLE_NOT_GRANTED);
        }
        return withUser(state, request.getName(), without(account, request.getRole()));
    }

    private static AuthState.Account without(AuthState.Account account, String role) {
        return withRoles(account, account.user().getRolesList().stream().filter(each -> !each.equals(role)).toList());
    }

    private static AuthState.Account withRoles(AuthState.Account account, List<String> roles) {
        return new AuthState.Account(account.user().toBuilder().clearRoles().addAllRoles(roles).build(),
                account.since());
    }

    private static Outcome withUser(AuthState state, String name, AuthState.@Nullable Account account) {
        SortedMap<String, AuthState.Account> users = new TreeMap<>(state.users());
        if (account == null) {
            users.remove(name);
        } else {
            users.put(name, account);
        }
        return new Outcome.Next(
                new AuthState(state.enabled(), state.revision() + 1, state.secret(), users, state.roles()));
    }

    private static Outcome addRole(AuthState state, String name) {
        if (name.isEmpty()) {
            return refused(StoreError.ROLE_EMPTY);
        }
        if (state.roles().containsKey(name)) {
            return refused(StoreError.ROLE_EXISTS);
        }
        return withRole(state, name, Role.newBuilder().setName(ByteString.copyFromUtf8(name)).build(), state.users());
    }

    private static Outcome deleteRole(AuthState state, String name) {
        if (state.enabled() && name.equals(AuthState.ROOT)) {
            return refused(StoreError.INVALID_AUTH_MANAGEMENT);
        }
        if (!state.roles().containsKey(name)) {
            return refused(StoreError.ROLE_NOT_FOUND);
        }
        SortedMap<String, AuthState.Account> users = new TreeMap<>(state.users());
        users.replaceAll((user, account) -> account.hasRole(name) ? without(account, name) : account);
        return withRole(state, name, null, users);
    }

    private static Outcome grantPermission(AuthState state, AuthRoleGrantPermissionRequest request) {
        if (!request.hasPerm()) {
            return refused(StoreError.PERMISSION_NOT_GIVEN);
        }
        Permission permission = request.getPerm();
        if (!isRange(permission.getKey(), permission.getRangeEnd())) {
            return refused(StoreError.INVALID_AUTH_MANAGEMENT);
        }
        Role role = state.roles().get(request.getName());
        if (role == null) {
            return refused(StoreError.ROLE_NOT_FOUND);
        }
        List<Permission> permissions = new ArrayList<>(others(role, permission.getKey(), permission.getRangeEnd()));
        permissions.add(permission);
        permissions.sort(Comparator.comparing(Permission::getKey, BYTES).thenComparing(Permission::getRangeEnd, BYTES));
        return withRole(state, request.getName(),
                role.toBuilder().clearKeyPermission().addAllKeyPermission(permissions).build(), state.users());
    }

    private static boolean isRange(ByteString key, ByteString end) {
        if (key.isEmpty()) {
            return false;
        }
        boolean unbounded = end.size() == 1 && end.byteAt(0) == 0;
        return end.isEmpty() || unbounded || BYTES.compare(key, end) < 0;
    }

    private static List<Permission> others(Role role, ByteString key, ByteString end) {
        return role.getKeyPermissionList().stream()
                .filter(each -> !each.getKey().equals(key) || !each.getRangeEnd().equals(end)).toList();
    }

    private static Outcome revokePermission(AuthState state, AuthRoleRevokePermissionRequest request) {
        Role role = state.roles().get(request.getRole());
        if (role == null) {
            return refused(StoreError.ROLE_NOT_FOUND);
        }
        List<Permission> left = others(role, request.getKey(), request.getRangeEnd());
        if (left.size() == role.getKeyPermissionCount()) {
            return refused(StoreError.PERMISSION_NOT_GRANTED);
        }
        return withRole(state, request.getRole(),
                role.toBuilder().clearKeyPermission().addAllKeyPermission(left).build(), state.users());
    }

    private static Outcome withRole(AuthState state, String name, @Nullable Role role,
            SortedMap<String, AuthState.Account> users) {
        SortedMap<String, Role> roles = new TreeMap<>(state.roles());
        if (role == null) {
            roles.remove(name);
        } else {
            roles.put(name, role);
        }
        return new Outcome.Next(
                new AuthState(state.enabled(), state.revision() + 1, state.secret(), users, roles));
    }
}
