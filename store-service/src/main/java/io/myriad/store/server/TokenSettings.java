package io.myriad.store.server;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/** What kind of tokens clients get for their passwords. */
public sealed interface TokenSettings {

    /**
     * Tokens that the cluster itself signs.
     *
     * @param ttlMillis how long one is valid
     */
    record Simple(long ttlMillis) implements TokenSettings {}

    /**
     * JSON web tokens, which others can issue too.
     *
     * @param signMethod name of the algorithm, as {@code RS256}
     * @param publicKey checks signatures; null: the public part of the private key
     * @param privateKey signs; null: this member only checks. With HS algorithms the file is the secret
     * @param ttlMillis how long one is valid
     */
    record Jwt(String signMethod, @Nullable Path publicKey, @Nullable Path privateKey,
            long ttlMillis) implements TokenSettings {}
}
