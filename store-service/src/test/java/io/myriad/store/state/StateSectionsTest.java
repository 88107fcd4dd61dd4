package io.myriad.store.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.AlarmRequest;
import io.myriad.store.api.AlarmType;
import io.myriad.store.api.AuthRoleAddRequest;
import io.myriad.store.api.AuthUserAddRequest;
import io.myriad.store.api.AuthUserGrantRoleRequest;
import io.myriad.store.lease.LeaseClock;
import io.myriad.store.mvcc.ValueBudget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Checkpoints, and what is sent to other members, hold alarms, users and roles. */
final class StateSectionsTest {

    @TempDir
    Path directory = Path.of("");

    private static StoreMachine machine() {
        return new StoreMachine(new ResponseHeader(1, 1), new LeaseClock(), () -> 0);
    }

    private static StoreMachine machineWithAlarmAndUsers() {
        StoreMachine machine = machine();
        byte[] alarm = AlarmRequest.newBuilder().setAction(AlarmRequest.AlarmAction.ACTIVATE).setMemberID(-7)
                .setAlarm(AlarmType.NOSPACE).build().toByteArray();
        machine.apply(Command.QUOTA_ALARM, alarm, null, 1);
        machine.apply(Command.USER_ADD,
                AuthUserAddRequest.newBuilder().setName("root").setHashedPassword("h").build().toByteArray(), null, 1);
        machine.apply(Command.ROLE_ADD, AuthRoleAddRequest.newBuilder().setName("r").build().toByteArray(), null, 1);
        machine.apply(Command.USER_GRANT_ROLE,
                AuthUserGrantRoleRequest.newBuilder().setUser("root").setRole("root").build().toByteArray(), null, 1);
        machine.apply(Command.AUTH_ENABLE, "secret".getBytes(StandardCharsets.UTF_8), null, 1);
        return machine;
    }

    private static void assertSame(StoreMachine restored, StoreMachine machine) {
        assertThat(restored.alarms().all()).containsExactly(new Alarms.Alarm(-7, Alarms.Type.NO_SPACE, true));
        AuthState auth = restored.auth();
        assertThat(auth.enabled()).isTrue();
        assertThat(auth.revision()).isEqualTo(4);
        assertThat(auth.secret()).isEqualTo(ByteString.copyFromUtf8("secret"));
        assertThat(auth.users()).isEqualTo(machine.auth().users());
        assertThat(auth.roles()).isEqualTo(machine.auth().roles());
    }

    @Test
    void alarmsUsersAndRolesComeBack() throws IOException {
        StoreMachine machine = machineWithAlarmAndUsers();
        Path exported = directory.resolve("exported");
        try (StateCheckpoint checkpoint = new StateCheckpoint(directory.resolve("state.pages"), machine,
                ValueBudget.UNLIMITED, null)) {
            try (StateCheckpoint.Captured captured = checkpoint.capture(5, 1)) {
                captured.write();
            }
            checkpoint.export(exported);
        }
        StoreMachine restored = machine();
        try (StateCheckpoint checkpoint = new StateCheckpoint(directory.resolve("state.pages"), restored,
                ValueBudget.UNLIMITED, null)) {
            checkpoint.restore();
            assertSame(restored, machine);
        }
        StoreMachine other = machine();
        try (StateCheckpoint checkpoint = new StateCheckpoint(directory.resolve("other.pages"), other,
                ValueBudget.UNLIMITED, null)) {
            checkpoint.restore(exported);
            assertSame(other, machine);
        }
    }

    @Test
    void aSectionThatThisVersionDoesNotKnowIsAnError() {
        assertThatThrownBy(() -> StateSections.NONE.with((byte) 9, new byte[0])).isInstanceOf(IOException.class)
                .hasMessageContaining("section 9");
    }
}
