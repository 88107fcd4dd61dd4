package io.myriad.control.client;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Certificates and private keys out of PEM text (RFC 7468). Keys may be PKCS#8, PKCS#1 (RSA) or SEC 1 (EC), as openssl,
 * Go and kubeadm write them; the latter two are wrapped into PKCS#8 because that is what the JDK reads. Errors never
 * quote the text.
 */
final class Pem {
    private static final byte[] RSA_ALGORITHM = {0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86,
            (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
    private static final byte[] EC_OID = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};
    private static final byte[] VERSION_ZERO = {0x02, 0x01, 0x00};
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int PARAMETERS = 0xa0;

    private Pem() {}

    private record Block(String label, byte[] der) {}

    static List<X509Certificate> certificates(byte[] pem) throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(pem)) {
            if (block.label.equals("CERTIFICATE")) {
                certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der)));
            }
        }
        if (certificates.isEmpty()) {
            throw new GeneralSecurityException("no certificate in PEM text");
        }
        return certificates;
    }

    static PrivateKey privateKey(byte[] pem) throws GeneralSecurityException {
        for (Block block : blocks(pem)) {
            switch (block.label) {
                case "PRIVATE KEY" -> {
                    return pkcs8(block.der);
                }
                case "RSA PRIVATE KEY" -> {
                    byte[] body = concatenate(VERSION_ZERO, RSA_ALGORITHM, element(OCTET_STRING, block.der));
                    return pkcs8(element(SEQUENCE, body));
                }
                case "EC PRIVATE KEY" -> {
                    byte[] algorithm = element(SEQUENCE, concatenate(EC_OID, curve(block.der)));
                    byte[] body = concatenate(VERSION_ZERO, algorithm, element(OCTET_STRING, block.der));
                    return pkcs8(element(SEQUENCE, body));
                }
                default -> { // "EC PARAMETERS", certificates: not what is looked for
                }
            }
        }
        throw new GeneralSecurityException("no private key in PEM text");
    }

    private static PrivateKey pkcs8(byte[] der) throws GeneralSecurityException {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(der);
        for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (GeneralSecurityException e) {
                // not this algorithm
            }
        }
        throw new GeneralSecurityException("private key is neither EC, RSA nor Ed25519");
    }

    /** The curve's object identifier out of SEC 1's ECPrivateKey: SEQUENCE {1, OCTET STRING, [0] {OID}, ...}. */
    private static byte[] curve(byte[] der) throws GeneralSecurityException {
        int at = header(der, 0)[0];
        int end = der.length;
        while (at < end) {
            int[] start = header(der, at);
            if ((der[at] & 0xff) == PARAMETERS) {
                byte[] oid = new byte[start[1]];
                System.arraycopy(der, start[0], oid, 0, oid.length);
                return oid;
            }
            at = start[0] + start[1];
        }
        throw new GeneralSecurityException("EC private key names no curve");
    }

    /** Where the content of the DER element at {@code at} starts, and its length. */
    private static int[] header(byte[] der, int at) throws GeneralSecurityException {
        if (at + 2 > der.length) {
            throw new GeneralSecurityException("truncated DER");
        }
        int length = der[at + 1] & 0xff;
        int start = at + 2;
        if (length > 0x82) {
            throw new GeneralSecurityException("DER element too long");
        }
        if (length >= 0x80) {
            int bytes = length - 0x80;
            if (start + bytes > der.length) {
                throw new GeneralSecurityException("truncated DER");
            }
            length = 0;
            for (int i = 0; i < bytes; i++) {
                length = length << 8 | der[start++] & 0xff;
            }
        }
        if (start + length > der.length) {
            throw new GeneralSecurityException("truncated DER");
        }
        return new int[]{start, length};
    }

    private static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 4);
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else if (content.length < 0x100) {
            out.write(0x81);
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] concatenate(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static List<Block> blocks(byte[] pem) throws GeneralSecurityException {
        List<Block> blocks = new ArrayList<>();
        String label = "";
        StringBuilder base64 = new StringBuilder();
        for (String line : new String(pem, StandardCharsets.US_ASCII).lines().map(String::strip).toList()) {
            if (line.startsWith("-----BEGIN ") && line.endsWith("-----")) {
                label = line.substring(11, line.length() - 5);
                base64.setLength(0);
            } else if (line.equals("-----END " + label + "-----")) {
                try {
                    blocks.add(new Block(label, Base64.getDecoder().decode(base64.toString())));
                } catch (IllegalArgumentException e) {
                    throw new GeneralSecurityException("damaged PEM text"); // the cause would quote it
                }
                label = "";
            } else if (!label.isEmpty()) {
                base64.append(line);
            }
        }
        return blocks;
    }
}
