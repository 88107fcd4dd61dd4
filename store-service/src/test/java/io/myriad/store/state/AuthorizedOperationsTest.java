package io.myriad.store.state;

import java.nio.charset.StandardCharsets;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

import io.myriad.store.api.AuthRoleAddRequest;
import io.myriad.store.api.AuthRoleGrantPermissionRequest;
import io.myriad.store.api.AuthUserAddRequest;
import io.myriad.store.api.AuthUserGrantRoleRequest;
import io.myriad.store.api.PutRequest;
import io.myriad.store.api.auth.Permission;
import io.myriad.store.lease.LeaseClock;

import static org.assertj.core.api.Assertions.assertThat;

/** What the log itself lets through: it must not depend on what the member knew that an operation came through. */
final class AuthorizedOperationsTest {

    private static final byte[] PUT = PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build()
            .toByteArray();

    private final StoreMachine machine = new StoreMachine(new ResponseHeader(1, 1), new LeaseClock(), () -> 0);

    private Reply apply(Command command, byte[] payload) {
        return machine.apply(command, payload, null, 1);
    }

    private Reply applyAs(Caller caller, Command command, byte[] payload) {
        return apply(Command.AUTHORIZED, new Authorized(caller, command, payload).toBytes());
    }

    private void enable() {
        for (String user : new String[]{"root", "ünal"}) {
            apply(Command.USER_ADD, AuthUserAddRequest.newBuilder().setName(user).build().toByteArray());
        }
        apply(Command.USER_GRANT_ROLE,
                AuthUserGrantRoleRequest.newBuilder().setUser("root").setRole("root").build().toByteArray());
        apply(Command.ROLE_ADD, AuthRoleAddRequest.newBuilder().setName("r").build().toByteArray());
        apply(Command.ROLE_GRANT_PERMISSION, AuthRoleGrantPermissionRequest.newBuilder().setName("r")
                .setPerm(Permission.newBuilder().setPermType(Permission.Type.WRITE)
                        .setKey(ByteString.copyFromUtf8("k")))
                .build().toByteArray());
        apply(Command.USER_GRANT_ROLE,
                AuthUserGrantRoleRequest.newBuilder().setUser("ünal").setRole("r").build().toByteArray());
        assertThat(apply(Command.AUTH_ENABLE, "secret".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(Reply.Message.class);
    }

    @Test
    void everyOperationOfAClientNeedsItsUser() {
        assertThat(apply(Command.PUT, PUT)).isInstanceOf(Reply.Message.class);
        enable();
        long revision = machine.auth().revision();
        assertThat(apply(Command.PUT, PUT)).isEqualTo(StoreError.USER_EMPTY);
        assertThat(apply(Command.AUTH_DISABLE, new byte[0])).isEqualTo(StoreError.USER_EMPTY);
        assertThat(applyAs(Caller.NOBODY, Command.PUT, PUT)).isEqualTo(StoreError.USER_EMPTY);
        assertThat(applyAs(new Caller("nobody", revision), Command.PUT, PUT)).isEqualTo(StoreError.PERMISSION_DENIED);
        assertThat(applyAs(new Caller("ünal", revision - 1), Command.PUT, PUT))
                .isEqualTo(StoreError.AUTH_OLD_REVISION);
        assertThat(applyAs(new Caller("ünal", revision), Command.PUT, PUT)).isInstanceOf(Reply.Message.class);
        assertThat(applyAs(new Caller("ünal", revision), Command.AUTH_DISABLE, new byte[0]))
                .isEqualTo(StoreError.PERMISSION_DENIED);
        assertThat(applyAs(new Caller("root", revision), Command.AUTH_DISABLE, new byte[0]))
                .isInstanceOf(Reply.Message.class);
        assertThat(apply(Command.PUT, PUT)).isInstanceOf(Reply.Message.class);
    }

    @Test
    void nothingSecretIsPrinted() {
        enable();
        assertThat(machine.auth().toString()).doesNotContain("secret");
        assertThat(String.valueOf(machine.auth().account("root"))).isEqualTo("root[root]");
    }
}
