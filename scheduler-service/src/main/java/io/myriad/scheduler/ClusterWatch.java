package io.myriad.scheduler;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.selector.LabelSelector;
import io.myriad.control.client.Resources;
import io.myriad.control.client.Selection;
import io.myriad.control.informer.Extractor;
import io.myriad.control.informer.InformerFactory;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.InformerSpec;
import io.myriad.control.informer.ObjectKey;
import io.myriad.scheduler.loop.Input;
import io.myriad.scheduler.model.DisruptionBudget;
import io.myriad.scheduler.model.Node;
import io.myriad.scheduler.model.NodeReader;
import io.myriad.scheduler.model.Pod;
import io.myriad.scheduler.model.PodReader;
import io.myriad.scheduler.model.Workload;

/** Follows what scheduling depends on, and tells the loop. Of each object only the compact record is kept. */
final class ClusterWatch {
    private static final Selection NOT_ENDED = Selection.fields("status.phase!=Succeeded,status.phase!=Failed");

    private final InformerFactory informers;
    private final Consumer<Input> loop;

    ClusterWatch(InformerFactory informers, Consumer<Input> loop) {
        this.informers = informers;
        this.loop = loop;
    }

    /** Starts watching; the future completes when all that exists has been told. */
    CompletableFuture<Void> start() {
        PodReader pods = new PodReader();
        follow(InformerSpec.<Pod>of(Resources.PODS, object -> pods.read(object.content())).select(NOT_ENDED),
                (key, before, now) -> new Input.PodSeen(before, now));
        follow(InformerSpec.<Node>of(Resources.NODES, object -> NodeReader.read(object.tree())),
                (key, before, now) -> new Input.NodeSeen(before, now));
        follow(InformerSpec.of(Resources.NAMESPACES, object -> strings(object.tree().path("metadata").path("labels"))),
                (key, before, now) -> new Input.NamespaceSeen(key.name(), now));
        follow(InformerSpec.of(Resources.SERVICES, object -> selector(object.tree())),
                (key, before, now) -> new Input.ServiceSeen(key.namespace(), key.name(), now));
        workloads(Resources.REPLICA_SETS, Workload.Kind.REPLICA_SET);
        workloads(Resources.STATEFUL_SETS, Workload.Kind.STATEFUL_SET);
        follow(InformerSpec.of(Resources.REPLICATION_CONTROLLERS, object -> selector(object.tree())),
                (key, before, now) -> new Input.WorkloadSeen(key.namespace(),
                        new Workload(Workload.Kind.REPLICATION_CONTROLLER, key.name()),
                        now == null ? null : LabelSelector.ofLabels(now)));
        follow(InformerSpec.of(Resources.POD_DISRUPTION_BUDGETS, object -> DisruptionBudget.read(object.tree())),
                (key, before, now) -> new Input.BudgetSeen(key.namespace(), key.name(), now));
        informers.start();
        return informers.allSynced().thenRun(() -> loop.accept(new Input.Synced()));
    }

    private void workloads(GroupVersionResource resource, Workload.Kind kind) {
        Extractor<LabelSelector> selector = object -> LabelSelector.of(object.tree().path("spec").get("selector"));
        follow(InformerSpec.of(resource, selector), (key, before, now) -> new Input.WorkloadSeen(key.namespace(),
                new Workload(kind, key.name()), now));
    }

    private static @Nullable Map<String, String> selector(JsonNode object) {
        JsonNode selector = object.path("spec").path("selector");
        return selector.isEmpty() ? null : strings(selector);
    }

    private static Map<String, String> strings(JsonNode object) {
        return PodReader.strings(object);
    }

    /** What a change of a kept value means to the loop; a value that is not there is null. */
    private interface Teller<T> {
        Input tell(ObjectKey key, @Nullable T before, @Nullable T now);
    }

    private <T> void follow(InformerSpec<T> spec, Teller<T> teller) {
        informers.informer(spec).addHandler(new InformerHandler<>() {
            @Override
            public void added(ObjectKey key, T now, boolean initial) {
                loop.accept(teller.tell(key, null, now));
            }

            @Override
            public void updated(ObjectKey key, T before, T now) {
                loop.accept(teller.tell(key, before, now));
            }

            @Override
            public void deleted(ObjectKey key, T last) {
                loop.accept(teller.tell(key, last, null));
            }
        });
    }
}
