package io.myriad.apiserver.kind;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.List;

import tools.jackson.databind.JsonNode;

/** Looks at certificates in objects: at their form, not at whether anybody should trust them. */
final class Certificates {
    private static final String CERTIFICATE = "-----BEGIN CERTIFICATE-----";

    private Certificates() {}

    /** What is wrong with the certificate and key of a secret's data, for a warning. */
    static List<String> pairProblems(JsonNode data) {
        String certificates = decoded(data.path("tls.crt").stringValue(""));
        if (!certificates.contains(CERTIFICATE)) {
            return List.of("tls: failed to find any PEM data in certificate input");
        }
        if (count(certificates) == 0) {
            return List.of("tls: failed to parse certificate");
        }
        String key = decoded(data.path("tls.key").stringValue(""));
        return key.matches("(?s).*-----BEGIN ([A-Z]+ )?PRIVATE KEY-----.*")
                ? List.of()
                : List.of("tls: failed to find any PEM data in key input");
    }

    /** How many certificates there are in PEM text; 0 when one of them is none. */
    static int count(String pem) {
        if (!pem.contains(CERTIFICATE)) {
            return 0;
        }
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1))).size();
        } catch (CertificateException broken) {
            return 0;
        }
    }

    /** The text behind base64, or empty when it is none. */
    static String decoded(String base64) {
        try {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException notBase64) {
            return "";
        }
    }
}
