package io.myriad.cli.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;

import io.myriad.certificates.Credential;
import io.myriad.certificates.CredentialChain;
import io.myriad.certificates.Pem;
import io.myriad.certificates.SingleKeyManager;
import io.myriad.cli.cluster.Cluster;
import io.myriad.cli.cluster.Pki;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The administrator at the API server: the few requests that the command itself needs. Made of the JDK's oldest HTTP client, which costs a short-lived process least.
 * Not safe for use by several threads.
 */
public final class ApiClient {
    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
    private static final int READ_TIMEOUT_MILLIS = 30_000;
    private static final int ERROR_BODY_LIMIT_BYTES = 4_096;

    private final List<String> servers;
    private final SSLSocketFactory sockets;
    /** Empty where the client is known by its certificate. */
    private final String token;
    private int current;

    private ApiClient(List<String> servers, SSLSocketFactory sockets, String token) {
        this.servers = servers;
        this.sockets = sockets;
        this.token = token;
    }

    /** A client with the credentials of a cluster's administrator, for all of its API servers. */
    public static ApiClient of(Cluster cluster) throws IOException {
        return of(cluster.directory().pki(), cluster.apiServerUrls());
    }

    /** A client with the administrator's credentials among these certificates, for these API servers. */
    public static ApiClient of(Pki pki, List<String> servers) throws IOException {
        Credential admin = Credential.read(pki.certificate(Pki.Identity.ADMIN), pki.key(Pki.Identity.ADMIN));
        X509Certificate authority = Pem.readCertificate(pki.certificate(Pki.Authority.CLUSTER));
        return new ApiClient(servers,
                sockets(authority, new KeyManager[]{SingleKeyManager.of(CredentialChain.of(admin))}), "");
    }

    /**
     * A client for the cluster that this process is a pod of, as the pod's service account.
     *
     * @param server the API server's URL
     * @param serviceAccount the directory with the pod's {@code token} and {@code ca.crt}
     */
    public static ApiClient ofPod(String server, Path serviceAccount) throws IOException {
        X509Certificate authority = Pem.readCertificate(serviceAccount.resolve("ca.crt"));
        String token = Files.readString(serviceAccount.resolve("token")).strip();
        return new ApiClient(List.of(server), sockets(authority, new KeyManager[0]), token);
    }

    private static SSLSocketFactory sockets(X509Certificate authority, KeyManager[] keys) throws IOException {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", authority);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot set up TLS", e);
        }
    }

    /** What is done with the body of an answer. */
    public interface BodyReader<T> {
        /** Reads the body; the caller closes it. */
        T read(InputStream body) throws IOException;
    }

    /**
     * Reads a path.
     *
     * @throws NoSuchFileException if it is not there
     * @throws IOException if no server answers, or with another answer
     */
    public <T> T get(String path, BodyReader<T> reader) throws IOException {
        return retried(server -> {
            HttpsURLConnection connection = open(server, "GET", path);
            int code = connection.getResponseCode();
            if (code == HttpsURLConnection.HTTP_NOT_FOUND) {
                drain(connection.getErrorStream());
                throw new NoSuchFileException(path);
            }
            if (code != HttpsURLConnection.HTTP_OK) {
                throw new IOException("GET " + path + ": " + code + " " + drain(connection.getErrorStream()));
            }
            try (InputStream body = connection.getInputStream()) {
                return reader.read(body);
            }
        });
    }

    /**
     * Creates an object. That it is there already is success.
     *
     * @param path
     *            the collection
     * @param json
     *            the object
     */
    public void create(String path, byte[] json) throws IOException {
        send("POST", path, json, HttpsURLConnection.HTTP_CREATED, HttpsURLConnection.HTTP_CONFLICT);
    }

    /**
     * Replaces an object.
     *
     * @param path the object
     * @param json what it is to be
     */
    public void replace(String path, byte[] json) throws IOException {
        send("PUT", path, json, HttpsURLConnection.HTTP_OK);
    }

    private void send(String method, String path, byte[] json, int... codes) throws IOException {
        retried(server -> {
            HttpsURLConnection connection = open(server, method, path);
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/json");
            connection.setFixedLengthStreamingMode(json.length);
            try (OutputStream body = connection.getOutputStream()) {
                body.write(json);
            }
            return expect(connection, method + " " + path, codes);
        });
    }

    /** Deletes an object. That it is not there is success. */
    public void delete(String path) throws IOException {
        retried(server -> expect(open(server, "DELETE", path), "DELETE " + path, 200, 202, 404));
    }

    private interface Request<T> {
        T send(String server) throws IOException;
    }

    /** Tries each server once, beginning with the one that answered last. */
    private <T> T retried(Request<T> request) throws IOException {
        IOException failure = null;
        for (int attempt = 0; attempt < servers.size(); attempt++) {
            try {
                return request.send(servers.get(current));
            } catch (IOException e) {
                failure = e;
                current = (current + 1) % servers.size();
            }
        }
        throw failure == null ? new IOException("the cluster has no API server") : failure;
    }

    private HttpsURLConnection open(String server, String method, String path) throws IOException {
        HttpsURLConnection connection = (HttpsURLConnection) URI.create(server + path).toURL().openConnection();
        connection.setSSLSocketFactory(sockets);
        connection.setRequestMethod(method);
        connection.setRequestProperty("Accept", "application/json");
        connection.setRequestProperty("User-Agent", "myriad");
        if (!token.isEmpty()) {
            connection.setRequestProperty("Authorization", "Bearer " + token);
        }
        connection.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
        connection.setReadTimeout(READ_TIMEOUT_MILLIS);
        return connection;
    }

    private static int expect(HttpsURLConnection connection, String request, int... codes) throws IOException {
        int code = connection.getResponseCode();
        boolean success = code < HttpsURLConnection.HTTP_BAD_REQUEST;
        String body = drain(success ? connection.getInputStream() : connection.getErrorStream());
        for (int expected : codes) {
            if (code == expected) {
                return code;
            }
        }
        throw new IOException(request + ": " + code + " " + body);
    }

    /** Reads to the end, so that the connection can be used again; returns the beginning. */
    private static String drain(@Nullable InputStream body) throws IOException {
        if (body == null) {
            return "";
        }
        try (body) {
            String text = new String(body.readNBytes(ERROR_BODY_LIMIT_BYTES), UTF_8);
            body.transferTo(OutputStream.nullOutputStream());
            return text;
        }
    }
}
