package io.myriad.apiserver.golden;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One recorded case: makes its namespace, runs its steps, removes what they made. */
final class GoldenCase {
    private static final String USER_AGENT = "golden";
    private static final long POLL_NANOS = 100_000_000L;
    private static final long POLL_LIMIT_NANOS = 4_000_000_000L;
    private static final long WATCH_HEAD_START_NANOS = 300_000_000L;

    private final JsonNode definition;
    private final GoldenClient client;
    private final Normaliser normaliser;
    private final long pollLimitNanos;
    private final Map<String, String> variables = new HashMap<>();
    private final List<String> created = new ArrayList<>();
    private final Map<String, CompletableFuture<GoldenClient.Answer>> streams = new HashMap<>();

    /** @param patient whether to wait for what the server does by itself; a case known to differ is not waited for */
    GoldenCase(JsonNode definition, GoldenClient client, boolean patient) {
        this.definition = definition;
        this.pollLimitNanos = patient ? POLL_LIMIT_NANOS : 0;
        this.client = client;
        this.normaliser = new Normaliser(definition.path("relations").booleanValue(false),
                definition.path("managedFields").booleanValue(false));
    }

    String name() {
        return definition.path("name").stringValue("");
    }

    /** Runs the case; null when every answer agrees, else where the first difference is and what was there. */
    @Nullable
    String run() throws IOException, InterruptedException {
        setUp();
        try {
            int index = 0;
            String difference = null;
            for (JsonNode step : definition.path("steps")) {
                JsonNode answer = step(step);
                if (difference == null) {
                    difference = compare(step.path("expect"), answer, "steps/" + index);
                }
                index++;
            }
            return difference;
        } finally {
            cleanUp();
        }
    }

    private static @Nullable String compare(JsonNode expected, JsonNode answer, String at) {
        if (expected.isMissingNode()) {
            // A step that only waits, or starts a watch that a later step awaits.
            return null;
        }
        int code = answer.path("code").intValue(0);
        boolean better = expected.path("code").intValue(0) == 500 && (code == 400 || code == 422);
        return better ? null : Difference.first(expected, answer, at);
    }

    private JsonNode step(JsonNode step) throws IOException, InterruptedException {
        if (step.has("await")) {
            try {
                return answer(step, streams.get(step.path("await").stringValue("")).get(), true);
            } catch (ExecutionException broken) {
                throw new IOException(broken.getCause());
            }
        }
        if (step.has("sleepSeconds")) {
            // The recorded case waits for a time limit of the server to pass.
            LockSupport.parkNanos((long) (step.path("sleepSeconds").doubleValue(0) * 1e9));
            return JsonNodeFactory.instance.objectNode();
        }
        String target = target(step);
        Map<String, String> headers = headers(step);
        if (step.has("background")) {
            CompletableFuture<GoldenClient.Answer> answer = new CompletableFuture<>();
            streams.put(step.path("background").stringValue(""), answer);
            Thread.startVirtualThread(() -> {
                try {
                    answer.complete(client.stream(target, headers));
                } catch (IOException | InterruptedException broken) {
                    answer.completeExceptionally(broken);
                }
            });
            LockSupport.parkNanos(WATCH_HEAD_START_NANOS);
            return JsonNodeFactory.instance.objectNode();
        }
        return request(step, target, headers);
    }

    private JsonNode request(JsonNode step, String target, Map<String, String> headers)
            throws IOException, InterruptedException {
        String method = step.path("method").stringValue("");
        String watch = step.path("query").path("watch").stringValue("none").toLowerCase(Locale.ROOT);
        boolean watching = method.equals("GET")
                && (!watch.equals("none") && !watch.equals("false") && !watch.equals("0")
                        || target.contains("/watch/"));
        JsonNode poll = step.path("poll");
        long deadline = System.nanoTime() + pollLimitNanos;
        GoldenClient.Answer answer;
        do {
            answer = watching ? client.stream(target, headers) : client.send(method, target, headers, body(step));
            if (poll.isMissingNode() || satisfied(poll, answer)) {
                break;
            }
            LockSupport.parkNanos(POLL_NANOS);
        } while (System.nanoTime() < deadline);
        note(step, method, target, answer);
        return answer(step, answer, watching && answer.code() == 200);
    }

    private static boolean satisfied(JsonNode poll, GoldenClient.Answer answer) {
        if (poll.has("code") && answer.code() != poll.path("code").intValue(0)) {
            return false;
        }
        if (!poll.has("path")) {
            return true;
        }
        JsonNode found = lookup(parse(answer.body()), poll.path("path").stringValue(""));
        return poll.has("value") ? found.equals(poll.path("value")) : !found.isMissingNode() && !found.isNull();
    }

    private String target(JsonNode step) {
        StringBuilder target = new StringBuilder(filled(step.path("path").stringValue("")));
        Map<String, JsonNode> query = new TreeMap<>();
        step.path("query").forEachEntry(query::put);
        char separator = '?';
        for (Map.Entry<String, JsonNode> entry : query.entrySet()) {
            Iterable<JsonNode> values = entry.getValue().isArray() ? entry.getValue() : List.of(entry.getValue());
            for (JsonNode value : values) {
                target.append(separator).append(encoded(entry.getKey())).append('=')
                        .append(encoded(filled(value.asString())));
                separator = '&';
            }
        }
        return target.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private Map<String, String> headers(JsonNode step) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("User-Agent", USER_AGENT);
        headers.put("Accept", "application/json");
        if (step.has("body") || step.has("raw") || step.has("rawRepeat")) {
            headers.put("Content-Type", "application/json");
        }
        step.path("headers").forEachEntry((name, value) -> {
            headers.keySet().removeIf(key -> key.equalsIgnoreCase(name));
            if (!value.isNull()) {
                headers.put(name, filled(value.asString()));
            }
        });
        return headers;
    }

    private byte @Nullable [] body(JsonNode step) {
        if (step.has("raw")) {
            return filled(step.path("raw").stringValue("")).getBytes(StandardCharsets.UTF_8);
        }
        if (step.has("rawRepeat")) {
            JsonNode parts = step.path("rawRepeat");
            return (parts.path("prefix").stringValue("")
                    + parts.path("unit").stringValue("").repeat(parts.path("count").intValue(0))
                    + parts.path("suffix").stringValue("")).getBytes(StandardCharsets.UTF_8);
        }
        return step.has("body") ? filled(step.path("body").toString()).getBytes(StandardCharsets.UTF_8) : null;
    }

    private String filled(String text) {
        String result = text;
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            result = result.replace("${" + variable.getKey() + "}", variable.getValue());
        }
        return result;
    }

    /** Remembers what the step made, and the values that it saves. */
    private void note(JsonNode step, String method, String target, GoldenClient.Answer answer) {
        JsonNode parsed = parse(answer.body());
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        if (answer.code() == 201) {
            String name = parsed.path("metadata").path("name")
                    .stringValue(step.path("body").path("metadata").path("name").stringValue(""));
            boolean action = path.endsWith("/binding") || path.endsWith("/eviction") || path.endsWith("/token")
                    || path.endsWith("/bindings");
            if (method.equals("POST") && !name.isEmpty() && !path.endsWith("/" + name) && !action) {
                created.add(path + "/" + name);
            } else if (method.equals("PUT") || method.equals("PATCH")) {
                created.add(path);
            }
        }
        step.path("save").forEachEntry((variable, source) -> variables.put(variable,
                lookup(parsed, source.stringValue("")).asString("")));
    }

    private ObjectNode answer(JsonNode step, GoldenClient.Answer answer, boolean events) {
        ObjectNode result = JsonNodeFactory.instance.objectNode().put("code", answer.code());
        boolean listVersion = step.path("listRv").booleanValue(false);
        normaliser.prefix(step.path("body").path("metadata").path("generateName").stringValue(null));
        if (events || step.has("await") && answer.code() == 200) {
            ArrayNode list = normaliser.events(answer.body(), listVersion,
                    step.path("keepBookmarks").booleanValue(false));
            if (step.path("sortEvents").booleanValue(false)) {
                list = Difference.sortedEvents(list);
            }
            if (!answer.ended()) {
                list.add("<stream did not end>");
            }
            result.set("events", list);
        } else if (!step.path("ignoreBody").booleanValue(false)) {
            JsonNode body = normaliser.body(answer.header("Content-Type"), answer.body(), listVersion);
            if (body != null) {
                result.set("body", body);
            }
        }
        int warnings = answer.count("Warning");
        if (warnings > 0) {
            result.put("warnings", warnings);
        }
        if (step.has("keepHeaders")) {
            ObjectNode headers = result.putObject("headers");
            for (JsonNode name : step.path("keepHeaders")) {
                headers.set(name.asString(), Difference.header(name.asString(), answer));
            }
        }
        return result;
    }

    private static JsonNode parse(byte[] body) {
        try {
            return JsonMapper.shared().readTree(body);
        } catch (JacksonException notJson) {
            return JsonNodeFactory.instance.missingNode();
        }
    }

    private static JsonNode lookup(JsonNode value, String path) {
        JsonNode found = value;
        for (String part : path.split("/")) {
            found = found.isArray() && part.matches("\\d+") ? found.path(Integer.parseInt(part)) : found.path(part);
        }
        return found;
    }

    private void setUp() throws IOException, InterruptedException {
        String namespace = definition.path("namespace").stringValue("");
        if (namespace.isEmpty()) {
            return;
        }
        String body = "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"" + namespace + "\"}}";
        for (int attempt = 0; attempt < 100; attempt++) {
            if (send("POST", "/api/v1/namespaces", body).code() != 409) {
                break;
            }
            removeNamespace(namespace);
        }
        send("POST", "/api/v1/namespaces/" + namespace + "/serviceaccounts",
                "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"name\":\"default\"}}");
    }

    private GoldenClient.Answer send(String method, String path, @Nullable String body)
            throws IOException, InterruptedException {
        return send(method, path, body, "application/json");
    }

    private GoldenClient.Answer send(String method, String path, @Nullable String body, String contentType)
            throws IOException, InterruptedException {
        return client.send(method, path,
                Map.of("Accept", "application/json", "User-Agent", USER_AGENT, "Content-Type", contentType),
                body == null ? null : body.getBytes(StandardCharsets.UTF_8));
    }

    private void cleanUp() throws IOException, InterruptedException {
        for (CompletableFuture<GoldenClient.Answer> stream : streams.values()) {
            stream.exceptionally(broken -> new GoldenClient.Answer(0, Map.of(), new byte[0], false)).join();
        }
        String namespace = definition.path("namespace").stringValue("");
        for (String path : created.reversed()) {
            if (path.equals("/api/v1/namespaces/" + namespace)) {
                continue;
            }
            if (path.startsWith("/api/v1/namespaces/") && path.chars().filter(c -> c == '/').count() == 4) {
                removeNamespace(path.substring(path.lastIndexOf('/') + 1));
            } else {
                remove(path);
            }
        }
        if (!namespace.isEmpty()) {
            remove("/api/v1/namespaces/" + namespace + "/serviceaccounts/default");
            removeNamespace(namespace);
        }
    }

    private void remove(String path) throws IOException, InterruptedException {
        int code = send("DELETE", path + "?gracePeriodSeconds=0&propagationPolicy=Background", null).code();
        if (code == 404 || code == 405) {
            return;
        }
        GoldenClient.Answer found = send("GET", path, null);
        if (found.code() != 200) {
            return;
        }
        if (!parse(found.body()).path("metadata").path("finalizers").isEmpty()) {
            send("PATCH", path, "{\"metadata\":{\"finalizers\":null}}", "application/merge-patch+json");
        }
        send("DELETE", path + "?gracePeriodSeconds=0", null);
    }

    private void removeNamespace(String namespace) throws IOException, InterruptedException {
        String path = "/api/v1/namespaces/" + namespace;
        send("DELETE", path, null);
        GoldenClient.Answer found = send("GET", path, null);
        if (found.code() == 200 && !parse(found.body()).path("metadata").path("finalizers").isEmpty()) {
            send("PATCH", path, "{\"metadata\":{\"finalizers\":null}}", "application/merge-patch+json");
            found = send("GET", path, null);
        }
        if (found.code() == 200 && parse(found.body()) instanceof ObjectNode object) {
            object.withObjectProperty("spec").putArray("finalizers");
            send("PUT", path + "/finalize", object.toString());
        }
    }
}
