package io.myriad.store.state;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import com.google.protobuf.ByteString;

import io.myriad.store.api.auth.Role;
import io.myriad.store.api.auth.User;

/**
 * The parts of the state that are small and kept as a whole, each under a number. A number that this version does not know is an error, because a member that left a part of the state out
 * would not be the same as the others.
 */
record StateSections(List<Alarms.Alarm> alarms, AuthState auth, Membership membership) {

    static final StateSections NONE = new StateSections(List.of(), AuthState.EMPTY, Membership.UNKNOWN);

    private static final byte ALARMS = 1;
    private static final byte AUTH = 2;
    private static final byte MEMBERS = 3;

    /** Takes the sections. */
    @FunctionalInterface
    interface Sink {
        void accept(byte number, byte[] bytes) throws IOException;
    }

    /** What writes one section. */
    @FunctionalInterface
    private interface Section {
        void write(DataOutputStream out) throws IOException;
    }

    /** The state as it is. The apply thread. */
    static StateSections capture(StoreMachine machine) {
        return new StateSections(machine.alarms().all(), machine.auth(), machine.membership());
    }

    void forEach(Sink sink) throws IOException {
        sink.accept(ALARMS, bytes(this::writeAlarms));
        sink.accept(AUTH, bytes(this::writeAuth));
        sink.accept(MEMBERS, membership.toBytes());
    }

    private static byte[] bytes(Section section) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        section.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private void writeAlarms(DataOutputStream out) throws IOException {
        out.writeInt(alarms.size());
        for (Alarms.Alarm alarm : alarms) {
            out.writeLong(alarm.memberId());
            out.writeByte(alarm.type().number());
            out.writeBoolean(alarm.byQuota());
        }
    }

    /** These with a section in place of the one with the same number. */
    StateSections with(byte number, byte[] bytes) throws IOException {
        DataInputStream section = new DataInputStream(new ByteArrayInputStream(bytes));
        return switch (number) {
            case ALARMS -> new StateSections(readAlarms(section), auth, membership);
            case AUTH -> new StateSections(alarms, readAuth(section), membership);
            case MEMBERS -> new StateSections(alarms, auth, Membership.read(bytes));
            default -> throw new IOException(
                    "the state has a section " + number + ", which this version does not know");
        };
    }

    private void writeAuth(DataOutputStream out) throws IOException {
        out.writeBoolean(auth.enabled());
        out.writeLong(auth.revision());
        writeBytes(out, auth.secret().toByteArray());
        out.writeInt(auth.users().size());
        for (AuthState.Account account : auth.users().values()) {
            out.writeLong(account.since());
            writeBytes(out, account.user().toByteArray());
        }
        out.writeInt(auth.roles().size());
        for (Role role : auth.roles().values()) {
            writeBytes(out, role.toByteArray());
        }
    }

    private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static AuthState readAuth(DataInputStream in) throws IOException {
        boolean enabled = in.readBoolean();
        long revision = in.readLong();
        byte[] secret = readBytes(in);
        SortedMap<String, AuthState.Account> users = new TreeMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            long since = in.readLong();
            User user = User.parseFrom(readBytes(in));
            users.put(user.getName().toStringUtf8(), new AuthState.Account(user, since));
        }
        SortedMap<String, Role> roles = new TreeMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            Role role = Role.parseFrom(readBytes(in));
            roles.put(role.getName().toStringUtf8(), role);
        }
        return new AuthState(enabled, revision, ByteString.copyFrom(secret), users, roles);
    }

    private static byte[] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("the state says that a part of it has " + length + " bytes");
        }
        return in.readNBytes(length);
    }

    private static List<Alarms.Alarm> readAlarms(DataInputStream in) throws IOException {
        List<Alarms.Alarm> alarms = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            long memberId = in.readLong();
            Alarms.Type type = Alarms.Type.of(in.readByte());
            if (type == null) {
                throw new IOException("the state holds an alarm that this version does not know");
            }
            alarms.add(new Alarms.Alarm(memberId, type, in.readBoolean()));
        }
        return alarms;
    }
}
