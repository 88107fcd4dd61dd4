package io.myriad.scheduler;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.value.Timestamps;
import io.myriad.control.client.ApiClient;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.ApiRequest;
import io.myriad.control.client.DeleteOptions;
import io.myriad.control.client.PatchType;
import io.myriad.control.client.Resources;
import io.myriad.control.client.TransportException;
import io.myriad.control.events.Event;
import io.myriad.control.events.EventRecorder;
import io.myriad.control.events.ObjectReference;
import io.myriad.scheduler.loop.Input;
import io.myriad.scheduler.loop.PodWriter;
import io.myriad.scheduler.model.Pod;

/**
 * Writes decisions through the API client: bindings many at a time, explanations few at a time and only the newest of
 * each pod. Thread-safe.
 */
final class ApiPodWriter implements PodWriter {
    private static final Logger log = LoggerFactory.getLogger(ApiPodWriter.class);

    /** Bindings under way at a time. */
    static final int BINDINGS_MAX = 128;
    /** Conditions being written at a time. */
    static final int EXPLANATIONS_MAX = 16;

    private record Explanation(Pod pod, Pod.@Nullable Condition condition, @Nullable String nominatedNode) {}

    private final ApiClient client;
    private final EventRecorder events;
    private final InstantSource clock;
    private final String schedulerName;
    private final AtomicInteger bindings = new AtomicInteger();
    private final LinkedHashMap<String, Explanation> waiting = new LinkedHashMap<>();
    private int explaining;
    private Consumer<Input> loop = input -> {};

    /** @param client one that writes only while this process leads */
    ApiPodWriter(ApiClient client, EventRecorder events, InstantSource clock, String schedulerName) {
        this.client = client;
        this.events = events;
        this.clock = clock;
        this.schedulerName = schedulerName;
    }

    /** Where answers go; set before the loop starts. */
    void answerTo(Consumer<Input> newLoop) {
        loop = newLoop;
    }

    private static ApiPath path(Pod pod) {
        return ApiPath.of(Resources.PODS).in(pod.namespace()).named(pod.name());
    }

    private static ObjectReference reference(Pod pod) {
        return ObjectReference.of("v1", "Pod", pod.namespace(), pod.name(), pod.uid(),
                pod.pending() == null ? "" : pod.pending().resourceVersion());
    }

    // ---- bindings

    @Override
    public int room() {
        return BINDINGS_MAX - bindings.get();
    }

    @Override
    public void bind(Pod pod) {
        bindings.incrementAndGet();
        ObjectNode binding = JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "Binding");
        binding.putObject("metadata").put("name", pod.name()).put("namespace", pod.namespace()).put("uid", pod.uid());
        binding.putObject("target").put("kind", "Node").put("name", pod.node());
        ApiRequest request = ApiRequest.of("POST", path(pod).sub("binding").text()).withBody(ApiRequest.JSON,
                binding.toString().getBytes(StandardCharsets.UTF_8));
        client.sendAsync(request).whenComplete((answer, error) -> {
            bindings.decrementAndGet();
            Throwable cause = cause(error);
            loop.accept(new Input.Bound(pod, outcome(cause), cause == null ? "" : text(cause)));
        });
    }

    private static Input.Bound.Outcome outcome(@Nullable Throwable cause) {
        if (cause == null) {
            return Input.Bound.Outcome.BOUND;
        }
        if (cause instanceof StatusException status && status.status().reason() == StatusReason.NOT_FOUND) {
            return Input.Bound.Outcome.GONE;
        }
        return cause instanceof TransportException transport && !transport.mayHaveBeenSent()
                ? Input.Bound.Outcome.NOT_SENT
                : Input.Bound.Outcome.FAILED;
    }

    // ---- explanations

    @Override
    public void explain(Pod pod, Pod.@Nullable Condition condition, @Nullable String nominatedNode) {
        synchronized (waiting) {
            Explanation before = waiting.remove(pod.uid());
            waiting.put(pod.uid(), new Explanation(pod,
                    condition == null && before != null ? before.condition : condition,
                    nominatedNode == null && before != null ? before.nominatedNode : nominatedNode));
        }
        explainNext();
    }

    private void explainNext() {
        Explanation next;
        synchronized (waiting) {
            Map.Entry<String, Explanation> first = waiting.firstEntry();
            if (explaining >= EXPLANATIONS_MAX || first == null) {
                return;
            }
            explaining++;
            next = first.getValue();
            waiting.remove(first.getKey());
        }
        client.patchAsync(path(next.pod).sub("status"), PatchType.STRATEGIC, patch(next))
                .whenComplete((done, error) -> {
                    Throwable cause = cause(error);
                    synchronized (waiting) {
                        explaining--;
                        if (cause instanceof TransportException transport && !transport.mayHaveBeenSent()) {
                            waiting.clear(); // not the leader any more, or no server: the next attempt explains again
                        }
                    }
                    report("condition of " + next.pod.key(), cause);
                    explainNext();
                });
    }

    private ObjectNode patch(Explanation explanation) {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        Pod pod = explanation.pod;
        patch.putObject("metadata").put("uid", pod.uid());
        ObjectNode status = patch.putObject("status");
        Pod.Condition condition = explanation.condition;
        if (condition != null) {
            ObjectNode entry = status.putArray("conditions").addObject().put("type", "PodScheduled")
                    .put("status", condition.holds() ? "True" : "False").put("reason", condition.reason())
                    .put("message", condition.message());
            Pod.Condition before = pod.pending() == null ? null : pod.pending().condition();
            if (before == null || before.holds() != condition.holds()) {
                entry.putNull("lastProbeTime").put("lastTransitionTime", Timestamps.format(clock.instant()));
            }
            if (pod.pending() != null && pod.pending().generation() > 0) {
                entry.put("observedGeneration", pod.pending().generation());
            }
        }
        if (explanation.nominatedNode != null) {
            if (explanation.nominatedNode.isEmpty()) {
                status.putNull("nominatedNodeName");
            } else {
                status.put("nominatedNodeName", explanation.nominatedNode);
            }
        }
        return patch;
    }

    @Override
    public void event(Pod pod, boolean warning, String reason, String action, String note) {
        events.record(new Event(reference(pod), null, warning, reason, action, note));
    }

    // ---- preemption

    @Override
    public void displace(Pod victim, Pod preemptor) {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.putObject("metadata").put("uid", victim.uid());
        patch.putObject("status").putArray("conditions").addObject().put("type", "DisruptionTarget")
                .put("status", "True").put("reason", "PreemptionByScheduler")
                .put("message", schedulerName + ": preempting to accommodate a higher priority pod")
                .put("lastTransitionTime", Timestamps.format(clock.instant()));
        client.patchAsync(path(victim).sub("status"), PatchType.STRATEGIC, patch)
                .thenCompose(done -> client.deleteAsync(path(victim), DeleteOptions.ofUid(victim.uid())))
                .whenComplete((done, error) -> {
                    Throwable cause = cause(error);
                    report("preemption of " + victim.key(), cause);
                    if (cause == null) {
                        events.record(new Event(reference(victim), reference(preemptor), false, "Preempted",
                                "Preempting", "Preempted by pod " + preemptor.uid() + " on node " + victim.node()));
                    }
                });
    }

    // ---- errors

    private static void report(String what, @Nullable Throwable cause) {
        if (cause instanceof StatusException status && status.status().reason() == StatusReason.NOT_FOUND) {
            return; // the pod is gone
        }
        if (cause instanceof StatusException || cause instanceof TransportException) {
            log.warn("{} not written: {}", what, cause.getMessage());
        } else if (cause != null) {
            log.error("{} not written", what, cause);
        }
    }

    private static @Nullable Throwable cause(@Nullable Throwable error) {
        Throwable cause = error;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static String text(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
