package io.myriad.apiserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import tools.jackson.databind.json.JsonMapper;

/**
 * Which clients this server trusts, in the form in which it tells other servers of the cluster: the data of the config map
 * {@code kube-system/extension-apiserver-authentication}. Extension API servers, schedulers and controller managers read
 * it, to trust the same clients.
 */
final class ClientTrust {
    private ClientTrust() {}

    /** Empty when the server takes no client certificates. */
    static Map<String, String> of(ApiserverOptions.Authentication authentication) {
        Map<String, String> data = new TreeMap<>();
        try {
            if (authentication.clientCaFile() != null) {
                data.put("client-ca-file", Files.readString(authentication.clientCaFile()));
            }
            ApiserverOptions.FrontProxy proxy = authentication.frontProxy();
            if (proxy != null) {
                data.put("requestheader-client-ca-file", Files.readString(proxy.clientCaFile()));
                put(data, "allowed-names", proxy.allowedNames());
                put(data, "username-headers", proxy.userHeaders());
                if (!proxy.uidHeaders().isEmpty()) {
                    put(data, "uid-headers", proxy.uidHeaders());
                }
                put(data, "group-headers", proxy.groupHeaders());
                put(data, "extra-headers-prefix", proxy.extraPrefixes());
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return data;
    }

    private static void put(Map<String, String> data, String name, List<String> values) {
        data.put("requestheader-" + name, JsonMapper.shared().writeValueAsString(values));
    }
}
