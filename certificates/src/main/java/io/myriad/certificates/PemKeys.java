package io.myriad.certificates;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.jspecify.annotations.Nullable;

/**
 * Keys of any common PEM form (PKCS #1, PKCS #8, SEC 1, SubjectPublicKeyInfo, certificates), RSA or EC: what users bring
 * along, where {@link Pem} reads what this program wrote itself. The JDK reads the forms that it knows, BouncyCastle the
 * others: loading that takes a quarter of a second, which those who have the usual forms need not wait for.
 */
public final class PemKeys {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

    private PemKeys() {}

    /**
     * The first private key of a file.
     *
     * @throws IOException if there is none; the message names the file and shows nothing of it
     */
    public static PrivateKey readPrivateKey(Path file) throws IOException {
        PrivateKey usual = privateKey(Pem.text(file));
        if (usual != null) {
            return usual;
        }
        for (Object entry : entries(file)) {
            if (entry instanceof PEMKeyPair pair) {
                return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
            }
            if (entry instanceof PrivateKeyInfo info) {
                return new JcaPEMKeyConverter().getPrivateKey(info);
            }
        }
        throw new IOException(file + " holds no private key");
    }

    /**
     * Every public key of a file: public keys, and those of private keys and certificates.
     *
     * @throws IOException if there is none; the message names the file
     */
    public static List<PublicKey> readPublicKeys(Path file) throws IOException {
        List<PublicKey> usual = publicKeys(Pem.text(file));
        if (!usual.isEmpty()) {
            return usual;
        }
        JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
        List<PublicKey> keys = new ArrayList<>();
        for (Object entry : entries(file)) {
            switch (entry) {
                case PEMKeyPair pair -> keys.add(converter.getKeyPair(pair).getPublic());
                case SubjectPublicKeyInfo info -> keys.add(converter.getPublicKey(info));
                case X509CertificateHolder certificate ->
                    keys.add(converter.getPublicKey(certificate.getSubjectPublicKeyInfo()));
                default -> {}
            }
        }
        if (keys.isEmpty()) {
            throw new IOException(file + " holds no public key");
        }
        return keys;
    }

    /**
     * Every certificate of a file.
     *
     * @throws IOException if there is none; the message names the file
     */
    public static List<X509Certificate> readCertificates(Path file) throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            for (Matcher block = BLOCK.matcher(Pem.text(file)); block.find();) {
                if (block.group(1).endsWith("CERTIFICATE")) {
                    certificates.add(Pem.parseCertificate(decoded(block)));
                }
            }
        } catch (CertificateException | IllegalArgumentException damaged) {
            throw new IOException(file + " holds a damaged certificate", damaged);
        }
        if (certificates.isEmpty()) {
            throw new IOException(file + " holds no certificate");
        }
        return certificates;
    }

    /** The text's first private key, if it is in the form that the JDK reads; else null. */
    private static @Nullable PrivateKey privateKey(String text) {
        for (Matcher block = BLOCK.matcher(text); block.find();) {
            if (block.group(1).endsWith("PRIVATE KEY")) {
                try {
                    return block.group(1).equals("PRIVATE KEY") ? Pem.parsePrivateKey(decoded(block)) : null;
                } catch (IllegalArgumentException damaged) {
                    return null;
                }
            }
        }
        return null;
    }

    /** The keys of a text with nothing but public keys that the JDK reads; else none. */
    private static List<PublicKey> publicKeys(String text) {
        List<PublicKey> keys = new ArrayList<>();
        for (Matcher block = BLOCK.matcher(text); block.find();) {
            try {
                PublicKey key = block.group(1).equals("PUBLIC KEY") ? Pem.parsePublicKey(decoded(block)) : null;
                if (key == null) {
                    return List.of();
                }
                keys.add(key);
            } catch (IllegalArgumentException damaged) {
                return List.of();
            }
        }
        return keys;
    }

    private static byte[] decoded(Matcher block) {
        return Base64.getMimeDecoder().decode(block.group(2));
    }

    private static List<Object> entries(Path file) throws IOException {
        List<Object> entries = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(Pem.text(file)))) {
            for (Object entry = parser.readObject(); entry != null; entry = parser.readObject()) {
                entries.add(entry);
            }
        } catch (PEMException | RuntimeException damaged) {
            throw new IOException(file + " holds a damaged key", damaged);
        }
        return entries;
    }
}
