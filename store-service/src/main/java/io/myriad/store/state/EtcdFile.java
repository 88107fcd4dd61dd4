package io.myriad.store.state;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * A file that holds etcd's database: what {@code etcdctl snapshot save} wrote, with a SHA-256 of the database behind it, or a copy of a member's file without one. As {@code etcdutl} does
 * it, the length says which it is: that of a database is a multiple of a disk's sector.
 *
 * @param databaseBytes length of the database
 */
record EtcdFile(Path path, long databaseBytes) {

    private static final int SECTOR_BYTES = 512;
    private static final int BUFFER_BYTES = 1 << 16;

    /** The digest that is sent behind a database. */
    static final String ALGORITHM = "SHA-256";

    static final int HASH_BYTES = 32;

    /** Looks at a file, and checks its hash if it has one. */
    static EtcdFile open(Path path) throws IOException {
        long size = Files.size(path);
        if (size == 0) {
            throw new IOException("it is empty");
        }
        int rest = (int) (size % SECTOR_BYTES);
        if (rest != 0 && rest != HASH_BYTES) {
            throw new IOException("its length of " + size
                    + " bytes is neither that of a database nor that of one with its hash: it was cut off");
        }
        EtcdFile file = new EtcdFile(path, size - rest);
        if (rest != 0) {
            file.checkHash();
        }
        return file;
    }

    private void checkHash() throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance(ALGORITHM);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no " + ALGORITHM, e);
        }
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(path)) {
            for (long left = databaseBytes; left > 0;) {
                int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (read < 0) {
                    throw new IOException("it became shorter while it was read");
                }
                digest.update(buffer, 0, read);
                left -= read;
            }
            if (!Arrays.equals(digest.digest(), in.readNBytes(HASH_BYTES))) {
                throw new IOException("it is damaged: the SHA-256 at its end is not that of what is before it");
            }
        }
    }
}
