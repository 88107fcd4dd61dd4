package io.myriad.store.state;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import io.myriad.store.api.AlarmMember;
import io.myriad.store.api.AlarmType;
import io.myriad.store.bolt.BoltWriter;
import io.myriad.store.mvcc.KeyVersion;
import io.myriad.store.mvcc.SnapshotSource;
import io.myriad.store.wire.Wire;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A state that is written as etcd's database while the machine goes on. Compaction removes nothing until it is closed. */
public final class EtcdExport implements AutoCloseable {

    private static final byte[] NOTHING = new byte[0];

    private final SnapshotSource source;
    private final List<StoredLease> leases;
    private final List<Alarms.Alarm> alarms;
    private final AuthState auth;
    private final EtcdCluster cluster;

    /**
     * Takes the machine's state as it is. The apply thread, or any that keeps it waiting.
     *
     * @param appliedIndex place in the log of the last entry that the state is the result of
     * @param appliedTerm term of that entry
     * @param members of the cluster, as far as they are known
     */
    public EtcdExport(StoreMachine machine, long appliedIndex, long appliedTerm, Membership members) {
        this.cluster = new EtcdCluster(appliedIndex, appliedTerm, members);
        leases = StoredLease.allOf(machine.leases());
        alarms = machine.alarms().all();
        auth = machine.auth();
        source = new SnapshotSource(machine.store());
    }

    /** Writes a database into an empty file. Any thread. */
    public void write(FileChannel file) throws IOException {
        BoltWriter out = new BoltWriter(file);
        writeAlarms(out);
        writeAuth(out);
        out.bucket(EtcdBuckets.CLUSTER);
        put(out, EtcdBuckets.CLUSTER_VERSION, EtcdBuckets.VERSION.getBytes(UTF_8));
        put(out, EtcdBuckets.DOWNGRADE, "{\"target-version\":\"\",\"enabled\":false}".getBytes(UTF_8));
        out.bucket(EtcdBuckets.KEY);
        source.forEachReadable(version -> out.put(
                new EtcdBuckets.Revision(version.modRevision(), version.subRevision(), version.isTombstone()).toBytes(),
                valueOf(version)));
        writeLeases(out);
        out.bucket(EtcdBuckets.MEMBERS);
        for (var member : cluster.members().entrySet()) {
            put(out, member.getKey(), member.getValue());
        }
        out.bucket(EtcdBuckets.MEMBERS_REMOVED);
        writeMeta(out);
        out.finish();
    }

    private static void put(BoltWriter out, String key, byte[] value) throws IOException {
        out.put(key.getBytes(UTF_8), value);
    }

    /** Of a deletion etcd keeps the key only. */
    private static byte[] valueOf(KeyVersion version) {
        if (!version.isTombstone()) {
            return version.keyValue();
        }
        byte[] key = version.key();
        byte[] value = new byte[Wire.bytesFieldSize(key.length)];
        Wire.putBytesField(value, 0, 1, key, 0, key.length);
        return value;
    }

    private void writeAlarms(BoltWriter out) throws IOException {
        out.bucket(EtcdBuckets.ALARM);
        SortedMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
        for (Alarms.Alarm alarm : alarms) {
            entries.put(AlarmMember.newBuilder().setMemberID(alarm.memberId())
                    .setAlarm(AlarmType.forNumber(alarm.type().number())).build().toByteArray(), NOTHING);
        }
        putAll(out, entries);
    }

    private static void putAll(BoltWriter out, SortedMap<byte[], byte[]> entries) throws IOException {
        for (var entry : entries.entrySet()) {
            out.put(entry.getKey(), entry.getValue());
        }
    }

    private void writeAuth(BoltWriter out) throws IOException {
        out.bucket(EtcdBuckets.AUTH);
        put(out, EtcdBuckets.AUTH_ENABLED, new byte[]{(byte) (auth.enabled() ? 1 : 0)});
        put(out, EtcdBuckets.AUTH_REVISION, EtcdBuckets.number(auth.revision()));
        SortedMap<byte[], byte[]> roles = new TreeMap<>(Arrays::compareUnsigned);
        auth.roles().values().forEach(role -> roles.put(role.getName().toByteArray(), role.toByteArray()));
        out.bucket(EtcdBuckets.AUTH_ROLES);
        putAll(out, roles);
        SortedMap<byte[], byte[]> users = new TreeMap<>(Arrays::compareUnsigned);
        auth.users().values().forEach(account -> users.put(account.user().getName().toByteArray(),
                account.user().toByteArray()));
        out.bucket(EtcdBuckets.AUTH_USERS);
        putAll(out, users);
    }

    private void writeLeases(BoltWriter out) throws IOException {
        out.bucket(EtcdBuckets.LEASE);
        for (StoredLease lease : leases) {
            out.put(EtcdBuckets.number(lease.id()), lease.toBytes());
        }
    }

    private void writeMeta(BoltWriter out) throws IOException {
        out.bucket(EtcdBuckets.META);
        put(out, EtcdBuckets.CONF_STATE, cluster.confState());
        put(out, EtcdBuckets.CONSISTENT_INDEX, EtcdBuckets.number(cluster.appliedIndex()));
        if (source.compactedRevision() > 0) {
            byte[] compacted = new EtcdBuckets.Revision(source.compactedRevision(), 0, false).toBytes();
            put(out, EtcdBuckets.FINISHED_COMPACTION, compacted);
            put(out, EtcdBuckets.SCHEDULED_COMPACTION, compacted);
        }
        put(out, EtcdBuckets.STORAGE_VERSION, EtcdBuckets.VERSION.getBytes(UTF_8));
        put(out, EtcdBuckets.TERM, EtcdBuckets.number(cluster.appliedTerm()));
    }

    @Override
    public void close() {
        source.close();
    }
}
