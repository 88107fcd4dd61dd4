package io.myriad.benchmarks.sizes;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;

import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.codec.Envelope;
import io.myriad.api.codec.JsonReader;
import io.myriad.api.codec.ProtobufWriter;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;

/** A pod as it lies in the store once it runs: defaulted, bound, reported by its kubelet, with managed fields. */
final class RunningPod {
    static final String NAMESPACE = "default";
    private static final int NODES = 1_000;
    private static final ObjectType TYPE = type();
    private static final String JSON = """
            {"metadata":{"generateName":"web-5d74f8f664-","namespace":"default","generation":1,
            "creationTimestamp":"2026-01-01T00:00:00Z","labels":{"app":"web","pod-template-hash":"5d74f8f664"},
            "ownerReferences":[{"kind":"ReplicaSet","name":"web-5d74f8f664","uid":"0a3e2bd4-3d3d-4d0e-a0c7-0a3e2bd43d3d",
            "apiVersion":"apps/v1","controller":true,"blockOwnerDeletion":true}],
            "managedFields":[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1",
            "time":"2026-01-01T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:generateName":{},
            "f:labels":{".":{},"f:app":{},"f:pod-template-hash":{}},"f:ownerReferences":{".":{},
            "k:{\\"uid\\":\\"0a3e2bd4-3d3d-4d0e-a0c7-0a3e2bd43d3d\\"}":{}}},"f:spec":{"f:containers":{
            "k:{\\"name\\":\\"nginx\\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:resources":{".":{},
            "f:requests":{".":{},"f:cpu":{},"f:memory":{}}},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{}}},
            "f:dnsPolicy":{},"f:enableServiceLinks":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},
            "f:terminationGracePeriodSeconds":{}}}},{"manager":"kubelet","operation":"Update","apiVersion":"v1",
            "time":"2026-01-01T00:00:01Z","fieldsType":"FieldsV1","fieldsV1":{"f:status":{"f:conditions":{
            "k:{\\"type\\":\\"ContainersReady\\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},
            "k:{\\"type\\":\\"Initialized\\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},
            "k:{\\"type\\":\\"Ready\\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}}},
            "f:containerStatuses":{},"f:hostIP":{},"f:hostIPs":{},"f:phase":{},"f:podIP":{},"f:podIPs":{},"f:startTime":{}}},
            "subresource":"status"}]},
            "spec":{"volumes":[{"name":"kube-api-access-7xk2q","projected":{"defaultMode":420,"sources":[
            {"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},
            {"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}},
            {"downwardAPI":{"items":[{"path":"namespace","fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"}}]}}]}}],
            "containers":[{"name":"nginx","image":"nginx","resources":{"requests":{"cpu":"100m","memory":"64Mi"}},
            "volumeMounts":[{"name":"kube-api-access-7xk2q","readOnly":true,
            "mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],
            "terminationMessagePath":"/dev/termination-log","imagePullPolicy":"Always","terminationMessagePolicy":"File"}],
            "restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst",
            "serviceAccountName":"default","serviceAccount":"default","securityContext":{},"schedulerName":"default-scheduler",
            "tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300},
            {"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],
            "priority":0,"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"},
            "status":{"phase":"Running","conditions":[
            {"type":"PodReadyToStartContainers","status":"True","lastTransitionTime":"2026-01-01T00:00:01Z"},
            {"type":"Initialized","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"},
            {"type":"Ready","status":"True","lastTransitionTime":"2026-01-01T00:00:01Z"},
            {"type":"ContainersReady","status":"True","lastTransitionTime":"2026-01-01T00:00:01Z"},
            {"type":"PodScheduled","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"}],
            "hostIP":"10.0.0.1","hostIPs":[{"ip":"10.0.0.1"}],"startTime":"2026-01-01T00:00:00Z","qosClass":"Burstable",
            "containerStatuses":[{"name":"nginx","state":{"running":{"startedAt":"2026-01-01T00:00:01Z"}},"lastState":{},
            "ready":true,"restartCount":0,"image":"docker.io/library/nginx:latest",
            "imageID":"docker.io/library/nginx@sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31",
            "containerID":"containerd://0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31","started":true}]}}
            """;

    private RunningPod() {}

    private static ObjectType type() {
        ObjectType type = Schema.builtin().kind(new GroupVersionKind("", "v1", "Pod"));
        if (type == null) {
            throw new IllegalStateException("the schema tables lack Pod");
        }
        return type;
    }

    static String name(int number) {
        return String.format(Locale.ROOT, "web-5d74f8f664-%06d", number);
    }

    /** The value of its key. */
    static byte[] stored(int number) {
        ObjectNode pod = JsonReader.read(JSON.getBytes(StandardCharsets.UTF_8), TYPE).object();
        pod.withObject("metadata").put("name", name(number)).put("uid", new UUID(0, number).toString());
        pod.withObject("spec").put("nodeName", "node-" + number % NODES);
        String address = "10." + (number >> 16 & 0xff) + "." + (number >> 8 & 0xff) + "." + (number & 0xff);
        pod.withObject("status").put("podIP", address).putArray("podIPs").addObject().put("ip", address);
        return Envelope.wrap("v1", "Pod", ProtobufWriter.write(pod, TYPE));
    }
}
