package io.myriad.store.failpoint;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;

/**
 * Sets failpoints over HTTP, as gofail does, status codes included: {@code GET /} lists them, {@code GET}, {@code PUT} and {@code DELETE /NAME} are about one of them,
 * {@code GET /NAME/count} says how often something was done there, {@code PUT /failpoints} sets several. Listens on this machine only: who can ask can end the process.
 *
 * <p>The protocol is that of {@code runtime/http.go} of go.etcd.io/gofail.
 */
final class FailpointServer implements AutoCloseable {

    private static final int LONGEST_BODY = 1 << 16;
    private static final String COUNT = "/count";

    private final HttpServer server;
    private final Failpoints failpoints;

    private record Answer(int status, String text) {}

    private FailpointServer(HttpServer server, Failpoints failpoints) {
        this.server = server;
        this.failpoints = failpoints;
    }

    /**
     * @param address HOST:PORT
     * @throws IllegalArgumentException with a message for the user
     */
    static FailpointServer start(String address, Failpoints failpoints) {
        try {
            HttpServer server = HttpServer.create(loopback(address), 0);
            FailpointServer started = new FailpointServer(server, failpoints);
            server.createContext("/", started::handle);
            // A thread of its own: the one of the server does not keep the process alive if its creator is a daemon.
            Thread.ofPlatform().name("store-failpoints").daemon().start(server::start);
            return started;
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "cannot listen for failpoints on " + address + ": " + e.getMessage(), e);
        }
    }

    private static InetSocketAddress loopback(String address) throws UnknownHostException {
        int separator = address.lastIndexOf(':');
        try {
            if (separator > 0) {
                InetAddress host = InetAddress.getByName(address.substring(0, separator));
                int port = Integer.parseInt(address.substring(separator + 1));
                if (host.isLoopbackAddress() && port >= 0 && port < 1 << 16) {
                    return new InetSocketAddress(host, port);
                }
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException("invalid value \"" + address + "\" for " + Failpoints.ADDRESS_VARIABLE
                + ": HOST:PORT with a host that is this machine, as 127.0.0.1, is expected");
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        failpoints.answering().lock();
        try (exchange) {
            byte[] body = exchange.getRequestBody().readNBytes(LONGEST_BODY);
            Answer answer = answer(exchange.getRequestMethod(), exchange.getRequestURI().getPath().substring(1),
                    new String(body, StandardCharsets.UTF_8));
            byte[] text = answer.text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            if (answer.status == 405) {
                exchange.getResponseHeaders().set("Allow", "DELETE, GET, PUT");
            }
            exchange.sendResponseHeaders(answer.status, text.length == 0 ? -1 : text.length);
            if (text.length > 0) {
                exchange.getResponseBody().write(text);
            }
        } finally {
            failpoints.answering().unlock();
        }
    }

    private Answer answer(String method, String name, String body) {
        return switch (method) {
            case "GET" -> get(name);
            case "PUT" -> put(name, body);
            case "DELETE" -> delete(name);
            default -> new Answer(405, "Method not allowed\n");
        };
    }

    private Answer get(String name) {
        if (name.isEmpty()) {
            return new Answer(200, Arrays.stream(Failpoint.values()).map(each -> each.text() + "=" + textAt(each))
                    .sorted().collect(Collectors.joining("\n", "", "\n")));
        }
        boolean counts = name.endsWith(COUNT);
        Failpoint failpoint = Failpoints
                .find(counts ? name.substring(0, name.length() - COUNT.length()) : name);
        if (failpoint == null) {
            return new Answer(404, "failed to GET: failpoint: failpoint does not exist\n");
        }
        @Nullable
        FailpointTerms terms = failpoints.at(failpoint);
        if (terms == null) {
            return new Answer(counts ? 500 : 404, "failed to GET: failpoint: failpoint is disabled\n");
        }
        return new Answer(200, counts ? Integer.toString(terms.count()) : terms + "\n");
    }

    private String textAt(Failpoint failpoint) {
        FailpointTerms terms = failpoints.at(failpoint);
        return terms == null ? "" : terms.toString();
    }

    private Answer put(String name, String body) {
        try {
            if (name.equalsIgnoreCase("failpoints")) {
                failpoints.setAll(body);
                return new Answer(204, "");
            }
            Failpoint failpoint = Failpoints.find(name);
            if (failpoint == null) {
                return new Answer(400, "fail to set failpoint: failpoint: failpoint does not exist\n");
            }
            failpoints.set(failpoint, body);
            return new Answer(204, "");
        } catch (IllegalArgumentException e) {
            return new Answer(400, "fail to set failpoint: failpoint: " + e.getMessage() + "\n");
        }
    }

    private Answer delete(String name) {
        Failpoint failpoint = Failpoints.find(name);
        if (failpoint == null) {
            return new Answer(400, "failed to delete failpoint failpoint: failpoint does not exist\n");
        }
        return failpoints.clear(failpoint)
                ? new Answer(204, "")
                : new Answer(400, "failed to delete failpoint failpoint: failpoint is disabled\n");
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
