package io.myriad.allinone;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

import io.netty.handler.ssl.SslContextBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.myriad.apiserver.http.HttpListener;
import io.myriad.apiserver.http.ResponseStream;
import io.myriad.control.client.Credentials;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SiblingHttpClientTest {
    private static final int PATIENCE_SECONDS = 20;

    private final CompletableFuture<ResponseStream> streamed = new CompletableFuture<>();
    private HttpListener listener;
    private Credentials credentials;

    @BeforeEach
    void open() throws Exception {
        credentials = new Credentials(SSLContext.getDefault(), List.of(), () -> null);
        listener = HttpListener.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                SslContextBuilder.forClient().build(), HttpListener.Limits.standard(100), call -> {
                    if (call.path().equals("/stream")) {
                        streamed.complete(call.stream(200, -1));
                        return;
                    }
                    call.responseHeaders().set("Content-Type", "text/plain");
                    call.respond(200, (call.method() + " " + call.target() + " " + call.header("host") + " "
                            + new String(call.body(), UTF_8)).getBytes(UTF_8));
                }, InstantSource.system());
    }

    @AfterEach
    void close() {
        listener.close();
    }

    private URI uri(String target) {
        return URI.create("https://127.0.0.1:" + listener.port() + target);
    }

    @Test
    void requestsAndAnswersArriveWhole() throws Exception {
        HttpResponse<String> response = new SiblingHttpClient(credentials).send(
                HttpRequest.newBuilder(uri("/a%20b?x=%2F")).PUT(HttpRequest.BodyPublishers.ofString("body")).build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("PUT /a%20b?x=%2F 127.0.0.1:" + listener.port() + " body");
        assertThat(response.headers().firstValue("content-type")).contains("text/plain");
    }

    @Test
    void givingUpEndsTheStream() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = new SiblingHttpClient(credentials)
                .sendAsync(HttpRequest.newBuilder(uri("/stream")).build(), HttpResponse.BodyHandlers.ofString());
        CompletableFuture<Void> closed = new CompletableFuture<>();
        streamed.get(PATIENCE_SECONDS, TimeUnit.SECONDS).onClosed(() -> closed.complete(null));
        answer.cancel(true);

        closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThatThrownBy(answer::get).isInstanceOf(CancellationException.class);
    }

    @Test
    void aServerThatDoesNotRunRefusesAsAClosedPortDoes() {
        URI uri = uri("/");
        assertThat(new LoopbackSiblings().client(uri, credentials)).isNotNull();
        listener.close();

        assertThat(new LoopbackSiblings().client(uri, credentials)).isNull();
        assertThatThrownBy(() -> new SiblingHttpClient(credentials)
                .sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString()).get())
                .isInstanceOf(ExecutionException.class).hasCauseInstanceOf(ConnectException.class);
    }
}
