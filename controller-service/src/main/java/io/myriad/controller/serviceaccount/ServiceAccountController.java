package io.myriad.controller.serviceaccount;

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
import io.myriad.controller.loop.ControllerContext;
import io.myriad.controller.loop.LoopController;
import io.myriad.controller.loop.Refusals;
import io.myriad.controller.model.NamespaceInfo;

/** Makes sure that every active namespace has its service account {@code default}. */
public final class ServiceAccountController implements LoopController {
    private static final String NAME = "serviceaccount-controller";
    private static final String DEFAULT = "default";
    private static final int WORKERS = 8;

    private final ControllerContext context;
    private final Informer<NamespaceInfo> namespaces;
    private final Informer<Boolean> accounts;
    private final ControlLoop<ObjectKey> loop;

    public ServiceAccountController(ControllerContext context) {
        this.context = context;
        this.namespaces = context.informers().namespaces();
        this.accounts = context.informers().own(InformerSpec.<Boolean>of(Resources.SERVICE_ACCOUNTS, object -> true)
                .select(Selection.fields("metadata.name=" + DEFAULT)));
        this.loop = new ControlLoop<>(NAME, WORKERS, namespaces::keys, this::reconcile, context);
        namespaces.addHandler(ControlLoop.enqueueing(loop));
        accounts.addHandler(new InformerHandler<>() {
            @Override
            public void deleted(ObjectKey key, Boolean last) {
                loop.enqueue(ObjectKey.of(key.namespace()));
            }
        });
    }

    @Override
    public ControlLoop<?> loop() {
        return loop;
    }

    private long reconcile(ObjectKey key) {
        NamespaceInfo namespace = namespaces.get(key);
        if (namespace == null || !namespace.active() || accounts.get(key.name(), DEFAULT) != null) {
            return Reconciler.DONE;
        }
        ObjectNode account = JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind",
                "ServiceAccount");
        account.putObject("metadata").put("name", DEFAULT);
        try {
            context.client().create(ApiPath.of(Resources.SERVICE_ACCOUNTS).in(key.name()), account);
        } catch (StatusException e) {
            if (e.status().reason() != StatusReason.ALREADY_EXISTS && e.status().reason() != StatusReason.NOT_FOUND
                    && !Refusals.namespaceTerminating(e)) {
                throw e;
            }
        }
        return Reconciler.DONE;
    }
}
