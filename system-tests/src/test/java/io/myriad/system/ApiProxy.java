package io.myriad.system;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An API server's documents, through kubectl's proxy. */
final class ApiProxy implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("Starting to serve on (127\\.0\\.0\\.1:\\d+)");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Running proxy;
    private final HttpClient client = HttpClient.newBuilder()
            // Else it offers HTTP/2 as an upgrade, which the proxy takes for one of its streams.
            .version(HttpClient.Version.HTTP_1_1).build();
    private final String base;

    ApiProxy(Program kubectl, Path directory) throws IOException {
        proxy = kubectl.start(Files.createTempFile(directory, "proxy", ".log"), "proxy", "--port=0");
        Eventually.holds("kubectl proxy serves", PATIENCE, () -> READY.matcher(proxy.output()).find());
        Matcher ready = READY.matcher(proxy.output());
        if (!ready.find()) {
            throw new IllegalStateException(proxy.output());
        }
        base = "http://" + ready.group(1);
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(URI.create(base + path)).timeout(PATIENCE).build(),
                HttpResponse.BodyHandlers.ofString());
        return JsonMapper.shared().readTree(response.body());
    }

    /** The paths of all resources that can be listed, over all namespaces. */
    List<String> listable() throws IOException, InterruptedException {
        List<String> groupVersions = new ArrayList<>(List.of("/api/v1"));
        for (JsonNode group : get("/apis").path("groups")) {
            for (JsonNode version : group.path("versions")) {
                groupVersions.add("/apis/" + version.path("groupVersion").stringValue());
            }
        }
        List<String> paths = new ArrayList<>();
        for (String groupVersion : groupVersions) {
            for (JsonNode resource : get(groupVersion).path("resources")) {
                String name = resource.path("name").stringValue();
                boolean listed = resource.path("verbs").valueStream()
                        .anyMatch(verb -> verb.stringValue().equals("list"));
                if (listed && !name.contains("/")) {
                    paths.add(groupVersion + "/" + name);
                }
            }
        }
        return paths;
    }

    @Override
    public void close() throws InterruptedException {
        client.close();
        proxy.close();
    }
}
