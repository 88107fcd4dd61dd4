package io.myriad.controller.clusterroleaggregation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.selector.LabelSelector;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.PatchType;
import io.myriad.control.client.Resources;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.InformerSpec;
import io.myriad.control.informer.ObjectKey;
import io.myriad.control.queue.Reconciler;
import io.myriad.controller.loop.ControlLoop;
import io.myriad.controller.loop.Controller;
import io.myriad.controller.loop.ControllerContext;

/** Gives cluster roles with an aggregation rule the rules of the roles that it selects. */
public final class ClusterRoleAggregation implements Controller {
    private static final String NAME = "clusterrole-aggregation-controller";

    /**
     * What is kept of a cluster role.
     *
     * @param selectors of its aggregation rule, empty without one
     */
    record Role(String name, Map<String, String> labels, JsonNode rules, List<LabelSelector> selectors) {}

    private final ControllerContext context;
    private final Informer<Role> roles;
    private final ControlLoop<String> loop;

    public ClusterRoleAggregation(int workers, ControllerContext context) {
        this.context = context;
        this.roles = context.informers().of(InformerSpec.of(Resources.CLUSTER_ROLES, object -> new Role(object.name(),
                object.labels(), object.tree().path("rules").deepCopy(),
                selectors(object.tree().path("aggregationRule")))));
        this.loop = new ControlLoop<>(NAME, workers, this::aggregated, this::reconcile, context);
        // Any role may belong to any aggregate, and aggregates are few.
        roles.addHandler(InformerHandler.ofKey(key -> aggregated().forEach(loop::enqueue)));
    }

    private static List<LabelSelector> selectors(JsonNode rule) {
        List<LabelSelector> selectors = new ArrayList<>();
        rule.path("clusterRoleSelectors").forEach(selector -> selectors.add(LabelSelector.of(selector)));
        return List.copyOf(selectors);
    }

    private List<String> aggregated() {
        return roles.values().stream().filter(role -> !role.selectors.isEmpty()).map(Role::name).toList();
    }

    private long reconcile(String name) {
        Role role = roles.get(new ObjectKey("", name));
        if (role == null || role.selectors.isEmpty()) {
            return Reconciler.DONE;
        }
        ArrayNode wanted = rules(role, roles.values());
        if (wanted.equals(role.rules) || wanted.isEmpty() && role.rules.isEmpty()) {
            return Reconciler.DONE;
        }
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.set("rules", wanted);
        context.client().patch(ApiPath.of(Resources.CLUSTER_ROLES).named(name), PatchType.MERGE, patch);
        return Reconciler.DONE;
    }

    /** The rules of all roles that are selected, in the order of their names, each once. */
    static ArrayNode rules(Role role, Iterable<Role> all) {
        List<Role> selected = new ArrayList<>();
        for (Role candidate : all) {
            boolean matches = role.selectors.stream().anyMatch(selector -> selector.matches(candidate.labels));
            if (matches && !candidate.name.equals(role.name)) {
                selected.add(candidate);
            }
        }
        selected.sort(Comparator.comparing(Role::name));
        ArrayNode rules = JsonNodeFactory.instance.arrayNode();
        for (Role candidate : selected) {
            for (JsonNode rule : candidate.rules) {
                if (rules.valueStream().noneMatch(rule::equals)) {
                    rules.add(rule.deepCopy());
                }
            }
        }
        return rules;
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
