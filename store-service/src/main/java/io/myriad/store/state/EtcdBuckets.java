package io.myriad.store.state;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Names and encodings of what etcd keeps in its database; numbers are big-endian there. As in {@code server/storage/schema} and {@code server/storage/mvcc/revision.go} of
 * github.com/etcd-io/etcd.
 */
final class EtcdBuckets {

    static final String ALARM = "alarm";
    static final String AUTH = "auth";
    static final String AUTH_ROLES = "authRoles";
    static final String AUTH_USERS = "authUsers";
    static final String CLUSTER = "cluster";
    static final String KEY = "key";
    static final String LEASE = "lease";
    static final String MEMBERS = "members";
    static final String MEMBERS_REMOVED = "members_removed";
    static final String META = "meta";

    static final String AUTH_ENABLED = "authEnabled";
    static final String AUTH_REVISION = "authRevision";
    static final String CLUSTER_VERSION = "clusterVersion";
    static final String CONF_STATE = "confState";
    static final String CONSISTENT_INDEX = "consistent_index";
    static final String DOWNGRADE = "downgrade";
    static final String FINISHED_COMPACTION = "finishedCompactRev";
    static final String SCHEDULED_COMPACTION = "scheduledCompactRev";
    static final String STORAGE_VERSION = "storageVersion";
    static final String TERM = "term";

    /** The files whose content this is; a file of a newer minor version may hold what is not known here. */
    static final int MAJOR_VERSION = 3;
    static final int MINOR_VERSION = 7;
    static final String VERSION = MAJOR_VERSION + "." + MINOR_VERSION + ".0";

    private static final int REVISION_BYTES = 17;
    private static final byte TOMBSTONE = 't';

    private EtcdBuckets() {}

    /**
     * The key of a version.
     *
     * @param sub place within the revision
     */
    record Revision(long main, int sub, boolean tombstone) {

        byte[] toBytes() {
            ByteBuffer bytes = ByteBuffer.allocate(tombstone ? REVISION_BYTES + 1 : REVISION_BYTES);
            bytes.putLong(main).put((byte) '_').putLong(sub);
            if (tombstone) {
                bytes.put(TOMBSTONE);
            }
            return bytes.array();
        }

        static Revision of(ByteBuffer key) throws IOException {
            int length = key.remaining();
            ByteBuffer bytes = key.duplicate();
            if (length == REVISION_BYTES || length == REVISION_BYTES + 1 && key.get(REVISION_BYTES) == TOMBSTONE) {
                long main = bytes.getLong();
                byte separator = bytes.get();
                long sub = bytes.getLong();
                if (main > 0 && main < Long.MAX_VALUE && separator == '_' && sub >= 0 && sub <= Integer.MAX_VALUE) {
                    return new Revision(main, (int) sub, length > REVISION_BYTES);
                }
            }
            throw new IOException("a key of bucket " + KEY + " is no revision");
        }
    }

    static byte[] number(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }
}
