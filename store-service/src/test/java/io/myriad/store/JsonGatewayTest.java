package io.myriad.store;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The API as JSON over HTTP. Bodies and codes are those that etcd v3.7.3 answered. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class JsonGatewayTest {

    private static final String HEADER = "\"header\":\\{\"cluster_id\":\"\\d+\",\"member_id\":\"\\d+\",\"revision\":\"\\d+\",\"raft_term\":\"\\d+\"}";

    @TempDir
    static Path directory = Path.of("");

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @SuppressWarnings("NullAway.Init")
    private TestStore store;

    @BeforeAll
    void start() {
        store = TestStore.start(directory);
    }

    @AfterAll
    void stop() {
        client.close();
        store.close();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + store.port() + "/v3/" + path))
                .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private void assertAnswer(String path, String body, int status, String expected) throws Exception {
        HttpResponse<String> response = post(path, body);
        assertThat(response.body().replaceAll(HEADER + ",?", "")).as(path + " " + body).isEqualTo(expected);
        assertThat(response.statusCode()).as(path + " " + body).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
    }

    @Test
    void messagesAreProtobufsJson() throws Exception {
        String key = base64("json");
        assertAnswer("kv/put", "{\"key\":\"" + key + "\",\"value\":\"YQ==\"}", 200, "{}");
        long revision = store.kv().range(Requests.get("json")).getKvs(0).getModRevision();
        assertAnswer("kv/range",
                "{\"key\":\"" + key + "\",\"limit\":\"1\",\"sort_order\":\"DESCEND\",\"sortTarget\":\"KEY\"}", 200,
                "{\"kvs\":[{\"key\":\"" + key + "\",\"create_revision\":\"" + revision + "\",\"mod_revision\":\""
                        + revision + "\",\"version\":\"1\",\"value\":\"YQ==\"}],\"count\":\"1\"}");
        assertAnswer("kv/txn", "{\"success\":[{\"request_delete_range\":{\"key\":\"" + key + "\"}}]}", 200,
                "{\"succeeded\":true,\"responses\":[{\"response_delete_range\":{\"header\":{\"revision\":\""
                        + (revision + 1) + "\"},\"deleted\":\"1\"}}]}");
        assertAnswer("maintenance/alarm", "{}", 200, "{}");
        assertAnswer("maintenance/defragment", "", 200, "{}");
        assertAnswer("lease/grant", "{\"TTL\":100,\"ID\":77}", 200, "{\"ID\":\"77\",\"TTL\":\"100\"}");
        assertAnswer("kv/lease/revoke", "{\"ID\":77}", 200, "{}");
    }

    @Test
    void errorsHaveTheirCodes() throws Exception {
        assertAnswer("kv/range", "", 400, "{\"code\":3,\"message\":\"etcdserver: key is not provided\"}");
        assertAnswer("kv/range", "{\"nofield\":1}", 400,
                "{\"code\":3,\"message\":\"etcdserver: key is not provided\"}");
        assertAnswer("kv/range", "{\"key\":\"YQ==\",\"revision\":999999}", 400,
                "{\"code\":11,\"message\":\"etcdserver: mvcc: required revision is a future revision\"}");
        assertAnswer("lease/revoke", "{\"ID\":5}", 404,
                "{\"code\":5,\"message\":\"etcdserver: requested lease not found\"}");
        assertAnswer("election/leader", "{\"name\":\"ZWw=\"}", 500,
                "{\"code\":2,\"message\":\"election: no leader\"}");
        assertAnswer("kv/none", "{}", 404, "{\"code\":5,\"message\":\"Not Found\"}");
        assertThat(post("kv/range", "{bad").statusCode()).isEqualTo(400);
        assertThat(post("kv/range", "{\"key\":\"!!\"}").body()).startsWith("{\"code\":3,");
        HttpResponse<String> wrongMethod = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + store.port() + "/v3/kv/range")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(wrongMethod.statusCode()).isEqualTo(501);
        assertThat(wrongMethod.body()).isEqualTo("{\"code\":12,\"message\":\"Method Not Allowed\"}");
    }

    @Test
    void streamsAreLines() throws Exception {
        HttpResponse<String> renewal = post("lease/keepalive", "{\"ID\":5}");
        assertThat(renewal.body().replaceAll(HEADER + ",?", "")).isEqualTo("{\"result\":{\"ID\":\"5\"}}\n");
        String request = "{\"create_request\":{\"key\":\"" + base64("watched") + "\"}}";
        try (Socket socket = new Socket("127.0.0.1", store.port());
                BufferedReader reader = new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            socket.getOutputStream().write(("POST /v3/watch HTTP/1.1\r\nHost: x\r\nContent-Length: " + request.length()
                    + "\r\n\r\n" + request).getBytes(StandardCharsets.UTF_8));
            assertThat(nextLine(reader)).matches("\\{\"result\":\\{" + HEADER + ",\"created\":true}}");
            store.kv().put(Requests.put("watched", "v"));
            assertThat(nextLine(reader)).contains("\"events\":[{\"kv\":{\"key\":\"" + base64("watched") + "\"");
        }
    }

    private static String nextLine(BufferedReader reader) throws Exception {
        while (true) {
            String line = String.valueOf(reader.readLine());
            if (line.startsWith("{") || line.equals("null")) {
                return line;
            }
        }
    }

    /** A line for each part of etcd's database, and one for its checksum. */
    @Test
    void aSnapshot() throws Exception {
        HttpResponse<String> response = post("maintenance/snapshot", "{}");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("transfer-encoding")).contains("chunked");
        assertThat(response.body().lines()).hasSizeGreaterThan(1).allMatch(line -> line.matches(
                "\\{\"result\":\\{(\"remaining_bytes\":\"\\d+\",)?\"blob\":\"[^\"]+\",\"version\":\"3.7.0\"}}"));
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        response.body().lines().forEach(line -> parts
                .writeBytes(Base64.getDecoder().decode(line.replaceAll(".*\"blob\":\"([^\"]+)\".*", "$1"))));
        byte[] all = parts.toByteArray();
        int size = all.length - 32;
        assertThat(Arrays.copyOfRange(all, size, all.length)).isEqualTo(
                MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(all, size)));
        // bbolt's magic number, in its first meta page.
        assertThat(ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).getInt(16)).isEqualTo(0xED0CDAED);
    }
}
