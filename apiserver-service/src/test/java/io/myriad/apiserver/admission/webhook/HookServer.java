package io.myriad.apiserver.admission.webhook;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.certificates.CertificateAuthority;
import io.myriad.certificates.Credential;
import io.myriad.certificates.Pem;

/** A webhook on the loopback: answers what a function makes of each request, and remembers the requests. */
public final class HookServer implements AutoCloseable {
    private final CertificateAuthority authority;
    private final HttpsServer server;
    private final Queue<JsonNode> requests = new ConcurrentLinkedQueue<>();
    private volatile Function<JsonNode, ObjectNode> answer = request -> allow();

    /** @param hosts whom its certificate is for */
    public HookServer(String... hosts) throws IOException, GeneralSecurityException {
        authority = CertificateAuthority.create("hooks", InstantSource.system());
        Credential credential = authority.issueServer("hook", List.of(hosts));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("hook", credential.privateKey(), new char[0],
                new java.security.cert.Certificate[]{credential.certificate()});
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    static ObjectNode allow() {
        return JsonNodeFactory.instance.objectNode().put("allowed", true);
    }

    static ObjectNode patch(String operations) {
        return allow().put("patchType", "JSONPatch").put("patch",
                Base64.getEncoder().encodeToString(operations.getBytes(StandardCharsets.UTF_8)));
    }

    public void answers(Function<JsonNode, ObjectNode> function) {
        answer = function;
    }

    public Queue<JsonNode> requests() {
        return requests;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** Its authority as a configuration has it. */
    public String authorities() {
        return Base64.getEncoder().encodeToString(
                Pem.encode(authority.credential().certificate()).getBytes(StandardCharsets.US_ASCII));
    }

    private void handle(HttpExchange exchange) throws IOException {
        JsonNode asked = JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes());
        JsonNode request = asked.path("request");
        requests.add(request);
        ObjectNode review = JsonNodeFactory.instance.objectNode().put("apiVersion", "admission.k8s.io/v1").put("kind",
                "AdmissionReview");
        if (asked.path("kind").asString("").equals("ConversionReview")) {
            review.put("apiVersion", asked.path("apiVersion").asString("")).put("kind", "ConversionReview");
        }
        ObjectNode response = answer.apply(request);
        review.set("response", response.has("uid") ? response : response.put("uid", request.path("uid").asString("")));
        byte[] body = review.toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
