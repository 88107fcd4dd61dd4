package io.myriad.hollow;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.value.Timestamps;
import io.myriad.control.client.ApiClient;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.ApiRequest;
import io.myriad.control.client.ApiResponse;
import io.myriad.control.client.DeleteOptions;
import io.myriad.control.client.PatchType;
import io.myriad.control.client.Resources;
import io.myriad.control.client.Selection;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerFactory;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.InformerSpec;
import io.myriad.control.informer.ObjectKey;
import io.myriad.hollow.core.NodeApi;
import io.myriad.hollow.core.NodeInput;
import io.myriad.hollow.core.PodView;
import io.myriad.hollow.core.PodViewReader;

/**
 * The kubelets' calls through the API client, many at a time and bounded by kind, so that registering nodes or reporting
 * events never keeps a lease from being renewed. Thread-safe.
 */
final class ApiNodeWriter implements NodeApi {
    private static final String LEASE_NAMESPACE = "kube-node-lease";
    private static final byte[] VERSION_KEY = "\"resourceVersion\":\"".getBytes(StandardCharsets.US_ASCII);
    /** Of answers that nobody reads: the server sends protobuf as it has it. */
    private static final String CHEAPEST = ApiRequest.PROTOBUF + "," + ApiRequest.JSON;
    /** Registrations and node statuses under way. */
    private static final int NODE_CALLS_MAX = 32;
    /** Lease writes under way. */
    private static final int LEASE_CALLS_MAX = 256;
    /** Pod statuses and deletions under way. */
    private static final int POD_CALLS_MAX = 128;
    /** Events under way. */
    private static final int EVENT_CALLS_MAX = 64;
    /** Events that wait; more are dropped, as kubelets drop them at their limit. */
    private static final int EVENTS_WAITING_MAX = 20_000;
    private static final long LEASE_TIMEOUT_MILLIS = 10_000;

    private final ApiClient client;
    private final InformerFactory informers;
    private final PodViewReader reader = new PodViewReader();
    private final InstantSource clock;
    private final CallGate nodeCalls = new CallGate(NODE_CALLS_MAX, Integer.MAX_VALUE);
    private final CallGate leaseCalls = new CallGate(LEASE_CALLS_MAX, Integer.MAX_VALUE);
    private final CallGate podCalls = new CallGate(POD_CALLS_MAX, Integer.MAX_VALUE);
    private final CallGate eventCalls = new CallGate(EVENT_CALLS_MAX, EVENTS_WAITING_MAX);
    private final AtomicLong eventNumber;
    private Consumer<NodeInput> loop = input -> {};

    ApiNodeWriter(ApiClient client, InformerFactory informers, InstantSource clock, MeterRegistry registry) {
        this.client = client;
        this.informers = informers;
        this.clock = clock;
        this.eventNumber = new AtomicLong(clock.millis() * 1_000_000);
        gauges(registry, "node", nodeCalls);
        gauges(registry, "lease", leaseCalls);
        gauges(registry, "pod", podCalls);
        gauges(registry, "event", eventCalls);
        registry.more().counter("hollow_events_dropped", Tags.empty(), eventCalls, CallGate::dropped);
    }

    private static void gauges(MeterRegistry registry, String kind, CallGate gate) {
        registry.gauge("hollow_calls", Tags.of("kind", kind), gate, CallGate::calls);
        registry.gauge("hollow_calls_waiting", Tags.of("kind", kind), gate, CallGate::waiting);
    }

    /** Where answers go; set before the loop starts. */
    void answerTo(Consumer<NodeInput> newLoop) {
        loop = newLoop;
    }

    /** What came of a call. */
    private record Answer(int code, @Nullable ApiResponse response) {}

    /** Sends a request and tells the loop what became of it. */
    private void send(CallGate gate, ApiRequest request, Function<Answer, NodeInput> told) {
        gate.call(() -> client.sendAsync(request).handle((response, error) -> {
            loop.accept(told.apply(new Answer(error == null ? response.code() : code(error),
                    error == null ? response : null)));
            return response;
        }));
    }

    private static int code(Throwable error) {
        Throwable cause = error;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof StatusException status ? status.status().code() : 0;
    }

    private static ApiRequest json(String method, ApiPath path, ObjectNode body) {
        return json(method, path, body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static ApiRequest json(String method, ApiPath path, byte[] body) {
        return ApiRequest.of(method, path.text()).withBody(ApiRequest.JSON, body);
    }

    private static ApiRequest patch(ApiPath path, ObjectNode body) {
        return ApiRequest.of("PATCH", path.text()).withBody(PatchType.STRATEGIC.mediaType(),
                body.toString().getBytes(StandardCharsets.UTF_8));
    }

    // ---- nodes

    @Override
    public void register(int node, String name, ObjectNode body) {
        send(nodeCalls, json("POST", ApiPath.of(Resources.NODES), body), answer -> {
            if (answer.code == 409) {
                readNode(node, name);
                return new NodeInput.Registered(node, 409, false, "", "");
            }
            return registered(node, answer, true);
        });
    }

    private void readNode(int node, String name) {
        send(nodeCalls, ApiRequest.of("GET", ApiPath.of(Resources.NODES).named(name).text()),
                answer -> registered(node, answer, false));
    }

    private static NodeInput registered(int node, Answer answer, boolean created) {
        if (answer.response == null) {
            return new NodeInput.Registered(node, answer.code, created, "", "");
        }
        ObjectNode tree = answer.response.tree();
        return new NodeInput.Registered(node, answer.code, created, tree.path("metadata").path("uid").asString(""),
                tree.path("spec").path("podCIDR").asString(""));
    }

    @Override
    public void patchNode(int node, String name, ObjectNode patch) {
        send(nodeCalls, patch(ApiPath.of(Resources.NODES).named(name).sub("status"), patch),
                answer -> new NodeInput.StatusWritten(node, answer.code));
    }

    // ---- leases

    private static ApiPath leases() {
        return ApiPath.of(Resources.LEASES).in(LEASE_NAMESPACE);
    }

    @Override
    public void writeLease(int node, String name, byte[] body, boolean create) {
        ApiRequest request = create ? json("POST", leases(), body) : json("PUT", leases().named(name), body);
        send(leaseCalls, request.withTimeoutMillis(LEASE_TIMEOUT_MILLIS), answer -> leaseWritten(node, answer));
    }

    @Override
    public void readLease(int node, String name) {
        send(leaseCalls, ApiRequest.of("GET", leases().named(name).text()).withTimeoutMillis(LEASE_TIMEOUT_MILLIS),
                answer -> leaseWritten(node, answer));
    }

    private static NodeInput leaseWritten(int node, Answer answer) {
        return new NodeInput.LeaseWritten(node, answer.code,
                answer.response == null ? "" : resourceVersion(answer.response.body()));
    }

    /** The first resource version in the text, which is the object's own: nothing is decoded for ten thousand leases. */
    static String resourceVersion(byte[] json) {
        for (int i = 0; i + VERSION_KEY.length < json.length; i++) {
            int matched = 0;
            while (matched < VERSION_KEY.length && json[i + matched] == VERSION_KEY[matched]) {
                matched++;
            }
            if (matched == VERSION_KEY.length) {
                int end = i + matched;
                while (end < json.length && json[end] != '"') {
                    end++;
                }
                return new String(json, i + matched, end - i - matched, StandardCharsets.US_ASCII);
            }
        }
        return "";
    }

    // ---- pods

    @Override
    public void watchPods(int node, String name) {
        Informer<PodView> pods = informers.informer(
                InformerSpec.<PodView>of(Resources.PODS, object -> reader.read(object.content()))
                        .select(Selection.fields("spec.nodeName=" + name)));
        pods.addHandler(new InformerHandler<>() {
            @Override
            public void added(ObjectKey key, PodView now, boolean initial) {
                loop.accept(new NodeInput.PodSeen(node, null, now));
            }

            @Override
            public void updated(ObjectKey key, PodView before, PodView now) {
                loop.accept(new NodeInput.PodSeen(node, before, now));
            }

            @Override
            public void deleted(ObjectKey key, PodView last) {
                loop.accept(new NodeInput.PodSeen(node, last, null));
            }
        });
        informers.start();
    }

    private static ApiPath path(PodView pod) {
        return ApiPath.of(Resources.PODS).in(pod.namespace()).named(pod.name());
    }

    @Override
    public void patchPod(int node, PodView pod, ObjectNode patch) {
        send(podCalls, patch(path(pod).sub("status"), patch).withAccept(CHEAPEST),
                answer -> new NodeInput.PodWritten(node, pod.uid(), answer.code));
    }

    @Override
    public void deletePod(int node, PodView pod) {
        podCalls.call(() -> client.deleteAsync(path(pod), DeleteOptions.ofUid(pod.uid()).withGracePeriodSeconds(0))
                .handle((done, error) -> {
                    loop.accept(new NodeInput.PodWritten(node, pod.uid(), error == null ? 200 : code(error)));
                    return done;
                }));
    }

    // ---- events

    @Override
    public void podEvent(String node, PodView pod, String container, boolean init, String reason, String message) {
        ObjectNode about = JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "Pod")
                .put("namespace", pod.namespace()).put("name", pod.name()).put("uid", pod.uid())
                .put("fieldPath", "spec." + (init ? "initContainers" : "containers") + "{" + container + "}");
        event(node, pod.namespace(), pod.name(), about, reason, message);
    }

    @Override
    public void nodeEvent(String node, String uid, String reason, String message) {
        ObjectNode about = JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "Node")
                .put("name", node).put("uid", uid);
        event(node, "default", node, about, reason, message);
    }

    private void event(String node, String namespace, String name, ObjectNode about, String reason, String message) {
        Instant now = clock.instant();
        ObjectNode event = JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "Event");
        event.putObject("metadata").put("namespace", namespace).put("name",
                name + "." + Long.toHexString(eventNumber.incrementAndGet()));
        event.set("involvedObject", about);
        event.put("reason", reason).put("message", message).put("type", "Normal");
        event.putObject("source").put("component", "kubelet").put("host", node);
        event.put("firstTimestamp", Timestamps.format(now)).put("lastTimestamp", Timestamps.format(now)).put("count", 1)
                .put("reportingComponent", "kubelet").put("reportingInstance", node);
        byte[] body = event.toString().getBytes(StandardCharsets.UTF_8);
        ApiRequest request = json("POST", ApiPath.of(Resources.EVENTS).in(namespace), body).withAccept(CHEAPEST);
        eventCalls.call(() -> client.sendAsync(request)
                .exceptionally(error -> null));
    }
}
