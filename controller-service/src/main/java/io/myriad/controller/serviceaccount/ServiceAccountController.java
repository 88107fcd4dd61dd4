package io.myriad.controller.serviceaccount;

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

/** Makes the service account {@code default} in every namespace that has none and is not ending. */
public final class ServiceAccountController implements Controller {
    private static final String NAME = "serviceaccount-controller";
    private static final String ACCOUNT = "default";

    private final ControllerContext context;
    /** For each namespace, whether it is ending. */
    private final Informer<Boolean> namespaces;
    private final Informer<Boolean> accounts;
    private final ControlLoop<String> loop;

    public ServiceAccountController(int workers, ControllerContext context) {
        this.context = context;
        this.namespaces = context.informers().of(InformerSpec.of(Resources.NAMESPACES,
                object -> object.tree().path("metadata").has("deletionTimestamp")));
        this.accounts = context.informers().of(InformerSpec.<Boolean>of(Resources.SERVICE_ACCOUNTS, object -> true)
                .select(new Selection("", "metadata.name=" + ACCOUNT, true)));
        this.loop = new ControlLoop<>(NAME, workers, this::everything, this::reconcile, context);
        namespaces.addHandler(InformerHandler.ofKey(key -> loop.enqueue(key.name())));
        accounts.addHandler(InformerHandler.ofKey(key -> loop.enqueue(key.namespace())));
    }

    private List<String> everything() {
        return namespaces.keys().stream().map(ObjectKey::name).toList();
    }

    private long reconcile(String namespace) {
        Boolean ending = namespaces.get("", namespace);
        if (ending == null || ending || accounts.get(namespace, ACCOUNT) != null) {
            return Reconciler.DONE;
        }
        ObjectNode account = JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind",
                "ServiceAccount");
        account.putObject("metadata").put("name", ACCOUNT).put("namespace", namespace);
        try {
            context.client().create(ApiPath.of(Resources.SERVICE_ACCOUNTS).in(namespace), account);
        } catch (StatusException failure) {
            // It is there already, or the namespace has begun to end: both are as it should be.
            StatusReason reason = failure.status().reason();
            if (reason != StatusReason.ALREADY_EXISTS && reason != StatusReason.NOT_FOUND
                    && reason != StatusReason.FORBIDDEN) {
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
