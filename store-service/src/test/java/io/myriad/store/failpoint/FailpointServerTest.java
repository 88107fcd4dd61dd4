package io.myriad.store.failpoint;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What gofail answers. */
final class FailpointServerTest {

    private final List<Failpoint> deaths = new ArrayList<>();
    private final Failpoints failpoints = new Failpoints(deaths::add);
    private final FailpointServer server = FailpointServer.start("127.0.0.1:0", failpoints);
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        server.close();
        http.shutdownNow();
    }

    private HttpResponse<String> send(String method, String path, String body) {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/" + path))
                            .method(method, BodyPublishers.ofString(body)).build(),
                    BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private int status(String method, String path, String body) {
        return send(method, path, body).statusCode();
    }

    @Test
    void setAndCleared() {
        assertThat(send("GET", "", "").body().lines()).hasSize(Failpoint.values().length).isSorted()
                .contains("raftBeforeSave=", "raftBeforeWALSaveSnaphot=");
        assertThat(status("PUT", "raftBeforeSave", "1*panic")).isEqualTo(204);
        assertThat(send("GET", "", "").body().lines()).contains("raftBeforeSave=1*panic", "raftAfterSave=");
        assertThat(send("GET", "raftBeforeSave", "").body()).isEqualTo("1*panic\n");
        assertThat(send("GET", "raftBeforeSave/count", "").body()).isEqualTo("0");
        failpoints.reached(Failpoint.RAFT_BEFORE_SAVE);
        failpoints.reached(Failpoint.RAFT_BEFORE_SAVE);
        assertThat(send("GET", "raftBeforeSave/count", "").body()).isEqualTo("1");
        assertThat(deaths).containsExactly(Failpoint.RAFT_BEFORE_SAVE);
        assertThat(status("DELETE", "raftBeforeSave", "")).isEqualTo(204);
        assertThat(status("DELETE", "raftBeforeSave", "")).isEqualTo(400);
        assertThat(status("GET", "raftBeforeSave", "")).isEqualTo(404);
        assertThat(status("GET", "raftBeforeSave/count", "")).isEqualTo(500);
        failpoints.reached(Failpoint.RAFT_BEFORE_SAVE);
        assertThat(deaths).hasSize(1);
    }

    @Test
    void severalAtOnce() {
        assertThat(status("PUT", "failpoints", "raftDropHeartbeat=return;raftAfterSave=off->panic")).isEqualTo(204);
        assertThat(failpoints.reached(Failpoint.RAFT_DROP_HEARTBEAT)).isTrue();
        assertThat(failpoints.reached(Failpoint.RAFT_AFTER_SAVE)).isFalse();
        assertThat(deaths).isEmpty();
    }

    @Test
    void refused() {
        assertThat(status("GET", "nowhere", "")).isEqualTo(404);
        assertThat(status("GET", "nowhere/count", "")).isEqualTo(404);
        assertThat(status("PUT", "nowhere", "panic")).isEqualTo(400);
        assertThat(status("PUT", "raftBeforeSave", "panik")).isEqualTo(400);
        assertThat(status("PUT", "failpoints", "raftBeforeSave")).isEqualTo(400);
        assertThat(status("PUT", "failpoints", "nowhere=panic")).isEqualTo(400);
        assertThat(status("DELETE", "nowhere", "")).isEqualTo(400);
        assertThat(status("POST", "raftBeforeSave", "panic")).isEqualTo(405);
        assertThat(send("GET", "", "").body().lines()).allMatch(line -> line.endsWith("="));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:0", "192.0.2.1:0", "127.0.0.1", ":1234", "127.0.0.1:port", "127.0.0.1:65536"})
    void onlyOnThisMachine(String address) {
        assertThatThrownBy(() -> FailpointServer.start(address, failpoints))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("GOFAIL_HTTP")
                .hasMessageContaining(address);
    }
}
