package io.myriad.controller.clusterrole;

import java.util.List;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.controller.model.Samples;
import io.myriad.controller.model.Workload;

import static org.assertj.core.api.Assertions.assertThat;

class AggregationTest {
    private static ObjectNode role(String name, String label, String rules) {
        return Samples
                .json("{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'ClusterRole','metadata':{'name':'" + name
                        + "','labels':{'to-" + label + "':'true'}},'rules':[" + rules + "]}");
    }

    @Test
    void rulesOfAllSelectedRolesByNameEachOnce() {
        ObjectNode admin = role("admin", "admin", "");
        admin.set("aggregationRule", Samples.json("{'clusterRoleSelectors':[{'matchLabels':{'to-edit':'true'}},"
                + "{'matchLabels':{'to-admin':'true'}}]}"));
        List<Workload> all = List.of(admin, role("z", "edit", "{'verbs':['get']}"),
                role("b", "edit", "{'verbs':['list']},{'verbs':['get']}"), role("a", "admin", "{'verbs':['watch']}"),
                role("x", "view", "{'verbs':['never']}")).stream().map(Samples::workload).toList();
        assertThat(ClusterRoleAggregationController.rules(admin, all))
                .hasToString("[{\"verbs\":[\"list\"]},{\"verbs\":[\"get\"]},{\"verbs\":[\"watch\"]}]");
    }
}
