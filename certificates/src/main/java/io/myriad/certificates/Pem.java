package io.myriad.certificates;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.KeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * PEM (RFC 7468) of certificates and P-256 keys, and the files that hold it: secrets have mode 600, the rest 644, and every write replaces the whole file at once.
 */
public final class Pem {
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PRIVATE_KEY = "PRIVATE KEY";
    private static final String PUBLIC_KEY = "PUBLIC KEY";
    private static final int LINE_LENGTH = 64;
    /** A certificate chain is a few kilobytes; what is larger is no PEM file. */
    private static final int FILE_SIZE_LIMIT_BYTES = 1 << 20;

    private Pem() {}

    /** A certificate as PEM. */
    public static String encode(X509Certificate certificate) {
        try {
            return encode(CERTIFICATE, certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** A private key as PEM (PKCS #8). */
    public static String encode(PrivateKey key) {
        return encode(PRIVATE_KEY, key.getEncoded());
    }

    /** A public key as PEM (SubjectPublicKeyInfo). */
    public static String encode(PublicKey key) {
        return encode(PUBLIC_KEY, key.getEncoded());
    }

    private static String encode(String label, byte[] content) {
        String body = Base64.getMimeEncoder(LINE_LENGTH, new byte[]{'\n'}).encodeToString(content);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }

    /** Writes text that its owner alone may read. */
    public static void writeSecret(Path file, String text) throws IOException {
        write(file, text, "rw-------");
    }

    /** Writes text that everybody may read. */
    public static void writePublic(Path file, String text) throws IOException {
        write(file, text, "rw-r--r--");
    }

    private static void write(Path file, String text, String mode) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException(file + " is not a file");
        }
        // Created with its final mode: there is no moment in which others could open it.
        Path temporary = Files.createTempFile(directory, "." + file.getFileName(), ".tmp",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(temporary, text, US_ASCII);
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString(mode));
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * The first certificate of a PEM file.
     *
     * @throws IOException
     *             if there is none; the message names the file
     */
    public static X509Certificate readCertificate(Path file) throws IOException {
        try {
            return parseCertificate(read(file, CERTIFICATE));
        } catch (CertificateException e) {
            throw new IOException(file + " is not a certificate: " + e.getMessage(), e);
        }
    }

    /**
     * The P-256 or RSA key of a PEM file (PKCS #8).
     *
     * @throws IOException
     *             if there is none; the message names the file and shows nothing of it
     */
    public static PrivateKey readPrivateKey(Path file) throws IOException {
        PrivateKey key = parsePrivateKey(read(file, PRIVATE_KEY));
        if (key == null) {
            throw new IOException(file + " is neither a P-256 nor an RSA private key");
        }
        return key;
    }

    /** A key in PKCS #8; null where the JDK does not know its kind. */
    static @Nullable PrivateKey parsePrivateKey(byte[] encoded) {
        return first(new PKCS8EncodedKeySpec(encoded), KeyFactory::generatePrivate);
    }

    /** A key as SubjectPublicKeyInfo; null where the JDK does not know its kind. */
    static @Nullable PublicKey parsePublicKey(byte[] encoded) {
        return first(new X509EncodedKeySpec(encoded), KeyFactory::generatePublic);
    }

    private interface Generator<K> {
        K generate(KeyFactory factory, KeySpec encoded) throws GeneralSecurityException;
    }

    private static <K> @Nullable K first(KeySpec encoded, Generator<K> generator) {
        for (String algorithm : new String[]{"EC", "RSA"}) {
            try {
                return generator.generate(KeyFactory.getInstance(algorithm), encoded);
            } catch (GeneralSecurityException anotherKind) {
                // The next one may fit.
            }
        }
        return null;
    }

    static X509Certificate parseCertificate(byte[] encoded) throws CertificateException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(encoded));
    }

    /** The text of a file; fails if it is too large for a PEM file. */
    static String text(Path file) throws IOException {
        if (Files.size(file) > FILE_SIZE_LIMIT_BYTES) {
            throw new IOException(file + " is too large for a PEM file");
        }
        return Files.readString(file, ISO_8859_1);
    }

    private static byte[] read(Path file, String label) throws IOException {
        String text = text(file);
        String begin = "-----BEGIN " + label + "-----";
        int start = text.indexOf(begin);
        int end = start < 0 ? -1 : text.indexOf("-----END " + label + "-----", start);
        if (end < 0) {
            throw new IOException(file + " holds no " + label);
        }
        try {
            return Base64.getMimeDecoder().decode(text.substring(start + begin.length(), end));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " holds a damaged " + label, e);
        }
    }
}
