package io.myriad.certificates;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority that signs certificates for TLS servers and clients. Every key is ECDSA on P-256, every signature SHA-256: what all
 * Kubernetes clients accept and what is made in about a millisecond.
 *
 * <p>
 * The authority itself is valid for ten years, what it signs for one, never longer than the authority. Both begin five minutes in the past, so that a peer whose
 * clock is a little behind accepts them.
 *
 * <p>
 * BouncyCastle encodes the certificates; the JDK's own provider makes keys and signatures. Instances may be shared between threads.
 */
public final class CertificateAuthority {
    /** How long an authority is valid. */
    static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);
    /** How long an issued certificate is valid. */
    static final Duration LEAF_VALIDITY = Duration.ofDays(365);
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);
    /** RFC 5280 allows 20 octets; 16 random ones never collide. */
    private static final int SERIAL_NUMBER_BITS = 127;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Credential credential;
    private final InstantSource clock;

    private CertificateAuthority(Credential credential, InstantSource clock) {
        this.credential = credential;
        this.clock = clock;
    }

    /**
     * Makes a new, self-signed authority.
     *
     * @param commonName
     *            its subject's common name, such as {@code myriad-ca}
     * @param clock
     *            the time that validity is counted from
     */
    public static CertificateAuthority create(String commonName, InstantSource clock) {
        KeyPair keys = KeyPairs.generate();
        X500Name name = name(commonName, List.of());
        Instant now = clock.instant();
        X509v3CertificateBuilder builder = builder(name, name, now.minus(CLOCK_SKEW), now.plus(AUTHORITY_VALIDITY),
                keys.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true,
                    new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment | KeyUsage.keyCertSign));
            builder.addExtension(Extension.subjectKeyIdentifier, false, keyIdentifier(keys.getPublic()));
            // Go's TLS stack takes names from here alone, never from the common name.
            builder.addExtension(Extension.subjectAlternativeName, false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, commonName)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new CertificateAuthority(sign(builder, keys, keys), clock);
    }

    /**
     * An authority whose key and certificate were made before.
     *
     * @throws IllegalArgumentException
     *             if the certificate may not sign others
     */
    public static CertificateAuthority of(Credential credential, InstantSource clock) {
        if (credential.certificate().getBasicConstraints() < 0) {
            throw new IllegalArgumentException(
                    credential.certificate().getSubjectX500Principal() + " is not a certificate authority");
        }
        return new CertificateAuthority(credential, clock);
    }

    /** The authority's own key and certificate. */
    public Credential credential() {
        return credential;
    }

    /**
     * A certificate for a TLS server.
     *
     * @param commonName
     *            the subject's common name; clients do not look at it
     * @param hosts
     *            the DNS names and IP addresses (as literals) under which clients reach the server
     */
    public Credential issueServer(String commonName, List<String> hosts) {
        return issue(KeyPairs.generate(), name(commonName, List.of()), hosts, KeyPurposeId.id_kp_serverAuth);
    }

    /**
     * A certificate for a member of a group whose members are each other's servers and clients, such as a store's peers.
     *
     * @param commonName
     *            the subject's common name
     * @param hosts
     *            the DNS names and IP addresses (as literals) of the member
     */
    public Credential issuePeer(String commonName, List<String> hosts) {
        return issue(KeyPairs.generate(), name(commonName, List.of()), hosts, KeyPurposeId.id_kp_serverAuth,
                KeyPurposeId.id_kp_clientAuth);
    }

    /**
     * A certificate for a client.
     *
     * @param commonName
     *            the user's name, as the API server understands it
     * @param organizations
     *            the user's groups
     */
    public Credential issueClient(String commonName, List<String> organizations) {
        return issue(KeyPairs.generate(), name(commonName, organizations), List.of(), KeyPurposeId.id_kp_clientAuth);
    }

    /**
     * A certificate for a person's kubeconfig, which programs of any kind read. Its key should be RSA: some clients take
     * every key in a kubeconfig for one unless they are told otherwise.
     *
     * @param keys
     *            the person's keys
     * @param commonName
     *            the user's name, as the API server understands it
     * @param organizations
     *            the user's groups
     */
    public Credential issueUser(KeyPair keys, String commonName, List<String> organizations) {
        return issue(keys, name(commonName, organizations), List.of(), KeyPurposeId.id_kp_clientAuth);
    }

    private Credential issue(KeyPair keys, X500Name subject, List<String> hosts, KeyPurposeId... purposes) {
        Instant now = clock.instant();
        Instant authorityEnd = credential.certificate().getNotAfter().toInstant();
        Instant end = now.plus(LEAF_VALIDITY).isBefore(authorityEnd) ? now.plus(LEAF_VALIDITY) : authorityEnd;
        X500Name issuer = X500Name.getInstance(credential.certificate().getSubjectX500Principal().getEncoded());
        X509v3CertificateBuilder builder = builder(issuer, subject, now.minus(CLOCK_SKEW), end, keys.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true,
                    new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
            builder.addExtension(Extension.authorityKeyIdentifier, false,
                    new AuthorityKeyIdentifier(
                            keyIdentifier(credential.certificate().getPublicKey()).getKeyIdentifier()));
            if (!hosts.isEmpty()) {
                GeneralName[] names = hosts.stream().map(CertificateAuthority::alternativeName)
                        .toArray(GeneralName[]::new);
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sign(builder, keys, new KeyPair(credential.certificate().getPublicKey(), credential.privateKey()));
    }

    private static X509v3CertificateBuilder builder(X500Name issuer, X500Name subject, Instant start, Instant end,
            PublicKey key) {
        return new X509v3CertificateBuilder(issuer, new BigInteger(SERIAL_NUMBER_BITS, RANDOM), Date.from(start),
                Date.from(end), subject,
                SubjectPublicKeyInfo.getInstance(key.getEncoded()));
    }

    private static Credential sign(X509v3CertificateBuilder builder, KeyPair subject, KeyPair issuer) {
        try {
            byte[] encoded = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.getPrivate()))
                    .getEncoded();
            return new Credential(subject.getPrivate(), Pem.parseCertificate(encoded));
        } catch (OperatorCreationException | CertificateException e) {
            throw new IllegalStateException("cannot sign a certificate", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static X500Name name(String commonName, List<String> organizations) {
        X500NameBuilder name = new X500NameBuilder(BCStyle.INSTANCE);
        organizations.forEach(organization -> name.addRDN(BCStyle.O, organization));
        return name.addRDN(BCStyle.CN, commonName).build();
    }

    private static GeneralName alternativeName(String host) {
        try {
            return new GeneralName(GeneralName.iPAddress, InetAddress.ofLiteral(host).getHostAddress());
        } catch (IllegalArgumentException notAnAddress) {
            return new GeneralName(GeneralName.dNSName, host);
        }
    }

    /** RFC 5280, 4.2.1.2, method 1: SHA-1 over the bits of the public key; it names a key and protects nothing. */
    private static SubjectKeyIdentifier keyIdentifier(PublicKey key) {
        try {
            byte[] bits = SubjectPublicKeyInfo.getInstance(key.getEncoded()).getPublicKeyData().getBytes();
            return new SubjectKeyIdentifier(MessageDigest.getInstance("SHA-1").digest(bits));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
