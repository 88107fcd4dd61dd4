package io.myriad.store.server;

/** Hashes passwords. Slow on purpose: not for an event loop. Thread-safe. */
public interface PasswordHashing {

    /** A hash with new salt. Throws {@link IllegalArgumentException} when the password is too long. */
    String hash(String password);

    /** Whether a hash is a password's. False for what is no hash. */
    boolean matches(String password, String hash);
}
