package io.myriad.control.serving;

import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.certificates.CertificateAuthority;
import io.myriad.certificates.CredentialChain;
import io.myriad.certificates.SingleKeyManager;

/**
 * Answers {@code /healthz}, {@code /livez} and {@code /readyz} over TLS as upstream's components do: 200 {@code ok}, or 500
 * with the failing checks; with {@code ?verbose} all checks. A single check has its own path, {@code /readyz/NAME}. Open to
 * everybody, as upstream's; nothing else is served.
 *
 * <p>
 * Without a certificate a self-signed one is made, when the first client connects: most processes are never asked.
 */
public final class HealthServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HealthServer.class);

    private final HttpsServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    private HealthServer(HttpsServer server) {
        this.server = server;
    }

    /**
     * Starts serving.
     *
     * @param address where to listen, such as {@code 127.0.0.1}
     * @param port the port, 0 for any
     * @param certificate a PEM file, and {@code key} its private key; null for a self-signed one
     * @param checks what must be true to be ready, by name; asked for each request
     * @throws IOException when the port cannot be had or the files cannot be read; the message says which
     */
    public static HealthServer start(String address, int port, @Nullable Path certificate, @Nullable Path key,
            Map<String, BooleanSupplier> checks) throws IOException {
        HttpsServer server;
        try {
            server = HttpsServer.create(new InetSocketAddress(InetAddress.getByName(address), port), 0);
        } catch (BindException e) {
            throw new IOException("cannot listen on " + address + ":" + port + ": " + e.getMessage(), e);
        }
        HealthServer health = new HealthServer(server);
        try {
            server.setExecutor(health.executor);
            health.page("/healthz", checks);
            health.page("/readyz", checks);
            health.page("/livez", Map.of());
            health.serve(certificate != null && key != null
                    ? SingleKeyManager.of(CredentialChain.read(certificate, key))
                    : SingleKeyManager.whenAsked(() -> selfSigned(address)));
            return health;
        } catch (IOException | RuntimeException e) {
            health.close();
            throw e;
        }
    }

    /** The port that is listened on. */
    public int port() {
        return server.getAddress().getPort();
    }

    private static CredentialChain selfSigned(String address) {
        return CredentialChain.of(CertificateAuthority.create("self-signed", Clock.systemUTC()).issueServer("localhost",
                List.of("localhost", address)));
    }

    private void serve(SingleKeyManager key) {
        try {
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(new KeyManager[]{key}, null, null);
            server.setHttpsConfigurator(new HttpsConfigurator(tls));
            server.start();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no TLS", e);
        }
    }

    private void page(String path, Map<String, BooleanSupplier> checks) {
        Map<String, BooleanSupplier> all = new TreeMap<>(checks);
        all.put("ping", () -> true);
        server.createContext(path, exchange -> {
            try (exchange) {
                String name = exchange.getRequestURI().getPath().substring(path.length());
                boolean get = exchange.getRequestMethod().equals("GET");
                if (!get) {
                    answer(exchange, 405, "Method Not Allowed");
                } else if (name.isEmpty() || name.equals("/")) {
                    all(exchange, path.substring(1), all);
                } else if (all.containsKey(name.substring(1))) {
                    one(exchange, name.substring(1), all.get(name.substring(1)));
                } else {
                    answer(exchange, 404, "404 page not found\n");
                }
            }
        });
    }

    private static void one(HttpExchange exchange, String name, @Nullable BooleanSupplier check) throws IOException {
        boolean passes = check != null && check.getAsBoolean();
        answer(exchange, passes ? 200 : 500, passes ? "ok" : "internal server error: " + name + " is not ready\n");
    }

    private static void all(HttpExchange exchange, String what, Map<String, BooleanSupplier> checks)
            throws IOException {
        List<String> lines = new ArrayList<>();
        boolean failed = false;
        for (Map.Entry<String, BooleanSupplier> check : checks.entrySet()) {
            boolean passes = check.getValue().getAsBoolean();
            failed |= !passes;
            lines.add(passes ? "[+]" + check.getKey() + " ok" : "[-]" + check.getKey() + " failed: reason withheld");
        }
        String query = exchange.getRequestURI().getRawQuery();
        boolean verbose = query != null && query.startsWith("verbose");
        if (failed) {
            answer(exchange, 500, String.join("\n", lines) + "\n" + what + " check failed\n");
        } else if (verbose) {
            answer(exchange, 200, String.join("\n", lines) + "\n" + what + " check passed\n");
        } else {
            answer(exchange, 200, "ok");
        }
    }

    private static void answer(HttpExchange exchange, int code, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.sendResponseHeaders(code, bytes.length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdown();
    }
}
