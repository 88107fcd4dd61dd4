package io.myriad.store.state;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.AlarmRequest;
import io.myriad.store.api.AlarmType;
import io.myriad.store.api.AuthRoleAddRequest;
import io.myriad.store.api.AuthUserAddRequest;
import io.myriad.store.api.AuthUserGrantRoleRequest;
import io.myriad.store.lease.LeaseClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Snapshots hold alarms, users and roles; those of the format before are still read, those of a later one are refused. */
final class SnapshotFormatTest {

    private static final int MAGIC = 0x4D595253;

    @TempDir
    Path directory = Path.of("");

    private static StoreMachine machine() {
        return new StoreMachine(new ResponseHeader(1, 1), new LeaseClock(), () -> 0);
    }

    @Test
    void alarmsUsersAndRolesComeBack() throws IOException {
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
        Path file = directory.resolve("snapshot");
        try (StateSnapshot snapshot = StateSnapshot.capture(machine)) {
            snapshot.write(file);
        }
        StoreMachine restored = machine();
        StateSnapshot.load(file, restored);
        assertThat(restored.alarms().all())
                .containsExactly(new Alarms.Alarm(-7, Alarms.Type.NO_SPACE, true));
        AuthState auth = restored.auth();
        assertThat(auth.enabled()).isTrue();
        assertThat(auth.revision()).isEqualTo(4);
        assertThat(auth.secret()).isEqualTo(ByteString.copyFromUtf8("secret"));
        assertThat(auth.users()).isEqualTo(machine.auth().users());
        assertThat(auth.roles()).isEqualTo(machine.auth().roles());
    }

    /** An empty store as a version wrote it that knew no sections. */
    private Path write(int format) throws IOException {
        Path file = directory.resolve("format" + format);
        try (CheckedOutputStream checked = new CheckedOutputStream(Files.newOutputStream(file), new CRC32C());
                DataOutputStream out = new DataOutputStream(checked)) {
            out.writeInt(MAGIC);
            out.writeInt(format);
            out.writeLong(9);
            out.writeLong(3);
            out.writeInt(0);
            out.writeInt(0);
            out.writeByte(0);
            out.writeLong(checked.getChecksum().getValue());
        }
        return file;
    }

    @Test
    void theFormatBeforeIsRead() throws IOException {
        StoreMachine machine = machine();
        StateSnapshot.load(write(1), machine);
        assertThat(machine.view().revision()).isEqualTo(9);
        assertThat(machine.alarms().all()).isEmpty();
        assertThat(machine.auth().enabled()).isFalse();
        assertThatThrownBy(() -> StateSnapshot.load(write(3), machine())).isInstanceOf(IOException.class)
                .hasMessageContaining("snapshot format 3");
    }
}
