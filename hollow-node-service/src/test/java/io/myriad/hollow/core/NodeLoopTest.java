package io.myriad.hollow.core;

import java.time.Instant;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

class NodeLoopTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final FakeNodeApi api = new FakeNodeApi();
    private long now;
    private NodeLoop loop = loop(1, 100);

    private NodeLoop loop(int nodes, long podStartMillis) {
        NodeProfile profile = new NodeProfile("node-", 32_000, 256L << 30, 110, 40, 300_000, podStartMillis, 200,
                10250);
        return new NodeLoop(profile, nodes, api, () -> START.plusMillis(now), new Random(1), now);
    }

    private void pass(long millis) {
        for (long until = now + millis; now < until; now += 10) {
            loop.step(now);
        }
        loop.step(now);
    }

    private void tell(NodeInput input) {
        loop.submit(input);
        loop.step(now);
    }

    private void registered() {
        pass(10);
        tell(new NodeInput.Registered(0, 201, true, "node-uid", "10.128.0.0/24"));
        tell(new NodeInput.LeaseWritten(0, 201, "1"));
        api.take();
        api.events.clear();
    }

    private static PodView view(String json) {
        ObjectNode pod = (ObjectNode) JsonMapper.shared().readTree(json.replace('\'', '"'));
        ObjectNode metadata = pod.withObject("metadata");
        if (!metadata.has("uid")) {
            metadata.put("uid", "uid-" + metadata.path("name").asString());
        }
        metadata.put("namespace", "default");
        return new PodViewReader().read(pod);
    }

    private static PodView web(String metadata, String status) {
        return view("{'metadata':{'name':'web','generation':1" + metadata
                + "},'spec':{'containers':[{'name':'c','image':'nginx'}]},'status':{" + status + "}}");
    }

    private JsonNode lastStatus() {
        return api.podPatches.getLast().path("status");
    }

    private static String condition(JsonNode status, String type) {
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asString("").equals(type)) {
                return condition.path("status").asString("") + condition.path("reason").asString("");
            }
        }
        return "";
    }

    private void answerPod(int code) {
        tell(new NodeInput.PodWritten(0, "uid-web", code));
    }

    // ---- nodes

    @Test
    void registersAndKeepsItsLease() {
        pass(10);
        assertThat(api.take()).containsExactly("register node-0");
        tell(new NodeInput.Registered(0, 201, true, "node-uid", "10.128.0.0/24"));
        assertThat(api.take()).containsExactly("create lease node-0", "watch node-0");
        assertThat(api.events).containsExactly("node-0 Starting: Starting kubelet.",
                "node-0 NodeReady: Node node-0 status is now: NodeReady");
        assertThat(loop.readyNodes()).isZero();
        tell(new NodeInput.LeaseWritten(0, 201, "7"));
        assertThat(loop.readyNodes()).isOne();
        pass(10_100);
        assertThat(api.take()).containsExactly("renew lease node-0");
        JsonNode lease = JsonMapper.shared().readTree(api.leases.getLast());
        assertThat(lease.path("metadata").path("resourceVersion").asString()).isEqualTo("7");
        assertThat(lease.path("metadata").path("ownerReferences").path(0).path("uid").asString()).isEqualTo("node-uid");
        assertThat(lease.path("spec").path("leaseDurationSeconds").asInt()).isEqualTo(40);
    }

    @Test
    void renewsEveryTenSecondsOneAtATime() {
        registered();
        pass(10_100);
        int renewals = 0;
        for (int i = 0; i < 10; i++) {
            renewals += api.take().size();
            tell(new NodeInput.LeaseWritten(0, 200, "8"));
            pass(10_500);
        }
        assertThat(renewals).isEqualTo(10);
        api.take();
        pass(60_000); // no answer yet: nothing more is sent
        assertThat(api.take()).isEmpty();
    }

    @Test
    void takesUpALeaseThatSomebodyElseHasWritten() {
        pass(10);
        tell(new NodeInput.Registered(0, 200, false, "node-uid", ""));
        api.take();
        tell(new NodeInput.LeaseWritten(0, 409, ""));
        assertThat(api.take()).containsExactly("read lease node-0");
        tell(new NodeInput.LeaseWritten(0, 200, "5"));
        pass(10_100);
        assertThat(api.take()).contains("renew lease node-0");
        tell(new NodeInput.LeaseWritten(0, 404, ""));
        pass(2_000);
        assertThat(api.take()).containsExactly("create lease node-0");
    }

    @Test
    void triesAgainWhenTheServerDoesNotAnswer() {
        pass(10);
        tell(new NodeInput.Registered(0, 0, true, "", ""));
        api.take();
        pass(2_000);
        assertThat(api.take()).containsExactly("register node-0");
    }

    @Test
    void reportsItsStatusAtLongIntervals() {
        registered();
        pass(250_000);
        api.take();
        pass(81_000);
        assertThat(api.take()).containsOnlyOnce("status node-0");
        assertThat(condition(api.bodies.getLast().path("status"), "Ready")).isEqualTo("TrueKubeletReady");
        tell(new NodeInput.StatusWritten(0, 404));
        pass(1_000_000);
        assertThat(api.take()).isEmpty(); // somebody has deleted the node
    }

    @Test
    void takesOverANodeThatExists() {
        pass(10);
        tell(new NodeInput.Registered(0, 200, false, "node-uid", "10.200.1.0/24"));
        assertThat(api.take()).contains("status node-0", "watch node-0");
        tell(new NodeInput.PodSeen(0, null, web("", "")));
        pass(200);
        answerPod(200);
        pass(200);
        assertThat(lastStatus().path("podIP").asString()).isEqualTo("10.200.1.2");
    }

    @Test
    void theNodeItRegistersIsHealthyAndHasRoom() {
        pass(10);
        JsonNode node = api.bodies.getFirst();
        assertThat(node.path("spec").path("podCIDR").asString()).isEqualTo("10.128.0.0/24");
        assertThat(node.path("spec").has("taints")).isFalse();
        assertThat(node.path("status").path("allocatable").path("cpu").asString()).isEqualTo("32");
        assertThat(node.path("status").path("allocatable").path("pods").asString()).isEqualTo("110");
        assertThat(condition(node.path("status"), "Ready")).isEqualTo("TrueKubeletReady");
        assertThat(condition(node.path("status"), "DiskPressure")).isEqualTo("FalseKubeletHasNoDiskPressure");
    }

    @Test
    void manyNodesRenewSpreadOverTheInterval() {
        loop = loop(400, 0);
        pass(50);
        for (int i = 0; i < 400; i++) {
            loop.submit(new NodeInput.Registered(i, 201, true, "uid", ""));
            loop.submit(new NodeInput.LeaseWritten(i, 201, "1"));
        }
        pass(10);
        api.take();
        int most = 0;
        int all = 0;
        for (int second = 0; second < 10; second++) {
            pass(1_000);
            int renewals = api.take().size();
            most = Math.max(most, renewals);
            all += renewals;
        }
        assertThat(all).isGreaterThan(380);
        assertThat(most).isLessThan(80);
    }

    // ---- pods

    /** What was called about pods since the last time this was asked. */
    private List<String> podCalls() {
        return api.take().stream().filter(call -> !call.contains("lease")).toList();
    }

    @Test
    void startsAPod() {
        registered();
        tell(new NodeInput.PodSeen(0, null, web("", "'phase':'Pending'")));
        assertThat(podCalls()).containsExactly("pod web Pending");
        assertThat(lastStatus().path("containerStatuses").path(0).path("state").path("waiting").path("reason")
                .asString()).isEqualTo("ContainerCreating");
        assertThat(condition(lastStatus(), "Ready")).isEqualTo("FalseContainersNotReady");
        answerPod(200);
        pass(130);
        assertThat(podCalls()).containsExactly("pod web Running");
        JsonNode status = lastStatus();
        assertThat(status.path("podIP").asString()).isEqualTo("10.128.0.2");
        assertThat(status.path("hostIP").asString()).isEqualTo("10.64.0.1");
        for (String type : List.of("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady")) {
            assertThat(condition(status, type)).as(type).isEqualTo("True");
        }
        assertThat(status.path("containerStatuses").path(0).path("state").path("running").has("startedAt")).isTrue();
        assertThat(status.path("startTime").asString()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(api.events).containsExactly(
                "web/c Pulled: Container image \"nginx\" already present on machine and can be accessed by the pod",
                "web/c Created: Container created", "web/c Started: Container started");
    }

    @Test
    void reportsOnlyTheNewestStatusWhenAnswersAreSlow() {
        registered();
        tell(new NodeInput.PodSeen(0, null, web("", "")));
        pass(1_000);
        assertThat(podCalls()).containsExactly("pod web Pending");
        answerPod(200);
        assertThat(podCalls()).containsExactly("pod web Running");
        answerPod(200);
        pass(1_000);
        assertThat(podCalls()).isEmpty();
    }

    @Test
    void withoutADelayItRunsAtOnce() {
        loop = loop(1, 0);
        registered();
        tell(new NodeInput.PodSeen(0, null, web("", "")));
        assertThat(podCalls()).containsExactly("pod web Running");
    }

    @Test
    void runsInitContainersFirst() {
        registered();
        tell(new NodeInput.PodSeen(0, null, view("{'metadata':{'name':'web'},'spec':{'containers':[{'name':'c'}],"
                + "'initContainers':[{'name':'i'},{'name':'s','restartPolicy':'Always'}]}}")));
        assertThat(condition(lastStatus(), "Initialized")).isEqualTo("FalseContainersNotInitialized");
        answerPod(200);
        pass(200);
        JsonNode init = lastStatus().path("initContainerStatuses");
        assertThat(init.path(0).path("state").path("terminated").path("reason").asString()).isEqualTo("Completed");
        assertThat(init.path(1).path("state").has("running")).isTrue();
        assertThat(api.events.stream().filter(event -> event.contains("Started")).toList())
                .containsExactly("web/i Started: Container started", "web/s Started: Container started",
                        "web/c Started: Container started");
    }

    private PodView running() {
        registered();
        tell(new NodeInput.PodSeen(0, null, web("", "")));
        answerPod(200);
        pass(200);
        answerPod(200);
        podCalls();
        api.events.clear();
        return web("", "'phase':'Running','podIP':'10.128.0.2','containerStatuses':[{'name':'c',"
                + "'state':{'running':{'startedAt':'2026-01-01T00:00:00Z'}}}]");
    }

    @Test
    void endsADeletedPodInItsTime() {
        PodView pod = running();
        tell(new NodeInput.PodSeen(0, pod, web(",'deletionTimestamp':'x','deletionGracePeriodSeconds':30",
                "'phase':'Running'")));
        assertThat(podCalls()).isEmpty();
        assertThat(api.events).containsExactly("web/c Killing: Stopping container c");
        pass(250);
        assertThat(podCalls()).containsExactly("pod web Succeeded");
        assertThat(lastStatus().path("containerStatuses").path(0).path("state").path("terminated").path("exitCode")
                .asInt(-1)).isZero();
        answerPod(200);
        assertThat(podCalls()).containsExactly("delete web");
        answerPod(200);
        tell(new NodeInput.PodSeen(0, pod, null));
        pass(10_000);
        assertThat(podCalls()).isEmpty();
        assertThat(loop.pods()).isZero();
    }

    @Test
    void aPodDeletedBeforeItRanGoesAtOnce() {
        registered();
        tell(new NodeInput.PodSeen(0, null, web(",'deletionTimestamp':'x'", "'phase':'Pending'")));
        assertThat(podCalls()).containsExactly("delete web");
    }

    @Test
    void aFailedDeletionIsTriedAgain() {
        registered();
        tell(new NodeInput.PodSeen(0, null, web(",'deletionTimestamp':'x'", "")));
        podCalls();
        answerPod(503);
        pass(1_000);
        assertThat(podCalls()).containsExactly("delete web");
        answerPod(404);
        pass(10_000);
        assertThat(podCalls()).isEmpty();
    }

    @Test
    void aFailedStatusIsWrittenAgain() {
        registered();
        tell(new NodeInput.PodSeen(0, null, web("", "")));
        podCalls();
        answerPod(0);
        pass(1_000);
        assertThat(podCalls()).containsExactly("pod web Running");
        answerPod(409);
        pass(5_000);
        assertThat(podCalls()).isEmpty();
    }

    @Test
    void podsThatRanBeforeGoOnRunning() {
        registered();
        PodView pod = web("", "'phase':'Running','podIP':'10.128.0.2','containerStatuses':[{'name':'c',"
                + "'restartCount':3,'state':{'running':{'startedAt':'2025-12-31T00:00:00Z'}}}]");
        tell(new NodeInput.PodSeen(0, null, pod));
        pass(5_000);
        assertThat(podCalls()).isEmpty();
        tell(new NodeInput.PodSeen(0, null,
                view("{'metadata':{'name':'other'},'spec':{'containers':[{'name':'c'}]}}")));
        tell(new NodeInput.PodWritten(0, "uid-other", 200));
        pass(200);
        assertThat(lastStatus().path("podIP").asString()).isNotEqualTo("10.128.0.2");
    }

    @Test
    void aPodOfAJobEndsInItsTime() {
        registered();
        tell(new NodeInput.PodSeen(0, null, view("{'metadata':{'name':'web','annotations':{'myriad.io/run-seconds':'3',"
                + "'myriad.io/exit-code':'2'}},'spec':{'restartPolicy':'Never','containers':[{'name':'c'}]}}")));
        answerPod(200);
        pass(200);
        answerPod(200);
        podCalls();
        pass(2_000);
        assertThat(podCalls()).isEmpty();
        pass(1_200);
        assertThat(podCalls()).containsExactly("pod web Failed");
        assertThat(condition(lastStatus(), "Ready")).isEqualTo("FalsePodFailed");
        assertThat(lastStatus().path("containerStatuses").path(0).path("state").path("terminated").path("exitCode")
                .asInt()).isEqualTo(2);
    }

    @Test
    void readinessGatesHoldAPodBack() {
        registered();
        String gated = "{'metadata':{'name':'web'},'spec':{'readinessGates':[{'conditionType':'x/y'}],"
                + "'containers':[{'name':'c'}]},'status':{%s}}";
        PodView before = view(gated.formatted(""));
        tell(new NodeInput.PodSeen(0, null, before));
        answerPod(200);
        pass(200);
        answerPod(200);
        assertThat(condition(lastStatus(), "Ready")).isEqualTo("FalseReadinessGatesNotReady");
        assertThat(condition(lastStatus(), "ContainersReady")).isEqualTo("True");
        tell(new NodeInput.PodSeen(0, before, view(gated.formatted("'conditions':[{'type':'x/y','status':'True'}]"))));
        assertThat(condition(lastStatus(), "Ready")).isEqualTo("True");
    }

    @Test
    void aNewImageStartsTheContainerAgain() {
        PodView pod = running();
        tell(new NodeInput.PodSeen(0, pod, view("{'metadata':{'name':'web','generation':2},'spec':{'containers':"
                + "[{'name':'c','image':'nginx:2'}]},'status':{'phase':'Running'}}")));
        JsonNode container = lastStatus().path("containerStatuses").path(0);
        assertThat(container.path("restartCount").asInt()).isOne();
        assertThat(container.path("image").asString()).isEqualTo("nginx:2");
        assertThat(lastStatus().path("observedGeneration").asInt()).isEqualTo(2);
    }

    @Test
    void aPodOfTheSameNameIsAnother() {
        PodView pod = running();
        PodView successor = view("{'metadata':{'name':'web','uid':'uid-2'},'spec':{'containers':[{'name':'c'}]}}");
        tell(new NodeInput.PodSeen(0, pod, successor));
        assertThat(podCalls()).containsExactly("pod web Pending");
        assertThat(loop.pods()).isOne();
    }

    @Test
    void podsOnTheHostsNetworkHaveItsAddress() {
        registered();
        tell(new NodeInput.PodSeen(0, null, view("{'metadata':{'name':'web'},'spec':{'hostNetwork':true,"
                + "'containers':[{'name':'c'}]}}")));
        answerPod(200);
        pass(200);
        assertThat(lastStatus().path("podIP").asString()).isEqualTo("10.64.0.1");
    }
}
