package io.myriad.apiserver.kind;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.value.Names;
import io.myriad.api.value.Quantity;

/** The smaller kinds of the core group. */
final class CoreKinds {
    private static final int DATA_SIZE_LIMIT_BYTES = 1 << 20;
    private static final long EVENT_SECONDS = 3600;
    private static final List<String> TAINT_EFFECTS = List.of("NoExecute", "NoSchedule", "PreferNoSchedule");
    /** Types of secrets and the keys that they cannot do without. */
    private static final Map<String, List<String>> SECRET_KEYS = Map.of("kubernetes.io/tls",
            List.of("tls.crt", "tls.key"), "kubernetes.io/dockerconfigjson", List.of(".dockerconfigjson"),
            "kubernetes.io/dockercfg", List.of(".dockercfg"), "kubernetes.io/ssh-auth", List.of("ssh-privatekey"));

    private CoreKinds() {}

    static Strategy configMap() {
        return DeclaredStrategy.plain().rules(check -> {
            // Upstream names no field of config maps, and shows that as brackets.
            data(check, "[]", "data", "binaryData");
            for (String key : check.at("binaryData").value().propertyNames()) {
                if (check.at("data").value().has(key)) {
                    check.at("data").key(key).invalidKey(key, "duplicate of key present in binaryData");
                }
            }
        }).updateRules((check, old) -> immutable(check, old, "data", "binaryData"));
    }

    static Strategy secret() {
        return DeclaredStrategy.plain().defaults(secret -> {
            Defaults.text(secret, "type", "Opaque");
            if (secret.path("stringData") instanceof ObjectNode texts) {
                ObjectNode data = Defaults.object(secret, "data");
                texts.forEachEntry((key, value) -> data.put(key, Base64.getEncoder()
                        .encodeToString(value.stringValue("").getBytes(StandardCharsets.UTF_8))));
                secret.remove("stringData");
            }
        }).rules(check -> {
            data(check, "data", "data");
            String type = check.at("type").text();
            for (String key : SECRET_KEYS.getOrDefault(type, List.of())) {
                if (!check.at("data").key(key).present()) {
                    check.at("data").key(key).required();
                }
            }
            if (type.equals("kubernetes.io/service-account-token")) {
                check.at("metadata").at("annotations").key("kubernetes.io/service-account.name").required();
            }
            if (type.equals("kubernetes.io/basic-auth") && !check.at("data").key("username").present()
                    && !check.at("data").key("password").present()) {
                check.at("data").key("username").required();
                check.at("data").key("password").required();
            }
        }).updateRules((check, old) -> {
            check.at("type").unchanged(old.path("type"));
            immutable(check, old, "data");
        }).onUpdate((secret, old) -> {
            if (secret.path("type").stringValue("").isEmpty()) {
                Defaults.keep(secret, old, "type");
            }
        }).warns(secret -> secret.path("type").stringValue("").equals("kubernetes.io/tls")
                ? Certificates.pairProblems(secret.path("data"))
                : List.of()).selectable(Map.of("type", List.of("type")));
    }

    private static void data(Check check, String blamed, String... fields) {
        long[] size = {0};
        for (String field : fields) {
            check.at(field).entries((key, value) -> {
                Names.configMapKey(key).forEach(message -> value.invalidKey(key, message));
                size[0] += value.text().length();
            });
        }
        if (size[0] > DATA_SIZE_LIMIT_BYTES) {
            check.add(FieldError.tooLong(blamed, DATA_SIZE_LIMIT_BYTES));
        }
    }

    private static void immutable(Check check, ObjectNode old, String... fields) {
        if (!old.path("immutable").booleanValue(false)) {
            return;
        }
        if (!check.at("immutable").isTrue()) {
            check.at("immutable").forbidden("field is immutable when `immutable` is set");
        }
        for (String field : fields) {
            if (!TreeComparison.same(check.at(field).value(), old.path(field))) {
                check.at(field).forbidden("field is immutable when `immutable` is set");
            }
        }
    }

    static Strategy namespace() {
        return DeclaredStrategy.withStatus().named(NameRule.LABEL).defaults(namespace -> {
            String name = namespace.path("metadata").path("name").stringValue("");
            if (!name.isEmpty()) {
                Defaults.object(Defaults.object(namespace, "metadata"), "labels").put("kubernetes.io/metadata.name",
                        name);
            }
        }).onCreate(namespace -> {
            namespace.putObject("status").put("phase", "Active");
            ArrayNode finalizers = Defaults.object(namespace, "spec").withArrayProperty("finalizers");
            boolean present = finalizers.valueStream().anyMatch(one -> one.stringValue("").equals("kubernetes"));
            if (!present) {
                finalizers.add("kubernetes");
            }
        }).onUpdate((namespace, old) -> Defaults.keep(namespace, old, "spec"))
                .rules(check -> check.at("spec").at("finalizers").items(finalizer -> {
                    List<String> problems = Names.qualifiedName(finalizer.text());
                    Check at = check.at("spec").at("finalizers");
                    problems.forEach(message -> at.fresh().invalidKey(finalizer.text(), message));
                    if (finalizer.text().indexOf('/') < 0 && !finalizer.is("kubernetes")) {
                        at.invalidKey(finalizer.text(),
                                "name is neither a standard finalizer name nor is it fully qualified");
                    }
                })).statusRules((check, old) -> {
                    boolean ending = check.at("metadata").at("deletionTimestamp").present();
                    Check phase = check.at("status").at("phase");
                    if (!phase.is(ending ? "Terminating" : "Active")) {
                        // Upstream names this field by its Go name.
                        check.at("status").at("Phase").on(phase.value())
                                .invalid(
                                        "may only be 'Active' without a deletionTimestamp, and 'Terminating' with one");
                    }
                }).selectable(Map.of("status.phase", List.of("status", "phase"))).notSelectableByNamespace();
    }

    static Strategy node() {
        return DeclaredStrategy.plain().defaults(node -> {
            ObjectNode spec = Defaults.object(node, "spec");
            String cidr = spec.path("podCIDR").stringValue("");
            if (!cidr.isEmpty() && spec.path("podCIDRs").isEmpty()) {
                spec.putArray("podCIDRs").add(cidr);
            } else if (cidr.isEmpty() && !spec.path("podCIDRs").isEmpty()) {
                spec.set("podCIDR", spec.path("podCIDRs").path(0));
            } else if (!cidr.isEmpty() && !spec.path("podCIDRs").path(0).stringValue("").equals(cidr)) {
                // The older field wins, for clients that know no other.
                spec.putArray("podCIDRs").add(cidr);
            }
            if (node.path("status") instanceof ObjectNode status && status.path("allocatable").isEmpty()
                    && !status.path("capacity").isEmpty()) {
                status.set("allocatable", status.path("capacity").deepCopy());
            }
        }).onUpdate((node, old) -> Defaults.keep(node, old, "status")).rules(CoreKinds::node)
                .updateRules((check, old) -> {
                    for (String field : new String[]{"providerID", "podCIDR"}) {
                        String before = old.path("spec").path(field).stringValue("");
                        if (!before.isEmpty() && !check.at("spec").at(field).is(before)) {
                            check.at("spec").at(field).fresh().invalid("field is immutable");
                        }
                    }
                }).selectable(Map.of("spec.unschedulable", List.of("spec", "unschedulable")));
    }

    private static void node(Check check) {
        // Upstream names taints below metadata.
        Check taints = check.at("metadata").at("taints").on(check.at("spec").at("taints").value());
        taints.items(taint -> {
            taint.at("key").matches(Names::qualifiedName);
            taint.at("value").named(Names::labelValue);
            taint.at("effect").required().oneOf(TAINT_EFFECTS);
        });
        taints.unique("", taint -> taint.path("key").stringValue("") + ":" + taint.path("effect").stringValue(""));
        Check cidrs = check.at("spec").at("podCIDRs");
        cidrs.items(Addresses::cidr);
        check.at("status").at("capacity").entries((name, quantity) -> ResourceValidation.amount(quantity, name));
        check.at("status").at("allocatable").entries((name, quantity) -> ResourceValidation.amount(quantity, name));
    }

    static Strategy serviceAccount() {
        return DeclaredStrategy.plain();
    }

    static Strategy endpoints() {
        return DeclaredStrategy.plain().createsOnUpdate().defaults(endpoints -> {
            for (JsonNode subset : endpoints.path("subsets")) {
                for (JsonNode port : subset.path("ports")) {
                    if (port instanceof ObjectNode object) {
                        Defaults.text(object, "protocol", "TCP");
                    }
                }
            }
        }).rules(check -> check.at("subsets").items(subset -> {
            if (subset.at("addresses").empty() && subset.at("notReadyAddresses").empty()) {
                subset.add(FieldError.required(subset.path(), "must specify `addresses` or `notReadyAddresses`"));
            }
            for (String list : new String[]{"addresses", "notReadyAddresses"}) {
                subset.at(list).items(address -> {
                    Addresses.endpoint(address.at("ip"));
                    address.at("hostname").named(Names::dns1123Label);
                });
            }
            Check ports = subset.at("ports");
            ports.items(port -> {
                if (ports.size() > 1) {
                    port.at("name").required();
                }
                port.at("name").named(Names::dns1123Label);
                Names.portNumber(port.at("port").number()).forEach(message -> port.at("port").invalid(message));
                port.at("protocol").required().oneOf("SCTP", "TCP", "UDP");
            });
        }));
    }

    static Strategy limitRange() {
        return DeclaredStrategy.plain().createsOnUpdate().defaults(range -> {
            for (JsonNode limit : range.path("spec").path("limits")) {
                if (limit instanceof ObjectNode object && object.path("type").stringValue("").equals("Container")) {
                    containerLimits(object);
                }
            }
        }).rules(check -> {
            Check limits = check.at("spec").at("limits");
            Set<String> types = new HashSet<>();
            limits.items(limit -> {
                Check type = limit.at("type").required();
                List<String> problems = Names.qualifiedName(type.text());
                if (!type.empty() && !problems.isEmpty()) {
                    type.invalid(problems.getFirst());
                } else if (!type.empty() && type.text().indexOf('/') < 0
                        && !List.of("Pod", "Container", "PersistentVolumeClaim").contains(type.text())) {
                    type.invalid("must be a standard limit type or fully qualified");
                }
                if (!types.add(type.text())) {
                    type.duplicate();
                }
                limit(limit, type.text());
            });
        });
    }

    /** Defaults of a container limit follow from each other: max gives default, default or min gives the request. */
    private static void containerLimits(ObjectNode limit) {
        limit.path("max").forEachEntry((name, value) -> {
            ObjectNode defaults = Defaults.object(limit, "default");
            if (!defaults.has(name)) {
                defaults.set(name, value);
            }
        });
        limit.path("default").forEachEntry((name, value) -> setIfAbsent(limit, "defaultRequest", name, value));
        limit.path("min").forEachEntry((name, value) -> setIfAbsent(limit, "defaultRequest", name, value));
    }

    private static void setIfAbsent(ObjectNode limit, String list, String name, JsonNode value) {
        ObjectNode target = Defaults.object(limit, list);
        if (!target.has(name)) {
            target.set(name, value);
        }
    }

    private static void limit(Check limit, String type) {
        if (type.equals("Pod")) {
            for (String list : new String[]{"default", "defaultRequest"}) {
                if (!limit.at(list).empty()) {
                    limit.at(list).forbidden("may not be specified when `type` is 'Pod'");
                }
            }
        }
        Set<String> names = new HashSet<>();
        for (String list : new String[]{"max", "min", "default", "defaultRequest", "maxLimitRequestRatio"}) {
            names.addAll(limit.at(list).value().propertyNames());
        }
        for (String name : names) {
            ordered(limit, "min", "max", name, "min");
            ordered(limit, "min", "defaultRequest", name, "defaultRequest");
            ordered(limit, "defaultRequest", "max", name, "defaultRequest");
            ordered(limit, "defaultRequest", "default", name, "defaultRequest");
            ordered(limit, "min", "default", name, "default");
            ordered(limit, "default", "max", name, "default");
            Quantity ratio = limit.at("maxLimitRequestRatio").key(name).parsed();
            if (ratio != null && ratio.compareTo(Quantity.parse("1")) < 0) {
                limit.at("maxLimitRequestRatio").key(name).invalid("ratio " + ratio + " is less than 1");
            }
        }
    }

    private static void ordered(Check limit, String lower, String upper, String name, String blamed) {
        Quantity low = limit.at(lower).key(name).parsed();
        Quantity high = limit.at(upper).key(name).parsed();
        if (low != null && high != null && low.compareTo(high) > 0) {
            limit.at(blamed).key(name)
                    .invalid(lower + " value " + low + " is greater than " + upper + " value " + high);
        }
    }

    static Strategy resourceQuota() {
        return DeclaredStrategy.withStatus().rules(check -> {
            check.at("spec").at("hard").entries((name, quantity) -> {
                List<String> problems = Names.qualifiedName(name);
                problems.forEach(message -> quantity.fresh().invalidKey(name, message));
                if (name.indexOf('/') < 0 && !QuotaResources.isStandard(name)) {
                    if (problems.isEmpty()) {
                        quantity.fresh().invalidKey(name, "must be a standard resource type or fully qualified");
                    }
                    quantity.invalidKey(name, "must be a standard resource for quota");
                }
                quantity.quantity();
                Quantity amount = quantity.parsed();
                if (quantity.passed() && QuotaResources.isCount(name) && amount != null
                        && !ResourceValidation.isWhole(amount)) {
                    quantity.invalid("must be an integer");
                }
            });
            Check scopes = check.at("spec").at("scopes");
            for (JsonNode scope : scopes.value()) {
                if (!QuotaResources.SCOPES.contains(scope.stringValue(""))) {
                    scopes.invalid("unsupported scope");
                }
            }
            Check expressions = check.at("spec").at("scopeSelector").at("matchExpressions");
            for (JsonNode expression : expressions.value()) {
                boolean listed = List.of("In", "NotIn").contains(expression.path("operator").stringValue(""));
                if (listed && expression.path("values").isEmpty()) {
                    expressions.at("values").required(
                            "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
                }
            }
        }).updateRules((check, old) -> check.at("spec").at("scopes").unchanged(old.path("spec").path("scopes")));
    }

    /** Events as the core group serves them. */
    static Strategy event() {
        return eventWith(check -> {
            involved(check, check.at("involvedObject"));
            if (check.at("eventTime").present()) {
                reported(check, check.at("reportingComponent"), check.at("message"));
            }
        });
    }

    /** Events as {@code events.k8s.io} serves them: with newer names, and nothing of the old style. */
    static Strategy newEvent() {
        return eventWith(check -> {
            // Errors name the fields as the core group has them.
            involved(check, check.at("involvedObject").on(check.at("regarding").value()));
            if (check.at("eventTime").present()) {
                reported(check, check.at("reportingController"), check.at("message").on(check.at("note").value()));
            } else {
                check.at("eventTime").required();
            }
            Check type = check.at("type");
            if (!List.of("Normal", "Warning").contains(type.text())) {
                type.invalid("has invalid value: " + type.text());
            }
            for (String[] names : new String[][]{{"firstTimestamp", "deprecatedFirstTimestamp"},
                    {"lastTimestamp", "deprecatedLastTimestamp"}}) {
                if (check.at(names[1]).present()) {
                    check.at(names[0]).on(check.at(names[1]).value()).invalid("needs to be unset");
                }
            }
            if (check.at("deprecatedCount").number() != 0) {
                check.at("count").on(check.at("deprecatedCount").value()).invalid("needs to be unset");
            }
            if (!check.at("deprecatedSource").empty()) {
                check.at("source").on(check.at("deprecatedSource").value()).invalid("needs to be unset");
            }
        });
    }

    private static void involved(Check check, Check object) {
        Check involved = object.at("namespace");
        String namespace = check.at("metadata").at("namespace").text();
        boolean namespaced = involved.empty() ? namespace.equals("default") : involved.is(namespace);
        if (!namespaced && !namespace.isEmpty()) {
            involved.invalid("does not match event.namespace");
        }
    }

    private static Strategy eventWith(Consumer<Check> rules) {
        return DeclaredStrategy.plain().createsOnUpdate().expires(event -> EVENT_SECONDS).rules(rules)
                .selectable(Map.ofEntries(Map.entry("involvedObject.kind", List.of("involvedObject", "kind")),
                        Map.entry("involvedObject.namespace", List.of("involvedObject", "namespace")),
                        Map.entry("involvedObject.name", List.of("involvedObject", "name")),
                        Map.entry("involvedObject.uid", List.of("involvedObject", "uid")),
                        Map.entry("involvedObject.apiVersion", List.of("involvedObject", "apiVersion")),
                        Map.entry("involvedObject.resourceVersion", List.of("involvedObject", "resourceVersion")),
                        Map.entry("involvedObject.fieldPath", List.of("involvedObject", "fieldPath")),
                        Map.entry("reason", List.of("reason")),
                        Map.entry("reportingComponent", List.of("reportingComponent")),
                        Map.entry("source", List.of("source", "component")), Map.entry("type", List.of("type"))));
    }

    private static void reported(Check check, Check controller, Check message) {
        controller.required().named(Names::qualifiedName);
        check.at("reportingInstance").required().maxLength(128);
        check.at("action").required().maxLength(128);
        check.at("reason").required().maxLength(128);
        message.maxLength(1024);
    }
}
