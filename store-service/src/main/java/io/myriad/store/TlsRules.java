package io.myriad.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.myriad.store.StoreOptions.InvalidOptionException;

/**
 * Which TLS is spoken. Names of flags' values, rules and texts are etcd's; as there, cipher suites are those of TLS 1.2, and the ones of TLS 1.3 cannot be chosen.
 *
 * @param protocols versions, as Java names them
 * @param ciphers cipher suites, the preferred ones first; empty: the usual ones
 */
public record TlsRules(List<String> protocols, List<String> ciphers) {

    static final String TLS_1_2 = "TLS1.2";
    static final String TLS_1_3 = "TLS1.3";

    private static final Set<String> OF_TLS_1_3 = Set.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256");
    private static final Set<String> OF_TLS_1_2 = Set.of("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
            "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
            "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
    /** What Go calls insecure, and this Java does not speak any more. */
    private static final Set<String> INSECURE = Set.of("TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
            "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_256_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA256",
            "TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
            "TLS_ECDHE_RSA_WITH_RC4_128_SHA", "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
            "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256");
    private static final Map<String, String> OLD_NAMES = Map.of("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");

    /**
     * From the values of etcd's flags.
     *
     * @param most empty: the newest
     * @param suites separated by commas; empty: the usual ones
     */
    static TlsRules of(String least, String most, String suites) {
        checkVersion(least);
        checkVersion(most);
        String from = least.isEmpty() ? TLS_1_2 : least;
        String to = most.isEmpty() ? TLS_1_3 : most;
        if (from.equals(TLS_1_3) && to.equals(TLS_1_2)) {
            throw new InvalidOptionException("min version (" + from + ") is greater than max version (" + to + ")");
        }
        if (from.equals(TLS_1_3) && !suites.isEmpty()) {
            throw new InvalidOptionException("cipher suites cannot be configured when only TLS1.3 is enabled");
        }
        List<String> protocols = new ArrayList<>();
        if (to.equals(TLS_1_3)) {
            protocols.add("TLSv1.3");
        }
        if (from.equals(TLS_1_2)) {
            protocols.add("TLSv1.2");
        }
        return new TlsRules(List.copyOf(protocols), suites.isEmpty() ? List.of() : ciphers(suites, protocols));
    }

    private static void checkVersion(String version) {
        if (!version.isEmpty() && !version.equals(TLS_1_2) && !version.equals(TLS_1_3)) {
            throw new InvalidOptionException(
                    "unexpected TLS version \"" + version + "\" (must be one of: TLS1.2, TLS1.3)");
        }
    }

    private static List<String> ciphers(String suites, List<String> protocols) {
        List<String> ciphers = new ArrayList<>();
        for (String each : suites.split(",", -1)) {
            String name = OLD_NAMES.getOrDefault(each, each);
            if (INSECURE.contains(name)) {
                throw new InvalidOptionException("TLS cipher suite \"" + each + "\" is not spoken: it is insecure");
            }
            if (OF_TLS_1_2.contains(name)) {
                ciphers.add(name);
            } else if (!OF_TLS_1_3.contains(name)) {
                throw new InvalidOptionException("unexpected TLS cipher suite \"" + each + "\"");
            }
        }
        if (protocols.contains("TLSv1.3")) {
            OF_TLS_1_3.stream().sorted().forEach(ciphers::add);
        }
        return List.copyOf(ciphers);
    }
}
