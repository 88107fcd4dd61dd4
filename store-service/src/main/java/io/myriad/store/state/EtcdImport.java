package io.myriad.store.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
import io.myriad.store.mvcc.MvccStore;
import io.myriad.store.wire.WireFormatException;

/**
 * Reads etcd's database as the entries of a state: keys with their history, leases, users, roles and alarms. What it says of the cluster is left out, since a new one is made. Memory is
 * needed for leases, users and roles, and for one key-value: they come in the order of their revisions there as here.
 *
 * <p>Lease ids come along; their times begin anew, or with what was written down that they have left. Whoever has a simple token has to ask for another: etcd keeps those in memory only.
 */
final class EtcdImport {

    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\..*");
    private static final int BUFFER_BYTES = 64 << 10;

    private final BoltReader database;
    private final StateExport.Sink entries;
    private final Set<Long> leases = new HashSet<>();
    /** Keys whose newest version so far belongs to a lease that is not there, with the lease; of a sound database few at a time. */
    private final Map<ByteString, Long> withoutLease = new HashMap<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

    private EtcdImport(BoltReader database, StateExport.Sink entries) {
        this.database = database;
        this.entries = entries;
    }

    /**
     * Hands over the entries of the state that a file holds, in no order; they count only when this returns. When the file cannot be used the message says what is wrong with it.
     */
    static void read(Path path, StateExport.Sink entries) throws IOException {
        EtcdFile file = EtcdFile.open(path);
        try (BoltReader database = new BoltReader(path, file.databaseBytes())) {
            new EtcdImport(database, entries).read();
        } catch (InvalidProtocolBufferException | WireFormatException e) {
            throw new IOException("it is damaged: " + e.getMessage(), e);
        }
    }

    private void read() throws IOException {
        Map<String, byte[]> meta = small(EtcdBuckets.META);
        checkVersion(meta.get(EtcdBuckets.STORAGE_VERSION));
        readLeases();
        readVersions(meta);
        new StateSections(alarms(), auth(), Membership.UNKNOWN)
                .forEach((number, bytes) -> put(StateEntries.sectionKey(number), ByteBuffer.wrap(bytes)));
    }

    private void put(byte[] key, ByteBuffer value) throws IOException {
        entries.accept(ByteBuffer.wrap(key), value);
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

    private void readLeases() throws IOException {
        database.visit(EtcdBuckets.LEASE, (key, value) -> {
            StoredLease lease = StoredLease.read(bytes(value));
            if (key.remaining() != Long.BYTES || key.duplicate().getLong() != lease.id() || lease.id() == 0
                    || lease.ttlSeconds() <= 0) {
                throw new IOException("an entry of bucket " + EtcdBuckets.LEASE + " is no lease");
            }
            leases.add(lease.id());
            put(StateEntries.leaseKey(lease.id()), ByteBuffer.wrap(StateEntries.lease(lease)));
        });
    }

    private void readVersions(Map<String, byte[]> meta) throws IOException {
        // What was scheduled etcd would finish when it starts.
        long compacted = Math.max(revision(meta.get(EtcdBuckets.FINISHED_COMPACTION)),
                revision(meta.get(EtcdBuckets.SCHEDULED_COMPACTION)));
        long[] newest = {Math.max(MvccStore.FIRST_REVISION, compacted)};
        database.visit(EtcdBuckets.KEY, (key, value) -> {
            EtcdBuckets.Revision revision = EtcdBuckets.Revision.of(key);
            newest[0] = Math.max(newest[0], revision.main());
            // An empty one is what `etcdutl snapshot restore --bump-revision` leaves to raise the revision.
            if (value.hasRemaining()) {
                readVersion(revision, value);
            }
        });
        if (!withoutLease.isEmpty()) {
            throw new IOException("keys belong to lease " + Long.toHexString(withoutLease.values().iterator().next())
                    + ", which is not in it");
        }
        put(StateEntries.revisionsKey(), ByteBuffer.wrap(StateEntries.revisions(newest[0], compacted)));
    }

    private static long revision(byte @Nullable [] stored) throws IOException {
        return stored == null ? 0 : EtcdBuckets.Revision.of(ByteBuffer.wrap(stored)).main();
    }

    private void readVersion(EtcdBuckets.Revision revision, ByteBuffer value) throws IOException {
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
        put(StateEntries.versionKey(revision.main(), revision.sub()),
                StateEntries.version(bytes, revision.tombstone(), buffer));
        long lease = revision.tombstone() ? 0 : keyValue.getLease();
        if (lease != 0 && !leases.contains(lease)) {
            withoutLease.put(keyValue.getKey(), lease);
        } else {
            withoutLease.remove(keyValue.getKey());
        }
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
