package io.myriad.store.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.util.Date;
import java.util.function.LongSupplier;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import org.jspecify.annotations.Nullable;

import io.myriad.certificates.PemKeys;
import io.myriad.store.state.AuthState;
import io.myriad.store.state.Caller;

/**
 * JSON web tokens with etcd's claims: {@code username}, {@code revision} and {@code exp}. A token stands for the revision of users and roles at which it was issued; after any change of
 * those it is refused as old, and the client asks for another.
 */
final class JwtTokens implements Tokens {

    /** Longest token that is looked at. */
    static final int MAX_TOKEN_CHARS = 8192;

    private final JWSAlgorithm algorithm;
    private final @Nullable JWSSigner signer;
    private final JWSVerifier verifier;
    private final long ttlMillis;
    private final LongSupplier currentTimeMillis;

    private JwtTokens(JWSAlgorithm algorithm, @Nullable JWSSigner signer, JWSVerifier verifier, long ttlMillis,
            LongSupplier currentTimeMillis) {
        this.algorithm = algorithm;
        this.signer = signer;
        this.verifier = verifier;
        this.ttlMillis = ttlMillis;
        this.currentTimeMillis = currentTimeMillis;
    }

    /** Reads the keys; throws with a message for the user if they are not there or do not fit the algorithm. */
    static JwtTokens open(TokenSettings.Jwt settings, LongSupplier currentTimeMillis) throws IOException {
        JWSAlgorithm algorithm = JWSAlgorithm.parse(settings.signMethod());
        try {
            if (JWSAlgorithm.Family.HMAC_SHA.contains(algorithm) && settings.privateKey() != null) {
                byte[] secret = Files.readAllBytes(settings.privateKey());
                return new JwtTokens(algorithm, new MACSigner(secret), new MACVerifier(secret), settings.ttlMillis(),
                        currentTimeMillis);
            }
            Path verifying = settings.publicKey() != null ? settings.publicKey() : settings.privateKey();
            if (verifying == null) {
                throw new IOException("--auth-token: neither pub-key nor priv-key is given");
            }
            PublicKey publicKey = PemKeys.readPublicKeys(verifying).getFirst();
            JWSVerifier verifier = publicKey instanceof ECPublicKey key
                    ? new ECDSAVerifier(key)
                    : new RSASSAVerifier((RSAPublicKey) publicKey);
            JWSSigner signer = settings.privateKey() == null
                    ? null
                    : signer(PemKeys.readPrivateKey(settings.privateKey()));
            if (!verifier.supportedJWSAlgorithms().contains(algorithm)
                    || signer != null && !signer.supportedJWSAlgorithms().contains(algorithm)) {
                throw new IOException("--auth-token: the keys are not for sign-method " + settings.signMethod());
            }
            return new JwtTokens(algorithm, signer, verifier, settings.ttlMillis(), currentTimeMillis);
        } catch (JOSEException | ClassCastException e) {
            throw new IOException("--auth-token: the keys are not for sign-method " + settings.signMethod());
        }
    }

    private static JWSSigner signer(PrivateKey key) throws JOSEException {
        return key instanceof ECPrivateKey elliptic ? new ECDSASigner(elliptic) : new RSASSASigner(key);
    }

    @Override
    public @Nullable String issue(String user, AuthState state) {
        if (signer == null) {
            return null;
        }
        SignedJWT token = new SignedJWT(new JWSHeader.Builder(algorithm).type(JOSEObjectType.JWT).build(),
                new JWTClaimsSet.Builder().claim("username", user).claim("revision", state.revision())
                        .expirationTime(new Date(currentTimeMillis.getAsLong() + ttlMillis)).build());
        try {
            token.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException("a token could not be signed", e);
        }
        return token.serialize();
    }

    @Override
    public boolean arePinned() {
        return true;
    }

    @Override
    public @Nullable Caller verify(String text, AuthState state) {
        if (text.length() > MAX_TOKEN_CHARS) {
            return null;
        }
        try {
            SignedJWT token = SignedJWT.parse(text);
            // The algorithm is ours to choose, never the token's.
            if (!algorithm.equals(token.getHeader().getAlgorithm()) || !token.verify(verifier)) {
                return null;
            }
            JWTClaimsSet claims = token.getJWTClaimsSet();
            String user = claims.getStringClaim("username");
            Long revision = claims.getLongClaim("revision");
            Date end = claims.getExpirationTime();
            boolean ended = end != null && end.getTime() < currentTimeMillis.getAsLong();
            return user == null || user.isEmpty() || revision == null || ended ? null : new Caller(user, revision);
        } catch (ParseException | JOSEException e) {
            return null;
        }
    }
}
