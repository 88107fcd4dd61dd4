package io.myriad.apiserver.kind;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

import io.myriad.api.GroupVersionKind;

/**
 * The table of strategies by group and kind; versions of a kind share one. Kinds that are not in it have the plain
 * strategy, with their status apart where they have a status subresource.
 */
public final class Strategies {
    private record GroupKind(String group, String kind) {}

    private static final Strategy PLAIN = DeclaredStrategy.plain();
    private static final Strategy PLAIN_WITH_STATUS = DeclaredStrategy.withStatus();

    private final Map<GroupKind, Strategy> table = new HashMap<>();

    /** @param clock for kinds whose status tells when it changed */
    public Strategies(InstantSource clock) {
        core(clock);
        workloads();
        network();
        storage(clock);
        policy();
        extensions(clock);
    }

    /**
     * The strategy of a kind.
     *
     * @param hasStatusSubresource whether the resource has one, for kinds without an entry
     */
    public Strategy of(GroupVersionKind kind, boolean hasStatusSubresource) {
        Strategy found = table.get(new GroupKind(kind.group(), kind.kind()));
        return found != null ? found : hasStatusSubresource ? PLAIN_WITH_STATUS : PLAIN;
    }

    /** Adds a strategy that lives elsewhere; before the table is used. */
    public void put(String group, String kind, Strategy strategy) {
        table.put(new GroupKind(group, kind), strategy);
    }

    private void core(InstantSource clock) {
        put("", "Pod", new PodStrategy(clock));
        put("", "Service", new ServiceStrategy());
        put("", "ConfigMap", CoreKinds.configMap());
        put("", "Secret", CoreKinds.secret());
        put("", "Namespace", CoreKinds.namespace());
        put("", "Node", CoreKinds.node());
        put("", "ServiceAccount", CoreKinds.serviceAccount());
        put("", "Endpoints", CoreKinds.endpoints());
        put("", "LimitRange", CoreKinds.limitRange());
        put("", "ResourceQuota", CoreKinds.resourceQuota());
        put("", "Event", CoreKinds.event());
        put("events.k8s.io", "Event", CoreKinds.newEvent());
        put("", "PodTemplate", BatchKinds.podTemplate());
        put("", "ReplicationController", BatchKinds.replicationController());
        put("", "PersistentVolume", StorageKinds.volume(clock));
        put("", "PersistentVolumeClaim", StorageKinds.claim());
    }

    private void workloads() {
        put("apps", "Deployment", new DeploymentStrategy());
        put("apps", "ReplicaSet", new ReplicaSetStrategy());
        put("apps", "DaemonSet", new DaemonSetStrategy());
        put("apps", "StatefulSet", new StatefulSetStrategy());
        put("apps", "ControllerRevision", BatchKinds.controllerRevision());
        put("batch", "Job", BatchKinds.job());
        put("batch", "CronJob", BatchKinds.cronJob());
        put("autoscaling", "HorizontalPodAutoscaler", PolicyKinds.autoscaler());
    }

    private void network() {
        put("discovery.k8s.io", "EndpointSlice", NetworkKinds.endpointSlice());
        put("networking.k8s.io", "Ingress", NetworkKinds.ingress());
        put("networking.k8s.io", "IngressClass", NetworkKinds.ingressClass());
        put("networking.k8s.io", "NetworkPolicy", NetworkKinds.networkPolicy());
        put("networking.k8s.io", "IPAddress", NetworkKinds.ipAddress());
        put("networking.k8s.io", "ServiceCIDR", NetworkKinds.serviceCidr());
    }

    private void storage(InstantSource clock) {
        put("storage.k8s.io", "StorageClass", StorageKinds.storageClass());
        put("storage.k8s.io", "CSIDriver", StorageKinds.csiDriver());
        put("storage.k8s.io", "CSINode", StorageKinds.csiNode());
        put("storage.k8s.io", "CSIStorageCapacity", StorageKinds.storageCapacity());
        put("storage.k8s.io", "VolumeAttachment", StorageKinds.attachment());
        put("storage.k8s.io", "VolumeAttributesClass", StorageKinds.attributesClass());
        put("resource.k8s.io", "ResourceClaim", DeviceKinds.claim());
        put("resource.k8s.io", "ResourceClaimTemplate", DeviceKinds.claimTemplate());
        put("resource.k8s.io", "DeviceClass", DeviceKinds.deviceClass());
        put("resource.k8s.io", "ResourceSlice", DeviceKinds.slice());
        put("resource.k8s.io", "DeviceTaintRule", DeviceKinds.taintRule(clock));
    }

    private void policy() {
        put("policy", "PodDisruptionBudget", PolicyKinds.disruptionBudget());
        put("scheduling.k8s.io", "PriorityClass", PolicyKinds.priorityClass());
        put("coordination.k8s.io", "Lease", PolicyKinds.lease());
        put("node.k8s.io", "RuntimeClass", PolicyKinds.runtimeClass());
        put("flowcontrol.apiserver.k8s.io", "FlowSchema", PolicyKinds.flowSchema());
        put("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration", PolicyKinds.priorityLevel());
        put("rbac.authorization.k8s.io", "Role", PolicyKinds.role(false));
        put("rbac.authorization.k8s.io", "ClusterRole", PolicyKinds.role(true));
        put("rbac.authorization.k8s.io", "RoleBinding", PolicyKinds.binding(false));
        put("rbac.authorization.k8s.io", "ClusterRoleBinding", PolicyKinds.binding(true));
    }

    private void extensions(InstantSource clock) {
        String admission = "admissionregistration.k8s.io";
        put(admission, "ValidatingWebhookConfiguration", ExtensionKinds.webhooks(false));
        put(admission, "MutatingWebhookConfiguration", ExtensionKinds.webhooks(true));
        put(admission, "ValidatingAdmissionPolicy", ExtensionKinds.admissionPolicy(false));
        put(admission, "MutatingAdmissionPolicy", ExtensionKinds.admissionPolicy(true));
        put(admission, "ValidatingAdmissionPolicyBinding", ExtensionKinds.policyBinding(false));
        put(admission, "MutatingAdmissionPolicyBinding", ExtensionKinds.policyBinding(true));
        put("apiregistration.k8s.io", "APIService", ExtensionKinds.apiService());
        put("certificates.k8s.io", "CertificateSigningRequest", new SigningRequestStrategy(clock));
        put("certificates.k8s.io", "ClusterTrustBundle", CertificateKinds.trustBundle());
        put("certificates.k8s.io", "PodCertificateRequest", CertificateKinds.podCertificateRequest());
        put("storagemigration.k8s.io", "StorageVersionMigration",
                DeclaredStrategy.withStatus().statusKeepsMetadata());
    }
}
