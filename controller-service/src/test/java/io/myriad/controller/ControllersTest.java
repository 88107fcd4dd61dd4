package io.myriad.controller;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.DeleteOptions;
import io.myriad.control.client.PatchType;
import io.myriad.control.client.Resources;
import io.myriad.control.client.Selection;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerSpec;
import io.myriad.controller.model.Samples;

import static io.myriad.controller.ControlPlane.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** All controllers against a real API server and store; the test plays scheduler and kubelet. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ControllersTest {
    private ControlPlane plane;
    private Informer<String> leases;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        plane = new ControlPlane(directory);
        leases = plane.informers.own(InformerSpec.<String>of(Resources.LEASES, object -> object.resourceVersion())
                .select(Selection.METADATA));
        plane.start();
    }

    @AfterAll
    void stop() {
        plane.close();
    }

    // ---- what tests do ------------------------------------------------------------------------------------------

    private static ApiPath path(GroupVersionResource resource, String namespace) {
        return ApiPath.of(resource).in(namespace);
    }

    private ObjectNode create(GroupVersionResource resource, String namespace, String json) {
        return plane.client.create(path(resource, namespace), Samples.json(json));
    }

    private ObjectNode get(GroupVersionResource resource, String namespace, String name) {
        return plane.client.get(path(resource, namespace).named(name));
    }

    private boolean gone(GroupVersionResource resource, String namespace, String name) {
        try {
            get(resource, namespace, name);
            return false;
        } catch (StatusException e) {
            return e.status().reason() == StatusReason.NOT_FOUND;
        }
    }

    private List<ObjectNode> list(GroupVersionResource resource, String namespace, String labels) {
        return plane.client.list(path(resource, namespace), Selection.labels(labels), 0, "").items().stream()
                .map(one -> one.tree()).toList();
    }

    private void merge(GroupVersionResource resource, String namespace, String name, String subresource, String json) {
        plane.client.patch(path(resource, namespace).named(name).sub(subresource), PatchType.MERGE, Samples.json(json));
    }

    private void delete(GroupVersionResource resource, String namespace, String name, String propagation) {
        plane.client.delete(path(resource, namespace).named(name),
                DeleteOptions.DEFAULT.withPropagation(propagation));
    }

    private String namespace(String name) {
        create(Resources.NAMESPACES, "", "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'" + name + "'}}");
        eventually("a service account in " + name, () -> !gone(Resources.SERVICE_ACCOUNTS, name, "default"));
        return name;
    }

    private static String meta(String name) {
        return "'metadata':{'name':'" + name + "'}";
    }

    private ObjectNode deployment(String namespace, String name, int replicas) {
        return create(Resources.DEPLOYMENTS, namespace, "{'apiVersion':'apps/v1','kind':'Deployment'," + meta(name)
                + ",'spec':{'replicas':" + replicas + ",'selector':{'matchLabels':{'app':'" + name + "'}},'template':"
                + template(name, "v1") + "}}");
    }

    private static String template(String app, String image) {
        return "{'metadata':{'labels':{'app':'" + app + "'}},'spec':{'containers':[{'name':'c','image':'" + image
                + "'}]}}";
    }

    private ObjectNode configMap(String namespace, String name, String owners, String more) {
        return create(Resources.CONFIG_MAPS, namespace,
                "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'" + name
                        + "','ownerReferences':[" + owners + "]" + more + "}}");
    }

    private static String owner(ObjectNode object, boolean blocking) {
        return "{'apiVersion':'" + object.path("apiVersion").asString("v1") + "','kind':'"
                + object.path("kind").asString()
                + "','name':'" + object.path("metadata").path("name").asString() + "','uid':'"
                + object.path("metadata").path("uid").asString() + "','blockOwnerDeletion':" + blocking + "}";
    }

    private static String name(JsonNode object) {
        return object.path("metadata").path("name").asString();
    }

    private void ready(String namespace, String pod, boolean ready) {
        plane.client.patch(path(Resources.PODS, namespace).named(pod).sub("status"), PatchType.STRATEGIC,
                Samples.json("{'status':{'phase':'Running','conditions':[{'type':'Ready','status':'"
                        + (ready ? "True" : "False") + "','lastTransitionTime':'2026-01-01T00:00:00Z'}]}}"));
    }

    /** Makes every pod ready, again and again, until the Deployment is complete. */
    private void rolledOut(String namespace, String name, String image) {
        eventually(name + " is rolled out", () -> {
            for (ObjectNode pod : list(Resources.PODS, namespace, "app=" + name)) {
                if (!pod.path("metadata").has("deletionTimestamp")) {
                    ready(namespace, name(pod), true);
                }
            }
            ObjectNode deployment = get(Resources.DEPLOYMENTS, namespace, name);
            JsonNode status = deployment.path("status");
            int replicas = deployment.path("spec").path("replicas").asInt();
            return status.path("observedGeneration").asLong() == deployment.path("metadata").path("generation").asLong()
                    && status.path("updatedReplicas").asInt() == replicas && status.path("replicas").asInt() == replicas
                    && status.path("availableReplicas").asInt() == replicas
                    && list(Resources.PODS, namespace, "app=" + name).stream().allMatch(
                            pod -> pod.path("spec").path("containers").get(0).path("image").asString().equals(image));
        });
    }

    private String revision(String namespace, String name) {
        return get(Resources.DEPLOYMENTS, namespace, name).path("metadata").path("annotations")
                .path("deployment.kubernetes.io/revision").asString("");
    }

    // ---- namespaces ---------------------------------------------------------------------------------------------

    @Test
    void everyNamespaceHasItsServiceAccountAndAuthorities() {
        String ns = namespace("furnished");
        eventually("the authorities",
                () -> get(Resources.CONFIG_MAPS, ns, "kube-root-ca.crt").path("data").path("ca.crt")
                        .asString().equals(plane.authority));
        merge(Resources.CONFIG_MAPS, ns, "kube-root-ca.crt", "", "{'data':{'ca.crt':'forged','more':'x'}}");
        eventually("the authorities again", () -> get(Resources.CONFIG_MAPS, ns, "kube-root-ca.crt").path("data")
                .toString().equals(Samples.json("{}").put("ca.crt", plane.authority).toString()));
        delete(Resources.CONFIG_MAPS, ns, "kube-root-ca.crt", null);
        delete(Resources.SERVICE_ACCOUNTS, ns, "default", null);
        eventually("both again", () -> !gone(Resources.CONFIG_MAPS, ns, "kube-root-ca.crt")
                && !gone(Resources.SERVICE_ACCOUNTS, ns, "default"));
    }

    @Test
    void aTokenSecretHoldsATokenAsLongAsItsAccountIsThere() {
        String ns = namespace("tokens");
        create(Resources.SERVICE_ACCOUNTS, ns, "{'metadata':{'name':'robot'}}");
        create(Resources.SECRETS, ns, """
                {'metadata':{'name':'robot-token','annotations':{'kubernetes.io/service-account.name':'robot'}},
                 'type':'kubernetes.io/service-account-token'}""");
        eventually("a token",
                () -> !get(Resources.SECRETS, ns, "robot-token").path("data").path("token").isMissingNode());
        ObjectNode secret = get(Resources.SECRETS, ns, "robot-token");
        assertThat(secret.path("metadata").path("annotations").path("kubernetes.io/service-account.uid"))
                .isEqualTo(get(Resources.SERVICE_ACCOUNTS, ns, "robot").path("metadata").path("uid"));
        assertThat(decoded(secret, "namespace")).isEqualTo(ns);
        assertThat(decoded(secret, "ca.crt")).isEqualTo(plane.authority);
        String token = decoded(secret, "token");
        JsonNode status = review(token);
        assertThat(status.path("authenticated").asBoolean()).isTrue();
        assertThat(status.path("user").path("username").asString()).isEqualTo("system:serviceaccount:" + ns + ":robot");

        merge(Resources.SECRETS, ns, "robot-token", "", "{'data':{'ca.crt':null,'token':'" + base64("another") + "'}}");
        eventually("the authorities again",
                () -> !get(Resources.SECRETS, ns, "robot-token").path("data").path("ca.crt").isMissingNode());
        assertThat(decoded(get(Resources.SECRETS, ns, "robot-token"), "token")).isEqualTo("another");
        assertThat(review(token).path("authenticated").asBoolean()).as("its Secret holds another one").isFalse();

        delete(Resources.SERVICE_ACCOUNTS, ns, "robot", null);
        eventually("no token without an account", () -> gone(Resources.SECRETS, ns, "robot-token"));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    private static String decoded(ObjectNode secret, String key) {
        return new String(Base64.getDecoder().decode(secret.path("data").path(key).asString()), UTF_8);
    }

    private JsonNode review(String token) {
        return plane.client.create(
                ApiPath.of(new GroupVersionResource("authentication.k8s.io", "v1", "tokenreviews")),
                Samples.json("{'apiVersion':'authentication.k8s.io/v1','kind':'TokenReview','spec':{'token':'" + token
                        + "'}}"))
                .path("status");
    }

    @Test
    void aNamespaceGoesWhenItIsEmptyAndSaysWhatHoldsIt() {
        String ns = namespace("doomed");
        deployment(ns, "web", 2);
        configMap(ns, "held", "", ",'finalizers':['example.com/hold']");
        eventually("pods", () -> list(Resources.PODS, ns, "app=web").size() == 2);
        delete(Resources.NAMESPACES, "", ns, null);
        eventually("only what is held is left", () -> list(Resources.PODS, ns, "").isEmpty()
                && list(Resources.DEPLOYMENTS, ns, "").isEmpty() && list(Resources.CONFIG_MAPS, ns, "").size() == 1);
        eventually("the reason is said", () -> get(Resources.NAMESPACES, "", ns).path("status").path("conditions")
                .toString().contains("Some content in the namespace has finalizers remaining: example.com/hold in 1"));
        merge(Resources.CONFIG_MAPS, ns, "held", "", "{'metadata':{'finalizers':[]}}");
        eventually("it is gone", () -> gone(Resources.NAMESPACES, "", ns));
    }

    // ---- Deployments and ReplicaSets ----------------------------------------------------------------------------

    @Test
    void aDeploymentRollsOutAndBack() {
        String ns = namespace("rolling");
        deployment(ns, "web", 3);
        rolledOut(ns, "web", "v1");
        assertThat(revision(ns, "web")).isEqualTo("1");
        merge(Resources.DEPLOYMENTS, ns, "web", "", "{'spec':{'template':" + template("web", "v2") + "}}");
        rolledOut(ns, "web", "v2");
        assertThat(revision(ns, "web")).isEqualTo("2");
        merge(Resources.DEPLOYMENTS, ns, "web", "",
                "{'metadata':{'annotations':{'deprecated.deployment.rollback.to':'1'}}}");
        eventually("the old template",
                () -> get(Resources.DEPLOYMENTS, ns, "web").path("spec").path("template").toString()
                        .contains("\"v1\""));
        rolledOut(ns, "web", "v1");
        assertThat(revision(ns, "web")).isEqualTo("3");
        assertThat(list(Resources.REPLICA_SETS, ns, "app=web")).hasSize(2);
    }

    @Test
    void aNameThatIsTakenMakesAnotherOne() {
        String ns = namespace("collision");
        deployment(ns, "web", 1);
        eventually("a ReplicaSet", () -> list(Resources.REPLICA_SETS, ns, "").size() == 1);
        String taken = name(list(Resources.REPLICA_SETS, ns, "").getFirst());
        delete(Resources.DEPLOYMENTS, ns, "web", "Orphan");
        eventually("only the ReplicaSet is left", () -> gone(Resources.DEPLOYMENTS, ns, "web"));
        merge(Resources.REPLICA_SETS, ns, taken, "", "{'metadata':{'labels':{'app':'other'}}}");
        deployment(ns, "web", 1);
        eventually("another ReplicaSet", () -> list(Resources.REPLICA_SETS, ns, "app=web").size() == 1);
        assertThat(get(Resources.DEPLOYMENTS, ns, "web").path("status").path("collisionCount").asInt()).isEqualTo(1);
    }

    @Test
    void aReplicaSetAdoptsReleasesAndKeepsItsNumber() {
        String ns = namespace("adopting");
        ObjectNode orphan = create(Resources.PODS, ns, "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'orphan',"
                + "'labels':{'app':'web'}},'spec':{'containers':[{'name':'c','image':'x'}]}}");
        ObjectNode replicaSet = create(Resources.REPLICA_SETS, ns, "{'apiVersion':'apps/v1','kind':'ReplicaSet',"
                + meta("web") + ",'spec':{'replicas':3,'selector':{'matchLabels':{'app':'web'}},'template':"
                + template("web", "v1") + "}}");
        String uid = replicaSet.path("metadata").path("uid").asString();
        eventually("three pods, the orphan one of them", () -> list(Resources.PODS, ns, "app=web").size() == 3
                && get(Resources.PODS, ns, name(orphan)).path("metadata").path("ownerReferences").get(0).path("uid")
                        .asString().equals(uid));
        merge(Resources.PODS, ns, "orphan", "", "{'metadata':{'labels':{'app':'mine'}}}");
        eventually("it is released and replaced", () -> list(Resources.PODS, ns, "app=web").size() == 3
                && get(Resources.PODS, ns, "orphan").path("metadata").path("ownerReferences").isEmpty());
        merge(Resources.REPLICA_SETS, ns, "web", "scale", "{'spec':{'replicas':1}}");
        eventually("one is left", () -> list(Resources.PODS, ns, "app=web").size() == 1
                && get(Resources.REPLICA_SETS, ns, "web").path("status").path("replicas").asInt() == 1);
        merge(Resources.REPLICA_SETS, ns, "web", "scale", "{'spec':{'replicas':40}}");
        eventually("exactly forty", () -> get(Resources.REPLICA_SETS, ns, "web").path("status").path("replicas")
                .asInt() == 40);
        assertThat(list(Resources.PODS, ns, "app=web")).hasSize(40);
    }

    // ---- garbage ------------------------------------------------------------------------------------------------

    @Test
    void deletingInTheBackgroundTakesAllWithIt() {
        String ns = namespace("background");
        deployment(ns, "web", 2);
        eventually("pods", () -> list(Resources.PODS, ns, "app=web").size() == 2);
        delete(Resources.DEPLOYMENTS, ns, "web", "Background");
        assertThat(gone(Resources.DEPLOYMENTS, ns, "web")).isTrue();
        eventually("nothing is left", () -> list(Resources.REPLICA_SETS, ns, "").isEmpty()
                && list(Resources.PODS, ns, "").isEmpty());
    }

    @Test
    void deletingInTheForegroundWaitsForTheLastDependent() {
        String ns = namespace("foreground");
        deployment(ns, "web", 1);
        eventually("a pod", () -> list(Resources.PODS, ns, "app=web").size() == 1);
        String pod = name(list(Resources.PODS, ns, "app=web").getFirst());
        merge(Resources.PODS, ns, pod, "", "{'metadata':{'finalizers':['example.com/hold']}}");
        delete(Resources.DEPLOYMENTS, ns, "web", "Foreground");
        eventually("the pod is told to go",
                () -> get(Resources.PODS, ns, pod).path("metadata").has("deletionTimestamp"));
        assertThat(get(Resources.DEPLOYMENTS, ns, "web").path("metadata").path("finalizers").toString())
                .contains("foregroundDeletion");
        assertThat(list(Resources.REPLICA_SETS, ns, "")).hasSize(1);
        merge(Resources.PODS, ns, pod, "", "{'metadata':{'finalizers':[]}}");
        eventually("all are gone", () -> gone(Resources.DEPLOYMENTS, ns, "web") && gone(Resources.PODS, ns, pod)
                && list(Resources.REPLICA_SETS, ns, "").isEmpty());
    }

    @Test
    void orphansStayAndAreOwnedByNobody() {
        String ns = namespace("orphans");
        deployment(ns, "web", 1);
        eventually("a pod", () -> list(Resources.PODS, ns, "app=web").size() == 1);
        delete(Resources.DEPLOYMENTS, ns, "web", "Orphan");
        eventually("it is gone", () -> gone(Resources.DEPLOYMENTS, ns, "web"));
        ObjectNode replicaSet = list(Resources.REPLICA_SETS, ns, "").getFirst();
        assertThat(replicaSet.path("metadata").path("ownerReferences")).isEmpty();
        assertThat(list(Resources.PODS, ns, "app=web")).hasSize(1);
    }

    @Test
    void ownersCountOnlyWhereTheyAre() {
        String ns = namespace("owners");
        String other = namespace("elsewhere");
        ObjectNode owner = configMap(ns, "owner", "", "");
        ObjectNode second = configMap(ns, "second", "", "");
        configMap(ns, "good", owner(owner, false), "");
        configMap(ns, "both", owner(owner, false) + "," + owner(second, false), "");
        configMap(other, "stranger", owner(owner, false), "");
        configMap(ns, "lost", owner(owner, false).replace("'name':'owner'", "'name':'misspelt'"), "");
        eventually("a namespaced owner means nothing elsewhere, nor a wrong name",
                () -> gone(Resources.CONFIG_MAPS, other, "stranger") && gone(Resources.CONFIG_MAPS, ns, "lost"));
        assertThat(gone(Resources.CONFIG_MAPS, ns, "good")).isFalse();
        delete(Resources.CONFIG_MAPS, ns, "owner", "Background");
        eventually("its dependent follows", () -> gone(Resources.CONFIG_MAPS, ns, "good"));
        eventually("who has another owner stays", () -> get(Resources.CONFIG_MAPS, ns, "both").path("metadata")
                .path("ownerReferences").size() == 1);
    }

    @Test
    void aCircleCanBeDeletedInTheForeground() {
        String ns = namespace("circle");
        ObjectNode one = configMap(ns, "one", "", "");
        ObjectNode two = configMap(ns, "two", owner(one, true), "");
        merge(Resources.CONFIG_MAPS, ns, "one", "", "{'metadata':{'ownerReferences':[" + owner(two, true) + "]}}");
        delete(Resources.CONFIG_MAPS, ns, "one", "Foreground");
        eventually("both are gone",
                () -> gone(Resources.CONFIG_MAPS, ns, "one") && gone(Resources.CONFIG_MAPS, ns, "two"));
    }

    // ---- nodes and Services -------------------------------------------------------------------------------------

    private void node(String name) {
        create(Resources.NODES, "", "{'apiVersion':'v1','kind':'Node'," + meta(name) + "}");
        create(Resources.LEASES, "kube-node-lease",
                "{'apiVersion':'coordination.k8s.io/v1','kind':'Lease'," + meta(name)
                        + ",'spec':{'holderIdentity':'" + name + "','leaseDurationSeconds':40}}");
        nodeReady(name);
    }

    private void nodeReady(String name) {
        plane.client.patch(ApiPath.of(Resources.NODES).named(name).sub("status"), PatchType.STRATEGIC,
                Samples.json("{'status':{'conditions':[{'type':'Ready','status':'True','lastHeartbeatTime':'"
                        + Samples.at(heartbeat++) + "','lastTransitionTime':'2026-01-01T00:00:00Z'}]}}"));
        eventually(name + " has no taints", () -> get(Resources.NODES, "", name).path("spec").path("taints").isEmpty());
    }

    private long heartbeat;

    private void pod(String namespace, String name, String node, String more) {
        create(Resources.PODS, namespace, "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'" + name
                + "','labels':{'app':'db'}},'spec':{'nodeName':'" + node + "','containers':[{'name':'c','image':'x',"
                + "'ports':[{'name':'pg','containerPort':5432}]}]" + more + "}}");
    }

    @Test
    void endpointsFollowPods() {
        String ns = namespace("endpoints");
        node("endpoints-node");
        pod(ns, "db-0", "endpoints-node", "");
        create(Resources.SERVICES, ns, "{'apiVersion':'v1','kind':'Service'," + meta("db")
                + ",'spec':{'selector':{'app':'db'},'ports':[{'port':5432,'targetPort':'pg'}]}}");
        eventually("one slice without endpoints", () -> list(Resources.ENDPOINT_SLICES, ns, "").size() == 1);
        merge(Resources.PODS, ns, "db-0", "status", "{'status':{'podIP':'10.9.0.1','podIPs':[{'ip':'10.9.0.1'}]}}");
        ready(ns, "db-0", false);
        eventually("not ready", () -> endpoint(ns).path("conditions").toString()
                .equals("{\"ready\":false,\"serving\":false,\"terminating\":false}")
                && get(Resources.ENDPOINTS, ns, "db").path("subsets").get(0).path("notReadyAddresses").size() == 1);
        ready(ns, "db-0", true);
        eventually("ready", () -> endpoint(ns).path("conditions").path("ready").asBoolean()
                && get(Resources.ENDPOINTS, ns, "db").path("subsets").get(0).path("addresses").get(0).path("ip")
                        .asString()
                        .equals("10.9.0.1"));
        ObjectNode slice = list(Resources.ENDPOINT_SLICES, ns, "kubernetes.io/service-name=db").getFirst();
        assertThat(slice.path("ports").get(0).path("port").asInt()).isEqualTo(5432);
        delete(Resources.PODS, ns, "db-0", null);
        eventually("terminating and serving", () -> endpoint(ns).path("conditions").toString()
                .equals("{\"ready\":false,\"serving\":true,\"terminating\":true}")
                && get(Resources.ENDPOINTS, ns, "db").path("subsets").isEmpty());
        delete(Resources.SERVICES, ns, "db", null);
        eventually("nothing is left", () -> gone(Resources.ENDPOINTS, ns, "db")
                && list(Resources.ENDPOINT_SLICES, ns, "").isEmpty());
    }

    private JsonNode endpoint(String namespace) {
        return list(Resources.ENDPOINT_SLICES, namespace, "").getFirst().path("endpoints").path(0);
    }

    @Test
    void endpointsMadeByHandGoWithTheirService() {
        String ns = namespace("by-hand");
        create(Resources.SERVICES, ns,
                "{'apiVersion':'v1','kind':'Service'," + meta("ext") + ",'spec':{'ports':[{'port':1}]}}");
        create(Resources.ENDPOINTS, ns, "{'apiVersion':'v1','kind':'Endpoints'," + meta("ext")
                + ",'subsets':[{'addresses':[{'ip':'192.0.2.1'}],'ports':[{'port':1}]}]}");
        create(Resources.ENDPOINTS, ns, "{'apiVersion':'v1','kind':'Endpoints'," + meta("alone")
                + ",'subsets':[{'addresses':[{'ip':'192.0.2.1'}],'ports':[{'port':1}]}]}");
        eventually("both are known", () -> plane.informers.endpoints().get(ns, "alone") != null
                && plane.informers.endpoints().get(ns, "ext") != null);
        delete(Resources.SERVICES, ns, "ext", null);
        eventually("they are gone", () -> gone(Resources.ENDPOINTS, ns, "ext"));
        assertThat(gone(Resources.ENDPOINTS, ns, "alone")).isFalse();
    }

    /** One after the other: both move the time, and how many nodes are lost matters. */
    @Test
    void silentNodesAreMarkedTheirPodsEvictedAndThoseOfGoneNodesRemoved() {
        String ns = namespace("nodes");
        node("silent");
        node("healthy");
        pod(ns, "victim", "silent", ",'tolerations':[{'key':'node.kubernetes.io/unreachable','operator':'Exists',"
                + "'effect':'NoExecute','tolerationSeconds':0}]");
        pod(ns, "patient", "silent", "");
        ready(ns, "patient", true);
        plane.ahead(Duration.ofSeconds(60));
        merge(Resources.LEASES, "kube-node-lease", "healthy", "", "{'spec':{'leaseTransitions':1}}");
        long renewed = get(Resources.LEASES, "kube-node-lease", "healthy").path("metadata").path("resourceVersion")
                .asLong();
        eventually("the controller has heard of the healthy node", () -> leases.hasSeen(renewed));
        merge(Resources.NODES, "", "silent", "", "{'metadata':{'labels':{'look':'now'}}}");
        eventually("it is marked", () -> get(Resources.NODES, "", "silent").path("spec").path("taints").toString()
                .contains("\"key\":\"node.kubernetes.io/unreachable\",\"effect\":\"NoExecute\""));
        JsonNode conditions = get(Resources.NODES, "", "silent").path("status").path("conditions");
        assertThat(conditions.toString()).contains("Kubelet stopped posting node status.")
                .contains("Kubelet never posted node status.");
        eventually("its pods are not ready and the impatient one is told to go",
                () -> get(Resources.PODS, ns, "patient")
                        .path("status").path("conditions").toString().contains("\"status\":\"False\"")
                        && get(Resources.PODS, ns, "victim").path("metadata").has("deletionTimestamp"));
        assertThat(get(Resources.PODS, ns, "victim").path("status").path("conditions").toString())
                .contains("DeletionByTaintManager");
        assertThat(get(Resources.PODS, ns, "patient").path("metadata").has("deletionTimestamp")).isFalse();
        assertThat(get(Resources.NODES, "", "healthy").path("spec").path("taints")).isEmpty();
        nodeReady("silent");
        removedWithItsNode(ns);
    }

    private void removedWithItsNode(String ns) {
        plane.client.delete(ApiPath.of(Resources.NODES).named("silent"), DeleteOptions.DEFAULT);
        eventually("the controllers know", () -> plane.informers.nodes().get("", "silent") == null);
        sweep(ns, "first");
        sweep(ns, "second"); // so the first sweep is over, and has noticed that the node is missing
        assertThat(gone(Resources.PODS, ns, "patient")).as("it may be about to register").isFalse();
        plane.ahead(Duration.ofSeconds(41));
        sweep(ns, "third");
        eventually("its pods are removed",
                () -> gone(Resources.PODS, ns, "patient") && gone(Resources.PODS, ns, "victim"));
    }

    /** The pod collector looks around at once when a pod that no node has is being deleted; that pod goes first. */
    private void sweep(String namespace, String pod) {
        create(Resources.PODS, namespace, "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'" + pod
                + "','finalizers':['example.com/hold']},'spec':{'containers':[{'name':'c','image':'x'}]}}");
        plane.client.delete(path(Resources.PODS, namespace).named(pod), DeleteOptions.DEFAULT);
        eventually("a sweep has marked " + pod, () -> get(Resources.PODS, namespace, pod).path("status").path("phase")
                .asString().equals("Failed"));
        merge(Resources.PODS, namespace, pod, "", "{'metadata':{'finalizers':[]}}");
    }
}
