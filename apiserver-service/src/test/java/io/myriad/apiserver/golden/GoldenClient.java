package io.myriad.apiserver.golden;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;

/** Sends the requests of recorded cases as they are. */
final class GoldenClient {
    /** An answer; {@code ended} tells whether the server ended a stream by itself. */
    record Answer(int code, Map<String, List<String>> headers, byte[] body, boolean ended) {
        String header(String name) {
            return headers.entrySet().stream().filter(entry -> entry.getKey().equalsIgnoreCase(name))
                    .map(entry -> String.join(", ", entry.getValue())).findFirst().orElse("");
        }

        int count(String name) {
            return headers.entrySet().stream().filter(entry -> entry.getKey().equalsIgnoreCase(name))
                    .mapToInt(entry -> entry.getValue().size()).sum();
        }
    }

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final long STREAM_SECONDS = 20;
    private static final long ANSWER_SECONDS = 20;

    private final URI server;
    private final HttpClient client;

    GoldenClient(URI server, SSLContext tls) {
        this.server = server;
        this.client = HttpClient.newBuilder().sslContext(tls).version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER).build();
    }

    Answer send(String method, String target, Map<String, String> headers, byte @Nullable [] body)
            throws IOException, InterruptedException {
        try {
            HttpResponse<byte[]> response = client
                    .sendAsync(request(method, target, headers, body), HttpResponse.BodyHandlers.ofByteArray())
                    .get(ANSWER_SECONDS, TimeUnit.SECONDS);
            return new Answer(response.statusCode(), response.headers().map(), response.body(), true);
        } catch (TimeoutException unfinished) {
            return new Answer(0, Map.of(), new byte[0], false);
        } catch (ExecutionException broken) {
            throw new IOException(broken.getCause());
        }
    }

    /** Reads until the server ends the answer, or for some seconds. */
    Answer stream(String target, Map<String, String> headers) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = client.send(request("GET", target, headers, null),
                HttpResponse.BodyHandlers.ofInputStream());
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            byte[] buffer = new byte[65536];
            try (InputStream in = response.body()) {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    synchronized (received) {
                        received.write(buffer, 0, read);
                    }
                }
                ended.complete(true);
            } catch (IOException broken) {
                ended.complete(false);
            }
        });
        boolean finished;
        try {
            finished = ended.get(STREAM_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException unfinished) {
            finished = false;
            response.body().close();
        }
        synchronized (received) {
            return new Answer(response.statusCode(), response.headers().map(), received.toByteArray(), finished);
        }
    }

    private HttpRequest request(String method, String target, Map<String, String> headers, byte @Nullable [] body) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(server + target)).timeout(TIMEOUT)
                .method(method, body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(builder::header);
        return builder.build();
    }
}
