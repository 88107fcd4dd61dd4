package io.myriad.controller.replicaset;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.value.Names;
import io.myriad.control.client.ApiClient;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.DeleteOptions;
import io.myriad.control.client.PatchType;
import io.myriad.control.client.Resources;
import io.myriad.control.client.TransportException;
import io.myriad.control.events.Event;
import io.myriad.control.events.EventRecorder;
import io.myriad.control.events.ObjectReference;
import io.myriad.controller.loop.Refusals;
import io.myriad.controller.model.Pod;

/** Creates, deletes, adopts and releases pods for a controller, many at a time, with the events that people know. */
final class PodWriter {
    private final ApiClient client;
    private final EventRecorder recorder;

    PodWriter(ApiClient client, EventRecorder recorder) {
        this.client = client;
        this.recorder = recorder;
    }

    /**
     * Creates pods from a template: first one, then twice as many each time, as long as none fails, so that what cannot
     * work (a quota, a webhook) costs one request rather than hundreds.
     *
     * @param created hears of each pod made
     * @throws StatusException for the first pod that was refused; not when the namespace is going away
     */
    void create(ObjectReference owner, ObjectNode pod, int count, Consumer<ObjectNode> created) {
        ApiPath path = ApiPath.of(Resources.PODS).in(owner.namespace());
        int left = count;
        for (int batch = Math.min(left, 1); batch > 0; batch = Math.min(2 * batch, left)) {
            List<CompletableFuture<ObjectNode>> asked = new ArrayList<>(batch);
            for (int i = 0; i < batch; i++) {
                asked.add(client.createAsync(path, pod));
            }
            @Nullable
            RuntimeException failure = null;
            for (CompletableFuture<ObjectNode> one : asked) {
                try {
                    ObjectNode made = ApiClient.await(one);
                    created.accept(made);
                    recorder.record(Event.normal(owner, "SuccessfulCreate",
                            "Created pod: " + made.path("metadata").path("name").asString("")));
                } catch (StatusException | TransportException e) {
                    if (!Refusals.namespaceTerminating(e)) {
                        recorder.record(
                                Event.warning(owner, "FailedCreate", "Error creating: " + e.getMessage()));
                        failure = failure == null ? e : failure;
                    }
                }
            }
            if (failure != null) {
                throw failure;
            }
            left -= batch;
        }
    }

    /**
     * Deletes pods, all at once.
     *
     * @param deleted hears of each pod that is on its way out
     */
    void delete(ObjectReference owner, List<Pod> pods, Consumer<Pod> deleted) {
        List<CompletableFuture<ObjectNode>> asked = new ArrayList<>(pods.size());
        for (Pod pod : pods) {
            asked.add(client.deleteAsync(path(pod), DeleteOptions.ofUid(pod.meta().uid())));
        }
        @Nullable
        RuntimeException failure = null;
        for (int i = 0; i < asked.size(); i++) {
            Pod pod = pods.get(i);
            try {
                ApiClient.await(asked.get(i));
                deleted.accept(pod);
                recorder.record(Event.normal(owner, "SuccessfulDelete", "Deleted pod: " + pod.meta().name()));
            } catch (StatusException e) {
                if (e.status().reason() == StatusReason.NOT_FOUND || e.status().reason() == StatusReason.CONFLICT) {
                    deleted.accept(pod); // gone, or another pod by now
                } else {
                    failure = failed(owner, failure, e);
                }
            } catch (TransportException e) {
                failure = failed(owner, failure, e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private RuntimeException failed(ObjectReference owner, @Nullable RuntimeException first,
            RuntimeException e) {
        recorder.record(Event.warning(owner, "FailedDelete", "Error deleting: " + e.getMessage()));
        return first == null ? e : first;
    }

    /** Makes {@code owner} the controller of a pod that had none. */
    ObjectNode adopt(ObjectReference owner, Pod pod) {
        ObjectNode metadata = JsonNodeFactory.instance.objectNode();
        metadata.put("uid", pod.meta().uid()).putArray("ownerReferences").add(controllerReference(owner));
        return patch(pod, metadata);
    }

    /** Takes a pod out of {@code owner}'s control. */
    ObjectNode release(ObjectReference owner, Pod pod) {
        ObjectNode metadata = JsonNodeFactory.instance.objectNode();
        metadata.put("uid", pod.meta().uid()).putArray("ownerReferences").addObject().put("$patch", "delete")
                .put("uid", owner.uid());
        return patch(pod, metadata);
    }

    private ObjectNode patch(Pod pod, ObjectNode metadata) {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.set("metadata", metadata);
        return client.patch(path(pod), PatchType.STRATEGIC, patch);
    }

    private static ApiPath path(Pod pod) {
        return ApiPath.of(Resources.PODS).in(pod.meta().namespace()).named(pod.meta().name());
    }

    /** A pod as the template wants it, controlled by the owner, its name still to be made by the server. */
    static ObjectNode fromTemplate(ObjectReference owner, JsonNode template) {
        ObjectNode pod = JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "Pod");
        ObjectNode metadata = pod.putObject("metadata");
        String prefix = owner.name() + "-";
        metadata.put("generateName", Names.dns1123Subdomain(prefix + "a").isEmpty() ? prefix : owner.name());
        for (String part : List.of("labels", "annotations", "finalizers")) {
            JsonNode value = template.path("metadata").path(part);
            if (!value.isEmpty()) {
                metadata.set(part, value);
            }
        }
        metadata.putArray("ownerReferences").add(controllerReference(owner));
        pod.set("spec", template.path("spec"));
        return pod;
    }

    private static ObjectNode controllerReference(ObjectReference owner) {
        return JsonNodeFactory.instance.objectNode().put("apiVersion", owner.apiVersion()).put("kind", owner.kind())
                .put("name", owner.name()).put("uid", owner.uid()).put("controller", true)
                .put("blockOwnerDeletion", true);
    }
}
