package io.myriad.cli.api;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

import io.myriad.certificates.Pem;
import io.myriad.cli.terminal.Json;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A directory of small files that is kept as a Secret, a key per file. Keys have no slash: {@code etcd/ca.crt} is the
 * key {@code etcd_ca.crt}.
 */
public final class SecretFiles {
    private static final JsonFactory JSON = new JsonFactory();

    private final ApiClient client;
    private final String namespace;
    private final String name;
    private String resourceVersion = "";

    /** The files of a Secret, which need not be there yet. */
    public SecretFiles(ApiClient client, String namespace, String name) {
        this.client = client;
        this.namespace = namespace;
        this.name = name;
    }

    /** Writes what is in the Secret into a directory. */
    public void download(Path directory) throws IOException {
        Map<String, String> data = new TreeMap<>();
        try {
            resourceVersion = client.get(path() + "/" + name, body -> read(body, data));
        } catch (NoSuchFileException notThere) {
            return;
        }
        for (Map.Entry<String, String> entry : data.entrySet()) {
            Path file = directory.resolve(entry.getKey().replace('_', '/')).normalize();
            if (!file.startsWith(directory)) {
                throw new IOException("the Secret " + name + " has the key " + entry.getKey() + ", which is no file's");
            }
            Files.createDirectories(file.resolveSibling("."));
            Pem.writeSecret(file, new String(Base64.getDecoder().decode(entry.getValue()), UTF_8));
        }
    }

    /**
     * Makes the Secret hold what is in the directory.
     *
     * @throws IOException also if somebody else has changed the Secret since {@link #download}
     */
    public void upload(Path directory) throws IOException {
        Map<String, Object> data = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                data.put(directory.relativize(file).toString().replace('/', '_'),
                        Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
            }
        }
        Map<String, Object> metadata = new LinkedHashMap<>(Map.of("name", name, "namespace", namespace));
        if (!resourceVersion.isEmpty()) {
            metadata.put("resourceVersion", resourceVersion);
        }
        Map<String, Object> secret = Map.of("apiVersion", "v1", "kind", "Secret", "type", "Opaque", "metadata",
                metadata,
                "data", data);
        byte[] json = Json.of(secret).getBytes(UTF_8);
        if (resourceVersion.isEmpty()) {
            client.create(path(), json);
        } else {
            client.replace(path() + "/" + name, json);
        }
    }

    private String path() {
        return "/api/v1/namespaces/" + namespace + "/secrets";
    }

    /** Reads {@code data} and returns {@code metadata.resourceVersion}. */
    private static String read(InputStream body, Map<String, String> data) throws IOException {
        String version = "";
        String section = "";
        int depth = 0;
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isStructStart()) {
                    depth++;
                } else if (token.isStructEnd()) {
                    depth--;
                } else if (token == JsonToken.PROPERTY_NAME && depth == 1) {
                    section = parser.currentName();
                } else if (token == JsonToken.VALUE_STRING && depth == 2) {
                    String value = parser.getString();
                    if (section.equals("data")) {
                        data.put(parser.currentName(), value);
                    } else if (section.equals("metadata") && "resourceVersion".equals(parser.currentName())) {
                        version = value;
                    }
                }
            }
        }
        return version;
    }
}
