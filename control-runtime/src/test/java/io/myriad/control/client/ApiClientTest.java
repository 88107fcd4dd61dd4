package io.myriad.control.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.control.client.ScriptedServer.Call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Requests against a server that refuses, is silent, or breaks off. */
@Timeout(120)
class ApiClientTest {
    private static final ApiPath MAPS = ApiPath.of(Resources.CONFIG_MAPS).in("d");
    private static final String OBJECT = "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'a'}}";

    private final ScriptedServer server = new ScriptedServer();
    private final ApiClient client = client(ScriptedServer.options(server.uri()));

    private static ApiClient client(ClientOptions options) {
        return ApiClient.create(options, new SimpleMeterRegistry());
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "ConfigMap");
    }

    private CompletableFuture<ApiResponse> get() {
        return client.sendAsync(ApiRequest.of("GET", "/readyz"));
    }

    @Test
    void aRefusalForLoadIsTriedAgainALittleLaterWhateverTheMethod() throws Exception {
        CompletableFuture<ObjectNode> answer = client.createAsync(MAPS, object());
        server.next().refuse(429, "TooManyRequests", "Retry-After", "0");
        server.next().refuse(503, "ServiceUnavailable", "Retry-After", "0");
        Call call = server.next();
        assertThat(call.method()).isEqualTo("POST");
        assertThat(call.body()).contains("ConfigMap");
        call.answer(201, OBJECT);
        assertThat(answer.get(30, TimeUnit.SECONDS).path("metadata").path("name").asString()).isEqualTo("a");
    }

    @Test
    void notForEver() throws Exception {
        CompletableFuture<ApiResponse> answer = get();
        for (int i = 0; i <= 3; i++) {
            server.next().refuse(429, "TooManyRequests");
        }
        assertThatThrownBy(() -> ApiClient.await(answer)).isInstanceOfSatisfying(StatusException.class,
                e -> assertThat(e.status().reason()).isEqualTo(StatusReason.TOO_MANY_REQUESTS));
        assertThat(server.idle()).isTrue();
    }

    @Test
    void otherRefusalsAreFinalAndKeepTheirDetails() throws Exception {
        CompletableFuture<ApiResponse> answer = get();
        server.next().answer(422, "{'kind':'Status','apiVersion':'v1','reason':'Invalid','message':'no','code':422,"
                + "'details':{'kind':'ConfigMap','name':'a','causes':[{'reason':'FieldValueInvalid','field':'data',"
                + "'message':'bad'}]}}");
        assertThatThrownBy(() -> ApiClient.await(answer)).isInstanceOfSatisfying(StatusException.class, e -> {
            assertThat(e.status().code()).isEqualTo(422);
            assertThat(e.status().details().causes().getFirst().field()).isEqualTo("data");
        });
        CompletableFuture<ApiResponse> unreadable = get();
        server.next().answer(502, "<html>bad gateway</html>");
        assertThatThrownBy(() -> ApiClient.await(unreadable)).isInstanceOfSatisfying(StatusException.class, e -> {
            assertThat(e.status().code()).isEqualTo(502);
            assertThat(e.status().message()).isEqualTo("<html>bad gateway</html>");
        });
    }

    @Test
    void aReadIsRepeatedWhenTheConnectionBreaksAWriteIsNot() throws Exception {
        CompletableFuture<ApiResponse> read = get();
        server.next().cut();
        server.next().answer(200, "{}");
        assertThat(read.get(30, TimeUnit.SECONDS).code()).isEqualTo(200);
        CompletableFuture<ObjectNode> write = client.createAsync(MAPS, object());
        server.next().cut();
        assertThatThrownBy(() -> ApiClient.await(write)).isInstanceOfSatisfying(TransportException.class,
                e -> assertThat(e.mayHaveBeenSent()).isTrue());
        assertThat(server.idle()).isTrue();
    }

    @Test
    void silenceEndsWithTheRequestsTime() throws Exception {
        try (ApiClient hasty = client(ScriptedServer.options(server.uri()).withRequestTimeoutMillis(200))) {
            CompletableFuture<ApiResponse> answer = hasty.sendAsync(ApiRequest.of("GET", "/readyz"));
            assertThatThrownBy(() -> ApiClient.await(answer)).isInstanceOf(TransportException.class)
                    .hasMessageContaining("no answer to GET /readyz in 200 ms");
        }
    }

    @Test
    void whatWasNeverSentIsSafeToSendElsewhere() throws Exception {
        ScriptedServer dead = new ScriptedServer();
        dead.close();
        try (ApiClient both = client(ScriptedServer.options(dead.uri(), server.uri()))) {
            List<CompletableFuture<ObjectNode>> writes = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                writes.add(both.createAsync(MAPS, object()));
            }
            for (CompletableFuture<ObjectNode> one : writes) {
                server.next().answer(201, OBJECT);
            }
            for (CompletableFuture<ObjectNode> one : writes) {
                assertThat(one.get(30, TimeUnit.SECONDS).path("kind").asString()).isEqualTo("ConfigMap");
            }
        }
    }

    @Test
    void aServerThatRefusesAgainAndAgainIsLeft() throws Exception {
        try (ScriptedServer other = new ScriptedServer();
                ApiClient both = client(ScriptedServer.options(server.uri(), other.uri()).withRetriesMax(5))) {
            CompletableFuture<ApiResponse> answer = both.sendAsync(ApiRequest.of("GET", "/readyz"));
            while (server.idle() && other.idle()) {
                Thread.onSpinWait();
            }
            ScriptedServer busy = server.idle() ? other : server;
            for (int i = 0; i < 3; i++) {
                busy.next().refuse(429, "TooManyRequests");
            }
            (busy == server ? other : server).next().answer(200, "{}");
            assertThat(answer.get(30, TimeUnit.SECONDS).code()).isEqualTo(200);
        }
    }

    @Test
    void noMoreStreamsThanAllowedOthersWait() throws Exception {
        try (ApiClient narrow = client(ScriptedServer.options(server.uri()).withConnections(1, 1)
                .withStreamsPerConnection(2))) {
            // One goes first on a new connection.
            CompletableFuture<ApiResponse> opening = narrow.sendAsync(ApiRequest.of("GET", "/first"));
            server.next().answer(200, "{}");
            assertThat(opening.get(30, TimeUnit.SECONDS).code()).isEqualTo(200);
            List<CompletableFuture<ApiResponse>> answers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                answers.add(narrow.sendAsync(ApiRequest.of("GET", "/" + i)));
            }
            Call first = server.next();
            Call second = server.next();
            assertThat(server.idle()).isTrue();
            first.answer(200, "{}");
            second.answer(200, "{}");
            for (int i = 2; i < 6; i++) {
                server.next().answer(200, "{}");
            }
            for (CompletableFuture<ApiResponse> one : answers) {
                assertThat(one.get(30, TimeUnit.SECONDS).code()).isEqualTo(200);
            }
        }
    }
}
