package io.myriad.apiserver.kind;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.myriad.api.FieldError;
import io.myriad.api.value.Names;
import io.myriad.api.value.Quantity;

/** What is wrong with a pod spec, in a pod or in a template. Containers, volumes and scheduling have classes of their own. */
final class PodSpecValidation {
    private static final List<String> WINDOWS_UNSUPPORTED = List.of("seLinuxOptions", "seccompProfile", "fsGroup",
            "fsGroupChangePolicy", "sysctls", "runAsUser", "runAsGroup", "supplementalGroups", "appArmorProfile");
    private static final List<String> POD_LEVEL_RESOURCES = List.of("cpu", "memory");

    private PodSpecValidation() {}

    /** A template: {@code {metadata, spec}} below {@code template}. */
    static void validateTemplate(Check template) {
        MetadataRules.labels(template.at("metadata").at("labels"));
        MetadataRules.annotations(template.at("metadata").at("annotations"));
        validate(template.at("spec"), true);
        if (!template.at("spec").at("ephemeralContainers").empty()) {
            template.at("spec").at("ephemeralContainers").forbidden("ephemeral containers not allowed in pod template");
        }
    }

    static void validate(Check spec, boolean template) {
        validate(spec, template, Set.of());
    }

    /** @param claimed volumes that containers may mount though the spec does not list them */
    static void validate(Check spec, boolean template, Set<String> claimed) {
        Set<String> volumes = new HashSet<>(VolumeValidation.validate(spec.at("volumes")));
        volumes.addAll(claimed);
        Set<String> claims = resourceClaims(spec);
        ContainerValidation.Context context = new ContainerValidation.Context(volumes, claims,
                spec.at("restartPolicy").text(), spec.at("hostNetwork").isTrue(), template);
        if (spec.at("containers").empty()) {
            spec.at("containers").required();
        }
        ContainerValidation.validate(spec, context);
        spec.at("restartPolicy").required().oneOf("Always", "OnFailure", "Never");
        spec.at("dnsPolicy").required().oneOf("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
        dnsConfig(spec);
        spec.at("terminationGracePeriodSeconds").min(0);
        spec.at("activeDeadlineSeconds").range(1, Integer.MAX_VALUE);
        spec.at("nodeName").named(Names::dns1123Subdomain);
        spec.at("serviceAccountName").named(Names::dns1123Subdomain);
        spec.at("priorityClassName").named(Names::dns1123Subdomain);
        spec.at("runtimeClassName").named(Names::dns1123Subdomain);
        spec.at("hostname").named(Names::dns1123Label);
        spec.at("subdomain").named(Names::dns1123Label);
        spec.at("schedulerName").named(Names::qualifiedName);
        spec.at("hostAliases").items(alias -> {
            Addresses.ip(alias.at("ip").required());
            alias.at("hostnames").items(name -> name.named(Names::dns1123Subdomain));
        });
        MetadataRules.labels(spec.at("nodeSelector"));
        readinessGates(spec.at("readinessGates"));
        namespaces(spec);
        securityContext(spec);
        SchedulingValidation.validate(spec);
        podResources(spec);
        spec.at("overhead").entries((name, quantity) -> quantity.quantity());
        spec.at("preemptionPolicy").oneOf("PreemptLowerPriority", "Never");
    }

    private static void dnsConfig(Check spec) {
        Check config = spec.at("dnsConfig");
        if (spec.at("dnsPolicy").is("None") && config.at("nameservers").empty()) {
            config.at("nameservers").required("must provide at least one DNS nameserver when `dnsPolicy` is None");
        }
        config.at("nameservers").items(Addresses::ip);
        config.at("searches").items(search -> search.named(text -> Names.dns1123SubdomainWithUnderscore(
                text.endsWith(".") ? text.substring(0, text.length() - 1) : text)));
        config.at("options").items(option -> option.at("name").required());
    }

    private static void readinessGates(Check gates) {
        gates.items(gate -> gate.at("conditionType").matches(Names::qualifiedName));
    }

    private static void namespaces(Check spec) {
        boolean shared = spec.at("shareProcessNamespace").isTrue();
        if (spec.at("hostPID").isTrue() && shared) {
            spec.at("shareProcessNamespace").invalid("ShareProcessNamespace and HostPID cannot both be enabled");
        }
        if (spec.at("hostUsers").present() && !spec.at("hostUsers").isTrue()) {
            // Upstream names these fields by their Go names.
            for (String[] field : new String[][]{{"hostNetwork", "HostNetwork"}, {"hostPID", "HostPID"},
                    {"hostIPC", "HostIPC"}}) {
                if (spec.at(field[0]).isTrue()) {
                    spec.at(field[1]).forbidden("when `hostUsers` is false");
                }
            }
        }
    }

    private static void securityContext(Check spec) {
        Check context = spec.at("securityContext");
        for (String id : new String[]{"runAsUser", "runAsGroup", "fsGroup"}) {
            context.at(id).range(0, Integer.MAX_VALUE);
        }
        context.at("supplementalGroups").items(group -> group.range(0, Integer.MAX_VALUE));
        context.at("supplementalGroupsPolicy").oneOf("Merge", "Strict");
        context.at("fsGroupChangePolicy").oneOf("OnRootMismatch", "Always");
        context.at("sysctls").items(sysctl -> sysctl.at("name").required()
                .named(name -> name.matches("([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?")
                        ? List.of()
                        : List.of("sysctl name must have at most 253 characters and match the sysctl name format")));
        context.at("sysctls").uniqueBy("name");
        profiles(context);
        if (spec.at("os").present()) {
            spec.at("os").at("name").required().oneOf("linux", "windows");
        }
        if (spec.at("os").at("name").is("windows")) {
            for (String field : WINDOWS_UNSUPPORTED) {
                if (context.at(field).present()) {
                    context.at(field).forbidden("cannot be set for a windows pod");
                }
            }
        }
    }

    /** Seccomp and AppArmor profiles, of pods and containers. */
    static void profiles(Check context) {
        for (String kind : new String[]{"seccompProfile", "appArmorProfile"}) {
            Check profile = context.at(kind);
            if (!profile.present()) {
                continue;
            }
            Check type = profile.at("type").required().oneOf("Localhost", "RuntimeDefault", "Unconfined");
            boolean local = profile.at("type").is("Localhost");
            Check path = profile.at("localhostProfile");
            if (local && path.empty()) {
                path.required("must be set when type is Localhost");
            } else if (!local && path.present() && type.passed()) {
                path.invalid("can only be set when type is Localhost");
            }
        }
    }

    private static Set<String> resourceClaims(Check spec) {
        Set<String> names = new HashSet<>();
        spec.at("resourceClaims").items(claim -> {
            claim.at("name").required().named(Names::dns1123Label);
            boolean byName = !claim.at("resourceClaimName").empty();
            boolean byTemplate = !claim.at("resourceClaimTemplateName").empty();
            if (byName && byTemplate) {
                claim.invalid("at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified");
            } else if (!byName && !byTemplate) {
                claim.invalid("must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
            }
            claim.at("resourceClaimName").named(Names::dns1123Subdomain);
            claim.at("resourceClaimTemplateName").named(Names::dns1123Subdomain);
            names.add(claim.at("name").text());
        });
        spec.at("resourceClaims").uniqueBy("name");
        return names;
    }

    private static void podResources(Check spec) {
        Check resources = spec.at("resources");
        if (!resources.present()) {
            return;
        }
        for (String list : new String[]{"limits", "requests"}) {
            resources.at(list).entries((name, quantity) -> {
                if (!POD_LEVEL_RESOURCES.contains(name) && !name.startsWith("hugepages-")) {
                    quantity.add(FieldError.notSupported(quantity.path(), name, POD_LEVEL_RESOURCES));
                }
                quantity.quantity();
            });
        }
        ResourceValidation.requestsWithinLimits(resources);
        for (int i = 0; i < spec.at("containers").size(); i++) {
            Check limits = spec.at("containers").item(i).at("resources").at("limits");
            Check own = resources.at("containers").item(i);
            limits.entries((name, limit) -> {
                Quantity ofPod = resources.at("limits").key(name).parsed();
                Quantity ofContainer = limit.parsed();
                if (ofPod != null && ofContainer != null && ofContainer.compareTo(ofPod) > 0) {
                    own.key(name).at("limits").invalid("must be less than or equal to pod limits of " + ofPod);
                }
            });
        }
    }
}
