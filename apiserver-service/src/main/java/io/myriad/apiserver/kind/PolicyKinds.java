package io.myriad.apiserver.kind;

import java.util.List;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.value.Names;

/** Autoscalers, disruption budgets, priorities, leases, runtime classes, flow control, and RBAC. */
final class PolicyKinds {
    private static final long USER_PRIORITY_LIMIT = 1_000_000_000;
    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final int STABILIZATION_LIMIT_SECONDS = 3600;
    private static final int SCALING_PERIOD_LIMIT_SECONDS = 1800;

    private PolicyKinds() {}

    static Strategy autoscaler() {
        return DeclaredStrategy.withStatus().generation().defaults(scaler -> {
            ObjectNode spec = Defaults.object(scaler, "spec");
            Defaults.number(spec, "minReplicas", 1);
            if (scaler.path("apiVersion").stringValue("").equals("autoscaling/v1")) {
                if (!scaler.path("metadata").path("annotations").has(AutoscalerAnnotations.METRICS)) {
                    Defaults.number(spec, "targetCPUUtilizationPercentage", 80);
                }
            } else {
                AutoscalerAnnotations.drop(scaler);
                if (spec.path("metrics").isEmpty()) {
                    ObjectNode resource = spec.putArray("metrics").addObject().put("type", "Resource")
                            .putObject("resource").put("name", "cpu");
                    resource.putObject("target").put("type", "Utilization").put("averageUtilization", 80);
                }
            }
            behavior(spec);
        }).rules(check -> autoscaler(check.at("spec")));
    }

    private static void behavior(ObjectNode spec) {
        if (!(spec.path("behavior") instanceof ObjectNode behavior)) {
            return;
        }
        ObjectNode up = Defaults.object(behavior, "scaleUp");
        Defaults.number(up, "stabilizationWindowSeconds", 0);
        Defaults.text(up, "selectPolicy", "Max");
        if (up.path("policies").isEmpty()) {
            up.putArray("policies").addObject().put("type", "Pods").put("value", 4).put("periodSeconds", 15);
            up.withArrayProperty("policies").addObject().put("type", "Percent").put("value", 100).put("periodSeconds",
                    15);
        }
        ObjectNode down = Defaults.object(behavior, "scaleDown");
        Defaults.text(down, "selectPolicy", "Max");
        if (down.path("policies").isEmpty()) {
            down.putArray("policies").addObject().put("type", "Percent").put("value", 100).put("periodSeconds", 15);
        }
    }

    private static void autoscaler(Check spec) {
        Check min = spec.at("minReplicas").min(0);
        boolean scalesOnObjects = spec.at("metrics").value().valueStream()
                .anyMatch(metric -> Set.of("Object", "External").contains(metric.path("type").stringValue("")));
        if (min.present() && min.number() == 0 && !scalesOnObjects) {
            spec.at("metrics").forbidden("must specify at least one Object or External metric to support scaling to "
                    + "zero replicas");
        }
        if (spec.at("maxReplicas").number() < 1) {
            spec.at("maxReplicas").invalid("must be greater than 0");
        } else if (spec.at("maxReplicas").number() < min.number()) {
            spec.at("maxReplicas").invalid("must be greater than or equal to `minReplicas`");
        }
        Check target = spec.at("scaleTargetRef");
        target.at("kind").required().named(Names::pathSegment);
        target.at("name").required().named(Names::pathSegment);
        if (target.at("apiVersion").empty()) {
            target.at("apiVersion").fresh().add(FieldError.invalid(target.at("apiVersion").path(), "",
                    "must specify the API version of the target"));
        }
        spec.at("metrics").items(PolicyKinds::metric);
        for (String direction : new String[]{"scaleUp", "scaleDown"}) {
            scalingRules(spec.at("behavior").at(direction));
        }
    }

    private static void metric(Check metric) {
        Check type = metric.at("type").required().oneOf("ContainerResource", "External", "Object", "Pods", "Resource");
        Check source = metric.at("resource");
        if (!type.is("Resource")) {
            return;
        }
        if (!source.present()) {
            source.required("must populate information for the given metric source");
            return;
        }
        source.at("name").required();
        Check target = source.at("target");
        target.at("type").required().oneOf("AverageValue", "Utilization", "Value");
        Check utilization = target.at("averageUtilization");
        Check value = target.at("averageValue");
        if (utilization.present() && utilization.number() < 1) {
            utilization.invalid("must be greater than 0");
        }
        if (utilization.present() && value.present()) {
            value.forbidden("may not set both a target raw value and a target utilization");
        } else if (!utilization.present() && !value.present()) {
            target.at("averageUtilization").required("must set either a target raw value or a target utilization");
        }
    }

    private static void scalingRules(Check rules) {
        if (!rules.present()) {
            return;
        }
        Check window = rules.at("stabilizationWindowSeconds").min(0);
        if (window.number() > STABILIZATION_LIMIT_SECONDS) {
            window.invalid("must be less than or equal to " + STABILIZATION_LIMIT_SECONDS);
        }
        rules.at("selectPolicy").oneOf("Disabled", "Max", "Min");
        rules.at("policies").items(policy -> {
            policy.at("type").oneOf("Percent", "Pods");
            if (policy.at("value").number() <= 0) {
                policy.at("value").invalid("must be greater than zero");
            }
            long period = policy.at("periodSeconds").number();
            if (period <= 0) {
                policy.at("periodSeconds").invalid("must be greater than zero");
            } else if (period > SCALING_PERIOD_LIMIT_SECONDS) {
                policy.at("periodSeconds").invalid("must be less than or equal to " + SCALING_PERIOD_LIMIT_SECONDS);
            }
        });
        rules.at("tolerance").quantity();
    }

    static Strategy disruptionBudget() {
        return DeclaredStrategy.withStatus().generation().rules(check -> {
            Check spec = check.at("spec");
            if (spec.at("minAvailable").present() && spec.at("maxUnavailable").present()) {
                spec.invalid("minAvailable and maxUnavailable cannot be both set");
            }
            Workloads.intOrPercent(spec.at("minAvailable"), 100);
            Workloads.intOrPercent(spec.at("maxUnavailable"), 100);
            MetadataRules.selector(spec.at("selector"));
            spec.at("unhealthyPodEvictionPolicy").oneOf("AlwaysAllow", "IfHealthyBudget");
        });
    }

    static Strategy priorityClass() {
        return DeclaredStrategy.plain().generation()
                .defaults(object -> Defaults.text(object, "preemptionPolicy", "PreemptLowerPriority")).rules(check -> {
                    boolean system = check.at("metadata").at("name").text().startsWith("system-");
                    if (check.at("value").number() > USER_PRIORITY_LIMIT && !system) {
                        check.at("value").forbidden("maximum allowed value of a user defined priority is "
                                + USER_PRIORITY_LIMIT);
                    }
                    check.at("preemptionPolicy").oneOf("Never", "PreemptLowerPriority");
                }).updateRules((check, old) -> {
                    if (check.at("value").number() != old.path("value").longValue(0)) {
                        check.at("value").forbidden("may not be changed in an update.");
                    }
                    check.at("preemptionPolicy").unchanged(old.path("preemptionPolicy"));
                });
    }

    static Strategy lease() {
        return DeclaredStrategy.plain().createsOnUpdate().rules(check -> {
            Check spec = check.at("spec");
            Check seconds = spec.at("leaseDurationSeconds");
            if (seconds.present() && seconds.number() <= 0) {
                seconds.invalid("must be greater than 0");
            }
            spec.at("leaseTransitions").min(0);
        }).defaults(lease -> {
            // Fields of a feature that is off are dropped, as upstream drops them.
            if (lease.path("spec") instanceof ObjectNode spec) {
                spec.remove(List.of("strategy", "preferredHolder"));
            }
        });
    }

    static Strategy runtimeClass() {
        return DeclaredStrategy.plain().rules(check -> {
            Check handler = check.at("handler");
            handler.matches(Names::dns1123Label);
            // Upstream names the overhead as if it were a limit.
            Check limits = check.at("overhead").at("limits").on(check.at("overhead").at("podFixed").value());
            limits.entries((name, quantity) -> quantity.quantity());
            MetadataRules.labels(check.at("scheduling").at("nodeSelector"));
            PodTolerations.validate(check.at("scheduling").at("tolerations"));
        }).updateRules((check, old) -> check.at("handler").unchanged(old.path("handler")));
    }

    static Strategy flowSchema() {
        return DeclaredStrategy.withStatus().generation().defaults(object -> {
            ObjectNode spec = Defaults.object(object, "spec");
            Defaults.positive(spec, "matchingPrecedence", 1000);
        }).rules(check -> {
            Check spec = check.at("spec");
            Check precedence = spec.at("matchingPrecedence");
            boolean exempt = check.at("metadata").at("name").is("exempt");
            if (precedence.number() <= 0 || precedence.number() > 10_000) {
                precedence.invalid("must be a value in the range [1, 10000]");
            } else if (precedence.number() == 1 && !exempt) {
                precedence.invalid("only the schema named 'exempt' may have matchingPrecedence 1");
            }
            spec.at("distinguisherMethod").at("type").oneOf("ByNamespace", "ByUser");
            spec.at("priorityLevelConfiguration").at("name").required();
            spec.at("rules").items(rule -> rule.at("subjects").required()
                    .items(subject -> subject.at("kind").required().oneOf("Group", "ServiceAccount", "User")));
        });
    }

    static Strategy priorityLevel() {
        return DeclaredStrategy.withStatus().generation().defaults(object -> {
            ObjectNode spec = Defaults.object(object, "spec");
            if (spec.path("limited") instanceof ObjectNode limited) {
                Defaults.number(limited, "nominalConcurrencyShares", 30);
                Defaults.number(limited, "lendablePercent", 0);
                if (limited.path("limitResponse").path("queuing") instanceof ObjectNode queuing) {
                    Defaults.positive(queuing, "handSize", 8);
                    Defaults.positive(queuing, "queues", 64);
                    Defaults.positive(queuing, "queueLengthLimit", 50);
                }
            }
            if (spec.path("exempt") instanceof ObjectNode exempt) {
                Defaults.number(exempt, "nominalConcurrencyShares", 0);
                Defaults.number(exempt, "lendablePercent", 0);
            }
        }).rules(PolicyKinds::priorityLevel);
    }

    private static void priorityLevel(Check check) {
        Check spec = check.at("spec");
        Check type = spec.at("type");
        Check limited = spec.at("limited");
        boolean isExempt = check.at("metadata").at("name").is("exempt");
        switch (type.text()) {
            case "Limited" -> {
                if (!limited.present()) {
                    limited.required("must not be empty when type is Limited");
                } else {
                    limited.at("nominalConcurrencyShares").min(0);
                    limited.at("limitResponse").at("type").required().oneOf("Queue", "Reject");
                }
            }
            case "Exempt" -> {
                if (!isExempt) {
                    type.invalid("must be 'Limited' or the name 'exempt'");
                }
                if (limited.present()) {
                    limited.forbidden("must be nil if the type is not Limited");
                }
            }
            default -> {
                type.required().oneOf("Exempt", "Limited");
                if (limited.present()) {
                    limited.forbidden("must be nil if the type is not Limited");
                }
            }
        }
    }

    static Strategy role(boolean cluster) {
        return DeclaredStrategy.plain().named(NameRule.PATH_SEGMENT).createsOnUpdate().rules(check -> {
            check.at("rules").items(rule -> {
                rule.at("verbs").required("verbs must contain at least one value");
                boolean paths = !rule.at("nonResourceURLs").empty();
                if (paths && !cluster) {
                    rule.at("nonResourceURLs").invalid("namespaced rules cannot apply to non-resource URLs");
                } else if (paths && (!rule.at("apiGroups").empty() || !rule.at("resources").empty())) {
                    rule.at("nonResourceURLs")
                            .invalid("rules cannot apply to both regular resources and non-resource URLs");
                } else if (!paths) {
                    rule.at("apiGroups").required("resource rules must supply at least one api group");
                    rule.at("resources").required("resource rules must supply at least one resource");
                }
            });
            Check aggregation = check.at("aggregationRule");
            if (cluster && aggregation.present()) {
                Check selectors = aggregation.at("clusterRoleSelectors");
                selectors.required("at least one clusterRoleSelector required if aggregationRule is non-nil");
                selectors.items(selector -> {
                    int before = selector.errorCount();
                    MetadataRules.selector(selector);
                    if (selector.errorCount() > before) {
                        selector.fresh().invalid("invalid label selector");
                    }
                });
            }
        });
    }

    static Strategy binding(boolean cluster) {
        return DeclaredStrategy.plain().named(NameRule.PATH_SEGMENT).createsOnUpdate().defaults(binding -> {
            if (binding.path("roleRef") instanceof ObjectNode role) {
                Defaults.text(role, "apiGroup", RBAC);
            }
            for (JsonNode subject : binding.path("subjects")) {
                if (subject instanceof ObjectNode object) {
                    boolean named = Set.of("User", "Group").contains(object.path("kind").stringValue(""));
                    if (named) {
                        Defaults.text(object, "apiGroup", RBAC);
                    }
                }
            }
        }).rules(check -> {
            Check role = check.at("roleRef");
            role.at("apiGroup").oneOf(RBAC);
            Check kind = role.at("kind");
            if (cluster) {
                kind.oneOf("ClusterRole");
            } else {
                kind.oneOf("ClusterRole", "Role");
            }
            role.at("name").required().named(Names::pathSegment);
            check.at("subjects").items(subject -> {
                Check name = subject.at("name").required();
                switch (subject.at("kind").text()) {
                    case "ServiceAccount" -> {
                        name.named(Names::dns1123Subdomain);
                        if (cluster) {
                            subject.at("namespace").required();
                        }
                    }
                    case "User", "Group" -> subject.at("apiGroup").oneOf(RBAC);
                    default -> subject.at("kind").add(FieldError.notSupported(subject.at("kind").path(),
                            subject.at("kind").text(), List.of("Group", "ServiceAccount", "User")));
                }
            });
        }).updateRules((check, old) -> check.at("roleRef").unchanged(old.path("roleRef"), "cannot change roleRef"));
    }
}
