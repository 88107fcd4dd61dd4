package io.myriad.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.AuthEnableRequest;
import io.myriad.store.api.AuthGrpc;
import io.myriad.store.api.AuthRoleAddRequest;
import io.myriad.store.api.AuthRoleGetRequest;
import io.myriad.store.api.AuthRoleGrantPermissionRequest;
import io.myriad.store.api.AuthUserAddRequest;
import io.myriad.store.api.AuthUserGrantRoleRequest;
import io.myriad.store.api.AuthenticateRequest;
import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.DowngradeRequest;
import io.myriad.store.api.HashKVRequest;
import io.myriad.store.api.HashKVResponse;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.LeaseGrantRequest;
import io.myriad.store.api.LeaseTimeToLiveRequest;
import io.myriad.store.api.LeaseTimeToLiveResponse;
import io.myriad.store.api.PutRequest;
import io.myriad.store.api.SnapshotRequest;
import io.myriad.store.api.SnapshotResponse;
import io.myriad.store.api.auth.Permission;
import io.myriad.store.server.InitialState;

import static io.myriad.store.Requests.bytes;
import static io.myriad.store.Requests.delete;
import static io.myriad.store.Requests.get;
import static io.myriad.store.Requests.put;
import static io.myriad.store.Requests.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a snapshot of one cluster holds another one begins with. */
final class SnapshotApiTest {

    private static final long LEASE = 77;

    @TempDir
    Path directory = Path.of("");

    private Path save(TestStore store) throws Exception {
        Path file = Files.createTempFile(directory, "snapshot", ".db");
        long left = -1;
        try (OutputStream out = Files.newOutputStream(file)) {
            Iterator<SnapshotResponse> answers = store.maintenance().snapshot(SnapshotRequest.getDefaultInstance());
            while (answers.hasNext()) {
                SnapshotResponse answer = answers.next();
                answer.getBlob().writeTo(out);
                assertThat(answer.getVersion()).isEqualTo("3.7.0");
                if (left > 0) {
                    assertThat(answer.getRemainingBytes()).isEqualTo(left - answer.getBlob().size());
                }
                left = answer.getRemainingBytes();
            }
        }
        assertThat(left).isZero();
        assertThat(Files.size(file) % 512).isEqualTo(32);
        return file;
    }

    /** Revisions 2 to 9, compacted at 5. */
    private static void fill(TestStore store) {
        store.kv().put(put("a", "1"));
        store.kv().put(put("a", "2"));
        store.kv().put(put("gone", "1"));
        store.kv().deleteRange(delete("gone"));
        store.kv().put(put("a", "3"));
        store.kv().deleteRange(delete("a"));
        store.kv().put(put("large", "x".repeat(100_000)));
        store.lease().leaseGrant(LeaseGrantRequest.newBuilder().setID(LEASE).setTTL(5000).build());
        store.kv().put(PutRequest.newBuilder().setKey(bytes("leased")).setLease(LEASE).build());
        store.kv().compact(CompactionRequest.newBuilder().setRevision(5).build());
    }

    private static HashKVResponse hash(TestStore store) {
        return store.maintenance().hashKV(HashKVRequest.getDefaultInstance());
    }

    private static void assertFilled(TestStore store, HashKVResponse hash) {
        assertThat(store.kv().range(range("a", "z").setKeysOnly(true).build()).getKvsList())
                .extracting(kv -> kv.getKey().toStringUtf8()).containsExactly("large", "leased");
        assertThat(store.kv().range(get("large")).getKvs(0).getValue().size()).isEqualTo(100_000);
        assertThat(store.kv().range(get("a").toBuilder().setRevision(6).build()).getKvs(0).getVersion()).isEqualTo(3);
        assertThat(store.kv().range(get("a").toBuilder().setRevision(5).build()).getKvs(0).getModRevision())
                .isEqualTo(3);
        assertThatThrownBy(() -> store.kv().range(get("a").toBuilder().setRevision(4).build()))
                .hasMessageContaining("has been compacted");
        HashKVResponse own = hash(store);
        assertThat(own.getHash()).isEqualTo(hash.getHash());
        assertThat(own.getHashRevision()).isEqualTo(9);
        assertThat(own.getCompactRevision()).isEqualTo(5);
        LeaseTimeToLiveResponse lease = store.lease()
                .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(LEASE).setKeys(true).build());
        assertThat(lease.getGrantedTTL()).isEqualTo(5000);
        assertThat(lease.getKeysList()).containsExactly(bytes("leased"));
    }

    @Test
    void aClusterBeginsWithWhatAnotherHad() throws Exception {
        Path file;
        HashKVResponse hash;
        try (TestStore store = TestStore.start(directory.resolve("first"))) {
            fill(store);
            file = save(store);
            hash = hash(store);
        }
        Path second = directory.resolve("second");
        try (TestStore store = TestStore.start(second, "--initial-snapshot", file.toString())) {
            assertFilled(store, hash);
            assertThat(store.kv().put(put("a", "4")).getHeader().getRevision()).isEqualTo(10);
            store.kv().deleteRange(delete("a"));
        }
        // The flag may stay where it is: a member that has a state does not read it.
        try (TestStore store = TestStore.start(second, "--initial-snapshot", file.toString())) {
            assertThat(store.kv().range(get("leased")).getHeader().getRevision()).isEqualTo(11);
            assertThat(store.kv().range(get("a").toBuilder().setRevision(10).build()).getCount()).isEqualTo(1);
            save(store);
        }
    }

    @Test
    void threeMembersBeginWithTheSame() throws Exception {
        Path file;
        HashKVResponse hash;
        try (TestStore store = TestStore.start(directory.resolve("first"))) {
            fill(store);
            file = save(store);
            hash = hash(store);
        }
        List<TestStore> stores = TestStore.startThree(directory, "--initial-snapshot", file.toString());
        try {
            for (TestStore store : stores) {
                assertFilled(store, hash);
            }
            assertThat(stores.get(0).kv().put(put("b", "1")).getHeader().getRevision()).isEqualTo(10);
            assertThat(stores.get(1).kv().range(get("b")).getCount()).isEqualTo(1);
        } finally {
            stores.forEach(TestStore::close);
        }
    }

    @Test
    void usersAndRolesComeAlong() throws Exception {
        Path file;
        try (TestStore store = TestStore.start(directory.resolve("first"), "--bcrypt-cost", "4")) {
            store.kv().put(put("a", "1"));
            AuthGrpc.AuthBlockingStub auth = AuthGrpc.newBlockingStub(store.channel());
            for (String user : List.of("root", "joe")) {
                auth.userAdd(AuthUserAddRequest.newBuilder().setName(user).setPassword("pw of " + user).build());
                auth.roleAdd(AuthRoleAddRequest.newBuilder().setName(user).build());
                auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder().setUser(user).setRole(user).build());
            }
            auth.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder().setName("joe")
                    .setPerm(Permission.newBuilder().setKey(bytes("a"))).build());
            auth.authEnable(AuthEnableRequest.getDefaultInstance());
            assertThatThrownBy(() -> save(store)).hasMessageContaining("user name is empty");
            file = saveAs(store, "root");
        }
        try (TestStore store = TestStore.start(directory.resolve("second"), "--initial-snapshot", file.toString())) {
            assertThatThrownBy(() -> store.kv().range(get("a"))).hasMessageContaining("user name is empty");
            KVGrpc.KVBlockingStub joe = store.kv().withInterceptors(asUser(store, "joe"));
            assertThat(joe.range(get("a")).getCount()).isEqualTo(1);
            assertThatThrownBy(() -> joe.put(put("a", "1"))).hasMessageContaining("permission denied");
            assertThat(AuthGrpc.newBlockingStub(store.channel()).withInterceptors(asUser(store, "root"))
                    .roleGet(AuthRoleGetRequest.newBuilder().setRole("joe").build()).getPermCount()).isEqualTo(1);
            saveAs(store, "root");
        }
    }

    private static io.grpc.ClientInterceptor asUser(TestStore store, String user) {
        String token = AuthGrpc.newBlockingStub(store.channel()).authenticate(
                AuthenticateRequest.newBuilder().setName(user).setPassword("pw of " + user).build()).getToken();
        io.grpc.Metadata headers = new io.grpc.Metadata();
        headers.put(io.grpc.Metadata.Key.of("token", io.grpc.Metadata.ASCII_STRING_MARSHALLER), token);
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    private Path saveAs(TestStore store, String user) throws Exception {
        Path file = Files.createTempFile(directory, "snapshot", ".db");
        try (OutputStream out = Files.newOutputStream(file)) {
            Iterator<SnapshotResponse> answers = store.maintenance().withInterceptors(asUser(store, user))
                    .snapshot(SnapshotRequest.getDefaultInstance());
            while (answers.hasNext()) {
                answers.next().getBlob().writeTo(out);
            }
        }
        return file;
    }

    @Test
    void whatIsDamagedIsRefusedAndNothingWritten() throws Exception {
        byte[] whole;
        try (TestStore store = TestStore.start(directory.resolve("first"))) {
            fill(store);
            whole = Files.readAllBytes(save(store));
        }
        byte[] flipped = whole.clone();
        flipped[whole.length / 2] ^= 1;
        assertRefused(flipped, "it is damaged: the SHA-256 at its end is not that of what is before it");
        assertRefused(java.util.Arrays.copyOf(whole, whole.length - 5), "it was cut off");
        assertRefused(java.util.Arrays.copyOf(whole, 4096 * 3), "it is to have");
        assertRefused(new byte[1024], "no bbolt database");
        assertRefused(new byte[0], "it is empty");
        Path member = directory.resolve("d");
        String refused = directory.resolve("refused").toString();
        assertThatThrownBy(() -> TestStore.start(member, "--initial-snapshot", refused))
                .isInstanceOf(StoreStartException.class).hasMessage("--initial-snapshot " + refused + ": it is empty");
        try (var files = Files.list(member)) {
            assertThat(files.map(each -> each.getFileName().toString())).containsExactly("lock");
        }
        // Without the hash it is a member's own file.
        Path copy = directory.resolve("copy");
        Files.write(copy, java.util.Arrays.copyOf(whole, whole.length - 32));
        try (TestStore store = TestStore.start(member, "--initial-snapshot", copy.toString())) {
            assertThat(store.kv().range(get("leased")).getCount()).isEqualTo(1);
        }
    }

    private void assertRefused(byte[] content, String why) throws Exception {
        Path file = directory.resolve("refused");
        Files.write(file, content);
        Path raft = directory.resolve("raft");
        assertThatThrownBy(() -> InitialState.make(file, raft, List.of())).isInstanceOf(IOException.class)
                .hasMessageContaining(why);
        assertThat(raft).doesNotExist();
    }

    @Test
    void thereIsNothingToDowngradeTo() {
        try (TestStore store = TestStore.start(directory)) {
            for (DowngradeRequest.DowngradeAction action : List.of(DowngradeRequest.DowngradeAction.VALIDATE,
                    DowngradeRequest.DowngradeAction.ENABLE)) {
                assertThatThrownBy(() -> store.maintenance().downgrade(
                        DowngradeRequest.newBuilder().setAction(action).setVersion("3.6").build()))
                        .isInstanceOfSatisfying(StatusRuntimeException.class, error -> {
                            assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
                            assertThat(error.getStatus().getDescription())
                                    .isEqualTo("etcdserver: invalid downgrade target version");
                        });
                assertThatThrownBy(() -> store.maintenance().downgrade(
                        DowngradeRequest.newBuilder().setAction(action).setVersion("abc").build()))
                        .hasMessageContaining("etcdserver: wrong downgrade target version format");
            }
            assertThat(store.maintenance().downgrade(DowngradeRequest.newBuilder()
                    .setAction(DowngradeRequest.DowngradeAction.CANCEL).build()).getVersion()).isEqualTo("3.7");
        }
    }
}
