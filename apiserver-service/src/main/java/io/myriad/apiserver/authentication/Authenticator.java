package io.myriad.apiserver.authentication;

import java.security.cert.X509Certificate;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** Finds out who sends a request. Safe for any thread; may block briefly. */
public interface Authenticator {
    /**
     * The credentials of a request.
     *
     * @param certificates the client's verified certificate chain, leaf first; empty without one
     * @param bearerToken the token of the Authorization header, or null
     */
    record Credentials(List<X509Certificate> certificates, @Nullable String bearerToken) {}

    /** The user, or null when the credentials are not valid (401); {@link User#ANONYMOUS} without credentials. */
    @Nullable
    User authenticate(Credentials credentials);
}
