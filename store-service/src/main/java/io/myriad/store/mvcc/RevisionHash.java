package io.myriad.store.mvcc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;

/**
 * A checksum of the keys' history up to a revision, the same on all members whatever each of them has let go of already. It is the one that etcd computes: CRC-32C over the name of its
 * bucket and then, in revision order, each revision's key (revision, {@code _}, number within the revision, {@code t} for a deletion; big-endian) and stored key-value.
 *
 * <p>Of what was compacted counts the newest version of a key at the revision, unless that is a deletion. If no key lives at the revision, then what compaction has left does.
 *
 * @param status {@link RevisionStatus#AVAILABLE}, or why there is no checksum
 * @param hash the checksum
 * @param compactedRevision the last compaction before it, 0 if there was none
 * @param revision up to which revision
 */
public record RevisionHash(RevisionStatus status, int hash, long compactedRevision, long revision) {

    /** How often it is begun again because a compaction came in between. */
    private static final int MAX_ATTEMPTS = 10;
    private static final byte[] BUCKET = "key".getBytes(StandardCharsets.US_ASCII);

    /**
     * Computes it. Reads the whole history: not for an event loop. Any thread.
     *
     * @param views gives the newest view
     * @param revision 0 for the newest
     */
    public static RevisionHash of(Supplier<StoreView> views, long revision) {
        RevisionHash failed = new RevisionHash(RevisionStatus.COMPACTED, 0, 0, revision);
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            StoreView view = views.get();
            long compacted = view.compactedRevision();
            long target = revision == 0 ? view.revision() : revision;
            RevisionStatus status = view.status(target);
            if (status != RevisionStatus.AVAILABLE) {
                return new RevisionHash(status, 0, compacted, target);
            }
            List<KeyVersion> versions = collect(view, target, compacted);
            // Compaction cuts chains while they are being walked.
            if (view.compactedRevision() == compacted) {
                try {
                    return new RevisionHash(status, hash(versions), compacted, target);
                } catch (CompactedException e) {
                    // Values went after the links: once more.
                }
            }
        }
        return failed;
    }

    private static List<KeyVersion> collect(StoreView view, long revision, long compacted) {
        List<KeyVersion> counted = new ArrayList<>();
        List<KeyVersion> left = new ArrayList<>();
        boolean[] anyLives = new boolean[1];
        view.forEachNewest(newest -> {
            KeyVersion current = newest.at(revision);
            anyLives[0] |= current != null && !current.isTombstone();
            @Nullable
            KeyVersion version = current;
            for (; version != null && version.modRevision() > compacted; version = version.previous()) {
                counted.add(version);
            }
            if (version != null && !version.isTombstone()) {
                (version == current ? counted : left).add(version);
            }
        });
        if (!anyLives[0]) {
            counted.addAll(left);
        }
        counted.sort(KeyVersion::compareRevisions);
        return counted;
    }

    private static int hash(List<KeyVersion> versions) {
        CRC32C crc = new CRC32C();
        crc.update(BUCKET);
        ByteBuffer revision = ByteBuffer.allocate(18);
        for (KeyVersion version : new WholeVersions(versions)) {
            revision.clear().putLong(version.modRevision()).put((byte) '_').putLong(version.subRevision());
            if (version.isTombstone()) {
                revision.put((byte) 't');
            }
            crc.update(revision.flip());
            // Of a deletion etcd stores the key alone, which comes first.
            Slice key = version.keySlice();
            byte[] keyValue = version.keyValue();
            crc.update(keyValue, 0, version.isTombstone() ? key.offset() + key.length() : keyValue.length);
        }
        return (int) crc.getValue();
    }
}
