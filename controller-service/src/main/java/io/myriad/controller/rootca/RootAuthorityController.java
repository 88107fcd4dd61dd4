package io.myriad.controller.rootca;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.control.client.ApiObject;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.Resources;
import io.myriad.control.client.Selection;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.InformerSpec;
import io.myriad.control.informer.ObjectKey;
import io.myriad.control.queue.Reconciler;
import io.myriad.controller.loop.ControlLoop;
import io.myriad.controller.loop.ControllerContext;
import io.myriad.controller.loop.LoopController;
import io.myriad.controller.loop.Refusals;
import io.myriad.controller.model.NamespaceInfo;

/** Keeps the ConfigMap {@code kube-root-ca.crt} of every active namespace as it should be. */
public final class RootAuthorityController implements LoopController {
    private static final String NAME = "root-ca-certificate-publisher-controller";
    private static final String CONFIG_MAP = "kube-root-ca.crt";
    private static final String KEY = "ca.crt";
    private static final String DESCRIPTION_KEY = "kubernetes.io/description";
    private static final String DESCRIPTION = "The authorities by which a pod verifies the API server at its address "
            + "inside the cluster (kubernetes.default.svc). Not meant for anything else.";
    private static final int WORKERS = 8;

    private final ControllerContext context;
    private final String authorities;
    private final Informer<NamespaceInfo> namespaces;
    private final Informer<Boolean> configMaps;
    private final ControlLoop<ObjectKey> loop;

    /**
     * @param authorities the certificates, PEM
     */
    public RootAuthorityController(String authorities, ControllerContext context) {
        this.context = context;
        this.authorities = authorities;
        this.namespaces = context.informers().namespaces();
        this.configMaps = context.informers().own(InformerSpec.of(Resources.CONFIG_MAPS, this::isRight)
                .select(Selection.fields("metadata.name=" + CONFIG_MAP)));
        this.loop = new ControlLoop<>(NAME, WORKERS, namespaces::keys, this::reconcile, context);
        namespaces.addHandler(ControlLoop.enqueueing(loop));
        configMaps.addHandler(InformerHandler.ofKey(key -> loop.enqueue(ObjectKey.of(key.namespace()))));
    }

    @Override
    public ControlLoop<?> loop() {
        return loop;
    }

    /** All that is kept of a ConfigMap is whether it says the right thing. */
    private Boolean isRight(ApiObject object) {
        JsonNode data = object.tree().path("data");
        return data.size() == 1 && data.path(KEY).asString("").equals(authorities)
                && !object.tree().path("metadata").path("annotations").path(DESCRIPTION_KEY).asString("").isEmpty();
    }

    private long reconcile(ObjectKey key) {
        NamespaceInfo namespace = namespaces.get(key);
        Boolean right = configMaps.get(key.name(), CONFIG_MAP);
        if (namespace == null || !namespace.active() || Boolean.TRUE.equals(right)) {
            return Reconciler.DONE;
        }
        ApiPath path = ApiPath.of(Resources.CONFIG_MAPS).in(key.name());
        ObjectNode configMap = JsonNodeFactory.instance.objectNode();
        ObjectNode metadata = configMap.putObject("metadata");
        metadata.putObject("annotations").put(DESCRIPTION_KEY, DESCRIPTION);
        configMap.putObject("data").put(KEY, authorities);
        try {
            if (right == null) {
                metadata.put("name", CONFIG_MAP);
                context.client().create(path, configMap.put("apiVersion", "v1").put("kind", "ConfigMap"));
            } else {
                ObjectNode there = context.client().get(path.named(CONFIG_MAP));
                there.set("data", configMap.path("data"));
                there.withObject("metadata").withObject("annotations").put(DESCRIPTION_KEY, DESCRIPTION);
                context.client().update(path.named(CONFIG_MAP), there);
            }
        } catch (StatusException e) {
            if (e.status().reason() != StatusReason.ALREADY_EXISTS && e.status().reason() != StatusReason.NOT_FOUND
                    && !Refusals.namespaceTerminating(e)) {
                throw e;
            }
        }
        return Reconciler.DONE;
    }
}
