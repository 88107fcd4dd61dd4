package io.myriad.controller.serviceaccount;

import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

/**
 * Signs the tokens that are kept in Secrets. Unlike those that are asked for, they have no end and no audience: they are worth as much as their Secret, which the API
 * server looks up each time. Claims and their names are upstream's.
 */
final class AccountTokenSigner {
    private static final String ISSUER = "kubernetes/serviceaccount";
    private static final String CLAIM = ISSUER + "/";

    private final JWSSigner signer;
    private final JWSHeader header;

    /** @throws IllegalArgumentException for a key that cannot sign tokens */
    AccountTokenSigner(PrivateKey key) {
        try {
            this.signer = switch (key) {
                case ECPrivateKey ec -> new ECDSASigner(ec);
                case RSAPrivateKey rsa -> new RSASSASigner(rsa);
                default -> throw new IllegalArgumentException(key.getAlgorithm() + " keys cannot sign tokens");
            };
        } catch (JOSEException unusable) {
            throw new IllegalArgumentException("the key cannot sign tokens: " + unusable.getMessage(), unusable);
        }
        this.header = new JWSHeader(key instanceof RSAPrivateKey
                ? JWSAlgorithm.RS256
                : signer.supportedJWSAlgorithms().iterator().next());
    }

    String sign(String namespace, String account, String accountUid, String secret) {
        SignedJWT token = new SignedJWT(header, new JWTClaimsSet.Builder().issuer(ISSUER)
                .subject("system:serviceaccount:" + namespace + ":" + account).claim(CLAIM + "namespace", namespace)
                .claim(CLAIM + "secret.name", secret).claim(CLAIM + "service-account.name", account)
                .claim(CLAIM + "service-account.uid", accountUid).build());
        try {
            token.sign(signer);
        } catch (JOSEException failure) {
            throw new IllegalStateException("a token could not be signed", failure);
        }
        return token.serialize();
    }
}
