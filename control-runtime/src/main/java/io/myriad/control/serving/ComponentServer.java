package io.myriad.control.serving;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import org.jspecify.annotations.Nullable;

import io.myriad.certificates.CertificateAuthority;
import io.myriad.certificates.CredentialChain;
import io.myriad.certificates.SingleKeyManager;
import io.myriad.metrics.MetricsText;

/**
 * Answers {@code /healthz}, {@code /livez} and {@code /readyz} over TLS as upstream's components do: 200 {@code ok}, or 500
 * with the failing checks; with {@code ?verbose} all checks. A single check has its own path, {@code /readyz/NAME}. These are
 * open to everybody, as upstream's. {@code /metrics} is for {@link MetricsReaders}.
 *
 * <p>
 * Without a certificate a self-signed one is made, when the first client connects: most processes are never asked.
 */
public final class ComponentServer implements AutoCloseable {
    private static final String BEARER = "Bearer ";

    private final HttpsServer server;
    private final boolean wantsCertificates;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    private ComponentServer(HttpsServer server, boolean wantsCertificates) {
        this.server = server;
        this.wantsCertificates = wantsCertificates;
    }

    /**
     * Starts serving.
     *
     * @param serving where and how
     * @param checks what must be true to be ready, by name; asked for each request
     * @param metrics the text of {@code /metrics}
     * @param readers who may read it
     * @throws IOException when the port cannot be had or the files cannot be read; the message says which
     */
    public static ComponentServer start(Serving serving, Map<String, BooleanSupplier> checks, Supplier<String> metrics,
            MetricsReaders readers) throws IOException {
        HttpsServer server;
        try {
            server = HttpsServer.create(new InetSocketAddress(InetAddress.getByName(serving.address()), serving.port()),
                    0);
        } catch (BindException e) {
            throw new IOException("cannot listen on " + serving.address() + ":" + serving.port() + ": "
                    + e.getMessage(), e);
        }
        ComponentServer health = new ComponentServer(server, serving.clientAuthorities() != null);
        try {
            server.setExecutor(health.executor);
            health.page("/healthz", checks);
            health.page("/readyz", checks);
            health.page("/livez", Map.of());
            health.metrics(metrics, readers);
            health.serve(serving.certificate() != null && serving.key() != null
                    ? SingleKeyManager.of(CredentialChain.read(serving.certificate(), serving.key()))
                    : SingleKeyManager.whenAsked(() -> selfSigned(serving.address())),
                    clients(serving.clientAuthorities()));
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

    private void serve(SingleKeyManager key, TrustManager[] clients) {
        try {
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(new KeyManager[]{key}, clients, null);
            server.setHttpsConfigurator(new HttpsConfigurator(tls) {
                @Override
                public void configure(HttpsParameters parameters) {
                    SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
                    wanted.setWantClientAuth(wantsCertificates);
                    parameters.setSSLParameters(wanted);
                }
            });
            server.start();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no TLS", e);
        }
    }

    /** What checks clients' certificates; without authorities nobody is trusted, and nobody is asked for one. */
    private static TrustManager[] clients(@Nullable Path authorities) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            if (authorities != null) {
                int number = 0;
                try (InputStream in = Files.newInputStream(authorities)) {
                    for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                        store.setCertificateEntry("authority-" + number++, each);
                    }
                }
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            return trust.getTrustManagers();
        } catch (GeneralSecurityException e) {
            throw new IOException(authorities + ": " + e.getMessage(), e);
        }
    }

    private void metrics(Supplier<String> text, MetricsReaders readers) {
        server.createContext("/metrics", exchange -> {
            try (exchange) {
                if (!exchange.getRequestMethod().equals("GET")) {
                    answer(exchange, 405, "Method Not Allowed");
                    return;
                }
                switch (readers.mayRead(certificate(exchange), token(exchange))) {
                    case YES -> answer(exchange, 200, MetricsText.TYPE, text.get());
                    case UNKNOWN_CLIENT -> answer(exchange, 401, "Unauthorized");
                    case NO -> answer(exchange, 403, "Forbidden");
                    case NOT_ANSWERED -> answer(exchange, 503, "Service Unavailable");
                }
            }
        });
    }

    private static @Nullable X509Certificate certificate(HttpExchange exchange) {
        try {
            return exchange instanceof HttpsExchange secure
                    && secure.getSSLSession().getPeerCertificates()[0] instanceof X509Certificate certificate
                            ? certificate
                            : null;
        } catch (SSLPeerUnverifiedException none) {
            return null;
        }
    }

    private static @Nullable String token(HttpExchange exchange) {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        return header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? header.substring(BEARER.length()).strip()
                : null;
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
        answer(exchange, code, "text/plain; charset=utf-8", text);
    }

    private static void answer(HttpExchange exchange, int code, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
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
