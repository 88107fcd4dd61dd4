package io.myriad.store.server;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;

import io.myriad.store.state.AuthState;
import io.myriad.store.state.Caller;

/**
 * Tokens that the cluster signs with the secret it made when authentication was enabled: name of the user, revision and end in milliseconds since 1970, with an HMAC-SHA256. Every member
 * can check them and none keeps them, so there may be any number, and they outlive restarts. A new password, a deleted user and the end of authentication make them void.
 *
 * <p>etcd's simple tokens are random, kept by each member, and prolonged by being used; these end some time after they were issued, used or not, and clients then ask for another.
 */
final class SimpleTokens implements Tokens {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int PARTS = 4;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final long ttlMillis;
    private final LongSupplier currentTimeMillis;

    /**
     * @param ttlMillis how long a token is valid
     * @param currentTimeMillis milliseconds since 1970; members' clocks should not differ by minutes
     */
    SimpleTokens(long ttlMillis, LongSupplier currentTimeMillis) {
        this.ttlMillis = ttlMillis;
        this.currentTimeMillis = currentTimeMillis;
    }

    @Override
    public String issue(String user, AuthState state) {
        String content = ENCODER.encodeToString(user.getBytes(StandardCharsets.UTF_8)) + "." + state.revision() + "."
                + (currentTimeMillis.getAsLong() + ttlMillis);
        return content + "." + ENCODER.encodeToString(sign(content, state));
    }

    @Override
    public boolean arePinned() {
        return false;
    }

    @Override
    public @Nullable Caller verify(String token, AuthState state) {
        String[] parts = token.split("\\.", PARTS + 1);
        if (parts.length != PARTS) {
            return null;
        }
        try {
            byte[] signature = Base64.getUrlDecoder().decode(parts[3]);
            String content = token.substring(0, token.length() - parts[3].length() - 1);
            if (!MessageDigest.isEqual(signature, sign(content, state))
                    || Long.parseLong(parts[2]) < currentTimeMillis.getAsLong()) {
                return null;
            }
            String user = new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8);
            AuthState.Account account = state.account(user);
            return account == null || Long.parseLong(parts[1]) < account.since()
                    ? null
                    : new Caller(user, state.revision());
        } catch (IllegalArgumentException e) {
            return null; // not base64, or not a number
        }
    }

    private static byte[] sign(String content, AuthState state) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(state.secret().toByteArray(), ALGORITHM));
            return mac.doFinal(content.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + ALGORITHM, e);
        }
    }
}
