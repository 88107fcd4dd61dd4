package io.myriad.store.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;

import io.myriad.store.api.AlarmMember;
import io.myriad.store.api.auth.Role;
import io.myriad.store.api.auth.User;
import io.myriad.store.api.mvcc.KeyValue;
import io.myriad.store.bolt.BoltReader;
import io.myriad.store.lease.LeaseTable;
import io.myriad.store.mvcc.MvccStore;
import io.myriad.store.wire.WireFormatException;

/**
 * Makes etcd's database a machine's state: keys with their history, leases, users, roles and alarms. What it says of the cluster is left out, since a new one is made.
 *
 * <p>Lease ids come along; their times begin anew, or with what was written down that they have left. Whoever has a simple token has to ask for another: etcd keeps those in memory only.
 */
public final class EtcdImport {

    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\..*");

    private final BoltReader database;

    private EtcdImport(BoltReader database) {
        this.database = database;
    }

    /** Replaces the machine's state by that in a file; when the file cannot be used the state stays, and the message says what is wrong with the file. */
    public static void restore(Path path, StoreMachine machine) throws IOException {
        EtcdFile file = EtcdFile.open(path);
        try (BoltReader database = new BoltReader(path, file.databaseBytes())) {
            new EtcdImport(database).restore(machine);
        } catch (InvalidProtocolBufferException | WireFormatException e) {
            throw new IOException("it is damaged: " + e.getMessage(), e);
        }
    }

    private void restore(StoreMachine machine) throws IOException {
        Map<String, byte[]> meta = small(EtcdBuckets.META);
        checkVersion(meta.get(EtcdBuckets.STORAGE_VERSION));
        LeaseTable leases = leases();
        MvccStore store = store(meta);
        List<Long> unknown = new ArrayList<>();
        store.forEachLeasedKey((key, lease) -> {
            if (leases.get(lease) == null) {
                unknown.add(lease);
            } else {
                leases.move(key, 0, lease);
            }
        });
        if (!unknown.isEmpty()) {
            throw new IOException("keys belong to lease " + Long.toHexString(unknown.getFirst())
                    + ", which is not in it");
        }
        machine.restore(store, leases, new StateSections(alarms(), auth(), Membership.UNKNOWN));
    }

    private Map<String, byte[]> small(String bucket) throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        database.visit(bucket, (key, value) -> entries.put(StandardCharsets.UTF_8.decode(key).toString(),
                bytes(value)));
        return entries;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }

    /** Before 3.6 none was written. */
    private static void checkVersion(byte @Nullable [] stored) throws IOException {
        if (stored == null) {
            return;
        }
        String version = new String(stored, StandardCharsets.UTF_8);
        Matcher parts = VERSION.matcher(version);
        if (!parts.matches() || Integer.parseInt(parts.group(1)) != EtcdBuckets.MAJOR_VERSION
                || Integer.parseInt(parts.group(2)) > EtcdBuckets.MINOR_VERSION) {
            throw new IOException("it has storage version " + version + ", and those up to " + EtcdBuckets.VERSION
                    + " are known");
        }
    }

    private LeaseTable leases() throws IOException {
        LeaseTable leases = new LeaseTable();
        database.visit(EtcdBuckets.LEASE, (key, value) -> {
            StoredLease lease = StoredLease.read(bytes(value));
            if (key.remaining() != Long.BYTES || key.duplicate().getLong() != lease.id() || lease.id() == 0
                    || lease.ttlSeconds() <= 0) {
                throw new IOException("an entry of bucket " + EtcdBuckets.LEASE + " is no lease");
            }
            lease.addTo(leases);
        });
        return leases;
    }

    private MvccStore store(Map<String, byte[]> meta) throws IOException {
        // What was scheduled etcd would finish when it starts.
        long compacted = Math.max(revision(meta.get(EtcdBuckets.FINISHED_COMPACTION)),
                revision(meta.get(EtcdBuckets.SCHEDULED_COMPACTION)));
        long[] newest = {Math.max(MvccStore.FIRST_REVISION, compacted)};
        database.visit(EtcdBuckets.KEY,
                (key, value) -> newest[0] = Math.max(newest[0], EtcdBuckets.Revision.of(key).main()));
        MvccStore.Loader loader = new MvccStore.Loader(newest[0], compacted);
        database.visit(EtcdBuckets.KEY, (key, value) -> add(loader, EtcdBuckets.Revision.of(key), value));
        return loader.build();
    }

    private static long revision(byte @Nullable [] stored) throws IOException {
        return stored == null ? 0 : EtcdBuckets.Revision.of(ByteBuffer.wrap(stored)).main();
    }

    private static void add(MvccStore.Loader loader, EtcdBuckets.Revision revision, ByteBuffer value)
            throws IOException {
        if (!value.hasRemaining()) {
            return; // what `etcdutl snapshot restore --bump-revision` leaves to raise the revision
        }
        KeyValue keyValue = KeyValue.parseFrom(bytes(value));
        if (keyValue.getKey().isEmpty()
                || !revision.tombstone() && (keyValue.getModRevision() != revision.main()
                        || keyValue.getCreateRevision() <= 0 || keyValue.getVersion() <= 0)) {
            throw new IOException("revision " + revision.main() + "." + revision.sub() + " does not hold a key of it");
        }
        // In the order of the fields, and a deletion with its revision, as watchers receive it.
        byte[] bytes = revision.tombstone()
                ? KeyValue.newBuilder().setKey(keyValue.getKey()).setModRevision(revision.main()).build().toByteArray()
                : keyValue.toByteArray();
        loader.add(bytes, revision.main(), revision.sub(), revision.tombstone());
    }

    private List<Alarms.Alarm> alarms() throws IOException {
        List<Alarms.Alarm> alarms = new ArrayList<>();
        database.visit(EtcdBuckets.ALARM, (key, value) -> {
            AlarmMember alarm = AlarmMember.parseFrom(bytes(key));
            Alarms.Type type = Alarms.Type.of(alarm.getAlarmValue());
            if (type == null || alarms.size() == Alarms.MAX_ALARMS) {
                throw new IOException(
                        "an entry of bucket " + EtcdBuckets.ALARM + " is no alarm, or there are too many");
            }
            alarms.add(new Alarms.Alarm(alarm.getMemberID(), type, false));
        });
        return alarms;
    }

    private AuthState auth() throws IOException {
        Map<String, byte[]> auth = small(EtcdBuckets.AUTH);
        byte[] enabled = auth.getOrDefault(EtcdBuckets.AUTH_ENABLED, new byte[0]);
        byte[] stored = auth.getOrDefault(EtcdBuckets.AUTH_REVISION, new byte[0]);
        long revision = stored.length == Long.BYTES ? ByteBuffer.wrap(stored).getLong() : AuthState.EMPTY.revision();
        SortedMap<String, AuthState.Account> users = new TreeMap<>();
        database.visit(EtcdBuckets.AUTH_USERS, (key, value) -> {
            User user = User.parseFrom(bytes(value));
            users.put(user.getName().toStringUtf8(), new AuthState.Account(user, revision));
        });
        SortedMap<String, Role> roles = new TreeMap<>();
        database.visit(EtcdBuckets.AUTH_ROLES, (key, value) -> {
            Role role = Role.parseFrom(bytes(value));
            roles.put(role.getName().toStringUtf8(), role);
        });
        boolean counts = enabled.length == 1 && enabled[0] == 1;
        // Without a secret, which the members agree on when they have a leader: one that could be told from the file would be none.
        return new AuthState(counts, revision, ByteString.EMPTY, users, roles);
    }
}
