package io.myriad.api.apply;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** What the golden cases do not show: several managers at once, orders of lists, errors, laws. */
class ServerSideApplyTest {
    private static final GroupVersionKind POD = new GroupVersionKind("", "v1", "Pod");
    private static final GroupVersionKind CONFIG_MAP = new GroupVersionKind("", "v1", "ConfigMap");
    private static final Instant TIME = Instant.parse("2001-02-03T04:05:06.789Z");

    // Lists of containers are written as their names: "ab" is two containers, a and b.
    @ParameterizedTest
    @CsvSource(value = {
            // stored, applied, merged
            "-,ab,ab", "ab,ab,ab", "ab,ba,ba", "abc,b,abc", "abc,ca,bca", "abc,x,abcx", "abc,xa,xabc", "abc,ax,abcx",
            "abc,axb,axbc", "abcd,db,acdb", "ab,bxa,bxa", "abc,cxb,acxb", "abc,-,abc"})
    void weavesTheConfigurationsOrderIntoTheObjects(String stored, String applied, String merged) {
        ObjectNode result = ServerSideApply.apply(pod(stored), config(pod(applied)), POD, type(POD), writer("m"), false,
                Versions.ONE);
        StringBuilder names = new StringBuilder();
        result.path("spec").path("containers").forEach(container -> names.append(container.path("name").asString()));
        assertThat(names.isEmpty() ? "-" : names.toString()).isEqualTo(merged);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            // a pod's spec | what is wrong with it
            "{'nope':1} | .spec.nope: field not declared in schema",
            "{'containers':{}} | .spec.containers: expected list",
            "{'nodeSelector':[]} | .spec.nodeSelector: expected map",
            "{'hostNetwork':'x'} | .spec.hostNetwork: expected boolean",
            "{'priority':'x'} | .spec.priority: expected numeric", "{'hostname':1} | .spec.hostname: expected string",
            "{'containers':[1]} | .spec.containers: associative list with keys may not have non-map elements",
            "{'containers':[{'name':'a'},{'name':'a'}]} | .spec.containers: duplicate entries for key [name=\"a\"]",
            "{'containers':[{'name':'a','nope':1}]} | .spec.containers[name=\"a\"].nope: field not declared in schema",
            "{'containers':[{'name':'a','ports':[{'containerPort':80},{'containerPort':80,'protocol':'TCP'}]}]} | .spec.containers[name=\"a\"].ports: duplicate entries for key [containerPort=80,protocol=\"TCP\"]",
            "{'tolerations':[{'nope':1}]} | .spec.tolerations[0].nope: field not declared in schema",
            "{'containers':[{'name':'a','resources':{'limits':{'cpu':{}}}}]} | .spec.containers[name=\"a\"].resources.limits.cpu: expected any scalar"})
    void refusesConfigurationsThatDoNotFit(String spec, String problem) {
        ObjectNode config = json("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'x'}}");
        config.set("spec", json(spec));
        assertThatThrownBy(() -> ServerSideApply.apply(null, config, POD, type(POD), writer("m"), false, Versions.ONE))
                .isInstanceOfSatisfying(StatusException.class, failure -> {
                    assertThat(failure.status().code()).isEqualTo(400);
                    assertThat(failure.status().message())
                            .startsWith("failed to create typed patch object (/x; v1, Kind=Pod): " + problem);
                });
    }

    @Test
    void refusesConfigurationsOfAnotherKindOrWithManagedFields() {
        assertThatThrownBy(() -> apply(null, json("{'apiVersion':'v2','kind':'ConfigMap'}"), "m"))
                .hasMessage("invalid object type: v2, Kind=ConfigMap");
        assertThatThrownBy(() -> apply(null, json("{'apiVersion':'v1','kind':'Pod'}"), "m"))
                .hasMessage("invalid object type: v1, Kind=Pod");
        assertThatThrownBy(
                () -> apply(null, json("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'managedFields':[]}}"), "m"))
                .hasMessage("metadata.managedFields must be nil");
    }

    @Test
    void conflictsNameTheManagerAndTheField() {
        ObjectNode live = apply(null, map("a", "1", "b", "2"), "m");
        Status one = conflict(live, map("a", "2"), "n");
        assertThat(one.message()).isEqualTo("Apply failed with 1 conflict: conflict with \"m\": .data.a");
        assertThat(one.details().causes())
                .containsExactly(new Status.Cause("FieldManagerConflict", "conflict with \"m\"", ".data.a"));
        ObjectNode updated = live.deepCopy();
        ((ObjectNode) updated.get("data")).put("b", "3");
        ManagedFields.update(live, updated, type(CONFIG_MAP), writer("u"), Versions.ONE);
        Status two = conflict(updated, map("a", "2", "b", "2"), "n");
        assertThat(two.message()).isEqualTo("Apply failed with 2 conflicts: conflicts with \"m\":\n- .data.a\n"
                + "conflicts with \"u\" using v1:\n- .data.b");
    }

    @Test
    void forceTakesWhatIsMentionedAndNothingElse() {
        ObjectNode live = apply(null, map("a", "1", "b", "2"), "m");
        ObjectNode forced = ServerSideApply.apply(live, map("a", "2"), CONFIG_MAP, type(CONFIG_MAP), writer("n"), true,
                Versions.ONE);
        assertThat(forced.get("data")).isEqualTo(json("{'a':'2','b':'2'}"));
        assertThat(owners(forced)).isEqualTo(Map.of("m", json("{'f:data':{'f:b':{}}}").toString(), "n",
                json("{'f:data':{'f:a':{}}}").toString()));
    }

    @Test
    void whatIsNotAppliedAnyMoreGoesUnlessOthersOwnIt() {
        ObjectNode live = apply(null, map("a", "1", "b", "1", "c", "1"), "m");
        live = apply(live, map("b", "1"), "n");
        ObjectNode updated = live.deepCopy();
        ((ObjectNode) updated.get("data")).put("c", "2");
        ManagedFields.update(live, updated, type(CONFIG_MAP), writer("u"), Versions.ONE);
        ObjectNode result = apply(updated, map(), "m");
        assertThat(result.get("data")).isEqualTo(json("{'b':'1','c':'2'}"));
        assertThat(owners(result)).doesNotContainKey("m");
    }

    @Test
    void anApplyThatChangesNothingKeepsItsTime() {
        ObjectNode live = apply(null, map("a", "1"), "m");
        ObjectNode again = ServerSideApply.apply(live, map("a", "1"), CONFIG_MAP, type(CONFIG_MAP),
                new Writer("m", "v1", "", FieldSet.EMPTY, TIME.plusSeconds(100)), false, Versions.ONE);
        assertThat(again).isEqualTo(live);
        assertThat(again.path("metadata").path("managedFields").get(0).path("time").asString())
                .isEqualTo("2001-02-03T04:05:06Z");
    }

    @Test
    void kubectlMayTakeOverWhatItsClientSideApplyLeft() {
        ObjectNode live = map("a", "1", "b", "1");
        ObjectNode metadata = (ObjectNode) live.get("metadata");
        metadata.putObject("annotations").put("kubectl.kubernetes.io/last-applied-configuration",
                map("a", "1").toString() + "\n");
        ManagedFields.update(null, live, type(CONFIG_MAP), writer("kubectl-client-side-apply"), Versions.ONE);
        metadata.put("uid", "u");
        assertThat(conflict(live, map("a", "2"), "other").code()).isEqualTo(409);
        assertThat(conflict(live, map("b", "2"), "kubectl").code()).isEqualTo(409);
        ObjectNode result = apply(live, map("a", "2"), "kubectl");
        assertThat(result.path("data").path("a").asString()).isEqualTo("2");
        String annotation = result.path("metadata").path("annotations")
                .path("kubectl.kubernetes.io/last-applied-configuration").asString();
        assertThat(annotation).isEqualTo(
                "{\"apiVersion\":\"v1\",\"data\":{\"a\":\"2\"},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"}}\n");
    }

    @Test
    void argumentsAreNotChanged() {
        ObjectNode live = apply(null, map("a", "1", "b", "2"), "m");
        ObjectNode config = map("a", "1");
        String liveBefore = live.toString();
        String configBefore = config.toString();
        apply(live, config, "m");
        assertThat(live).hasToString(liveBefore);
        assertThat(config).hasToString(configBefore);
    }

    @Test
    void applyingTwiceIsApplyingOnceAndManagersDoNotDisturbEachOther() {
        long seed = 99;
        Random random = new Random(seed);
        for (int round = 0; round < 400; round++) {
            String description = "seed " + seed + " round " + round;
            ObjectNode live = null;
            ObjectNode first = randomPod(random, "m");
            ObjectNode second = randomPod(random, "n");
            live = applyPod(live, first, "m");
            live = applyPod(live, second, "n");
            assertThat(applyPod(live, first, "m")).as(description).isEqualTo(live);
            assertThat(applyPod(live, second, "n")).as(description).isEqualTo(live);
            ObjectNode changed = randomPod(random, "m");
            ObjectNode afterChange = applyPod(live, changed, "m");
            assertThat(owners(afterChange).get("n")).as(description).isEqualTo(owners(live).get("n"));
            ObjectNode back = applyPod(afterChange, first, "m");
            assertThat(sortedLists(withoutManagers(back))).as(description)
                    .isEqualTo(sortedLists(withoutManagers(live)));
            ObjectNode onlyFirst = applyPod(back, config(pod("-")), "n");
            assertThat(sortedLists(withoutManagers(onlyFirst))).as(description)
                    .isEqualTo(sortedLists(withoutManagers(applyPod(null, first, "m"))));
        }
    }

    /** A pod whose plain values are the manager's own, so that managers never conflict, but whose elements may be shared. */
    private static ObjectNode randomPod(Random random, String manager) {
        ObjectNode pod = config(json("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'x'}}"));
        if (random.nextBoolean()) {
            ObjectNode labels = ((ObjectNode) pod.get("metadata")).putObject("labels");
            labels.put("both", "same");
            labels.put(manager + random.nextInt(3), "1");
        }
        var containers = pod.putObject("spec").putArray("containers");
        for (String name : List.of("a", "b", "c")) {
            if (random.nextBoolean()) {
                ObjectNode container = containers.addObject().put("name", name);
                if (random.nextBoolean()) {
                    container.putArray("env").addObject().put("name", manager + random.nextInt(3)).put("value", "v");
                }
                if (random.nextBoolean()) {
                    container.putArray("ports").addObject().put("containerPort", 80).put("protocol",
                            random.nextBoolean() ? "TCP" : "UDP");
                }
            }
        }
        if (containers.isEmpty()) {
            ((ObjectNode) pod.get("spec")).remove("containers");
            ((ObjectNode) pod.get("spec")).put(manager.equals("m") ? "hostname" : "subdomain", "h");
        }
        return pod;
    }

    private static ObjectNode applyPod(ObjectNode live, ObjectNode config, String manager) {
        ObjectNode result = ServerSideApply.apply(live, config, POD, type(POD), writer(manager), false, Versions.ONE);
        dropEmpty(result);
        ((ObjectNode) result.get("metadata")).put("uid", "u");
        return CanonicalForm.of(result, type(POD)).deepCopy();
    }

    /** What reading an object by type does: what is null is absent. */
    private static void dropEmpty(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.removeIf(JsonNode::isNull);
        }
        node.forEach(ServerSideApplyTest::dropEmpty);
    }

    private static ObjectNode withoutManagers(ObjectNode object) {
        ObjectNode copy = object.deepCopy();
        ((ObjectNode) copy.get("metadata")).remove("managedFields");
        return copy;
    }

    /** Order of elements depends on history. */
    private static JsonNode sortedLists(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.propertyNames().forEach(name -> object.set(name, sortedLists(object.get(name))));
        } else if (node.isArray()) {
            var sorted = JsonMapper.shared().createArrayNode();
            node.valueStream().map(ServerSideApplyTest::sortedLists)
                    .sorted(Comparator.comparing(JsonNode::toString)).forEach(sorted::add);
            return sorted;
        }
        return node;
    }

    private static ObjectNode apply(ObjectNode live, ObjectNode config, String manager) {
        ObjectNode result = ServerSideApply.apply(live, config, CONFIG_MAP, type(CONFIG_MAP), writer(manager), false,
                Versions.ONE);
        dropEmpty(result);
        ((ObjectNode) result.get("metadata")).put("uid", "u");
        return result;
    }

    private static Status conflict(ObjectNode live, ObjectNode config, String manager) {
        StatusException failure = catchThrowableOfType(StatusException.class, () -> apply(live, config, manager));
        assertThat(failure.status().code()).isEqualTo(409);
        return failure.status();
    }

    private static Map<String, String> owners(ObjectNode object) {
        Map<String, String> owners = new TreeMap<>();
        object.path("metadata").path("managedFields")
                .forEach(entry -> owners.put(entry.path("manager").asString(), entry.path("fieldsV1").toString()));
        return owners;
    }

    private static Writer writer(String manager) {
        return new Writer(manager, "v1", "", FieldSet.EMPTY, TIME);
    }

    private static ObjectType type(GroupVersionKind kind) {
        return Schema.builtin().kind(kind);
    }

    private static ObjectNode pod(String containers) {
        ObjectNode pod = json("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'x','uid':'u'},'spec':{}}");
        if (!containers.equals("-")) {
            var list = ((ObjectNode) pod.get("spec")).putArray("containers");
            containers.chars().forEach(name -> list.addObject().put("name", String.valueOf((char) name)));
        }
        return pod;
    }

    private static ObjectNode config(ObjectNode pod) {
        ((ObjectNode) pod.get("metadata")).remove("uid");
        return pod;
    }

    private static ObjectNode map(String... data) {
        ObjectNode map = json("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'x'}}");
        if (data.length > 0) {
            ObjectNode values = map.putObject("data");
            for (int i = 0; i < data.length; i += 2) {
                values.put(data[i], data[i + 1]);
            }
        }
        return map;
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text.replace('\'', '"'));
    }
}
