package io.myriad.api.apply;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;

import static org.assertj.core.api.Assertions.assertThat;

class ManagedFieldsTest {
    private static final Instant TIME = Instant.parse("2001-02-03T04:05:06Z");
    private static final ObjectType CONFIG_MAP = Schema.builtin().kind(new GroupVersionKind("", "v1", "ConfigMap"));
    private static final ObjectType POD = Schema.builtin().kind(new GroupVersionKind("", "v1", "Pod"));

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"me | any/1.0 | me", "'' | kubectl/v1.37 (linux) | kubectl",
            "'' | curl | curl", "'' | '' | ''", "'' | a\tb\u00e9/1 | ab\u00e9"})
    void namesTheManager(String fieldManager, String userAgent, String name) {
        assertThat(ManagedFields.managerName(fieldManager, userAgent)).isEqualTo(name);
    }

    @Test
    void boundsTheNameTakenFromTheUserAgentAndRefusesLongOnes() {
        assertThat(ManagedFields.managerName("", "\u00e9".repeat(100))).isEqualTo("\u00e9".repeat(64));
        assertThat(ManagedFields.validateManagerName("a".repeat(128))).isEmpty();
        assertThat(ManagedFields.validateManagerName("a".repeat(129))).hasSize(1);
        assertThat(ManagedFields.validateManagerName("a\nb")).singleElement()
                .satisfies(error -> assertThat(error.field()).isEqualTo("fieldManager"));
    }

    @Test
    void whoCreatesOwnsWhatIsThereButNotTheObjectsIdentity() {
        ObjectNode created = map("a", "1");
        ((ObjectNode) created.get("metadata")).put("uid", "u").put("generation", 1).put("deletionTimestamp", "t")
                .put("creationTimestamp", "t").put("resourceVersion", "7").put("namespace", "n");
        update(null, created, "m");
        assertThat(created.path("metadata").path("managedFields")).isEqualTo(
                json("""
                        [{'manager':'m','operation':'Update','apiVersion':'v1','time':'2001-02-03T04:05:06Z',
                          'fieldsType':'FieldsV1','fieldsV1':{'f:data':{'.':{},'f:a':{}},'f:metadata':{'f:deletionTimestamp':{}}}}]
                        """));
    }

    @Test
    void whoChangesTakesAndWhatIsRemovedIsNobodys() {
        ObjectNode live = stored(map("a", "1", "b", "1", "c", "1"), "m");
        ObjectNode next = live.deepCopy();
        ((ObjectNode) next.get("data")).put("a", "2").put("d", "1").remove("c");
        update(live, next, "n");
        assertThat(owners(next)).isEqualTo(Map.of("m", "{\"f:data\":{\".\":{},\"f:b\":{}}}", "n",
                "{\"f:data\":{\"f:a\":{},\"f:d\":{}}}"));
    }

    @Test
    void anUpdateThatChangesNothingChangesNoEntry() {
        ObjectNode live = stored(map("a", "1"), "m");
        ObjectNode next = map("a", "1");
        ((ObjectNode) next.get("metadata")).put("uid", "u");
        ManagedFields.update(live, next, CONFIG_MAP, writer("n", TIME.plusSeconds(9)), Versions.ONE);
        assertThat(next.path("metadata").path("managedFields")).isEqualTo(live.path("metadata").path("managedFields"));
    }

    @Test
    void clientsMayEndTheTrackingAndItStaysEnded() {
        for (String reset : List.of("[]", "[{}]")) {
            ObjectNode live = stored(map("a", "1"), "m");
            ObjectNode next = map("a", "2");
            ((ObjectNode) next.get("metadata")).put("uid", "u").set("managedFields", json(reset));
            update(live, next, "n");
            assertThat(next.path("metadata").has("managedFields")).isFalse();
            ObjectNode after = next.deepCopy();
            ((ObjectNode) after.get("data")).put("a", "3");
            update(next, after, "n");
            assertThat(after.path("metadata").has("managedFields")).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"[{'manager':'x'}] | operation must be `Apply` or `Update`",
            "[{'operation':'Update'}] | apiVersion must not be empty",
            "[{'operation':'Update','apiVersion':'v1'}] | missing fieldsType in managed fields entry 0",
            "[{'operation':'Apply','apiVersion':'v1','fieldsType':'X'}] | invalid fieldsType \"X\" in managed fields entry 0",
            "[{'operation':'Apply','apiVersion':'v1','fieldsType':'FieldsV1','fieldsV1':{'y':{}}}] | not a path element: y"})
    void entriesThatClientsBreakAreIgnored(String entries, String problem) {
        ObjectNode live = stored(map("a", "1"), "m");
        ObjectNode next = map("a", "1");
        ((ObjectNode) next.get("metadata")).put("uid", "u").set("managedFields", json(entries));
        assertThat(ManagedFields.problem(next)).isEqualTo(problem);
        update(live, next, "n");
        assertThat(next.path("metadata").path("managedFields")).isEqualTo(live.path("metadata").path("managedFields"));
        assertThat(ManagedFields.problem(next)).isNull();
    }

    @Test
    void whatASubresourceSendsInManagedFieldsDoesNotCount() {
        ObjectNode live = stored(map("a", "1"), "m");
        ObjectNode next = live.deepCopy();
        ((ObjectNode) next.get("metadata")).set("managedFields", json("[]"));
        ManagedFields.update(live, next, CONFIG_MAP, new Writer("n", "v1", "status", FieldSet.EMPTY, TIME),
                Versions.ONE);
        assertThat(owners(next)).containsOnlyKeys("m");
    }

    @Test
    void fieldsThatTheWriteResetsAreNotOwned() {
        ObjectNode created = json(
                "{'metadata':{'name':'x'},'spec':{'hostname':'h'},'status':{'phase':'Running'}}");
        ManagedFields.update(null, created, POD,
                new Writer("m", "v1", "", FieldSet.ofFields(List.of("status")), TIME), Versions.ONE);
        assertThat(owners(created)).isEqualTo(Map.of("m", "{\"f:spec\":{\"f:hostname\":{}}}"));
        ((ObjectNode) created.get("metadata")).put("uid", "u");
        ObjectNode status = created.deepCopy();
        ((ObjectNode) status.get("status")).put("phase", "Failed");
        ((ObjectNode) status.get("spec")).put("hostname", "i");
        ManagedFields.update(created, status, POD,
                new Writer("m", "v1", "status", FieldSet.ofFields(List.of("spec")), TIME), Versions.ONE);
        List<String> entries = new ArrayList<>();
        status.path("metadata").path("managedFields").forEach(
                entry -> entries.add(entry.path("subresource").asString("") + " " + entry.path("fieldsV1")));
        assertThat(entries).containsExactly(" {\"f:spec\":{\"f:hostname\":{}}}",
                "status {\"f:status\":{\"f:phase\":{}}}");
    }

    @Test
    void managersOfVersionsThatAreGoneAreForgotten() {
        ObjectNode live = stored(map("a", "1"), "m");
        ((ObjectNode) live.path("metadata").path("managedFields").get(0)).put("apiVersion", "v0");
        ObjectNode next = live.deepCopy();
        ((ObjectNode) next.get("data")).put("a", "2");
        update(live, next, "n");
        assertThat(owners(next)).containsOnlyKeys("n");
    }

    @Test
    void elementsThatAreThereTwiceAreOwnedTogether() {
        ObjectNode live = json("""
                {'metadata':{'name':'x'},'spec':{'containers':[
                  {'name':'a','env':[{'name':'E','value':'1'},{'name':'F','value':'1'}]}]}}""");
        ManagedFields.update(null, live, POD, writer("m", TIME), Versions.ONE);
        ((ObjectNode) live.get("metadata")).put("uid", "u");
        ObjectNode next = live.deepCopy();
        ObjectNode container = (ObjectNode) next.path("spec").path("containers").get(0);
        container.set("env", json("[{'name':'E','value':'1'},{'name':'E','value':'2'},{'name':'F','value':'1'}]"));
        ManagedFields.update(live, next, POD, writer("n", TIME), Versions.ONE);
        assertThat(owners(next).get("n")).isEqualTo(
                "{\"f:spec\":{\"f:containers\":{\"k:{\\\"name\\\":\\\"a\\\"}\":{\"f:env\":{\"k:{\\\"name\\\":\\\"E\\\"}\":{}}}}}}");
        assertThat(owners(next).get("m")).doesNotContain("\\\"E\\\"").contains("\\\"F\\\"");
    }

    @Test
    void anObjectThatCannotBeTrackedKeepsItsEntries() {
        ObjectNode live = json("{'metadata':{'name':'x'},'spec':{'containers':[{'name':'a'}]}}");
        ManagedFields.update(null, live, POD, writer("m", TIME), Versions.ONE);
        ((ObjectNode) live.get("metadata")).put("uid", "u");
        ObjectNode next = live.deepCopy();
        ((ObjectNode) next.get("spec")).set("containers", json("[1]"));
        ManagedFields.update(live, next, POD, writer("n", TIME), Versions.ONE);
        assertThat(next.path("metadata").path("managedFields")).isEqualTo(live.path("metadata").path("managedFields"));
    }

    @Test
    void partsOfWhatBecameAtomicAreOwnedAsAWhole() {
        ObjectNode live = json("{'metadata':{'name':'x','uid':'u'},'spec':{'tolerations':[{'key':'a'}]}}");
        ((ObjectNode) live.get("metadata")).set("managedFields", json("""
                [{'manager':'m','operation':'Update','apiVersion':'v1','fieldsType':'FieldsV1',
                  'fieldsV1':{'f:spec':{'f:tolerations':{'k:{\\'key\\':\\'a\\'}':{'f:key':{}}}}}}]
                """.replace("\\'", "\\\"")));
        ObjectNode next = live.deepCopy();
        ((ObjectNode) next.get("spec")).put("hostname", "h");
        ManagedFields.update(live, next, POD, writer("n", TIME), Versions.ONE);
        assertThat(owners(next).get("m")).isEqualTo("{\"f:spec\":{\"f:tolerations\":{}}}");
    }

    @Test
    void timesGoBackWhenNothingElseWouldChange() {
        ObjectNode live = stored(map("a", "1"), "m");
        ObjectNode next = live.deepCopy();
        ((ObjectNode) next.path("metadata").path("managedFields").get(0)).put("time", "2002-01-01T00:00:00Z");
        ObjectNode changed = next.deepCopy();
        ((ObjectNode) changed.get("data")).put("a", "2");
        ManagedFields.keepTimes(live, next, CONFIG_MAP);
        assertThat(next).isEqualTo(live);
        ManagedFields.keepTimes(live, changed, CONFIG_MAP);
        assertThat(changed.path("metadata").path("managedFields").get(0).path("time").asString())
                .isEqualTo("2002-01-01T00:00:00Z");
    }

    private static ObjectNode stored(ObjectNode object, String manager) {
        update(null, object, manager);
        ((ObjectNode) object.get("metadata")).put("uid", "u");
        return object;
    }

    private static void update(ObjectNode live, ObjectNode object, String manager) {
        ManagedFields.update(live, object, CONFIG_MAP, writer(manager, TIME), Versions.ONE);
    }

    private static Writer writer(String manager, Instant time) {
        return new Writer(manager, "v1", "", FieldSet.EMPTY, time);
    }

    private static Map<String, String> owners(ObjectNode object) {
        Map<String, String> owners = new TreeMap<>();
        object.path("metadata").path("managedFields")
                .forEach(entry -> owners.put(entry.path("manager").asString(), entry.path("fieldsV1").toString()));
        return owners;
    }

    private static ObjectNode map(String... data) {
        ObjectNode map = json("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'x'}}");
        ObjectNode values = map.putObject("data");
        for (int i = 0; i < data.length; i += 2) {
            values.put(data[i], data[i + 1]);
        }
        return map;
    }

    @SuppressWarnings("unchecked")
    private static <T extends JsonNode> T json(String text) {
        return (T) JsonMapper.shared().readTree(text.replace('\'', '"'));
    }
}
