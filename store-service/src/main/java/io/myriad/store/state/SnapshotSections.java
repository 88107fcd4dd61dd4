package io.myriad.store.state;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of a snapshot that are small, each with a number and a length. A number that this version does not know is an error, because a member that left a part of the state out
 * would not be the same as the others.
 */
record SnapshotSections(List<Alarms.Alarm> alarms) {

    static final SnapshotSections NONE = new SnapshotSections(List.of());

    private static final byte ALARMS = 1;

    /** Reads a length and so many bytes. */
    @FunctionalInterface
    interface Bytes {
        byte[] read() throws IOException;
    }

    /** What writes one section. */
    @FunctionalInterface
    private interface Section {
        void write(DataOutputStream out) throws IOException;
    }

    /** The state as it is. The apply thread. */
    static SnapshotSections capture(StoreMachine machine) {
        return new SnapshotSections(machine.alarms().all());
    }

    void write(DataOutputStream out) throws IOException {
        out.writeInt(1);
        write(out, ALARMS, this::writeAlarms);
    }

    private static void write(DataOutputStream out, byte number, Section section) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        section.write(new DataOutputStream(bytes));
        out.writeByte(number);
        out.writeInt(bytes.size());
        bytes.writeTo(out);
    }

    private void writeAlarms(DataOutputStream out) throws IOException {
        out.writeInt(alarms.size());
        for (Alarms.Alarm alarm : alarms) {
            out.writeLong(alarm.memberId());
            out.writeByte(alarm.type().number());
            out.writeBoolean(alarm.byQuota());
        }
    }

    static SnapshotSections read(DataInputStream in, Bytes bytes) throws IOException {
        List<Alarms.Alarm> alarms = List.of();
        for (int left = in.readInt(); left > 0; left--) {
            byte number = in.readByte();
            DataInputStream section = new DataInputStream(new ByteArrayInputStream(bytes.read()));
            switch (number) {
                case ALARMS -> alarms = readAlarms(section);
                default -> throw new IOException(
                        "the snapshot holds section " + number + ", which this version does not know");
            }
        }
        return new SnapshotSections(alarms);
    }

    private static List<Alarms.Alarm> readAlarms(DataInputStream in) throws IOException {
        List<Alarms.Alarm> alarms = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            long memberId = in.readLong();
            Alarms.Type type = Alarms.Type.of(in.readByte());
            if (type == null) {
                throw new IOException("the snapshot holds an alarm that this version does not know");
            }
            alarms.add(new Alarms.Alarm(memberId, type, in.readBoolean()));
        }
        return alarms;
    }
}
