package io.myriad.apiserver.table;

import java.util.HashMap;
import java.util.Map;

import tools.jackson.databind.node.JsonNodeFactory;

import io.myriad.api.GroupVersionKind;

/**
 * The printed columns of the built-in kinds, those of upstream's printers; versions of a kind share them. Kinds without
 * own columns show their name and when they were created. Safe for any thread.
 */
public final class TableColumns {
    private record GroupKind(String group, String kind) {}

    private final Map<GroupKind, Columns<?>> table = new HashMap<>();
    private final Columns<?> plain = Columns.named().add("Created At", "date", "", "",
            row -> JsonNodeFactory.instance.stringNode(row.text("metadata", "creationTimestamp")));

    public TableColumns() {
        core();
        workloads();
        network();
        storage();
        policy();
        extensions();
    }

    /** The columns of a kind. */
    public Columns<?> columnsFor(GroupVersionKind kind) {
        return table.getOrDefault(new GroupKind(kind.group(), kind.kind()), plain);
    }

    private void put(String group, String kind, Columns<?> columns) {
        table.put(new GroupKind(group, kind), columns);
    }

    private void core() {
        put("", "Pod", PodColumns.pods());
        put("", "Node", CoreColumns.nodes());
        put("", "Namespace", CoreColumns.namespaces());
        put("", "ConfigMap", CoreColumns.configMaps());
        put("", "Secret", CoreColumns.secrets());
        put("", "ServiceAccount", CoreColumns.nameAndAge());
        put("", "ResourceQuota", CoreColumns.resourceQuotas());
        put("", "ComponentStatus", CoreColumns.componentStatuses());
        put("", "Event", CoreColumns.events());
        put("events.k8s.io", "Event", CoreColumns.events());
    }

    private void workloads() {
        put("", "PodTemplate", WorkloadColumns.podTemplates());
        put("", "ReplicationController", WorkloadColumns.replicationControllers());
        put("apps", "ReplicaSet", WorkloadColumns.replicaSets());
        put("apps", "Deployment", WorkloadColumns.deployments());
        put("apps", "StatefulSet", WorkloadColumns.statefulSets());
        put("apps", "DaemonSet", WorkloadColumns.daemonSets());
        put("apps", "ControllerRevision", WorkloadColumns.controllerRevisions());
        put("batch", "Job", WorkloadColumns.jobs());
        put("batch", "CronJob", WorkloadColumns.cronJobs());
        put("policy", "PodDisruptionBudget", WorkloadColumns.disruptionBudgets());
        put("autoscaling", "Scale", WorkloadColumns.scales());
        put("autoscaling", "HorizontalPodAutoscaler", AutoscalerColumns.autoscalers());
    }

    private void network() {
        put("", "Service", NetworkColumns.services());
        put("", "Endpoints", NetworkColumns.endpoints());
        put("discovery.k8s.io", "EndpointSlice", NetworkColumns.endpointSlices());
        put("networking.k8s.io", "Ingress", NetworkColumns.ingresses());
        put("networking.k8s.io", "IngressClass", NetworkColumns.ingressClasses());
        put("networking.k8s.io", "NetworkPolicy", NetworkColumns.networkPolicies());
        put("networking.k8s.io", "ServiceCIDR", NetworkColumns.serviceCidrs());
        put("networking.k8s.io", "IPAddress", NetworkColumns.ipAddresses());
    }

    private void storage() {
        put("", "PersistentVolume", StorageColumns.volumes());
        put("", "PersistentVolumeClaim", StorageColumns.claims());
        put("storage.k8s.io", "StorageClass", StorageColumns.storageClasses());
        put("storage.k8s.io", "VolumeAttributesClass", StorageColumns.attributesClasses());
        put("storage.k8s.io", "VolumeAttachment", StorageColumns.attachments());
        put("storage.k8s.io", "CSIDriver", StorageColumns.drivers());
        put("storage.k8s.io", "CSINode", StorageColumns.nodeDrivers());
        put("resource.k8s.io", "DeviceClass", CoreColumns.nameAndAge());
        put("resource.k8s.io", "ResourceClaim", StorageColumns.resourceClaims());
        put("resource.k8s.io", "ResourceClaimTemplate", CoreColumns.nameAndAge());
        put("resource.k8s.io", "ResourceSlice", StorageColumns.resourceSlices());
        put("resource.k8s.io", "DeviceTaintRule", StorageColumns.deviceTaints());
    }

    private void policy() {
        put("rbac.authorization.k8s.io", "RoleBinding", PolicyColumns.roleBindings());
        put("rbac.authorization.k8s.io", "ClusterRoleBinding", PolicyColumns.roleBindings());
        put("scheduling.k8s.io", "PriorityClass", PolicyColumns.priorityClasses());
        put("node.k8s.io", "RuntimeClass", PolicyColumns.runtimeClasses());
        put("coordination.k8s.io", "Lease", PolicyColumns.leases());
        put("coordination.k8s.io", "LeaseCandidate", PolicyColumns.leaseCandidates());
        put("flowcontrol.apiserver.k8s.io", "FlowSchema", PolicyColumns.flowSchemas());
        put("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration", PolicyColumns.priorityLevels());
        put("certificates.k8s.io", "CertificateSigningRequest", PolicyColumns.signingRequests());
        put("certificates.k8s.io", "ClusterTrustBundle", PolicyColumns.trustBundles());
        put("certificates.k8s.io", "PodCertificateRequest", PolicyColumns.podCertificateRequests());
    }

    private void extensions() {
        String admission = "admissionregistration.k8s.io";
        put(admission, "ValidatingWebhookConfiguration", PolicyColumns.webhooks());
        put(admission, "MutatingWebhookConfiguration", PolicyColumns.webhooks());
        put(admission, "ValidatingAdmissionPolicy", PolicyColumns.admissionPolicies("Validations", "validations"));
        put(admission, "MutatingAdmissionPolicy", PolicyColumns.admissionPolicies("Mutations", "mutations"));
        put(admission, "ValidatingAdmissionPolicyBinding", PolicyColumns.policyBindings());
        put(admission, "MutatingAdmissionPolicyBinding", PolicyColumns.policyBindings());
        put("apiextensions.k8s.io", "CustomResourceDefinition", PolicyColumns.customResourceDefinitions());
        put("apiregistration.k8s.io", "APIService", PolicyColumns.apiServices());
        put("storagemigration.k8s.io", "StorageVersionMigration", PolicyColumns.storageMigrations());
    }
}
