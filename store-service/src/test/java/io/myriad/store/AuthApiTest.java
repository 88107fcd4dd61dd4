package io.myriad.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.AlarmRequest;
import io.myriad.store.api.AuthDisableRequest;
import io.myriad.store.api.AuthEnableRequest;
import io.myriad.store.api.AuthGrpc;
import io.myriad.store.api.AuthRoleAddRequest;
import io.myriad.store.api.AuthRoleDeleteRequest;
import io.myriad.store.api.AuthRoleGetRequest;
import io.myriad.store.api.AuthRoleGrantPermissionRequest;
import io.myriad.store.api.AuthRoleListRequest;
import io.myriad.store.api.AuthRoleRevokePermissionRequest;
import io.myriad.store.api.AuthStatusRequest;
import io.myriad.store.api.AuthUserAddRequest;
import io.myriad.store.api.AuthUserChangePasswordRequest;
import io.myriad.store.api.AuthUserDeleteRequest;
import io.myriad.store.api.AuthUserGetRequest;
import io.myriad.store.api.AuthUserGrantRoleRequest;
import io.myriad.store.api.AuthUserListRequest;
import io.myriad.store.api.AuthUserRevokeRoleRequest;
import io.myriad.store.api.AuthenticateRequest;
import io.myriad.store.api.ClusterGrpc;
import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.Compare;
import io.myriad.store.api.DefragmentRequest;
import io.myriad.store.api.HashKVRequest;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.LeaseGrantRequest;
import io.myriad.store.api.LeaseGrpc;
import io.myriad.store.api.LeaseKeepAliveRequest;
import io.myriad.store.api.LeaseKeepAliveResponse;
import io.myriad.store.api.LeaseLeasesRequest;
import io.myriad.store.api.LeaseRevokeRequest;
import io.myriad.store.api.LeaseTimeToLiveRequest;
import io.myriad.store.api.MaintenanceGrpc;
import io.myriad.store.api.MemberListRequest;
import io.myriad.store.api.PutRequest;
import io.myriad.store.api.RangeRequest;
import io.myriad.store.api.StatusRequest;
import io.myriad.store.api.TxnRequest;
import io.myriad.store.api.WatchCreateRequest;
import io.myriad.store.api.WatchGrpc;
import io.myriad.store.api.WatchRequest;
import io.myriad.store.api.WatchResponse;
import io.myriad.store.api.auth.Permission;
import io.myriad.store.api.auth.UserAddOptions;
import io.myriad.store.api.lock.LockGrpc;
import io.myriad.store.api.lock.LockRequest;

import static io.myriad.store.Requests.bytes;
import static io.myriad.store.Requests.delete;
import static io.myriad.store.Requests.get;
import static io.myriad.store.Requests.modRevision;
import static io.myriad.store.Requests.op;
import static io.myriad.store.Requests.put;
import static io.myriad.store.Requests.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Users, roles, tokens, and who may do what. Codes, texts and revisions are those that etcd v3.7.3 answered to the same calls. */
final class AuthApiTest {

    private static final String DENIED = "etcdserver: permission denied";
    private static final String WHO = "etcdserver: user name is empty";
    private static final String BAD_MANAGEMENT = "etcdserver: invalid auth management";

    @TempDir
    Path directory = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private TestStore store;

    @BeforeEach
    void start() {
        store = open();
    }

    @AfterEach
    void stop() {
        store.close();
    }

    private TestStore open() {
        return TestStore.start(directory.resolve("data"), "--bcrypt-cost=4");
    }

    private Channel as(String token) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), token);
        return ClientInterceptors.intercept(store.channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private AuthGrpc.AuthBlockingStub auth(Channel channel) {
        return AuthGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static KVGrpc.KVBlockingStub kv(Channel channel) {
        return KVGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static LeaseGrpc.LeaseBlockingStub lease(Channel channel) {
        return LeaseGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static MaintenanceGrpc.MaintenanceBlockingStub maintenance(Channel channel) {
        return MaintenanceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static void assertError(ThrowingCallable call, Status.Code code, String text) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, error -> {
            assertThat(error.getStatus().getDescription()).isEqualTo(text);
            assertThat(error.getStatus().getCode()).isEqualTo(code);
        });
    }

    private static void assertDenied(ThrowingCallable call) {
        assertError(call, Status.Code.PERMISSION_DENIED, DENIED);
    }

    private void addUser(Channel channel, String name, String password) {
        auth(channel).userAdd(AuthUserAddRequest.newBuilder().setName(name).setPassword(password).build());
    }

    private void addRole(Channel channel, String name) {
        auth(channel).roleAdd(AuthRoleAddRequest.newBuilder().setName(name).build());
    }

    private void grantRole(Channel channel, String user, String role) {
        auth(channel).userGrantRole(AuthUserGrantRoleRequest.newBuilder().setUser(user).setRole(role).build());
    }

    private void grant(Channel channel, String role, Permission.Type type, String key, String end) {
        auth(channel).roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder().setName(role)
                .setPerm(Permission.newBuilder().setPermType(type).setKey(bytes(key)).setRangeEnd(bytes(end)))
                .build());
    }

    private String token(String user, String password) {
        return auth(store.channel())
                .authenticate(AuthenticateRequest.newBuilder().setName(user).setPassword(password).build()).getToken();
    }

    private long revision(Channel channel) {
        return auth(channel).authStatus(AuthStatusRequest.getDefaultInstance()).getAuthRevision();
    }

    /** As in the recording: root, and alice who may read and write {@code [foo, fop)} and write {@code wo}. */
    private void enable() {
        Channel channel = store.channel();
        addRole(channel, "root");
        addUser(channel, "root", "rpw");
        grantRole(channel, "root", "root");
        addUser(channel, "alice", "apw");
        auth(channel).userAdd(AuthUserAddRequest.newBuilder().setName("carl")
                .setOptions(UserAddOptions.newBuilder().setNoPassword(true)).build());
        addRole(channel, "r1");
        grant(channel, "r1", Permission.Type.READWRITE, "foo", "fop");
        grant(channel, "r1", Permission.Type.WRITE, "wo", "");
        grantRole(channel, "alice", "r1");
        auth(channel).authEnable(AuthEnableRequest.getDefaultInstance());
    }

    @Test
    void usersAndRolesBeforeTheyCount() {
        Channel channel = store.channel();
        assertThat(revision(channel)).isEqualTo(1);
        assertError(() -> auth(channel).authEnable(AuthEnableRequest.getDefaultInstance()),
                Status.Code.FAILED_PRECONDITION, "etcdserver: root user does not exist");
        auth(channel).authDisable(AuthDisableRequest.getDefaultInstance());
        assertError(() -> token("root", "x"), Status.Code.FAILED_PRECONDITION,
                "etcdserver: authentication is not enabled");
        assertError(() -> addRole(channel, ""), Status.Code.INVALID_ARGUMENT, "etcdserver: role name is empty");
        assertError(() -> addUser(channel, "", "x"), Status.Code.INVALID_ARGUMENT, WHO);
        addUser(channel, "root", "rpw");
        assertError(() -> addUser(channel, "root", "rpw"), Status.Code.FAILED_PRECONDITION,
                "etcdserver: user name already exists");
        assertError(() -> auth(channel).authEnable(AuthEnableRequest.getDefaultInstance()),
                Status.Code.FAILED_PRECONDITION, "etcdserver: root user does not have root role");
        grantRole(channel, "root", "root");
        assertThat(revision(channel)).isEqualTo(3);
        grantRole(channel, "root", "root");
        assertThat(revision(channel)).as("nothing changed").isEqualTo(3);
        addRole(channel, "r1");
        assertError(() -> addRole(channel, "r1"), Status.Code.FAILED_PRECONDITION,
                "etcdserver: role name already exists");
        String noUser = "etcdserver: user name not found";
        String noRole = "etcdserver: role name not found";
        assertError(() -> grantRole(channel, "nobody", "nothing"), Status.Code.FAILED_PRECONDITION, noUser);
        assertError(() -> grantRole(channel, "root", "nothing"), Status.Code.FAILED_PRECONDITION, noRole);
        assertError(() -> auth(channel).userGet(AuthUserGetRequest.newBuilder().setName("nobody").build()),
                Status.Code.FAILED_PRECONDITION, noUser);
        assertError(() -> auth(channel).userDelete(AuthUserDeleteRequest.newBuilder().setName("nobody").build()),
                Status.Code.FAILED_PRECONDITION, noUser);
        assertError(() -> auth(channel)
                .userRevokeRole(AuthUserRevokeRoleRequest.newBuilder().setName("root").setRole("r1").build()),
                Status.Code.FAILED_PRECONDITION, "etcdserver: role is not granted to the user");
        assertError(() -> auth(channel).userChangePassword(
                AuthUserChangePasswordRequest.newBuilder().setName("nobody").setPassword("x").build()),
                Status.Code.FAILED_PRECONDITION, noUser);
        assertError(() -> auth(channel).roleDelete(AuthRoleDeleteRequest.newBuilder().setRole("nothing").build()),
                Status.Code.FAILED_PRECONDITION, noRole);
        assertThat(auth(channel).userList(AuthUserListRequest.getDefaultInstance()).getUsersList())
                .containsExactly("root");
    }

    @Test
    void permissionsOfRoles() {
        Channel channel = store.channel();
        addRole(channel, "r1");
        grant(channel, "r1", Permission.Type.READ, "x", "\0");
        grant(channel, "r1", Permission.Type.WRITE, "foo", "fop");
        grant(channel, "r1", Permission.Type.READWRITE, "foo", "fop");
        grant(channel, "r1", Permission.Type.READ, "x", "");
        String[][] wrong = {{"", "\0"}, {"", ""}, {"", "a"}, {"z", "a"}};
        for (String[] range : wrong) {
            assertError(() -> grant(channel, "r1", Permission.Type.READ, range[0], range[1]),
                    Status.Code.INVALID_ARGUMENT, BAD_MANAGEMENT);
        }
        assertError(() -> auth(channel)
                .roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder().setName("r1").build()),
                Status.Code.INVALID_ARGUMENT, "etcdserver: permission not given");
        assertError(() -> grant(channel, "none", Permission.Type.READ, "x", ""), Status.Code.FAILED_PRECONDITION,
                "etcdserver: role name not found");
        assertThat(auth(channel).roleGet(AuthRoleGetRequest.newBuilder().setRole("r1").build()).getPermList())
                .extracting(each -> each.getPermType() + " " + each.getKey().toStringUtf8() + " "
                        + each.getRangeEnd().toStringUtf8())
                .containsExactly("READWRITE foo fop", "READ x ", "READ x \0");
        auth(channel).roleRevokePermission(AuthRoleRevokePermissionRequest.newBuilder().setRole("r1")
                .setKey(bytes("x")).setRangeEnd(bytes("\0")).build());
        assertError(
                () -> auth(channel).roleRevokePermission(
                        AuthRoleRevokePermissionRequest.newBuilder().setRole("r1").setKey(bytes("y")).build()),
                Status.Code.FAILED_PRECONDITION, "etcdserver: permission is not granted to the role");
        addRole(channel, "root");
        assertThat(auth(channel).roleGet(AuthRoleGetRequest.newBuilder().setRole("root").build()).getPermList())
                .containsExactly(Permission.newBuilder().setPermType(Permission.Type.READWRITE)
                        .setRangeEnd(ByteString.copyFrom(new byte[1])).build());
        assertThat(auth(channel).roleList(AuthRoleListRequest.getDefaultInstance()).getRolesList())
                .containsExactly("r1", "root");
    }

    @Test
    void whoHasNotSaidWhoHeIsMayDoNothing() {
        enable();
        Channel nobody = store.channel();
        assertThat(auth(nobody).authStatus(AuthStatusRequest.getDefaultInstance()).getEnabled()).isTrue();
        List<ThrowingCallable> calls = List.of(() -> kv(nobody).range(get("foo")),
                () -> kv(nobody).put(put("foo", "1")), () -> kv(nobody).rangeStream(get("foo")).next(),
                () -> lease(nobody).leaseLeases(LeaseLeasesRequest.getDefaultInstance()),
                () -> lease(nobody).leaseGrant(LeaseGrantRequest.newBuilder().setTTL(5).build()),
                () -> lease(nobody).leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(7).build()),
                () -> maintenance(nobody).status(StatusRequest.getDefaultInstance()),
                () -> maintenance(nobody).alarm(AlarmRequest.getDefaultInstance()),
                () -> maintenance(nobody).hashKV(HashKVRequest.getDefaultInstance()),
                () -> ClusterGrpc.newBlockingStub(nobody).memberList(MemberListRequest.getDefaultInstance()),
                () -> auth(nobody).userList(AuthUserListRequest.getDefaultInstance()),
                () -> auth(nobody).authDisable(AuthDisableRequest.getDefaultInstance()));
        for (ThrowingCallable call : calls) {
            assertError(call, Status.Code.INVALID_ARGUMENT, WHO);
        }
        Channel bogus = as("bogus");
        String invalid = "etcdserver: invalid auth token";
        assertError(() -> kv(bogus).range(get("foo")), Status.Code.UNAUTHENTICATED, invalid);
        assertError(() -> auth(bogus).authStatus(AuthStatusRequest.getDefaultInstance()),
                Status.Code.UNAUTHENTICATED, invalid);
        assertError(() -> LockGrpc.newBlockingStub(bogus).lock(LockRequest.getDefaultInstance()), Status.Code.UNKNOWN,
                invalid);
        String failed = "etcdserver: authentication failed, invalid user ID or password";
        assertError(() -> token("root", "x"), Status.Code.INVALID_ARGUMENT, failed);
        assertError(() -> token("nobody", "x"), Status.Code.INVALID_ARGUMENT, failed);
        assertError(() -> token("carl", ""), Status.Code.UNKNOWN,
                "auth: authentication failed, password was given for no password user");
    }

    @Test
    void aUserMayDoWhatHisRolesSay() {
        store.lease().leaseGrant(LeaseGrantRequest.newBuilder().setID(77).setTTL(500).build());
        store.lease().leaseGrant(LeaseGrantRequest.newBuilder().setID(78).setTTL(500).build());
        store.kv().put(PutRequest.newBuilder(put("z", "1")).setLease(77).build());
        store.kv().put(put("foo", "1"));
        enable();
        Channel alice = as(token("alice", "apw"));
        assertThat(kv(alice).range(get("foo")).getCount()).isEqualTo(1);
        assertThat(kv(alice).range(range("foo", "fop").build()).getCount()).isEqualTo(1);
        kv(alice).put(put("wo", ""));
        kv(alice).put(PutRequest.newBuilder(put("foo", "2")).setPrevKv(true).build());
        Compare foo = modRevision("foo", Compare.CompareResult.GREATER, 0);
        List<ThrowingCallable> denied = new ArrayList<>(List.of(() -> kv(alice).range(get("z")),
                () -> kv(alice).range(RangeRequest.newBuilder(get("z")).setSerializable(true).build()),
                () -> kv(alice).range(get("wo")), () -> kv(alice).range(range("foo", "foq").build()),
                () -> kv(alice).rangeStream(get("z")).next(), () -> kv(alice).put(put("z", "")),
                () -> kv(alice).put(PutRequest.newBuilder(put("wo", "")).setPrevKv(true).build()),
                () -> kv(alice).put(PutRequest.newBuilder(put("foo", "")).setLease(77).build()),
                () -> kv(alice).deleteRange(delete("foo", "foq")),
                () -> kv(alice).deleteRange(delete("wo").toBuilder().setPrevKv(true).build()),
                () -> kv(alice).txn(TxnRequest.newBuilder()
                        .addCompare(modRevision("z", Compare.CompareResult.GREATER, 0)).build()),
                () -> kv(alice).txn(TxnRequest.newBuilder().addCompare(foo).addFailure(op(put("z", ""))).build()),
                () -> kv(alice).txn(TxnRequest.newBuilder().addCompare(foo)
                        .addSuccess(op(TxnRequest.newBuilder().addSuccess(op(put("z", ""))).build())).build()),
                () -> kv(alice).compact(CompactionRequest.newBuilder().setRevision(2).build())));
        denied.addAll(List.of(() -> lease(alice).leaseLeases(LeaseLeasesRequest.getDefaultInstance()),
                () -> lease(alice).leaseRevoke(LeaseRevokeRequest.newBuilder().setID(77).build()),
                () -> lease(alice).leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(77).setKeys(true).build()),
                () -> maintenance(alice).hashKV(HashKVRequest.getDefaultInstance()),
                () -> maintenance(alice).defragment(DefragmentRequest.getDefaultInstance()),
                () -> maintenance(alice).alarm(
                        AlarmRequest.newBuilder().setAction(AlarmRequest.AlarmAction.DEACTIVATE).build()),
                () -> auth(alice).userList(AuthUserListRequest.getDefaultInstance()),
                () -> auth(alice).userGet(AuthUserGetRequest.newBuilder().setName("root").build()),
                () -> auth(alice).userGet(AuthUserGetRequest.newBuilder().setName("nobody").build()),
                () -> auth(alice).roleGet(AuthRoleGetRequest.newBuilder().setRole("root").build()),
                () -> auth(alice).authDisable(AuthDisableRequest.getDefaultInstance()),
                () -> addUser(alice, "x", "x"), () -> addRole(alice, "x")));
        for (int i = 0; i < denied.size(); i++) {
            ThrowingCallable call = denied.get(i);
            assertThatThrownBy(call).as("call " + i).hasMessageContaining("PERMISSION_DENIED: " + DENIED);
        }
        assertThat(lease(alice).leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(77).build()).getGrantedTTL())
                .isEqualTo(500);
        assertError(() -> lease(alice).leaseRevoke(LeaseRevokeRequest.newBuilder().setID(99).build()),
                Status.Code.NOT_FOUND, "etcdserver: requested lease not found");
        lease(alice).leaseRevoke(LeaseRevokeRequest.newBuilder().setID(78).build());
        lease(alice).leaseGrant(LeaseGrantRequest.newBuilder().setTTL(5).build());
        maintenance(alice).status(StatusRequest.getDefaultInstance());
        assertThat(auth(alice).userGet(AuthUserGetRequest.newBuilder().setName("alice").build()).getRolesList())
                .containsExactly("r1");
        assertThat(auth(alice).roleGet(AuthRoleGetRequest.newBuilder().setRole("r1").build()).getPermCount())
                .isEqualTo(2);
        assertThat(LockGrpc.newBlockingStub(alice).lock(LockRequest.newBuilder().setName(bytes("foo")).build())
                .getKey().toStringUtf8()).startsWith("foo/");
        assertError(() -> LockGrpc.newBlockingStub(alice).lock(LockRequest.newBuilder().setName(bytes("z")).build()),
                Status.Code.UNKNOWN, DENIED);
    }

    @Test
    void rootKeepsItsRightsAndOthersLoseTheirs() {
        enable();
        Channel root = as(token("root", "rpw"));
        Channel alice = as(token("alice", "apw"));
        kv(root).put(put("anything", "1"));
        assertThat(kv(root).range(range("\0", "\0").build()).getCount()).isEqualTo(1);
        assertError(() -> auth(root).userDelete(AuthUserDeleteRequest.newBuilder().setName("root").build()),
                Status.Code.INVALID_ARGUMENT, BAD_MANAGEMENT);
        assertError(() -> auth(root).roleDelete(AuthRoleDeleteRequest.newBuilder().setRole("root").build()),
                Status.Code.INVALID_ARGUMENT, BAD_MANAGEMENT);
        assertError(
                () -> auth(root).userRevokeRole(
                        AuthUserRevokeRoleRequest.newBuilder().setName("root").setRole("root").build()),
                Status.Code.INVALID_ARGUMENT, BAD_MANAGEMENT);
        addUser(root, "zoe", "z");
        assertThat(kv(alice).range(get("foo")).getCount()).as("others do not concern her").isZero();
        auth(root).userChangePassword(
                AuthUserChangePasswordRequest.newBuilder().setName("alice").setPassword("new").build());
        assertError(() -> kv(alice).range(get("foo")), Status.Code.UNAUTHENTICATED, "etcdserver: invalid auth token");
        Channel again = as(token("alice", "new"));
        kv(again).range(get("foo"));
        auth(root).roleDelete(AuthRoleDeleteRequest.newBuilder().setRole("r1").build());
        assertDenied(() -> kv(again).range(get("foo")));
        long before = revision(root);
        auth(root).authDisable(AuthDisableRequest.getDefaultInstance());
        assertThat(revision(store.channel())).isEqualTo(before + 1);
        assertThat(kv(as("bogus")).range(get("foo")).getCount()).as("tokens do not matter").isZero();
    }

    @Test
    void watchersAndRenewalsAreCheckedOneByOne() throws Exception {
        store.lease().leaseGrant(LeaseGrantRequest.newBuilder().setID(77).setTTL(500).build());
        store.kv().put(PutRequest.newBuilder(put("z", "1")).setLease(77).build());
        enable();
        Channel alice = as(token("alice", "apw"));
        assertThat(watch(alice, "foo").getCancelReason()).isEmpty();
        assertThat(watch(alice, "z").getCancelReason())
                .isEqualTo("rpc error: code = PermissionDenied desc = " + DENIED);
        assertThat(watch(store.channel(), "foo").getCancelReason())
                .isEqualTo("rpc error: code = InvalidArgument desc = " + WHO);
        WatchResponse invalid = watch(as("bogus"), "foo");
        assertThat(invalid.getCancelReason())
                .isEqualTo("rpc error: code = Unauthenticated desc = etcdserver: invalid auth token");
        assertThat(invalid.getCreated() && invalid.getCanceled() && invalid.getWatchId() == -1).isTrue();
        Received<LeaseKeepAliveResponse> renewals = new Received<>();
        StreamObserver<LeaseKeepAliveRequest> requests = LeaseGrpc.newStub(alice).leaseKeepAlive(renewals);
        requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(77).build());
        assertThat(renewals.next()).isInstanceOfSatisfying(StatusRuntimeException.class,
                error -> assertThat(error.getStatus().getDescription()).isEqualTo(DENIED));
    }

    private static WatchResponse watch(Channel channel, String key) throws Exception {
        Received<WatchResponse> received = new Received<>();
        StreamObserver<WatchRequest> requests = WatchGrpc.newStub(channel).watch(received);
        requests.onNext(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder().setKey(bytes(key))).build());
        WatchResponse response = (WatchResponse) received.next();
        requests.onCompleted();
        return response;
    }

    /** What a stream brought: messages, and perhaps an error at the end. */
    private static final class Received<T> implements StreamObserver<T> {
        private final LinkedBlockingQueue<Object> all = new LinkedBlockingQueue<>();

        Object next() throws InterruptedException {
            return java.util.Objects.requireNonNull(all.poll(20, TimeUnit.SECONDS));
        }

        @Override
        public void onNext(T message) {
            all.add(message);
        }

        @Override
        public void onError(Throwable error) {
            all.add(error);
        }

        @Override
        public void onCompleted() {}
    }

    @Test
    void everythingComesBackFromTheLogAndFromASnapshot() {
        enable();
        String token = token("alice", "apw");
        for (int restart = 0; restart < 2; restart++) {
            maintenance(as(token("root", "rpw"))).status(StatusRequest.getDefaultInstance());
            store.close();
            store = open();
            assertDenied(() -> kv(as(token)).put(put("z", "")));
            kv(as(token)).put(put("foo", "1"));
            assertError(() -> kv(store.channel()).range(get("foo")), Status.Code.INVALID_ARGUMENT, WHO);
            maintenance(as(token("root", "rpw"))).defragment(DefragmentRequest.getDefaultInstance());
        }
    }
}
