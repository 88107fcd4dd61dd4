package io.myriad.apiserver.table;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.codec.YamlReader;

import static org.assertj.core.api.Assertions.assertThat;

/** What the recorded objects do not show: deletion, restarts, signals and other states that only time brings. */
class RowsTest {
    private static final Instant NOW = Instant.parse("2001-01-01T00:10:00Z");
    private static final TableColumns COLUMNS = new TableColumns();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            phase: Running, deleted                                     | 0/2 | Terminating | 0
            phase: Pending, deleted                                     | 0/2 | Terminating | 0
            phase: Succeeded, deleted                                   | 0/2 | Succeeded   | 0
            phase: Failed, deleted                                      | 0/2 | Failed      | 0
            phase: Running, reason: NodeLost, deleted                   | 0/2 | Unknown     | 0
            phase: Running, reason: NodeLost                            | 0/2 | NodeLost    | 0
            phase: Running, main: [killed, run]                         | 1/2 | Signal:9    | 0
            phase: Running, main: [run, killed]                         | 1/2 | Signal:9    | 0
            phase: Running, main: [done, fail]                          | 0/2 | Error       | 0
            phase: Running, main: [done, run]                           | 1/2 | NotReady    | 0
            phase: Running, main: [done, run], ready                    | 1/2 | Running     | 0
            phase: Running, main: [run, again]                          | 2/2 | Running     | 3 (4m ago)
            phase: Pending, init: [killed]                              | 0/2 | Init:Signal:9 | 0
            phase: Pending, init: [done, again]                         | 0/2 | Init:1/2    | 3 (4m ago)
            phase: Pending, init: [wait]                                | 0/2 | Init:Why    | 0
            phase: Running, init: [again], main: [run, run], initialized | 2/2 | Init:0/1 | 0
            phase: Running, init: [side], main: [run, run]              | 3/3 | Running     | 2 (2m ago)
            phase: Pending, init: [side, wait]                          | 1/3 | Init:Why    | 2 (2m ago)
            """)
    void podsTellWhatTheirContainersDo(String pod, String ready, String status, String restarts) {
        List<JsonNode> cells = COLUMNS.columnsFor(GroupVersionKind.of("v1", "Pod")).cells(pod(pod), NOW);
        assertThat(cells.subList(1, 4)).extracting(cell -> cell.asString()).containsExactly(ready, status, restarts);
    }

    private static ObjectNode pod(String text) {
        ObjectNode pod = tree("{metadata: {name: p}, spec: {containers: [{name: m0}, {name: m1}]}, status: {}}");
        ObjectNode status = (ObjectNode) pod.get("status");
        if (text.contains("deleted")) {
            ((ObjectNode) pod.get("metadata")).put("deletionTimestamp", "2001-01-01T00:09:00Z");
        }
        for (String condition : List.of("Ready", "Initialized")) {
            status.withArray("conditions").addObject().put("type", condition).put("status",
                    text.contains(", " + condition.toLowerCase(Locale.ROOT)) ? "True" : "False");
        }
        for (String part : text.split(", (?![^\\[]*])")) {
            String[] keyAndValue = part.split(": ");
            if (keyAndValue.length == 1) {
                continue;
            }
            String[] states = keyAndValue[1].replaceAll("[\\[\\]]", "").split(", ");
            switch (keyAndValue[0]) {
                case "main" -> containers(status, "containerStatuses", states);
                case "init" -> {
                    containers(status, "initContainerStatuses", states);
                    for (int i = 0; i < states.length; i++) {
                        ((ObjectNode) pod.get("spec")).withArray("initContainers").addObject().put("name", "m" + i)
                                .put("restartPolicy", states[i].equals("side") ? "Always" : null);
                    }
                }
                default -> status.put(keyAndValue[0], keyAndValue[1]);
            }
        }
        return pod;
    }

    private static void containers(ObjectNode status, String field, String... states) {
        for (int i = 0; i < states.length; i++) {
            String container = switch (states[i]) {
                case "run" -> "state: {running: {}}, ready: true";
                case "done" -> "state: {terminated: {reason: Completed}}";
                case "fail" -> "state: {terminated: {reason: Error, exitCode: 1}}";
                case "killed" -> "state: {terminated: {signal: 9, exitCode: 137}}";
                case "wait" -> "state: {waiting: {reason: Why}}";
                case "again" -> "state: {running: {}}, ready: true, restartCount: 3, "
                        + "lastState: {terminated: {finishedAt: '2001-01-01T00:06:00Z'}}";
                default -> "state: {running: {}}, ready: true, started: true, restartCount: 2, "
                        + "lastState: {terminated: {finishedAt: '2001-01-01T00:08:00Z'}}";
            };
            status.withArray(field).add(tree("{name: m" + i + ", " + container + "}"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            batch/v1 | Job | {metadata: {deletionTimestamp: x}, spec: {parallelism: 3}} | Terminating/0/1 of 3/
            batch/v1 | Job | {spec: {parallelism: 1}, status: {startTime: '2001-01-01T00:09:00Z'}} | Running/0/1/60s
            batch/v1 | Job | {status: {conditions: [{type: FailureTarget, status: 'True'}]}} | FailureTarget/0/1/
            batch/v1 | Job | {metadata: {deletionTimestamp: x}, status: {conditions: [{type: Failed, status: 'True'}]}} \
            | Failed/0/1/
            v1 | PersistentVolume | {metadata: {deletionTimestamp: x}, spec: {capacity: {storage: 1Gi}, \
            accessModes: [ReadWriteMany, ReadWriteOnce], persistentVolumeReclaimPolicy: Retain}} \
            | 1Gi/RWO,RWX/Retain/Terminating
            v1 | PersistentVolumeClaim | {metadata: {deletionTimestamp: x}, status: {phase: Bound}} | Terminating//
            v1 | Node | {spec: {unschedulable: true}, status: {conditions: [{type: Ready, status: Unknown}]}} \
            | NotReady,SchedulingDisabled/<none>/<unknown>/
            v1 | Event | {type: Normal, reason: R, involvedObject: {kind: Pod, name: p}, \
            series: {count: 7, lastObservedTime: '2001-01-01T00:09:30.000000Z'}} | 30s/Normal/R/pod/p
            events.k8s.io/v1 | Event | {type: Normal, reason: R, eventTime: '2001-01-01T00:09:00.000000Z', \
            regarding: {kind: Node, name: m}} | 60s/Normal/R/node/m
            v1 | Service | {spec: {type: LoadBalancer, clusterIPs: [1.2.3.4]}} \
            | LoadBalancer/1.2.3.4/<pending>/<none>
            v1 | Endpoints | {subsets: [{addresses: [{ip: 'fe80::1'}], ports: [{port: 1}]}]} | [fe80::1]:1
            resource.k8s.io/v1 | ResourceClaim | {metadata: {deletionTimestamp: x}, status: {allocation: {}, \
            reservedFor: [{name: p}]}} | deleted,allocated,reserved
            example.com/v1 | Unheard | {metadata: {creationTimestamp: '2001-01-01T00:00:00Z'}} | 2001-01-01T00:00:00Z
            """)
    void statesThatOnlyTimeBrings(String version, String kind, String object, String expected) {
        List<JsonNode> cells = COLUMNS.columnsFor(GroupVersionKind.of(version, kind)).cells(tree(object), NOW);
        assertThat(String.join("/", cells.stream().map(cell -> cell.asString()).toList())).contains(expected);
    }

    @Test
    void finishedPodsAreMarked() {
        Columns<?> pods = COLUMNS.columnsFor(GroupVersionKind.of("v1", "Pod"));
        assertThat(pods.condition(tree("{status: {phase: Running}}"), NOW)).isNull();
        assertThat(pods.condition(tree("{status: {phase: Failed}}"), NOW)).extracting(RowCondition::type,
                RowCondition::status, RowCondition::reason).containsExactly("Completed", "True", "Failed");
    }

    private static ObjectNode tree(String yaml) {
        return YamlReader.read(yaml.getBytes(StandardCharsets.UTF_8));
    }
}
