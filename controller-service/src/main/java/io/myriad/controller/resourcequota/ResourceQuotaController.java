package io.myriad.controller.resourcequota;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.control.client.ApiObject;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.Discovery;
import io.myriad.control.client.ListPage;
import io.myriad.control.client.Selection;
import io.myriad.control.informer.Index;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.InformerSpec;
import io.myriad.control.informer.ObjectKey;
import io.myriad.control.queue.Reconciler;
import io.myriad.controller.loop.ControlLoop;
import io.myriad.controller.loop.ControllerContext;
import io.myriad.controller.loop.LoopController;
import io.myriad.controller.model.Pod;
import io.myriad.controller.model.Service;

/**
 * Keeps the status of quotas right: counts a quota's objects when the quota changes, when pods or services of its
 * namespace go, and every so often for everything else. The count is read from the server and written only on the version
 * of the quota that was there before it, so that what admission charges meanwhile is not lost.
 */
public final class ResourceQuotaController implements LoopController {
    private static final String NAME = "resourcequota-controller";
    private static final GroupVersionResource QUOTAS = new GroupVersionResource("", "v1", "resourcequotas");
    private static final Index<ObjectKey> BY_NAMESPACE = Index.byNamespace();
    private static final Set<String> WHOLE = Set.of("pods", "services", "persistentvolumeclaims");
    private static final int WORKERS = 5;
    private static final int PAGE = 500;
    /** Pods go in crowds: they are counted together. */
    private static final long GATHER_MILLIS = 200;
    private static final long PERIOD_MILLIS = 30_000;

    private final ControllerContext context;
    private final Discovery discovery;
    private final Informer<ObjectKey> quotas;
    private final ControlLoop<ObjectKey> loop;

    public ResourceQuotaController(Discovery discovery, ControllerContext context) {
        this.context = context;
        this.discovery = discovery;
        this.quotas = context.informers().own(InformerSpec
                .<ObjectKey>of(QUOTAS, quota -> new ObjectKey(quota.namespace(), quota.name())).indexed(BY_NAMESPACE));
        this.loop = new ControlLoop<>(NAME, WORKERS, quotas::keys, this::reconcile, context);
        quotas.addHandler(ControlLoop.enqueueing(loop));
        context.informers().pods().addHandler(new InformerHandler<>() {
            @Override
            public void updated(ObjectKey key, Pod before, Pod now) {
                if (now.finished() && !before.finished()) {
                    recount(key.namespace());
                }
            }

            @Override
            public void deleted(ObjectKey key, Pod last) {
                recount(key.namespace());
            }
        });
        context.informers().services().addHandler(new InformerHandler<Service>() {
            @Override
            public void deleted(ObjectKey key, Service last) {
                recount(key.namespace());
            }
        });
    }

    private void recount(String namespace) {
        for (ObjectKey quota : quotas.byIndex(BY_NAMESPACE, namespace)) {
            loop.enqueueAfter(quota, GATHER_MILLIS);
        }
    }

    @Override
    public ControlLoop<?> loop() {
        return loop;
    }

    private long reconcile(ObjectKey key) {
        if (quotas.get(key) == null) {
            return Reconciler.DONE;
        }
        ApiPath path = ApiPath.of(QUOTAS).in(key.namespace()).named(key.name());
        try {
            // By a list, which the controller's role permits, of the one quota.
            List<ApiObject> found = context.client().list(ApiPath.of(QUOTAS).in(key.namespace()),
                    Selection.fields("metadata.name=" + key.name()), 1, "").items();
            if (found.isEmpty()) {
                return Reconciler.DONE;
            }
            ObjectNode quota = found.getFirst().copy();
            ObjectNode status = count(key.namespace(), quota);
            if (Usage.same(quota.path("status"), status)) {
                return PERIOD_MILLIS;
            }
            // The version read before the count goes along: what was charged meanwhile makes this a conflict.
            quota.set("status", status);
            context.client().update(path.sub("status"), quota);
            return PERIOD_MILLIS;
        } catch (StatusException refused) {
            if (refused.status().reason() == StatusReason.NOT_FOUND) {
                return Reconciler.DONE;
            }
            if (refused.status().reason() == StatusReason.CONFLICT) {
                return GATHER_MILLIS;
            }
            throw refused;
        }
    }

    private ObjectNode count(String namespace, ObjectNode quota) {
        Usage usage = new Usage(quota.path("spec"));
        for (String counted : Usage.counted(quota.path("spec"))) {
            GroupVersionResource resource = resource(counted);
            if (resource != null) {
                count(namespace, counted, resource, usage);
            }
        }
        return usage.status();
    }

    private void count(String namespace, String counted, GroupVersionResource resource, Usage usage) {
        Selection selection = WHOLE.contains(counted) ? Selection.ALL : Selection.METADATA;
        String next = "";
        do {
            ListPage page = context.client().list(ApiPath.of(resource).in(namespace), selection, PAGE, next);
            for (ApiObject object : page.items()) {
                usage.add(counted, object.tree());
            }
            next = page.continueToken();
        } while (!next.isEmpty());
    }

    /** The resource of this name in a version that is served; null when there is none. */
    private @Nullable GroupVersionResource resource(String groupResource) {
        if (groupResource.indexOf('.') < 0) {
            return new GroupVersionResource("", "v1", groupResource);
        }
        for (Discovery.ApiResource known : discovery.known().preferred()) {
            if (known.name().groupResource().equals(groupResource) && known.namespaced()) {
                return known.name();
            }
        }
        return null;
    }
}
