package io.myriad.apiserver.http;

import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.StatusException;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;
import io.myriad.apiserver.discovery.DiscoveryDocuments;
import io.myriad.apiserver.registry.ResourceCatalog;

/** Serves the paths that are about no resource: discovery, version, health, metrics and the index. */
final class PlainPaths {
    private static final String AGGREGATED = "APIGroupDiscoveryList";
    private static final String AGGREGATED_TYPE = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private final DiscoveryDocuments discovery;
    private final ResourceCatalog catalog;
    private final HealthEndpoint health;
    private final AnswerWriter answers;
    private final Schema schema;
    private final String serverAddress;
    private final ObjectNode version;
    private final Supplier<String> metrics;
    private final List<PathHandler> others;

    /** Serves further paths. */
    public interface PathHandler {
        /** Paths for the index. */
        List<String> paths();

        /** Answers, or returns false when the path is not its business. */
        boolean serve(HttpCall call);
    }

    PlainPaths(DiscoveryDocuments discovery, ResourceCatalog catalog, HealthChecks health, AnswerWriter answers,
            Schema schema, String serverAddress, ObjectNode version, Supplier<String> metrics,
            List<PathHandler> others) {
        this.discovery = discovery;
        this.catalog = catalog;
        this.health = new HealthEndpoint(health);
        this.answers = answers;
        this.schema = schema;
        this.serverAddress = serverAddress;
        this.version = version;
        this.metrics = metrics;
        this.others = List.copyOf(others);
    }

    void serve(HttpCall call, RequestInfo info) {
        String path = call.path().length() > 1 && call.path().endsWith("/")
                ? call.path().substring(0, call.path().length() - 1)
                : call.path();
        if (HealthEndpoint.serves(path)) {
            health.serve(call);
            return;
        }
        for (PathHandler other : others) {
            if (other.serve(call)) {
                return;
            }
        }
        switch (path) {
            case "/" -> index(call);
            case "/api" -> {
                requireRead(call);
                groups(call, true);
            }
            // As upstream, which never looks at the method here.
            case "/apis" -> groups(call, false);
            case "/version" -> {
                requireRead(call);
                json(call, version);
            }
            case "/metrics" -> {
                call.responseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
                WholeBody.send(call, 200, metrics.get().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
            default -> groupOrVersion(call, path);
        }
    }

    private static void requireRead(HttpCall call) {
        if (!call.method().equals("GET")) {
            throw ResourceEndpoint.methodNotAllowed();
        }
    }

    private void groupOrVersion(HttpCall call, String path) {
        String[] parts = path.substring(1).split("/");
        ObjectNode document = null;
        String kind = "APIResourceList";
        if (parts.length == 2 && parts[0].equals("api")) {
            document = discovery.resources("", parts[1]);
        } else if (parts.length == 2 && parts[0].equals("apis")) {
            document = discovery.group(parts[1]);
            kind = "APIGroup";
        } else if (parts.length == 3 && parts[0].equals("apis")) {
            document = discovery.resources(parts[1], parts[2]);
        }
        if (document == null) {
            PlainText.notFound(call);
            return;
        }
        requireRead(call);
        respond(call, kind, document);
    }

    private void groups(HttpCall call, boolean core) {
        if (wantsAggregated(call)) {
            DiscoveryDocuments.Document document = discovery.aggregated(core);
            call.responseHeaders().set("Content-Type", AGGREGATED_TYPE).set("ETag", document.etag()).set("Vary",
                    "Accept").set("Cache-Control", "public");
            if (call.header("If-None-Match").equals(document.etag())) {
                call.respond(304, new byte[0]);
            } else {
                WholeBody.send(call, 200, document.json());
            }
        } else if (core) {
            respond(call, "APIVersions", discovery.coreVersions(serverAddress));
        } else {
            respond(call, "APIGroupList", discovery.groups());
        }
    }

    private static boolean wantsAggregated(HttpCall call) {
        for (MediaType clause : MediaType.parseAccept(call.header("Accept"))) {
            if (clause.essence().equals("application/json")) {
                String as = clause.parameters().get("as");
                if (as == null) {
                    return false;
                }
                if (as.equals(AGGREGATED) && "v2".equals(clause.parameters().get("v"))
                        && "apidiscovery.k8s.io".equals(clause.parameters().get("g"))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Answers with a document of one of discovery's kinds, in JSON, YAML or protobuf. */
    private void respond(HttpCall call, String kind, ObjectNode document) {
        GroupVersionKind name = new GroupVersionKind("", "v1", kind);
        @Nullable
        ObjectType type = schema.kind(name);
        OutputFormat format = discoveryFormat(call, type != null);
        if (type != null) {
            answers.respond(call, 200, name, type, document, format);
        } else {
            WholeBody.respond(call, 200, AnswerWriter.json(document), format);
        }
    }

    /** Clients that ask for a newer aggregated form than there is get the plain documents. */
    private static OutputFormat discoveryFormat(HttpCall call, boolean protobuf) {
        try {
            return OutputFormat.negotiate(call, protobuf, false);
        } catch (StatusException notAcceptable) {
            if (call.header("Accept").contains("application/json")) {
                return OutputFormat.JSON;
            }
            throw notAcceptable;
        }
    }

    private static void json(HttpCall call, ObjectNode document) {
        call.responseHeaders().set("Content-Type", "application/json");
        call.respond(200, PrettyJson.indent(AnswerWriter.json(document)));
    }

    private void index(HttpCall call) {
        TreeSet<String> all = new TreeSet<>(
                List.of("/api", "/apis", "/apis/", "/healthz", "/livez", "/metrics", "/readyz", "/version"));
        others.forEach(other -> all.addAll(other.paths()));
        for (ResourceCatalog.Group group : catalog.state().groups()) {
            String root = group.name().isEmpty() ? "/api" : "/apis/" + group.name();
            all.add(root);
            group.versions().keySet().forEach(one -> all.add(root + "/" + one));
        }
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        ArrayNode paths = document.putArray("paths");
        all.forEach(paths::add);
        json(call, document);
    }
}
