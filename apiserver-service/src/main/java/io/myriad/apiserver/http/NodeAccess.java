package io.myriad.apiserver.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.schema.Resource;
import io.myriad.apiserver.registry.ServedResource;
import io.myriad.apiserver.storage.ObjectLookup;

/**
 * Reaches into nodes for what only they know: logs of containers. Terminals and port forwards need a kubelet that speaks
 * their streaming protocols; requests for them are checked, and end with the error that clients get when the node cannot
 * be reached.
 */
final class NodeAccess {
    private static final GroupVersionResource NODES = new GroupVersionResource("", "v1", "nodes");
    /** How the runtime of nodes begins that run no containers. */
    private static final String SIMULATED = "hollow://";
    private static final int DEFAULT_PORT = 10250;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** In the order in which kubelets are addressed. */
    private static final List<String> ADDRESS_TYPES = List.of("Hostname", "InternalDNS", "InternalIP", "ExternalDNS",
            "ExternalIP");

    private final ObjectLookup lookup;
    private volatile @Nullable HttpClient client;

    NodeAccess(ObjectLookup lookup) {
        this.lookup = lookup;
    }

    void serve(HttpCall call, RequestInfo info, ServedResource resource, Resource.Subresource subresource) {
        ObjectNode object = lookup.current(resource.name(), info.namespace(), info.name());
        if (object == null) {
            throw new StatusException(Status.notFound(resource.groupResource(), info.name()));
        }
        if (!resource.groupResource().equals("pods")) {
            throw unreachable(info.name(), "there is no way from here to " + info.resource());
        }
        String container = subresource.name().equals("portforward") || subresource.name().equals("proxy")
                ? ""
                : container(call, object, info.name());
        String node = object.path("spec").path("nodeName").asString("");
        if (node.isEmpty()) {
            if (subresource.name().equals("log")) {
                call.responseHeaders().set("Content-Type", "text/plain");
                call.respond(200, new byte[0]);
                return;
            }
            throw new StatusException(Status.badRequest("pod " + info.name() + " does not have a host assigned"));
        }
        URI kubelet = kubelet(node, info.name());
        if (subresource.name().equals("log")) {
            log(call, kubelet, info, container);
        } else {
            throw unreachable(kubelet.getAuthority(), "the node serves no " + subresource.name());
        }
    }

    /** The container that the request names, or the only one. */
    private static String container(HttpCall call, ObjectNode pod, String podName) {
        List<String> names = new ArrayList<>();
        for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
            pod.path("spec").path(list).forEach(one -> names.add(one.path("name").asString("")));
        }
        String asked = call.query().text("container");
        if (asked.isEmpty()) {
            JsonNode containers = pod.path("spec").path("containers");
            String byDefault = pod.path("metadata").path("annotations")
                    .path("kubectl.kubernetes.io/default-container").asString("");
            if (containers.size() == 1) {
                return containers.get(0).path("name").asString("");
            }
            if (names.contains(byDefault)) {
                return byDefault;
            }
            throw new StatusException(Status.badRequest("a container name must be specified for pod " + podName
                    + ", choose one of: " + names));
        }
        if (!names.contains(asked)) {
            throw new StatusException(
                    Status.badRequest("container " + asked + " is not valid for pod " + podName));
        }
        return asked;
    }

    private URI kubelet(String name, String pod) {
        ObjectNode node = lookup.cached(NODES, "", name);
        if (node == null) {
            throw new StatusException(Status.notFound("nodes", name));
        }
        String runtime = node.path("status").path("nodeInfo").path("containerRuntimeVersion").asString("");
        if (runtime.startsWith(SIMULATED)) {
            throw new StatusException(Status.badRequest("there are no containers behind pod " + pod + ": node "
                    + name + " only simulates them"));
        }
        int port = node.path("status").path("daemonEndpoints").path("kubeletEndpoint").path("Port")
                .intValue(DEFAULT_PORT);
        for (String type : ADDRESS_TYPES) {
            for (JsonNode address : node.path("status").path("addresses")) {
                if (address.path("type").asString("").equals(type)) {
                    return URI.create("https://" + address.path("address").asString("") + ":" + port);
                }
            }
        }
        throw unreachable(name, "no preferred addresses found; known addresses: []");
    }

    /** Made when it is first needed: most servers never look into a node. */
    private synchronized HttpClient client() {
        HttpClient made = client;
        if (made == null) {
            made = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_TIMEOUT)
                    .build();
            client = made;
        }
        return made;
    }

    private void log(HttpCall call, URI kubelet, RequestInfo info, String container) {
        String query = call.target().indexOf('?') < 0 ? "" : call.target().substring(call.target().indexOf('?'));
        URI target = kubelet.resolve(
                "/containerLogs/" + info.namespace() + "/" + info.name() + "/" + container + query);
        try {
            HttpResponse<InputStream> response = client().send(HttpRequest.newBuilder(target).GET().build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            call.responseHeaders().set("Content-Type", "text/plain");
            copy(response, call);
        } catch (IOException failure) {
            throw unreachable(kubelet.getAuthority(), reason(failure));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unreachable(kubelet.getAuthority(), "interrupted");
        }
    }

    /** The JDK gives a refused connection and an unknown name no text. */
    private static String reason(IOException failure) {
        Throwable cause = failure;
        while (cause.getMessage() == null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof UnresolvedAddressException) {
            return "no such host";
        }
        return cause.getMessage() == null ? "connection refused" : cause.getMessage();
    }

    private static void copy(HttpResponse<InputStream> response, HttpCall call) throws IOException {
        ChunkedBody body = new ChunkedBody(call.stream(response.statusCode(), -1));
        boolean whole = false;
        try (InputStream in = response.body()) {
            byte[] buffer = new byte[16 << 10];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                body.write(buffer, 0, read);
                if (in.available() == 0) {
                    body.flush();
                }
            }
            body.end();
            whole = true;
        } finally {
            if (!whole) {
                body.abort();
            }
        }
    }

    private static StatusException unreachable(String where, String why) {
        return new StatusException(Status.internal("error dialing backend " + where + ": " + why));
    }
}
