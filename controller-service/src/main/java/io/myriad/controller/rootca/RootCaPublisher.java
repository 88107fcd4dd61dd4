package io.myriad.controller.rootca;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.Resources;
import io.myriad.control.client.Selection;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.InformerSpec;
import io.myriad.control.informer.ObjectKey;
import io.myriad.control.queue.Reconciler;
import io.myriad.controller.loop.ControlLoop;
import io.myriad.controller.loop.Controller;
import io.myriad.controller.loop.ControllerContext;

/**
 * Keeps the config map {@code kube-root-ca.crt} with the cluster's certificate authority in every namespace that is not
 * ending; service account volumes of pods mount it.
 */
public final class RootCaPublisher implements Controller {
    private static final String NAME = "root-ca-certificate-publisher-controller";
    private static final String CONFIG_MAP = "kube-root-ca.crt";
    private static final String KEY = "ca.crt";
    private static final String NOTE = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal "
            + "endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across "
            + "distributions of Kubernetes clusters.";

    private final ControllerContext context;
    private final String certificate;
    /** For each namespace, whether it is ending. */
    private final Informer<Boolean> namespaces;
    private final Informer<String> published;
    private final ControlLoop<String> loop;

    /** @param certificate the authority's certificate as PEM text */
    public RootCaPublisher(int workers, String certificate, ControllerContext context) {
        this.context = context;
        this.certificate = certificate;
        this.namespaces = context.informers().of(InformerSpec.of(Resources.NAMESPACES,
                object -> object.tree().path("metadata").has("deletionTimestamp")));
        this.published = context.informers().of(InformerSpec
                .<String>of(Resources.CONFIG_MAPS, object -> object.tree().path("data").path(KEY).stringValue(""))
                .select(Selection.fields("metadata.name=" + CONFIG_MAP)));
        this.loop = new ControlLoop<>(NAME, workers, this::everything, this::reconcile, context);
        namespaces.addHandler(InformerHandler.ofKey(key -> loop.enqueue(key.name())));
        published.addHandler(InformerHandler.ofKey(key -> loop.enqueue(key.namespace())));
    }

    private List<String> everything() {
        return namespaces.keys().stream().map(ObjectKey::name).toList();
    }

    private long reconcile(String namespace) {
        Boolean ending = namespaces.get("", namespace);
        String current = published.get(namespace, CONFIG_MAP);
        if (ending == null || ending || certificate.equals(current)) {
            return Reconciler.DONE;
        }
        ObjectNode map = JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "ConfigMap");
        map.putObject("metadata").put("name", CONFIG_MAP).put("namespace", namespace).putObject("annotations")
                .put("kubernetes.io/description", NOTE);
        map.putObject("data").put(KEY, certificate);
        ApiPath path = ApiPath.of(Resources.CONFIG_MAPS).in(namespace);
        try {
            if (current == null) {
                context.client().create(path, map);
            } else {
                context.client().update(path.named(CONFIG_MAP), map);
            }
        } catch (StatusException failure) {
            StatusReason reason = failure.status().reason();
            if (reason == StatusReason.ALREADY_EXISTS) {
                return Reconciler.RETRY;
            }
            // The namespace has begun to end.
            if (reason != StatusReason.NOT_FOUND && reason != StatusReason.FORBIDDEN) {
                throw failure;
            }
        }
        return Reconciler.DONE;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public CompletableFuture<Void> stop(long graceMillis) {
        return loop.stop(graceMillis);
    }
}
