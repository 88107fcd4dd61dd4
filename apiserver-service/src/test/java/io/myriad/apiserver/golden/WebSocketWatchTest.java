package io.myriad.apiserver.golden;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import io.myriad.apiserver.http.RawConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Watches through WebSockets. Handshakes, frames and codes are those of the real server v1.37.2, which was sent the same;
 * what is in the frames is what a GET gets.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebSocketWatchTest {
    private static final String MAPS = "/api/v1/namespaces/sockets/configmaps";
    private static final String WATCH = MAPS + "?watch=true";
    /** Everything that is there, a bookmark, and then the end. */
    private static final String ONCE = WATCH
            + "&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1";
    private static final String PROTOBUF = "application/vnd.kubernetes.protobuf;stream=watch";
    private static final int MAP_COUNT = 3;
    private static final long PATIENCE_SECONDS = 20;
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private GoldenServer server;

    @BeforeAll
    void start() throws Exception {
        server = GoldenServer.start();
        create("/api/v1/namespaces", "{'metadata':{'name':'sockets'}}");
        create("/api/v1/namespaces/sockets/serviceaccounts", "{'metadata':{'name':'someone'}}");
        for (int i = 0; i < MAP_COUNT; i++) {
            create(MAPS, "{'metadata':{'name':'map-" + i + "'},'data':{'k':'v \u00e9'}}");
        }
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    private byte[] create(String path, String object) throws Exception {
        GoldenClient.Answer answer = server.client().send("POST", path, Map.of("Content-Type", "application/json"),
                object.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        assertThat(answer.code()).as(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo(201);
        return answer.body();
    }

    // ---- what is sent -------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/json;as=Table;v=v1;g=meta.k8s.io",
            "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"})
    void messagesOfTextAreTheLinesOfAGet(String accept) throws Exception {
        GoldenClient.Answer plain = server.client().stream(ONCE, Map.of("Accept", accept));
        Messages received = new Messages();
        connect(ONCE, received, "Accept", accept);
        assertThat(received.untilClosed()).isEqualTo(WebSocket.NORMAL_CLOSURE);
        assertThat(received.text).hasSize(MAP_COUNT + 2);
        assertThat(timeless(String.join("", received.text)))
                .isEqualTo(timeless(new String(plain.body(), StandardCharsets.UTF_8)));
        assertThat(received.text).allMatch(line -> line.endsWith("}\n"));
        assertThat(received.binary).isEmpty();
    }

    /** Without ages, and without the version that the whole store was at. */
    private static String timeless(String lines) {
        return lines.replaceAll("\"\\d+[smh]\"", "AGE")
                .lines().map(line -> line.startsWith("{\"type\":\"BOOKMARK\"")
                        ? line.replaceAll("\"resourceVersion\":\"\\d+\"", "VERSION")
                        : line)
                .collect(Collectors.joining("\n"));
    }

    @Test
    void messagesOfProtobufAreThoseOfAGetWithoutTheirLengths() throws Exception {
        GoldenClient.Answer plain = server.client().stream(ONCE, Map.of("Accept", PROTOBUF));
        Messages received = new Messages();
        connect(ONCE, received, "Accept", PROTOBUF);
        assertThat(received.untilClosed()).isEqualTo(WebSocket.NORMAL_CLOSURE);
        ByteArrayOutputStream delimited = new ByteArrayOutputStream();
        // What follows are bookmarks, with the version that the whole store was at.
        for (byte[] message : received.binary.subList(0, MAP_COUNT)) {
            delimited.writeBytes(ByteBuffer.allocate(4).putInt(message.length).array());
            delimited.writeBytes(message);
        }
        assertThat(received.binary).hasSize(MAP_COUNT + 2);
        assertThat(Arrays.copyOf(plain.body(), delimited.size())).isEqualTo(delimited.toByteArray());
        assertThat(received.text).isEmpty();
    }

    @Test
    void changesArriveAsTheyAreMade() throws Exception {
        Messages received = new Messages();
        WebSocket socket = connect(WATCH + "&fieldSelector=metadata.name=late", received);
        create(MAPS, "{'metadata':{'name':'late'}}");
        assertThat(received.next()).startsWith("{\"type\":\"ADDED\"").contains("\"name\":\"late\"");
        server.client().send("DELETE", MAPS + "/late", Map.of(), null);
        assertThat(received.next()).startsWith("{\"type\":\"DELETED\"");
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "enough").join();
        assertThat(received.untilClosed()).isEqualTo(WebSocket.NORMAL_CLOSURE);
    }

    // ---- handshake ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"base64.binary.k8s.io", "binary.k8s.io", "whatever"})
    void theOneSubprotocolThatIsOfferedIsTaken(String protocol) {
        WebSocket socket = builder(server.adminTls()).subprotocols(protocol)
                .header("Origin", server.url().toString()).buildAsync(address(WATCH), new Messages()).join();
        assertThat(socket.getSubprotocol()).isEqualTo(protocol);
        socket.abort();
    }

    static Stream<Arguments> refusals() {
        return Stream.of(arguments("no origin", "Origin", null, 403, ""),
                arguments("an origin that is no address", "Origin", "null", 403, ""),
                arguments("several subprotocols", "Sec-WebSocket-Protocol", "a, b", 400, ""),
                arguments("another version", "Sec-WebSocket-Version", "8", 400, "missing or bad WebSocket Version"),
                arguments("no version", "Sec-WebSocket-Version", null, 400, "missing or bad WebSocket Version"),
                arguments("no key", "Sec-WebSocket-Key", null, 400, "mismatch challenge/response"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void whatIsRefused(String why, String header, @Nullable String value, int code, String text) throws Exception {
        try (RawConnection raw = new RawConnection(server.url(), server.adminTls())) {
            raw.upgrade(WATCH, header, value);
            RawConnection.Head head = raw.head();
            assertThat(head.status()).as(why).isEqualTo(code);
            assertThat(raw.rest()).isEqualTo(text);
            if (text.endsWith("Version")) {
                assertThat(head.header("sec-websocket-version")).isEqualTo("13");
            }
        }
    }

    @Test
    void theAnswerToAKeyIsThatOfTheStandard() throws Exception {
        try (RawConnection raw = new RawConnection(server.url(), server.adminTls())) {
            raw.upgrade(WATCH, "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
            RawConnection.Head head = raw.head();
            assertThat(head.status()).isEqualTo(101);
            assertThat(head.header("sec-websocket-accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            assertThat(head.header("upgrade")).isEqualTo("websocket");
            assertThat(head.header("connection")).isEqualTo("Upgrade");
        }
    }

    @Test
    void withoutAConnectionHeaderItIsAGet() throws Exception {
        try (RawConnection raw = new RawConnection(server.url(), server.adminTls())) {
            raw.upgrade(WATCH + "&timeoutSeconds=1", "Connection", null);
            assertThat(raw.head().status()).isEqualTo(200);
        }
    }

    @Test
    void whatIsWrongWithTheWatchIsAnAnswerAsEver() throws Exception {
        assertThat(refusal(server.adminTls(), MAPS + "?watch=true&resourceVersion=x")).isIn(400, 500);
        assertThat(refusal(server.adminTls(), "/api/v1/nothings?watch=true")).isEqualTo(404);
        assertThat(refusal(server.strangerTls(), WATCH)).as("anonymous").isEqualTo(403);
        assertThat(refusal(server.adminTls(), MAPS)).as("a list is no stream").isEqualTo(200);
    }

    @Test
    void aTokenMayBeASubprotocol() throws Exception {
        String token = JsonMapper.shared().readTree(create(
                "/api/v1/namespaces/sockets/serviceaccounts/someone/token", "{'spec':{}}")).path("status")
                .path("token").asString();
        String protocol = "base64url.bearer.authorization.k8s.io."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(token.getBytes(StandardCharsets.UTF_8));
        assertThat(refusal(server.strangerTls(), WATCH, protocol, "x")).as("known, but not allowed").isEqualTo(403);
        assertThat(refusal(server.strangerTls(), WATCH, protocol)).as("alone").isEqualTo(401);
        assertThat(refusal(server.strangerTls(), WATCH, protocol, protocol + "x")).as("twice").isEqualTo(401);
        assertThat(refusal(server.strangerTls(), WATCH, "base64url.bearer.authorization.k8s.io.bm8", "x"))
                .as("nobody's").isEqualTo(401);
        assertThat(refusal(server.strangerTls(), WATCH, "base64url.bearer.authorization.k8s.io.a", "x"))
                .as("no base64").isEqualTo(401);
        create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", "{'metadata':{'name':'someone'},'roleRef':"
                + "{'apiGroup':'rbac.authorization.k8s.io','kind':'ClusterRole','name':'cluster-admin'},'subjects':"
                + "[{'kind':'ServiceAccount','name':'someone','namespace':'sockets'}]}");
        try (RawConnection raw = new RawConnection(server.url(), server.strangerTls())) {
            raw.upgrade(WATCH, "Sec-WebSocket-Protocol", "x," + protocol);
            RawConnection.Head head = raw.head();
            assertThat(head.status()).isEqualTo(101);
            assertThat(head.header("sec-websocket-protocol")).as("the token is not sent back").isEqualTo("x");
        }
    }

    // ---- what clients send --------------------------------------------------------------------------------------

    @Test
    void messagesAreIgnoredAndPingsAnswered() throws Exception {
        try (RawConnection raw = opened()) {
            raw.frame(TEXT, "hello", true);
            raw.frame(PING, "there", true);
            assertThat(raw.nextControl()).isEqualTo(new RawConnection.Frame(PONG, "there"));
            raw.frame(CLOSE, "\3\350bye", true);
            assertThat(raw.nextControl()).isEqualTo(new RawConnection.Frame(CLOSE, "\3\350"));
            assertThat(raw.ended()).isTrue();
        }
    }

    @Test
    void whatBreaksTheProtocolEndsTheConnectionWithItsCode() throws Exception {
        try (RawConnection raw = opened()) {
            raw.frame(PING, "unmasked", false);
            assertThat(raw.nextControl().closeCode()).isEqualTo(1002);
            assertThat(raw.ended()).isTrue();
        }
        try (RawConnection raw = opened()) {
            raw.frame(3, "no such kind", true);
            assertThat(raw.nextControl().closeCode()).isEqualTo(1002);
            assertThat(raw.ended()).isTrue();
        }
        try (RawConnection raw = opened()) {
            raw.frameHead(TEXT, (64 << 10) + 1);
            assertThat(raw.nextControl().closeCode()).isEqualTo(1009);
            assertThat(raw.ended()).isTrue();
        }
    }

    private RawConnection opened() throws IOException {
        RawConnection raw = new RawConnection(server.url(), server.adminTls());
        raw.upgrade(WATCH, "X-Nothing", "");
        assertThat(raw.head().status()).isEqualTo(101);
        return raw;
    }

    // ---- a client -----------------------------------------------------------------------------------------------

    @Test
    void fabric8WatchesThroughAWebSocket() throws Exception {
        Config config = new ConfigBuilder(Config.empty()).withMasterUrl(server.url().toString())
                .withCaCertFile(server.file("ca.crt").toString())
                .withClientCertFile(server.file("admin.crt").toString())
                .withClientKeyFile(server.file("admin.key").toString()).withClientKeyAlgo("EC").build();
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        long before = webSockets();
        try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
            Watcher<ConfigMap> watcher = new Watcher<>() {
                @Override
                public void eventReceived(Action action, ConfigMap map) {
                    seen.add(action + " " + map.getMetadata().getName());
                }

                @Override
                public void onClose(WatcherException cause) {
                    seen.add("closed: " + cause);
                }
            };
            try (Watch watch = client.configMaps().inNamespace("default").watch(watcher)) {
                for (int i = 0; i < MAP_COUNT; i++) {
                    client.configMaps().inNamespace("default").resource(new ConfigMapBuilder().withNewMetadata()
                            .withName("fabric8-" + i).endMetadata().addToData("k", "\u00e9").build()).create();
                }
                for (String expected : IntStream.range(0, MAP_COUNT).mapToObj(i -> "ADDED fabric8-" + i).toList()) {
                    assertThat(seen.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(expected);
                }
            }
        }
        assertThat(webSockets() - before).isEqualTo(1);
    }

    /** How many have been opened so far. */
    private long webSockets() throws Exception {
        String metrics = new String(server.client().send("GET", "/metrics", Map.of(), null).body(),
                StandardCharsets.UTF_8);
        return metrics.lines().filter(line -> line.startsWith("apiserver_request_total{")
                && line.contains("code=\"101\"") && line.contains("verb=\"WATCH\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ')))).sum();
    }

    // ---- JDK's client -------------------------------------------------------------------------------------------

    private URI address(String target) {
        return URI.create(server.url().toString().replaceFirst("^http", "ws") + target);
    }

    private static WebSocket.Builder builder(SSLContext tls) {
        return HttpClient.newBuilder().sslContext(tls).build().newWebSocketBuilder();
    }

    private WebSocket connect(String target, Messages messages, String... headers) {
        WebSocket.Builder builder = builder(server.adminTls()).header("Origin", server.url().toString());
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        return builder.buildAsync(address(target), messages).join();
    }

    /** The status that a client gets in place of a WebSocket. */
    private int refusal(SSLContext tls, String target, String... protocols) {
        WebSocket.Builder builder = builder(tls).header("Origin", server.url().toString());
        if (protocols.length > 0) {
            builder.subprotocols(protocols[0], Arrays.copyOfRange(protocols, 1, protocols.length));
        }
        List<Integer> status = new ArrayList<>();
        assertThatThrownBy(() -> builder.buildAsync(address(target), new Messages()).join())
                .isInstanceOfSatisfying(CompletionException.class, failure -> {
                    assertThat(failure.getCause()).isInstanceOf(WebSocketHandshakeException.class);
                    status.add(((WebSocketHandshakeException) failure.getCause()).getResponse().statusCode());
                });
        return status.getFirst();
    }

    /** Keeps all messages, whole. */
    private static final class Messages implements WebSocket.Listener {
        private final List<String> text = new ArrayList<>();
        private final List<byte[]> binary = new ArrayList<>();
        private final BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final StringBuilder characters = new StringBuilder();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            characters.append(data);
            if (last) {
                text.add(characters.toString());
                arrived.add(characters.toString());
                characters.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            byte[] part = new byte[data.remaining()];
            data.get(part);
            bytes.writeBytes(part);
            if (last) {
                binary.add(bytes.toByteArray());
                bytes.reset();
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            closed.completeExceptionally(failure);
        }

        int untilClosed() throws Exception {
            return closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }

        String next() throws InterruptedException {
            String message = arrived.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(message).isNotNull();
            return message;
        }
    }
}
