package io.myriad.apiserver.kind;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.value.Names;

/** Services. Addresses and node ports are given out by the allocators of the registry, after defaults and before validation. */
final class ServiceStrategy implements Strategy {
    private static final String HEADLESS = "None";
    private static final List<String> TYPES = List.of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
    private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
    private static final long AFFINITY_SECONDS = 10_800;
    private static final long AFFINITY_LIMIT_SECONDS = 86_400;

    @Override
    public void applyDefaults(ObjectNode service) {
        ObjectNode spec = Defaults.object(service, "spec");
        Defaults.text(spec, "sessionAffinity", "None");
        if (spec.path("sessionAffinity").stringValue("").equals("None")) {
            spec.remove("sessionAffinityConfig");
        } else if (spec.path("sessionAffinity").stringValue("").equals("ClientIP")) {
            Defaults.number(Defaults.object(Defaults.object(spec, "sessionAffinityConfig"), "clientIP"),
                    "timeoutSeconds", AFFINITY_SECONDS);
        }
        Defaults.text(spec, "type", "ClusterIP");
        String type = spec.path("type").stringValue("");
        for (JsonNode port : spec.path("ports")) {
            if (port instanceof ObjectNode object) {
                Defaults.text(object, "protocol", "TCP");
                JsonNode target = object.path("targetPort");
                if (target.isMissingNode() || target.isNull() || target.isNumber() && target.intValue() == 0
                        || target.isString() && target.stringValue().isEmpty()) {
                    object.set("targetPort", object.path("port").isMissingNode()
                            ? object.numberNode(0)
                            : object.path("port"));
                }
            }
        }
        boolean external = type.equals("NodePort") || type.equals("LoadBalancer");
        if (external || type.equals("ClusterIP") && !spec.path("externalIPs").isEmpty()) {
            Defaults.text(spec, "externalTrafficPolicy", "Cluster");
        }
        if (!type.equals("ExternalName")) {
            Defaults.text(spec, "internalTrafficPolicy", "Cluster");
        }
        if (type.equals("LoadBalancer")) {
            Defaults.flag(spec, "allocateLoadBalancerNodePorts", true);
            for (JsonNode ingress : service.path("status").path("loadBalancer").path("ingress")) {
                if (ingress instanceof ObjectNode object && !object.path("ip").stringValue("").isEmpty()) {
                    Defaults.text(object, "ipMode", "VIP");
                }
            }
        }
    }

    /** One family only, and the two forms of the cluster address in step. */
    private static void families(ObjectNode spec, String type) {
        if (type.equals("ExternalName")) {
            return;
        }
        String address = spec.path("clusterIP").stringValue("");
        if (!address.isEmpty() && spec.path("clusterIPs").isEmpty()) {
            spec.putArray("clusterIPs").add(address);
        } else if (address.isEmpty() && !spec.path("clusterIPs").isEmpty()) {
            spec.set("clusterIP", spec.path("clusterIPs").path(0));
        }
        Defaults.text(spec, "ipFamilyPolicy", "SingleStack");
        if (spec.path("ipFamilies").isEmpty()) {
            spec.putArray("ipFamilies").add("IPv4");
        }
    }

    @Override
    public void prepareForCreate(ObjectNode service) {
        service.putObject("status").putObject("loadBalancer");
        ObjectNode spec = Defaults.object(service, "spec");
        families(spec, spec.path("type").stringValue(""));
    }

    @Override
    public void prepareForUpdate(Target target, ObjectNode service, ObjectNode old) {
        if (target == Target.STATUS) {
            Defaults.keep(service, old, "spec");
            return;
        }
        Defaults.keep(service, old, "status");
        ObjectNode spec = Defaults.object(service, "spec");
        JsonNode before = old.path("spec");
        String type = spec.path("type").stringValue("");
        if (type.equals("ExternalName")) {
            if (!before.path("type").stringValue("").equals("ExternalName")
                    && spec.path("clusterIP").equals(before.path("clusterIP"))) {
                spec.remove(List.of("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy",
                        "internalTrafficPolicy"));
            }
            return;
        }
        families(spec, type);
        // A client that does not know what the server gave out keeps it.
        if (spec.path("clusterIP").stringValue("").isEmpty() && before.has("clusterIP")) {
            Defaults.keep(spec, before, "clusterIP");
            Defaults.keep(spec, before, "clusterIPs");
        }
        if (!type.equals("ClusterIP") || before.path("type").equals(spec.path("type"))) {
            keepNodePorts(spec, before, type);
        }
        boolean needsHealthPort = type.equals("LoadBalancer")
                && spec.path("externalTrafficPolicy").stringValue("").equals("Local");
        if (needsHealthPort && Defaults.absent(spec, "healthCheckNodePort")) {
            Defaults.keep(spec, before, "healthCheckNodePort");
        }
    }

    private static void keepNodePorts(ObjectNode spec, JsonNode before, String type) {
        if (!type.equals("NodePort") && !type.equals("LoadBalancer")) {
            return;
        }
        for (JsonNode port : spec.path("ports")) {
            for (JsonNode known : before.path("ports")) {
                boolean same = port.path("port").equals(known.path("port"))
                        && port.path("protocol").equals(known.path("protocol"));
                if (same && port.path("nodePort").intValue(0) == 0 && known.path("nodePort").intValue(0) != 0) {
                    ((ObjectNode) port).set("nodePort", known.path("nodePort"));
                }
            }
        }
    }

    @Override
    public List<FieldError> validateCreate(ObjectNode service) {
        List<FieldError> errors = new ArrayList<>();
        Check spec = Check.of(service, errors).at("spec");
        String type = spec.at("type").text();
        boolean headless = spec.at("clusterIP").is(HEADLESS);
        if (spec.at("ports").empty() && !headless && !type.equals("ExternalName")) {
            spec.at("ports").required();
        }
        spec.at("type").required().oneOf(TYPES);
        addresses(spec, type, headless);
        ports(spec, type, headless);
        MetadataRules.labels(spec.at("selector"));
        affinity(spec);
        traffic(spec, type);
        loadBalancer(spec, type);
        spec.at("externalIPs").items(Addresses::endpoint);
        return errors;
    }

    private static void addresses(Check spec, String type, boolean headless) {
        if (type.equals("ExternalName")) {
            for (String field : new String[]{"clusterIPs", "ipFamilies", "ipFamilyPolicy"}) {
                if (!spec.at(field).empty()) {
                    spec.at(field).forbidden("may not be set for ExternalName services");
                }
            }
            if (spec.at("clusterIPs").empty() && !spec.at("clusterIP").empty()) {
                spec.at("clusterIPs").forbidden("may not be set for ExternalName services");
            }
            Check name = spec.at("externalName").required();
            name.named(
                    text -> Names.dns1123Subdomain(text.endsWith(".") ? text.substring(0, text.length() - 1) : text));
            return;
        }
        if (headless && !type.equals("ClusterIP")) {
            spec.at("clusterIPs").item(0).invalid("may not be set to 'None' for " + type + " services");
        } else if (!headless) {
            spec.at("clusterIPs").items(Addresses::ip);
        }
        spec.at("ipFamilies").items(family -> {
            family.oneOf("IPv4", "IPv6");
            if (family.is("IPv6")) {
                family.invalid("not configured on this cluster");
            }
        });
        Check policy = spec.at("ipFamilyPolicy").oneOf("SingleStack", "PreferDualStack", "RequireDualStack");
        if (policy.is("RequireDualStack")) {
            policy.invalid("this cluster is not configured for dual-stack services");
        }
    }

    private static void ports(Check spec, String type, boolean headless) {
        Check ports = spec.at("ports");
        Set<String> names = new HashSet<>();
        Set<String> numbers = new HashSet<>();
        Set<String> nodePorts = new HashSet<>();
        ports.items(port -> {
            Check name = port.at("name");
            if (ports.size() > 1 && name.empty()) {
                name.required();
            } else if (!name.empty()) {
                name.named(Names::dns1123Label);
                if (name.passed() && !names.add(name.text())) {
                    name.duplicate();
                }
            }
            portNumber(port.at("port"));
            port.at("protocol").required().oneOf(PROTOCOLS);
            Check target = port.at("targetPort");
            if (target.value().isString()) {
                target.matches(Names::portName);
            } else {
                portNumber(target);
            }
            port.at("appProtocol").named(Names::qualifiedName);
            String key = port.at("protocol").text() + "/" + port.at("port").number();
            if (!numbers.add(key)) {
                port.add(FieldError.duplicate(port.path(), key));
            }
            Check nodePort = port.at("nodePort");
            if (nodePort.number() != 0) {
                if (type.equals("ClusterIP") || type.equals("ExternalName")) {
                    nodePort.forbidden("may not be used when `type` is '" + type + "'");
                } else if (!nodePorts.add(port.at("protocol").text() + "/" + nodePort.number())) {
                    nodePort.invalid("provided port is already allocated");
                }
            }
        });
    }

    private static void portNumber(Check port) {
        for (String message : Names.portNumber(port.number())) {
            port.invalid(message);
        }
    }

    private static void affinity(Check spec) {
        spec.at("sessionAffinity").required().oneOf("ClientIP", "None");
        Check seconds = spec.at("sessionAffinityConfig").at("clientIP").at("timeoutSeconds");
        if (spec.at("sessionAffinity").is("ClientIP") && seconds.present()
                && (seconds.number() <= 0 || seconds.number() > AFFINITY_LIMIT_SECONDS)) {
            seconds.invalid("must be greater than 0 and less than " + AFFINITY_LIMIT_SECONDS);
        }
    }

    private static void traffic(Check spec, String type) {
        boolean external = type.equals("NodePort") || type.equals("LoadBalancer")
                || type.equals("ClusterIP") && !spec.at("externalIPs").empty();
        Check policy = spec.at("externalTrafficPolicy");
        if (!policy.empty() && !external) {
            policy.invalid("may only be set for externally-accessible services");
        } else {
            policy.oneOf("Cluster", "Local");
        }
        spec.at("internalTrafficPolicy").oneOf("Cluster", "Local");
        Check health = spec.at("healthCheckNodePort");
        boolean allowed = type.equals("LoadBalancer") && policy.is("Local");
        if (health.number() != 0 && !allowed) {
            health.invalid("may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
        }
    }

    private static void loadBalancer(Check spec, String type) {
        boolean balanced = type.equals("LoadBalancer");
        // Upstream names this field by its Go name.
        Check ranges = spec.at("LoadBalancerSourceRanges").on(spec.at("loadBalancerSourceRanges").value());
        if (!ranges.empty() && !balanced) {
            ranges.forbidden("may only be used when `type` is 'LoadBalancer'");
        } else {
            ranges.items(Addresses::cidr);
        }
        Check allocate = spec.at("allocateLoadBalancerNodePorts");
        if (allocate.present() && !balanced) {
            allocate.forbidden("may only be used when `type` is 'LoadBalancer'");
        }
        Check balancer = spec.at("loadBalancerClass");
        if (balancer.present() && !balanced) {
            balancer.forbidden("may only be used when `type` is 'LoadBalancer'");
        } else {
            balancer.named(Names::qualifiedName);
        }
    }

    @Override
    public List<FieldError> validateUpdate(Target target, ObjectNode service, ObjectNode old) {
        if (target == Target.STATUS) {
            return List.of();
        }
        List<FieldError> errors = new ArrayList<>(validateCreate(service));
        JsonNode before = old.path("spec");
        Check spec = Check.of(service, errors).at("spec");
        boolean named = spec.at("type").is("ExternalName")
                || before.path("type").stringValue("").equals("ExternalName");
        if (!named && !before.path("clusterIP").stringValue("").isEmpty()) {
            spec.at("clusterIPs").item(0).unchanged(before.path("clusterIPs").path(0),
                    "may not change once set");
        }
        return errors;
    }

    @Override
    public List<String> warnings(ObjectNode service, @Nullable ObjectNode old) {
        List<String> texts = new ArrayList<>();
        if (!service.path("spec").path("externalIPs").isEmpty()) {
            texts.add("spec.externalIPs is deprecated and may no longer be implemented in some clusters");
        }
        if (service.path("metadata").path("annotations").has("service.kubernetes.io/topology-aware-hints")) {
            texts.add("annotation service.kubernetes.io/topology-aware-hints is deprecated, please use"
                    + " service.kubernetes.io/topology-mode instead");
        }
        return texts;
    }

    @Override
    public NameRule nameRule() {
        return NameRule.LABEL;
    }

    @Override
    public boolean allowsCreateOnUpdate() {
        return true;
    }

    @Override
    public Map<String, List<String>> selectableFields() {
        return Map.of("spec.clusterIP", List.of("spec", "clusterIP"), "spec.type", List.of("spec", "type"));
    }
}
