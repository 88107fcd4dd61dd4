package io.myriad.scheduler.model;

import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.myriad.api.selector.LabelSelector;

import static org.assertj.core.api.Assertions.assertThat;

class PodReaderTest {
    private final PodReader reader = new PodReader();

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    private Pod read(String spec, String status) {
        return reader
                .read(json("{'metadata':{'name':'p','namespace':'ns','uid':'u','generation':3,'resourceVersion':'7',"
                        + "'labels':{'app':'web'}},'spec':{'schedulerName':'s'" + spec + "},'status':{" + status
                        + "}}"));
    }

    private Requests requests(String spec, String status) {
        return read("," + spec, status).template().requests();
    }

    @Test
    void readsAWaitingPod() {
        Pod pod = read(",'priority':5,'preemptionPolicy':'Never','schedulingGates':[{'name':'g'}]",
                "'nominatedNodeName':'n','conditions':[{'type':'PodScheduled','status':'False','reason':'r','message':'m'}]");
        assertThat(pod.pending()).isEqualTo(new Pod.Pending("s", true, "n", false,
                new Pod.Condition(false, "r", "m"), 3, "7"));
        assertThat(pod.priority()).isEqualTo(5);
        assertThat(pod.key()).isEqualTo("ns/p");
    }

    @Test
    void aPlacedPodKeepsLittle() {
        Pod pod = read(",'nodeName':'n'", "'phase':'Running','startTime':'2026-01-01T00:00:00Z'");
        assertThat(pod.pending()).isNull();
        assertThat(pod.node()).isEqualTo("n");
        assertThat(pod.startMillis()).isEqualTo(1767225600000L);
    }

    @Test
    void anEndedPodIsNoneAnyMore() {
        assertThat(read("", "'phase':'Succeeded'")).isNull();
        assertThat(read("", "'phase':'Failed'")).isNull();
    }

    @Test
    void podsOfOneControllerShareATemplate() {
        Pod first = read(",'containers':[{'name':'a','image':'x'}]", "");
        Pod second = read(",'containers':[{'name':'a','image':'x'}]", "");
        assertThat(first.template()).isSameAs(second.template());
    }

    @Test
    void sumsContainersAndTakesTheWorstMomentOfInitialisation() {
        Requests requests = requests("'containers':[{'resources':{'requests':{'cpu':'100m','memory':'64Mi'}}},"
                + "{'resources':{'requests':{'cpu':'0.2'}}}],"
                + "'initContainers':[{'resources':{'requests':{'cpu':'50m'}}},"
                + "{'restartPolicy':'Always','resources':{'requests':{'cpu':'100m'}}},"
                + "{'resources':{'requests':{'cpu':'500m','example.com/gpu':'2'}}}],"
                + "'overhead':{'cpu':'10m'}", "");
        assertThat(requests.resources())
                .isEqualTo(new Resources(610, 64L << 20, 0, Map.of("example.com/gpu", 2L)));
        // 100 + 200 + 100 sidecar, against 100 sidecar + 500
        assertThat(requests.scoredMilliCpu()).isEqualTo(610);
        assertThat(requests.scoredMemoryBytes()).isEqualTo((64L << 20) + 2 * Requests.DEFAULT_MEMORY_BYTES);
    }

    @Test
    void requestsOfThePodReplaceTheSum() {
        Requests requests = requests("'resources':{'requests':{'cpu':'1'}},"
                + "'containers':[{'resources':{'requests':{'cpu':'100m','memory':'64Mi'}}}]", "");
        assertThat(requests.resources()).isEqualTo(new Resources(1000, 64L << 20, 0, Map.of()));
    }

    @Test
    void aContainerBeingResizedCountsWithTheLargest() {
        String spec = "'containers':[{'name':'a','resources':{'requests':{'cpu':'100m'}}}]";
        String status = "'containerStatuses':[{'name':'a','allocatedResources':{'cpu':'300m'},"
                + "'resources':{'requests':{'cpu':'200m'}}}]";
        assertThat(requests(spec, status).resources().milliCpu()).isEqualTo(300);
        assertThat(requests("'containers':[{'name':'a','resources':{'requests':{'cpu':'900m'}}}]", status
                + ",'conditions':[{'type':'PodResizePending','reason':'Infeasible'}]").resources().milliCpu())
                .isEqualTo(300);
    }

    @Test
    void readsNodeRules() {
        NodeRequirement nodes = read(",'nodeSelector':{'a':'b'},'affinity':{'nodeAffinity':{"
                + "'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':["
                + "{'matchFields':[{'key':'metadata.name','operator':'In','values':['n1']}]},{}]}}}", "").template()
                .nodes();
        assertThat(nodes.labels()).isEqualTo(LabelSelector.parse("a=b"));
        assertThat(nodes.terms()).hasSize(1);
        assertThat(nodes.names()).isNull(); // the empty term names none
        NodeRequirement named = read(",'affinity':{'nodeAffinity':{"
                + "'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':["
                + "{'matchFields':[{'key':'metadata.name','operator':'In','values':['n1']}]}]}}}", "").template()
                .nodes();
        assertThat(named.names()).containsExactly("n1");
        assertThat(read("", "").template().nodes().isNone()).isTrue();
    }

    @Test
    void readsRulesAboutOtherPods() {
        PodTemplate template = read(",'affinity':{'podAntiAffinity':{"
                + "'requiredDuringSchedulingIgnoredDuringExecution':[{'topologyKey':'k','labelSelector':{}}],"
                + "'preferredDuringSchedulingIgnoredDuringExecution':[{'weight':7,'podAffinityTerm':"
                + "{'topologyKey':'k','namespaceSelector':{}}}]}},"
                + "'topologySpreadConstraints':[{'maxSkew':2,'topologyKey':'z','whenUnsatisfiable':'DoNotSchedule',"
                + "'matchLabelKeys':['app','none'],'labelSelector':{'matchLabels':{'x':'y'}},'nodeTaintsPolicy':'Honor'}]",
                "").template();
        assertThat(template.affinities().forbidden()).containsExactly(
                new AffinityTerm(Set.of("ns"), LabelSelector.nothing(), LabelSelector.everything(), "k"));
        assertThat(template.affinities().avoided()).containsExactly(new WeightedAffinityTerm(7,
                new AffinityTerm(Set.of(), LabelSelector.everything(), LabelSelector.nothing(), "k")));
        assertThat(template.spread()).containsExactly(new SpreadConstraint(2, "z", true,
                LabelSelector.parse("app=web,x=y"), 1, true, true));
    }

    @Test
    void readsWhatElseCounts() {
        Pod pod = reader.read(json("{'metadata':{'namespace':'ns','name':'p','ownerReferences':[{'controller':true,"
                + "'apiVersion':'apps/v1','kind':'ReplicaSet','name':'web'}]},'spec':{"
                + "'containers':[{'image':'registry:5000/a','ports':[{'hostPort':80,'protocol':'UDP'},{'containerPort':1}]}],"
                + "'initContainers':[{'image':'b:1','ports':[{'hostPort':81}]}],"
                + "'tolerations':[{'operator':'Exists'},{'key':'k','value':'v','effect':'NoExecute'}],"
                + "'volumes':[{'persistentVolumeClaim':{'claimName':'c'}},{'name':'e','ephemeral':{}}]}}"));
        PodTemplate template = pod.template();
        assertThat(template.images()).containsExactly("b:1", "registry:5000/a:latest");
        assertThat(template.hostPorts()).containsExactly(new HostPort("UDP", "0.0.0.0", 80));
        assertThat(template.tolerations()).isEqualTo(List.of(
                new Toleration("", Toleration.Operator.EXISTS, "", null),
                new Toleration("k", Toleration.Operator.EQUAL, "v", Taint.Effect.NO_EXECUTE)));
        assertThat(template.workload()).isEqualTo(new Workload(Workload.Kind.REPLICA_SET, "web"));
        assertThat(template.claims()).containsExactly("c", "p-e");
    }

    @Test
    void readsANode() {
        Node node = NodeReader.read(json("{'metadata':{'name':'n','labels':{'a':'b'}},'spec':{'unschedulable':true,"
                + "'taints':[{'key':'k','effect':'NoSchedule'},{'key':'x','effect':'Odd'}]},'status':{'allocatable':{"
                + "'cpu':'3920m','memory':'7Gi','ephemeral-storage':'10G','pods':'110','hugepages-2Mi':'0'},"
                + "'images':[{'names':['a:1','a@sha'],'sizeBytes':5}]}}"));
        assertThat(node).isEqualTo(new Node("n", Map.of("a", "b"),
                List.of(new Taint("k", "", Taint.Effect.NO_SCHEDULE)), true,
                new Resources(3920, 7L << 30, 10_000_000_000L, Map.of("hugepages-2Mi", 0L)), 110,
                List.of(new Node.Image(List.of("a:1", "a@sha"), 5))));
    }
}
