package io.myriad.store;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** Sets failpoints of a store in another process, as etcd's robustness tests do. */
final class FailpointClient implements AutoCloseable {

    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();

    FailpointClient(int port) {
        this.port = port;
    }

    /** The command to start the store with. */
    List<String> runner(String... variables) {
        List<String> command = new java.util.ArrayList<>(List.of("env", "GOFAIL_HTTP=127.0.0.1:" + port));
        command.addAll(List.of(variables));
        return command;
    }

    void set(String failpoint, String terms) throws Exception {
        HttpResponse<String> response = send(failpoint,
                HttpRequest.newBuilder().PUT(BodyPublishers.ofString(terms)));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
    }

    /** How often something was done there. */
    int count(String failpoint) throws Exception {
        return Integer.parseInt(send(failpoint + "/count", HttpRequest.newBuilder().GET()).body());
    }

    private HttpResponse<String> send(String path, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return http.send(request.uri(URI.create("http://127.0.0.1:" + port + "/" + path)).build(),
                BodyHandlers.ofString());
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
