package io.myriad.control.client;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;

/** A server that does nothing by itself: each request waits for the test to answer it, or to break it off. */
public final class ScriptedServer implements AutoCloseable {
    private static final int LIMIT_SECONDS = 30;

    private final HttpServer server;
    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();

    public ScriptedServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            Call call = new Call(exchange,
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            calls.add(call);
            call.awaitEnd();
            if (call.cut) {
                throw new IOException("cut"); // makes the server close the connection as it is
            }
        });
        server.start();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The next request. */
    public Call next() throws InterruptedException {
        Call call = calls.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (call == null) {
            throw new AssertionError("no request in " + LIMIT_SECONDS + " s");
        }
        return call;
    }

    /** Whether no request waits to be looked at. */
    public boolean idle() {
        return calls.isEmpty();
    }

    /** A client of these servers that is quick to give up. */
    public static ClientOptions options(URI... servers) {
        try {
            return new ClientOptions(List.of(servers), new Credentials(SSLContext.getDefault(), List.of(), () -> null),
                    "test", 1,
                    8,
                    90, 20_000, 3, 180_000);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }

    /** A request that waits for its answer. */
    public static final class Call {
        private final HttpExchange exchange;
        private final String body;
        private final CountDownLatch end = new CountDownLatch(1);
        private @Nullable OutputStream stream;
        private volatile boolean cut;

        private Call(HttpExchange exchange, String body) {
            this.exchange = exchange;
            this.body = body;
        }

        private void awaitEnd() {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        public String method() {
            return exchange.getRequestMethod();
        }

        public String path() {
            return exchange.getRequestURI().getPath();
        }

        public String body() {
            return body;
        }

        /** A query parameter, or empty. */
        public String query(String name) {
            String query = exchange.getRequestURI().getQuery();
            return query == null
                    ? ""
                    : Arrays.stream(query.split("&")).filter(part -> part.startsWith(name + "="))
                            .map(part -> part.substring(name.length() + 1)).findFirst().orElse("");
        }

        /** Answers with JSON (single quotes will do) and headers {@code name, value, ...}. */
        public void answer(int code, String json, String... headers) throws IOException {
            byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(code, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
            end.countDown();
        }

        /** Answers with a Status. */
        public void refuse(int code, String reason, String... headers) throws IOException {
            answer(code,
                    "{'kind':'Status','apiVersion':'v1','status':'Failure','message':'" + reason + " it is','reason':'"
                            + reason + "','code':" + code + "}",
                    headers);
        }

        /** Sends an event of a watch. */
        public void event(String type, String object) throws IOException {
            raw("{'type':'" + type + "','object':" + object + "}\n");
        }

        /** Sends bytes as they are. */
        public void raw(String text) throws IOException {
            OutputStream open = stream;
            if (open == null) {
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, 0);
                open = exchange.getResponseBody();
                stream = open;
            }
            open.write(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
            open.flush();
        }

        /** Ends the answer in order. */
        public void end() throws IOException {
            if (stream == null) {
                raw("");
            }
            exchange.close();
            end.countDown();
        }

        /** Breaks the connection in the middle of the answer. */
        public void cut() throws IOException {
            raw("");
            cut = true;
            end.countDown();
        }
    }
}
