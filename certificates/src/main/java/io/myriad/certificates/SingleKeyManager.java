package io.myriad.certificates;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

import org.jspecify.annotations.Nullable;

/**
 * Shows one certificate to every peer that takes its kind of key. A key store would encrypt the key in memory first, and
 * decrypt it again, which takes longer than a handshake. Safe for any thread.
 */
public final class SingleKeyManager extends X509ExtendedKeyManager {
    private static final String ALIAS = "key";
    private final Supplier<CredentialChain> source;
    private volatile @Nullable CredentialChain credential;

    private SingleKeyManager(Supplier<CredentialChain> source) {
        this.source = source;
    }

    /** Shows this key and certificate. */
    public static SingleKeyManager of(CredentialChain credential) {
        return new SingleKeyManager(() -> credential);
    }

    /** Shows what {@code source} gives when the first peer asks; it is asked once. */
    public static SingleKeyManager whenAsked(Supplier<CredentialChain> source) {
        return new SingleKeyManager(source);
    }

    private CredentialChain credential() {
        CredentialChain known = credential;
        if (known == null) {
            synchronized (this) {
                known = credential;
                if (known == null) {
                    known = source.get();
                    credential = known;
                }
            }
        }
        return known;
    }

    private @Nullable String alias(String... keyTypes) {
        return Arrays.asList(keyTypes).contains(credential().privateKey().getAlgorithm()) ? ALIAS : null;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        return alias(keyType) == null ? new String[0] : new String[]{ALIAS};
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
        return alias(keyTypes);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
        return alias(keyTypes);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return getClientAliases(keyType, issuers);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return alias(keyType);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        return alias(keyType);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return credential().chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return credential().privateKey();
    }
}
