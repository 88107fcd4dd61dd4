package io.myriad.apiserver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ClientTrustTest {
    @TempDir
    Path directory;

    @Test
    void tellsOfAuthoritiesAndTheProxy() throws IOException {
        Path clients = Files.writeString(directory.resolve("clients.crt"), "clients");
        Path proxies = Files.writeString(directory.resolve("proxies.crt"), "proxies");
        assertThat(ClientTrust.of(authentication(clients, new ApiserverOptions.FrontProxy(proxies, List.of("proxy"),
                List.of("X-Remote-User"), List.of(), List.of("X-Remote-Group"), List.of("X-Remote-Extra-")))))
                .isEqualTo(Map.of("client-ca-file", "clients", "requestheader-client-ca-file", "proxies",
                        "requestheader-allowed-names", "[\"proxy\"]", "requestheader-username-headers",
                        "[\"X-Remote-User\"]", "requestheader-group-headers", "[\"X-Remote-Group\"]",
                        "requestheader-extra-headers-prefix", "[\"X-Remote-Extra-\"]"));
    }

    @Test
    void isEmptyWithoutCertificates() {
        assertThat(ClientTrust.of(authentication(null, null))).isEmpty();
    }

    private static ApiserverOptions.Authentication authentication(@Nullable Path clients,
            ApiserverOptions.@Nullable FrontProxy proxy) {
        return new ApiserverOptions.Authentication(true, clients, null, List.of(), List.of(), null, List.of(), null,
                Duration.ZERO, false, proxy, null, null);
    }
}
