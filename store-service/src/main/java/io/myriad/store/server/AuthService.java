package io.myriad.store.server;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import io.grpc.ServerServiceDefinition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.api.AuthGrpc;
import io.myriad.store.api.AuthRoleGetRequest;
import io.myriad.store.api.AuthRoleGetResponse;
import io.myriad.store.api.AuthRoleListResponse;
import io.myriad.store.api.AuthStatusResponse;
import io.myriad.store.api.AuthUserAddRequest;
import io.myriad.store.api.AuthUserChangePasswordRequest;
import io.myriad.store.api.AuthUserGetRequest;
import io.myriad.store.api.AuthUserGetResponse;
import io.myriad.store.api.AuthUserListResponse;
import io.myriad.store.api.AuthenticateRequest;
import io.myriad.store.api.AuthenticateResponse;
import io.myriad.store.api.auth.Permission;
import io.myriad.store.state.AuthState;
import io.myriad.store.state.Command;
import io.myriad.store.state.StoreError;

/** {@code etcdserverpb.Auth}. Passwords are hashed here, so that none gets into the log, and checked on a thread of their own, so that guessing them holds up nothing else. */
final class AuthService {

    /** Passwords that may wait to be hashed or checked. */
    static final int MAX_WAITING_PASSWORDS = 200;

    private static final int SECRET_BYTES = 32;
    private static final Logger LOG = LoggerFactory.getLogger(AuthService.class);

    private final StoreMember member;
    private final Tokens tokens;
    private final PasswordHashing passwords;
    private final Supplier<@Nullable Executor> currentLoop;
    private final SecureRandom random = new SecureRandom();
    private final ThreadPoolExecutor passwordThread;

    AuthService(StoreMember member, Tokens tokens, PasswordHashing passwords,
            Supplier<@Nullable Executor> currentLoop) {
        this.member = member;
        this.tokens = tokens;
        this.passwords = passwords;
        this.currentLoop = currentLoop;
        this.passwordThread = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MAX_WAITING_PASSWORDS),
                Thread.ofPlatform().name("store-passwords").daemon().factory());
        this.passwordThread.allowCoreThreadTimeOut(true);
    }

    ServerServiceDefinition definition() {
        return Methods.service(AuthGrpc.getServiceDescriptor(),
                Map.ofEntries(Map.entry("AuthEnable", Methods.unary(this::enable)),
                        Map.entry("AuthDisable", change(Command.AUTH_DISABLE)),
                        Map.entry("AuthStatus", Methods.unary(this::status)),
                        Map.entry("Authenticate", Methods.unary(this::authenticate)),
                        Map.entry("UserAdd", Methods.unary(this::addUser)),
                        Map.entry("UserGet", Methods.unary(this::user)),
                        Map.entry("UserList", Methods.unary(this::users)),
                        Map.entry("UserDelete", change(Command.USER_DELETE)),
                        Map.entry("UserChangePassword", Methods.unary(this::changePassword)),
                        Map.entry("UserGrantRole", change(Command.USER_GRANT_ROLE)),
                        Map.entry("UserRevokeRole", change(Command.USER_REVOKE_ROLE)),
                        Map.entry("RoleAdd", change(Command.ROLE_ADD)),
                        Map.entry("RoleGet", Methods.unary(this::role)),
                        Map.entry("RoleList", Methods.unary(this::roles)),
                        Map.entry("RoleDelete", change(Command.ROLE_DELETE)),
                        Map.entry("RoleGrantPermission", change(Command.ROLE_GRANT_PERMISSION)),
                        Map.entry("RoleRevokePermission", change(Command.ROLE_REVOKE_PERMISSION))));
    }

    private Methods.Handler change(Command command) {
        return Methods.unary((request, responder) -> propose(command, request, responder));
    }

    private void propose(Command command, byte[] payload, Responder responder) {
        member.propose(command, payload, null, currentLoop.get(), responder);
    }

    private void enable(byte[] request, Responder responder) {
        propose(Command.AUTH_ENABLE, newSecret(), responder);
    }

    private byte[] newSecret() {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return secret;
    }

    private void addUser(byte[] bytes, Responder responder) {
        AuthUserAddRequest request = Methods.parse(AuthUserAddRequest.parser(), bytes);
        AuthUserAddRequest.Builder hashed = request.toBuilder().clearPassword().clearHashedPassword();
        if (request.getName().isEmpty()) {
            responder.fail(StoreError.USER_EMPTY);
        } else if (request.getOptions().getNoPassword()) {
            propose(Command.USER_ADD, hashed.build().toByteArray(), responder);
        } else {
            hashed(request.getPassword(), responder, hash -> propose(Command.USER_ADD,
                    hashed.setHashedPassword(hash).build().toByteArray(), responder));
        }
    }

    private void changePassword(byte[] bytes, Responder responder) {
        AuthUserChangePasswordRequest request = Methods.parse(AuthUserChangePasswordRequest.parser(), bytes);
        hashed(request.getPassword(), responder, hash -> propose(Command.USER_CHANGE_PASSWORD,
                request.toBuilder().clearPassword().setHashedPassword(hash).build().toByteArray(), responder));
    }

    private void hashed(String password, Responder responder, java.util.function.Consumer<String> then) {
        StoreError error = member.machine().auth().checkRoot(responder.caller());
        if (error != null) {
            responder.fail(error);
            return;
        }
        onPasswordThread(responder, () -> then.accept(passwords.hash(password)));
    }

    private void onPasswordThread(Responder responder, Runnable task) {
        try {
            passwordThread.execute(() -> {
                try {
                    task.run();
                } catch (IllegalArgumentException e) {
                    responder.fail(Statuses.invalid("the password is too long"));
                } catch (RuntimeException e) {
                    LOG.error("A request failed", e);
                    responder.fail(Statuses.internal());
                }
            });
        } catch (RejectedExecutionException e) {
            responder.fail(StoreError.TOO_MANY_REQUESTS);
        }
    }

    private void authenticate(byte[] bytes, Responder responder) {
        AuthenticateRequest request = Methods.parse(AuthenticateRequest.parser(), bytes);
        read(responder, (state, answer) -> {
            AuthState.Account account = state.account(request.getName());
            if (!state.enabled()) {
                answer.fail(StoreError.AUTH_NOT_ENABLED);
            } else if (account == null) {
                answer.fail(StoreError.AUTH_FAILED);
            } else if (account.hasNoPassword()) {
                answer.fail(Statuses.unknown("auth: authentication failed, password was given for no password user"));
            } else if (state.secret().isEmpty()) {
                member.propose(Command.AUTH_ENABLE, newSecret(), reply -> {
                    if (reply instanceof StoreError error) {
                        answer.fail(error);
                    } else {
                        authenticate(bytes, responder);
                    }
                });
            } else {
                onPasswordThread(answer, () -> check(request, state, account, answer));
            }
        });
    }

    private void check(AuthenticateRequest request, AuthState state, AuthState.Account account, Responder responder) {
        if (responder.isCancelled()) {
            return;
        }
        if (!passwords.matches(request.getPassword(), account.user().getPassword().toStringUtf8())) {
            responder.fail(StoreError.AUTH_FAILED);
            return;
        }
        // A token is as old as the password that was shown for it, whatever has changed since.
        String token = tokens.issue(request.getName(), state);
        if (token == null) {
            responder.fail(Statuses.unknown("auth: token signing attempted with verify-only key"));
        } else {
            responder.answer(
                    AuthenticateResponse.newBuilder().setHeader(Headers.of(member)).setToken(token).build());
        }
    }

    private void status(byte[] request, Responder responder) {
        read(responder, (state, answer) -> answer.answer(AuthStatusResponse.newBuilder().setHeader(Headers.of(member))
                .setEnabled(state.enabled()).setAuthRevision(state.revision()).build()));
    }

    private void user(byte[] bytes, Responder responder) {
        String name = Methods.parse(AuthUserGetRequest.parser(), bytes).getName();
        read(responder, (state, answer) -> {
            // Everybody may see himself.
            boolean own = state.checkUser(answer.caller()) == null && answer.caller().name().equals(name);
            AuthState.Account account = state.account(name);
            StoreError error = own ? null : state.checkRoot(answer.caller());
            if (error != null) {
                answer.fail(error);
            } else if (account == null) {
                answer.fail(StoreError.USER_NOT_FOUND);
            } else {
                answer.answer(AuthUserGetResponse.newBuilder().setHeader(Headers.of(member))
                        .addAllRoles(account.user().getRolesList()).build());
            }
        });
    }

    private void users(byte[] request, Responder responder) {
        read(responder, (state, answer) -> {
            StoreError error = state.checkRoot(answer.caller());
            if (error != null) {
                answer.fail(error);
            } else {
                answer.answer(AuthUserListResponse.newBuilder().setHeader(Headers.of(member))
                        .addAllUsers(state.users().keySet()).build());
            }
        });
    }

    private void role(byte[] bytes, Responder responder) {
        String name = Methods.parse(AuthRoleGetRequest.parser(), bytes).getRole();
        read(responder, (state, answer) -> {
            // Everybody may see what he may do.
            boolean own = state.checkUser(answer.caller()) == null
                    && state.rolesOf(answer.caller().name()).contains(name);
            StoreError error = own ? null : state.checkRoot(answer.caller());
            List<Permission> permissions = state.permissionsOf(name);
            if (error != null) {
                answer.fail(error);
            } else if (permissions == null) {
                answer.fail(StoreError.ROLE_NOT_FOUND);
            } else {
                answer.answer(AuthRoleGetResponse.newBuilder().setHeader(Headers.of(member)).addAllPerm(permissions)
                        .build());
            }
        });
    }

    private void roles(byte[] request, Responder responder) {
        read(responder, (state, answer) -> {
            StoreError error = state.checkRoot(answer.caller());
            if (error != null) {
                answer.fail(error);
            } else {
                answer.answer(AuthRoleListResponse.newBuilder().setHeader(Headers.of(member))
                        .addAllRoles(state.roles().keySet()).build());
            }
        });
    }

    /** Hands over the state when it holds everything that was acknowledged before. */
    private void read(Responder responder, BiConsumer<AuthState, Responder> query) {
        member.awaitRead(error -> {
            if (error != null) {
                responder.fail(error);
            } else {
                query.accept(member.machine().auth(), responder);
            }
        });
    }
}
