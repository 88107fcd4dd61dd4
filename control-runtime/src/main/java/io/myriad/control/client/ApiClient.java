package io.myriad.control.client;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;

import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.schema.Schema;

/**
 * Talks to the Kubernetes API, over HTTP/2 and TLS. Thread-safe; one per identity and process is enough.
 *
 * <p>Each operation exists blocking, which suits virtual threads, and as a future ({@link #sendAsync}). Errors are
 * {@link StatusException} when a server said no and {@link TransportException} when none answered. Refusals for load are
 * retried within bounds, at another server where there are several; see {@link ClientOptions}.
 *
 * <p>{@link #fenced} gives a client whose writes pass a {@link WriteFence}: leaders' workers use it, so that a process
 * which has lost its lease without noticing in time writes nothing.
 */
public final class ApiClient implements AutoCloseable {
    private static final String PARTIAL = ";as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    private static final String PARTIAL_LIST = ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

    private final Transport transport;
    private final @Nullable WriteFence fence;

    private ApiClient(Transport transport, @Nullable WriteFence fence) {
        this.transport = transport;
        this.fence = fence;
    }

    /** A client with these options; connects at the first request. */
    public static ApiClient create(ClientOptions options, MeterRegistry registry) {
        return new ApiClient(new Transport(options, registry, System::nanoTime,
                () -> ThreadLocalRandom.current().nextLong()), null);
    }

    /** The same client, whose writes have to pass the fence. Closing it closes nothing. */
    public ApiClient fenced(WriteFence newFence) {
        return new ApiClient(transport, newFence);
    }

    /** The servers it was given. */
    public List<URI> servers() {
        return transport.options().servers();
    }

    // ---- requests -------------------------------------------------------------------------------------------

    /**
     * Sends a request as it is. The future fails with {@link StatusException} or {@link TransportException}; cancelling it
     * gives the request up. Continuations run on virtual threads and may block.
     */
    public CompletableFuture<ApiResponse> sendAsync(ApiRequest request) {
        WriteFence gate = request.method().equals("GET") ? null : fence;
        return gate == null
                ? new Exchange(transport, request, () -> true).start()
                : gate.pass(() -> new Exchange(transport, request, gate::admits).start());
    }

    /** Sends a request and waits for the answer. */
    public ApiResponse send(ApiRequest request) {
        return await(sendAsync(request));
    }

    /** Waits for a future of this client and throws what it failed with. */
    public static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            throw new TransportException("interrupted", true, null);
        } catch (CancellationException e) {
            throw new TransportException("cancelled", true, null);
        } catch (ExecutionException e) {
            Throwable cause = Transport.unwrap(e.getCause());
            if (cause instanceof StatusException || cause instanceof TransportException) {
                throw (RuntimeException) cause;
            }
            throw new IllegalStateException(cause);
        }
    }

    // ---- objects --------------------------------------------------------------------------------------------

    public ObjectNode get(ApiPath path) {
        return send(ApiRequest.of("GET", path.text()).withAccept(accept(path, ""))).tree();
    }

    /** Creates the object in the collection {@code path}; returns it as the server stored it. */
    public ObjectNode create(ApiPath path, ObjectNode object) {
        return await(createAsync(path, object));
    }

    public CompletableFuture<ObjectNode> createAsync(ApiPath path, ObjectNode object) {
        return write("POST", path, ApiRequest.JSON, object);
    }

    /** Replaces the object; its {@code metadata.resourceVersion} decides whether a change in between is a conflict. */
    public ObjectNode update(ApiPath path, ObjectNode object) {
        return await(updateAsync(path, object));
    }

    public CompletableFuture<ObjectNode> updateAsync(ApiPath path, ObjectNode object) {
        return write("PUT", path, ApiRequest.JSON, object);
    }

    /** Patches the object. */
    public ObjectNode patch(ApiPath path, PatchType type, JsonNode patch) {
        return await(patchAsync(path, type, patch));
    }

    public CompletableFuture<ObjectNode> patchAsync(ApiPath path, PatchType type, JsonNode patch) {
        return write("PATCH", path, type.mediaType(), patch);
    }

    private CompletableFuture<ObjectNode> write(String method, ApiPath path, String contentType, JsonNode body) {
        return sendAsync(ApiRequest.of(method, path.text()).withBody(contentType, Json.write(body))
                .withAccept(accept(path, ""))).thenApply(ApiResponse::tree);
    }

    /** Server-side apply under this manager name; {@code force} takes fields from other managers. */
    public ObjectNode apply(ApiPath path, String fieldManager, boolean force, ObjectNode object) {
        return send(ApiRequest.of("PATCH", path.text())
                .withQuery(ApiRequest.query(Map.of("fieldManager", fieldManager, "force", Boolean.toString(force))))
                .withBody(PatchType.APPLY.mediaType(), Json.write(object))).tree();
    }

    /** Deletes an object; returns what the server says, the object on its way out or a Status. */
    public ObjectNode delete(ApiPath path, DeleteOptions options) {
        return await(deleteAsync(path, options));
    }

    public CompletableFuture<ObjectNode> deleteAsync(ApiPath path, DeleteOptions options) {
        return write("DELETE", path, ApiRequest.JSON, options.body());
    }

    // ---- collections ----------------------------------------------------------------------------------------

    /**
     * One page of a consistent list.
     *
     * @param limit the largest number of items, 0 for all
     * @param continueToken of the page before, or empty
     */
    public CompletableFuture<ListPage> listAsync(ApiPath path, Selection selection, int limit, String continueToken) {
        Map<String, String> query = query(selection);
        query.put("limit", limit == 0 ? "" : Integer.toString(limit));
        query.put("continue", continueToken);
        return sendAsync(ApiRequest.of("GET", path.text()).withQuery(ApiRequest.query(query))
                .withAccept(accept(path, selection.metadataOnly() ? PARTIAL_LIST : "")))
                .thenApply(ListPage::of);
    }

    /** One page of a consistent list. */
    public ListPage list(ApiPath path, Selection selection, int limit, String continueToken) {
        return await(listAsync(path, selection, limit, continueToken));
    }

    /**
     * Watches a collection. Returns at once; the listener hears of everything else. No retries: whoever watches decides
     * what to do when it ends.
     */
    public Watch watch(ApiPath path, Selection selection, WatchOptions options, WatchListener listener) {
        Map<String, String> query = query(selection);
        query.put("watch", "true");
        query.put("allowWatchBookmarks", "true");
        query.put("resourceVersion", options.resourceVersion());
        if (options.sendInitialEvents()) {
            query.put("sendInitialEvents", "true");
            query.put("resourceVersionMatch", "NotOlderThan");
        }
        query.put("timeoutSeconds", options.timeoutSeconds() == 0 ? "" : Integer.toString(options.timeoutSeconds()));
        return transport.watch(ApiRequest.of("GET", path.text()).withQuery(ApiRequest.query(query))
                .withAccept(accept(path, selection.metadataOnly() ? PARTIAL : "")), listener);
    }

    /** Protobuf where the type has it, which costs both sides a fraction of JSON; JSON for custom resources. */
    private static String accept(ApiPath path, String parameters) {
        boolean builtin = Schema.builtin().resource(path.resource()) != null;
        return builtin
                ? ApiRequest.PROTOBUF + parameters + "," + ApiRequest.JSON + parameters
                : ApiRequest.JSON + parameters;
    }

    private static Map<String, String> query(Selection selection) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("labelSelector", selection.labelSelector());
        query.put("fieldSelector", selection.fieldSelector());
        return query;
    }

    @Override
    public void close() {
        if (fence == null) {
            transport.close();
        }
    }
}
