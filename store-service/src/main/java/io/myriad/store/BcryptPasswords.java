package io.myriad.store;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

import org.springframework.security.crypto.bcrypt.BCrypt;

import io.myriad.store.server.PasswordHashing;

/** Passwords hashed with bcrypt, as etcd keeps them. */
final class BcryptPasswords implements PasswordHashing {

    /** etcd's default: 2 to this power rounds. */
    static final int DEFAULT_COST = 10;

    private static final Pattern HASH = Pattern.compile("\\$2[aby]?\\$\\d\\d\\$[./0-9A-Za-z]{53}");

    private final int cost;

    /** @param cost rounds as a power of two, 4 to 31 */
    BcryptPasswords(int cost) {
        this.cost = cost;
    }

    @Override
    public String hash(String password) {
        return BCrypt.hashpw(password.getBytes(StandardCharsets.UTF_8), BCrypt.gensalt(cost));
    }

    @Override
    public boolean matches(String password, String hash) {
        return HASH.matcher(hash).matches() && BCrypt.checkpw(password.getBytes(StandardCharsets.UTF_8), hash);
    }
}
