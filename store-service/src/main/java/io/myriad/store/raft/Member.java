package io.myriad.store.raft;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * A member of the cluster as the options name it.
 *
 * @param id 64 bits, unsigned, never 0
 * @param name as {@code --initial-cluster} names it
 * @param peerUrls where other members reach it
 */
public record Member(long id, String name, List<String> peerUrls) {

    /**
     * A member of an initial cluster. Its id is computed as etcd does: the first eight bytes of the SHA-1 of its sorted peer URLs and the cluster's token, so that every
     * member finds the same one by itself.
     */
    public static Member initial(String name, List<String> peerUrls, String clusterToken) {
        List<String> sorted = peerUrls.stream().sorted().toList();
        return new Member(firstEightBytes((String.join("", sorted) + clusterToken).getBytes(StandardCharsets.UTF_8)),
                name, sorted);
    }

    /** The id of a member that joins a cluster at a time, in seconds: etcd's, whose clusters have no token by then. */
    public static long addedId(List<String> peerUrls, long unixSeconds) {
        return firstEightBytes((String.join("", peerUrls.stream().sorted().toList()) + unixSeconds)
                .getBytes(StandardCharsets.UTF_8));
    }

    /** The id of a cluster, from the ids of its initial members. */
    public static long clusterId(List<Member> members) {
        long[] ids = members.stream().mapToLong(Member::id).map(id -> id ^ Long.MIN_VALUE).sorted()
                .map(id -> id ^ Long.MIN_VALUE).toArray();
        ByteBuffer bytes = ByteBuffer.allocate(ids.length * Long.BYTES);
        for (long id : ids) {
            bytes.putLong(id);
        }
        return firstEightBytes(bytes.array());
    }

    private static long firstEightBytes(byte[] input) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-1").digest(input)).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-1", e);
        }
    }

    /** Host of the first peer URL. */
    public String host() {
        return URI.create(peerUrls.getFirst()).getHost();
    }

    /** Port of the first peer URL. */
    public int port() {
        return URI.create(peerUrls.getFirst()).getPort();
    }
}
