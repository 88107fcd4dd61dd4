package io.myriad.apiserver.admission.webhook;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/**
 * Calls webhooks over HTTPS. A client is kept for each server name and set of authorities, so that connections are used
 * again. Safe for any thread; methods block.
 */
public final class WebhookClient {
    /** The most that a webhook may answer. */
    private static final long MAX_ANSWER_BYTES = 16L << 20;
    /** Beyond these all clients are made anew: configurations that come and go leave nothing behind. */
    private static final int MAX_CLIENTS = 256;

    private record Key(String host, String authorities) {}

    private final ServiceAddresses services;
    private final ConcurrentHashMap<Key, HttpClient> clients = new ConcurrentHashMap<>();

    public WebhookClient(ServiceAddresses services) {
        this.services = services;
    }

    /**
     * Posts a review.
     *
     * @return the body of a 200
     * @throws IOException when there is no such answer in time
     */
    public byte[] post(Endpoint endpoint, byte[] body, int timeoutSeconds) throws IOException, InterruptedException {
        URI url;
        String host;
        switch (endpoint) {
            case Endpoint.Url at -> {
                url = at.url();
                host = at.url().getHost();
            }
            case Endpoint.Service service -> {
                InetSocketAddress address = services.find(service);
                String literal = address.getAddress() == null
                        ? address.getHostString()
                        : address.getAddress().getHostAddress();
                url = URI.create("https://" + (literal.indexOf(':') >= 0 ? "[" + literal + "]" : literal) + ":"
                        + address.getPort() + service.path());
                host = service.host();
            }
        }
        URI target = URI.create(url + (url.getQuery() == null ? "?" : "&") + "timeout=" + timeoutSeconds + "s");
        HttpRequest request = HttpRequest.newBuilder(target).timeout(Duration.ofSeconds(timeoutSeconds))
                .header("Content-Type", "application/json").header("Accept", "application/json, */*")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
        HttpResponse<byte[]> response = send(client(new Key(host, endpoint.authorities())), request, timeoutSeconds);
        if (response.statusCode() != 200) {
            throw new IOException("the server answered " + response.statusCode());
        }
        return response.body();
    }

    /** The time counts until the whole answer is here, not only its head. */
    private static HttpResponse<byte[]> send(HttpClient client, HttpRequest request, int timeoutSeconds)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request,
                HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MAX_ANSWER_BYTES));
        try {
            return answer.get(timeoutSeconds, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            answer.cancel(true);
            throw new IOException("context deadline exceeded", late);
        } catch (ExecutionException failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            throw new IOException(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
        }
    }

    private HttpClient client(Key key) throws IOException {
        HttpClient known = clients.get(key);
        if (known != null) {
            return known;
        }
        if (clients.size() >= MAX_CLIENTS) {
            clients.clear();
        }
        HttpClient made = make(key);
        HttpClient first = clients.putIfAbsent(key, made);
        return first != null ? first : made;
    }

    private static HttpClient make(Key key) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[]{NamedTrust.of(key.authorities, key.host)}, null);
            SSLParameters parameters = context.getDefaultSSLParameters();
            if (key.host.matches("[a-zA-Z0-9]([-a-zA-Z0-9.]*[a-zA-Z])?")) {
                parameters.setServerNames(List.of(new SNIHostName(key.host)));
            }
            return HttpClient.newBuilder().sslContext(context).sslParameters(parameters)
                    .proxy(HttpClient.Builder.NO_PROXY).version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER).build();
        } catch (GeneralSecurityException | IllegalArgumentException unusable) {
            throw new IOException("unusable certificates: " + unusable.getMessage(), unusable);
        }
    }
}
