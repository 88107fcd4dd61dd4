package io.myriad.control.client;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Reads kubeconfig files (the current context of one file): server, authorities, client certificate and key, token, as
 * files or inline. What this client cannot do (exec plugins, passwords, switching off verification) is refused with a
 * message rather than ignored.
 *
 * @param server the server the context names
 * @param credentials who we are and whom we trust
 */
public record KubeConfig(URI server, Credentials credentials) {
    /** A token file is read again after this time, as kubelets replace projected tokens. */
    private static final long TOKEN_FILE_LIFETIME_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final Path IN_CLUSTER = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /**
     * Reads a file.
     *
     * @throws IOException when the file or one it refers to cannot be read
     * @throws IllegalArgumentException when it is not a usable kubeconfig; the message names what is wrong
     */
    public static KubeConfig read(Path file) throws IOException {
        Map<?, ?> root = parse(file);
        String contextName = text(root, "current-context");
        if (contextName == null) {
            throw new IllegalArgumentException(file + ": no current-context");
        }
        Map<?, ?> context = named(file, root, "contexts", "context", contextName);
        Map<?, ?> cluster = named(file, root, "clusters", "cluster", required(file, context, "cluster"));
        String userName = text(context, "user");
        Map<?, ?> user = userName == null ? Map.of() : named(file, root, "users", "user", userName);
        refuse(file, cluster, "insecure-skip-tls-verify", "tls-server-name", "proxy-url");
        refuse(file, user, "exec", "auth-provider", "username", "password", "as", "as-groups");
        URI server = URI.create(required(file, cluster, "server"));
        try {
            Credentials credentials = Credentials.of(data(file, cluster, "certificate-authority"),
                    data(file, user, "client-certificate"), data(file, user, "client-key"), token(file, user));
            return new KubeConfig(server, credentials);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage());
        }
    }

    /** What a pod is given: the service account's token and authorities, the server from the environment. */
    public static KubeConfig inCluster(Map<String, String> environment) throws IOException {
        String host = environment.get("KUBERNETES_SERVICE_HOST");
        String port = environment.get("KUBERNETES_SERVICE_PORT");
        if (host == null || port == null) {
            throw new IllegalArgumentException(
                    "not in a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set");
        }
        try {
            Supplier<@Nullable String> token = new TokenFile(IN_CLUSTER.resolve("token"), System::nanoTime);
            Credentials credentials = Credentials.of(Files.readAllBytes(IN_CLUSTER.resolve("ca.crt")), null, null,
                    token);
            String bracketed = host.contains(":") ? "[" + host + "]" : host;
            return new KubeConfig(URI.create("https://" + bracketed + ":" + port), credentials);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(IN_CLUSTER + ": " + e.getMessage());
        }
    }

    private static Map<?, ?> parse(Path file) throws IOException {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        Object root;
        try {
            root = new Yaml(new SafeConstructor(options)).load(Files.readString(file));
        } catch (org.yaml.snakeyaml.error.MarkedYAMLException e) {
            throw new IllegalArgumentException(file + ": not YAML: " + e.getProblem()); // its text may hold a secret
        }
        if (root instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException(file + ": not a kubeconfig");
    }

    private static Map<?, ?> named(Path file, Map<?, ?> root, String list, String part, String name) {
        if (root.get(list) instanceof List<?> entries) {
            for (Object entry : entries) {
                if (entry instanceof Map<?, ?> map && name.equals(map.get("name"))
                        && map.get(part) instanceof Map<?, ?> found) {
                    return found;
                }
            }
        }
        throw new IllegalArgumentException(file + ": no " + part + " named \"" + name + "\"");
    }

    private static void refuse(Path file, Map<?, ?> map, String... keys) {
        for (String key : keys) {
            Object value = map.get(key);
            if (value != null && !Boolean.FALSE.equals(value)) {
                throw new IllegalArgumentException(file + ": " + key + " is not supported");
            }
        }
    }

    private static @Nullable String text(Map<?, ?> map, String key) {
        return map.get(key) instanceof String text && !text.isEmpty() ? text : null;
    }

    private static String required(Path file, Map<?, ?> map, String key) {
        String value = text(map, key);
        if (value == null) {
            throw new IllegalArgumentException(file + ": no " + key);
        }
        return value;
    }

    /** The bytes that {@code key-data} holds or that the file {@code key} holds; inline data win, as in client-go. */
    private static byte @Nullable [] data(Path file, Map<?, ?> map, String key) throws IOException {
        String inline = text(map, key + "-data");
        if (inline != null) {
            try {
                return Base64.getMimeDecoder().decode(inline);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(file + ": " + key + "-data is not base64");
            }
        }
        String path = text(map, key);
        return path == null ? null : Files.readAllBytes(resolve(file, path));
    }

    private static Supplier<@Nullable String> token(Path file, Map<?, ?> user) {
        String inline = text(user, "token");
        if (inline != null) {
            return () -> inline;
        }
        String path = text(user, "tokenFile");
        return path == null ? () -> null : new TokenFile(resolve(file, path), System::nanoTime);
    }

    private static Path resolve(Path file, String path) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? Path.of(path) : parent.resolve(path);
    }

    /** A token that somebody else keeps fresh in a file. The last good one stays in use while the file is unreadable. */
    private static final class TokenFile implements Supplier<@Nullable String> {
        private record Read(@Nullable String token, long atNanos) {}

        private final Path file;
        private final LongSupplier nanoTime;
        private volatile @Nullable Read last;

        TokenFile(Path file, LongSupplier nanoTime) {
            this.file = file;
            this.nanoTime = nanoTime;
        }

        @Override
        public @Nullable String get() {
            Read known = last;
            long now = nanoTime.getAsLong();
            if (known == null || now - known.atNanos > TOKEN_FILE_LIFETIME_NANOS) {
                String token = known == null ? null : known.token;
                try {
                    token = Files.readString(file, StandardCharsets.US_ASCII).strip();
                } catch (IOException e) {
                    // the server's 401 will say it
                }
                known = new Read(token, now);
                last = known;
            }
            return known.token;
        }
    }
}
