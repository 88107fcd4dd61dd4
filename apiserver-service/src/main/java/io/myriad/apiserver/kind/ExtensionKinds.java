package io.myriad.apiserver.kind;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.value.Names;
import io.myriad.apiserver.custom.cel.AdmissionExpression;

/** Webhooks, admission policies and API services. */
final class ExtensionKinds {
    private ExtensionKinds() {}

    static Strategy webhooks(boolean mutating) {
        return DeclaredStrategy.plain().generation().defaults(object -> {
            for (JsonNode hook : object.path("webhooks")) {
                if (hook instanceof ObjectNode webhook) {
                    webhookDefaults(webhook, mutating);
                }
            }
        }).rules(check -> {
            Check hooks = check.at("webhooks");
            hooks.items(hook -> webhook(hook, mutating));
            hooks.uniqueBy("name");
        });
    }

    private static void webhookDefaults(ObjectNode webhook, boolean mutating) {
        Defaults.text(webhook, "failurePolicy", "Fail");
        Defaults.text(webhook, "matchPolicy", "Equivalent");
        Defaults.object(webhook, "namespaceSelector");
        Defaults.object(webhook, "objectSelector");
        Defaults.number(webhook, "timeoutSeconds", 10);
        if (mutating) {
            Defaults.text(webhook, "reinvocationPolicy", "Never");
        }
        for (JsonNode rule : webhook.path("rules")) {
            if (rule instanceof ObjectNode object) {
                Defaults.text(object, "scope", "*");
            }
        }
        if (webhook.path("clientConfig").path("service") instanceof ObjectNode service) {
            Defaults.number(service, "port", 443);
        }
    }

    private static void webhook(Check hook, boolean mutating) {
        Check name = hook.at("name").required();
        if (!name.empty()) {
            name.named(Names::dns1123Subdomain);
            if (name.passed() && name.text().split("\\.").length < 3) {
                name.invalid("should be a domain with at least three segments separated by dots");
            }
        }
        Check versions = hook.at("admissionReviewVersions");
        if (versions.empty()) {
            versions.required("must specify one of v1, v1beta1");
        } else if (versions.value().valueStream().noneMatch(
                version -> Set.of("v1", "v1beta1").contains(version.stringValue("")))) {
            versions.invalid("must include at least one of v1, v1beta1");
        }
        hook.at("failurePolicy").oneOf("Fail", "Ignore");
        hook.at("matchPolicy").oneOf("Equivalent", "Exact");
        hook.at("sideEffects").required().oneOf("None", "NoneOnDryRun");
        hook.at("timeoutSeconds").range(1, 30);
        if (mutating) {
            hook.at("reinvocationPolicy").oneOf("IfNeeded", "Never");
        }
        MetadataRules.selector(hook.at("namespaceSelector"));
        MetadataRules.selector(hook.at("objectSelector"));
        hook.at("rules").items(ExtensionKinds::rule);
        client(hook.at("clientConfig"));
        conditions(hook.at("matchConditions"), AdmissionExpression.OF_WEBHOOKS);
    }

    private static void conditions(Check conditions, List<String> variables) {
        conditions.items(condition -> {
            condition.at("name").required().named(Names::qualifiedName);
            Check expression = condition.at("expression").required();
            if (!expression.empty()) {
                expression.matches(text -> Expressions.problems(text, variables, true));
            }
        });
        conditions.uniqueBy("name");
    }

    private static void rule(Check rule) {
        for (String field : new String[]{"apiGroups", "apiVersions", "resources", "operations"}) {
            Check list = rule.at(field).required();
            boolean star = list.value().valueStream().anyMatch(one -> one.stringValue("").equals("*"));
            if (star && list.size() > 1) {
                list.invalid("if '*' is present, must not specify other values");
            }
        }
        rule.at("operations").items(one -> one.oneOf("*", "CONNECT", "CREATE", "DELETE", "UPDATE"));
        rule.at("scope").oneOf("*", "Cluster", "Namespaced");
    }

    private static void client(Check client) {
        boolean url = client.at("url").present();
        boolean service = client.at("service").present();
        if (url == service) {
            client.add(FieldError.required(client.path(), "exactly one of url or service is required"));
        } else if (url) {
            httpsUrl(client.at("url"));
        } else {
            client.at("service").at("name").required();
            client.at("service").at("namespace").required();
            Names.portNumber(client.at("service").at("port").number())
                    .forEach(message -> client.at("service").at("port").invalid(message));
        }
    }

    private static void httpsUrl(Check url) {
        try {
            URI parsed = new URI(url.text());
            if (!"https".equals(parsed.getScheme())) {
                url.invalid("'https' is the only allowed URL scheme");
            } else if (parsed.getHost() == null) {
                url.invalid("host must be specified");
            } else if (parsed.getUserInfo() != null || parsed.getQuery() != null || parsed.getFragment() != null) {
                url.invalid("user information, query parameters and fragments are not permitted in the URL");
            }
        } catch (URISyntaxException broken) {
            url.invalid("url must be a valid URL: " + broken.getReason());
        }
    }

    static Strategy admissionPolicy(boolean mutating) {
        DeclaredStrategy strategy = mutating
                ? DeclaredStrategy.plain()
                : DeclaredStrategy.withStatus().statusKeepsMetadata();
        return strategy.generation().defaults(policy -> {
            ObjectNode spec = Defaults.object(policy, "spec");
            Defaults.text(spec, "failurePolicy", "Fail");
            if (mutating) {
                Defaults.text(spec, "reinvocationPolicy", "Never");
            }
            if (spec.path("matchConstraints") instanceof ObjectNode match) {
                matchDefaults(match);
            }
        }).rules(check -> {
            Check spec = check.at("spec");
            Check constraints = spec.at("matchConstraints");
            if (!constraints.present()) {
                constraints.required();
            } else {
                constraints.at("resourceRules").required();
                constraints.at("resourceRules").items(ExtensionKinds::rule);
            }
            spec.at("failurePolicy").oneOf("Fail", "Ignore");
            Check kind = spec.at("paramKind");
            if (kind.present()) {
                kind.at("kind").required();
                kind.at("apiVersion").required();
            }
            conditions(spec.at("matchConditions"), AdmissionExpression.OF_POLICIES);
            Check variables = spec.at("variables");
            variables.items(variable -> {
                variable.at("name").required().named(Names::cIdentifier);
                expression(variable.at("expression"), false);
            });
            spec.at("validations").items(validation -> expression(validation.at("expression"), true));
            boolean nothing = spec.at("validations").empty() && spec.at("auditAnnotations").empty();
            if (!mutating && nothing) {
                spec.at("validations").required("validations or auditAnnotations must be set");
            }
        });
    }

    private static void expression(Check expression, boolean condition) {
        if (expression.required().passed()) {
            expression.matches(text -> Expressions.problems(text, AdmissionExpression.OF_POLICIES, condition));
        }
    }

    private static void matchDefaults(ObjectNode match) {
        Defaults.text(match, "matchPolicy", "Equivalent");
        Defaults.object(match, "namespaceSelector");
        Defaults.object(match, "objectSelector");
        for (String list : new String[]{"resourceRules", "excludeResourceRules"}) {
            for (JsonNode rule : match.path(list)) {
                if (rule instanceof ObjectNode object) {
                    Defaults.text(object, "scope", "*");
                }
            }
        }
    }

    static Strategy policyBinding(boolean mutating) {
        return DeclaredStrategy.plain().generation().defaults(binding -> {
            if (binding.path("spec").path("matchResources") instanceof ObjectNode match) {
                matchDefaults(match);
            }
        }).rules(check -> {
            Check spec = check.at("spec");
            spec.at("policyName").required();
            if (!mutating) {
                Check actions = spec.at("validationActions").required();
                actions.items(action -> action.oneOf("Audit", "Deny", "Warn"));
                actions.unique("", action -> action.stringValue(""));
            }
        });
    }

    static Strategy apiService() {
        return DeclaredStrategy.withStatus().defaults(object -> {
            if (object.path("spec").path("service") instanceof ObjectNode service) {
                Defaults.number(service, "port", 443);
            }
        }).rules(check -> {
            Check spec = check.at("spec");
            Check name = check.at("metadata").at("name");
            String expected = spec.at("version").text() + "." + spec.at("group").text();
            if (!name.is(expected)) {
                name.invalid("must be `spec.version+\".\"+spec.group`: \"" + expected + "\"");
            }
            priority(spec.at("groupPriorityMinimum"), 20_000);
            priority(spec.at("versionPriority"), 1000);
            boolean remote = spec.at("service").present();
            if (!remote && spec.at("insecureSkipTLSVerify").isTrue()) {
                spec.at("insecureSkipTLSVerify").invalid("must be false when service is nil");
            } else if (!remote && !spec.at("caBundle").empty()) {
                spec.at("caBundle").invalid("must be empty when service is nil");
            } else if (remote) {
                spec.at("service").at("name").required();
                spec.at("service").at("namespace").required();
            }
        }).onCreate(object -> object.putObject("status")).named(NameRule.PATH_SEGMENT);
    }

    private static void priority(Check priority, int limit) {
        if (priority.number() <= 0 || priority.number() > limit) {
            priority.invalid("must be positive and at most " + limit);
        }
    }
}
