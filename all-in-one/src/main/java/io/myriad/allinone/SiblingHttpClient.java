package io.myriad.allinone;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Authenticator;
import java.net.ConnectException;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;

import io.myriad.apiserver.http.LocalCalls;
import io.myriad.control.client.Credentials;

/**
 * The JDK's client as it looks to its users, but for an API server in this JVM: requests become calls of that one, without a
 * connection between. When the server does not run, a request fails as one to a closed port does.
 */
final class SiblingHttpClient extends HttpClient {
    private final Credentials credentials;

    SiblingHttpClient(Credentials credentials) {
        this.credentials = credentials;
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request,
            HttpResponse.BodyHandler<T> responseBodyHandler) {
        Answer<T> answer = new Answer<>(request, responseBodyHandler);
        URI uri = request.uri();
        Map<String, List<String>> headers = new HashMap<>(request.headers().map());
        headers.put("Host", List.of(uri.getAuthority()));
        String target = uri.getRawQuery() == null ? uri.getRawPath() : uri.getRawPath() + "?" + uri.getRawQuery();
        byte[] body = request.bodyPublisher().map(SiblingHttpClient::bytes).orElse(new byte[0]);
        LocalCalls.Call call = LocalCalls.send(uri.getPort(), request.method(), target, headers, body,
                credentials.certificates(), answer);
        if (call == null) {
            return CompletableFuture.failedFuture(
                    new ConnectException("no API server of this process has port " + uri.getPort()));
        }
        answer.future.whenComplete((response, error) -> {
            if (answer.future.isCancelled()) {
                call.cancel();
            }
        });
        return answer.future;
    }

    private static byte[] bytes(HttpRequest.BodyPublisher publisher) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) Math.max(0, publisher.contentLength()));
        CompletableFuture<byte[]> whole = new CompletableFuture<>();
        publisher.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(ByteBuffer piece) {
                byte[] copy = new byte[piece.remaining()];
                piece.get(copy);
                bytes.writeBytes(copy);
            }

            @Override
            public void onError(Throwable error) {
                whole.completeExceptionally(error);
            }

            @Override
            public void onComplete() {
                whole.complete(bytes.toByteArray());
            }
        });
        return whole.join();
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request,
            HttpResponse.BodyHandler<T> responseBodyHandler,
            HttpResponse.@Nullable PushPromiseHandler<T> pushPromiseHandler) {
        return sendAsync(request, responseBodyHandler);
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> responseBodyHandler)
            throws IOException, InterruptedException {
        try {
            return sendAsync(request, responseBodyHandler).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
    }

    /** Feeds an answer to the subscriber that the caller has chosen for it. */
    private static final class Answer<T> implements LocalCalls.Receiver {
        private final HttpRequest request;
        private final HttpResponse.BodyHandler<T> handler;
        private final CompletableFuture<HttpResponse<T>> future = new CompletableFuture<>();
        private HttpResponse.@Nullable BodySubscriber<T> subscriber;

        Answer(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
            this.request = request;
            this.handler = handler;
        }

        @Override
        public void head(LocalCalls.Call call, int status, Map<String, List<String>> headers) {
            HttpHeaders all = HttpHeaders.of(headers, (name, value) -> true);
            HttpResponse.BodySubscriber<T> body;
            try {
                body = handler.apply(new Info(status, all));
            } catch (RuntimeException e) {
                future.completeExceptionally(e);
                call.cancel();
                return;
            }
            subscriber = body;
            body.getBody().whenComplete((value, error) -> {
                if (error == null) {
                    future.complete(new Response<>(status, request, all, value));
                } else {
                    future.completeExceptionally(error);
                }
            });
            body.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long pieces) {
                    call.request(pieces);
                }

                @Override
                public void cancel() {
                    call.cancel();
                }
            });
        }

        @Override
        public void piece(byte[] data) {
            if (subscriber != null) {
                subscriber.onNext(List.of(ByteBuffer.wrap(data)));
            }
        }

        @Override
        public void end() {
            if (subscriber != null) {
                subscriber.onComplete();
            }
        }

        @Override
        public void broke(String why) {
            IOException error = new IOException(why);
            if (subscriber != null) {
                subscriber.onError(error);
            }
            future.completeExceptionally(error);
        }
    }

    private record Info(int statusCode, HttpHeaders headers) implements HttpResponse.ResponseInfo {
        @Override
        public Version version() {
            return Version.HTTP_2;
        }
    }

    private record Response<T>(int statusCode, HttpRequest request, HttpHeaders headers,
            T body) implements HttpResponse<T> {
        @Override
        public Optional<HttpResponse<T>> previousResponse() {
            return Optional.empty();
        }

        @Override
        public Optional<SSLSession> sslSession() {
            return Optional.empty();
        }

        @Override
        public URI uri() {
            return request.uri();
        }

        @Override
        public Version version() {
            return Version.HTTP_2;
        }
    }

    // ---- what a client is asked about itself ----------------------------------------------------------------

    @Override
    public Optional<CookieHandler> cookieHandler() {
        return Optional.empty();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return Optional.empty();
    }

    @Override
    public Redirect followRedirects() {
        return Redirect.NEVER;
    }

    @Override
    public Optional<ProxySelector> proxy() {
        return Optional.empty();
    }

    @Override
    public SSLContext sslContext() {
        return credentials.tls();
    }

    @Override
    public SSLParameters sslParameters() {
        return new SSLParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return Optional.empty();
    }

    @Override
    public Version version() {
        return Version.HTTP_2;
    }

    @Override
    public Optional<Executor> executor() {
        return Optional.empty();
    }
}
