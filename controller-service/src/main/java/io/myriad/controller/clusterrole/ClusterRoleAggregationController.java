package io.myriad.controller.clusterrole;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.selector.LabelSelector;
import io.myriad.api.value.JsonValues;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.Resources;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.ObjectKey;
import io.myriad.control.queue.Reconciler;
import io.myriad.controller.loop.ControlLoop;
import io.myriad.controller.loop.ControllerContext;
import io.myriad.controller.loop.LoopController;
import io.myriad.controller.model.Workload;

/** Keeps the rules of ClusterRoles that have an aggregation rule. */
public final class ClusterRoleAggregationController implements LoopController {
    private static final String NAME = "clusterrole-aggregation-controller";
    private static final int WORKERS = 5;

    private final ControllerContext context;
    private final Informer<Workload> roles;
    private final ControlLoop<ObjectKey> loop;

    public ClusterRoleAggregationController(ControllerContext context) {
        this.context = context;
        this.roles = context.informers().clusterRoles();
        this.loop = new ControlLoop<>(NAME, WORKERS, roles::keys, this::reconcile, context);
        // Which roles select which is not indexed: there are dozens, and they hardly ever change.
        roles.addHandler(InformerHandler.ofKey(changed -> roles.keys().forEach(loop::enqueue)));
    }

    @Override
    public ControlLoop<?> loop() {
        return loop;
    }

    private long reconcile(ObjectKey key) {
        Workload role = roles.get(key);
        if (role == null) {
            return Reconciler.DONE;
        }
        ObjectNode tree = role.tree();
        if (!tree.path("aggregationRule").isObject()) {
            return Reconciler.DONE;
        }
        ArrayNode rules = rules(tree, roles.values());
        if (JsonValues.equal(rules, tree.path("rules")) || rules.isEmpty() && tree.path("rules").isEmpty()) {
            return Reconciler.DONE;
        }
        ObjectNode applied = JsonNodeFactory.instance.objectNode()
                .put("apiVersion", Resources.CLUSTER_ROLES.apiVersion()).put("kind", "ClusterRole");
        applied.putObject("metadata").put("name", key.name());
        applied.set("rules", rules);
        context.client().apply(ApiPath.of(Resources.CLUSTER_ROLES).named(key.name()), NAME, true, applied);
        return Reconciler.DONE;
    }

    /** The rules of all roles that one of the selectors matches, by selector and name, each rule once. */
    static ArrayNode rules(ObjectNode role, Collection<Workload> all) {
        ArrayNode rules = JsonNodeFactory.instance.arrayNode();
        List<Workload> byName = new ArrayList<>(all);
        byName.sort(Comparator.comparing(one -> one.meta().name()));
        String own = role.path("metadata").path("name").asString("");
        for (JsonNode selectorTree : role.path("aggregationRule").path("clusterRoleSelectors")) {
            LabelSelector selector = LabelSelector.of(selectorTree);
            for (Workload one : byName) {
                if (one.meta().name().equals(own) || !selector.matches(one.meta().labels())) {
                    continue;
                }
                for (JsonNode rule : one.tree().path("rules")) {
                    if (rules.valueStream().noneMatch(known -> JsonValues.equal(known, rule))) {
                        rules.add(rule);
                    }
                }
            }
        }
        return rules;
    }
}
