package io.myriad.apiserver.kind;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import tools.jackson.databind.JsonNode;

import io.myriad.api.FieldError;
import io.myriad.api.value.Names;

/** Containers of all three kinds: regular, init and ephemeral. */
final class ContainerValidation {
    private static final List<String> PULL_POLICIES = List.of("Always", "IfNotPresent", "Never");
    private static final List<String> PROTOCOLS = List.of("TCP", "UDP", "SCTP");
    private static final Set<String> FIELD_PATHS = Set.of("metadata.name", "metadata.namespace", "metadata.uid",
            "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.podIP", "status.hostIPs",
            "status.podIPs");
    private static final Set<String> RESOURCE_FIELDS = Set.of("limits.cpu", "limits.memory",
            "limits.ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage");

    /**
     * What containers refer to in their pod.
     *
     * @param volumes the names of its volumes
     * @param claims the names of its resource claims
     * @param restartPolicy its restart policy
     * @param hostNetwork whether it uses the node's network
     * @param template whether it is a template
     */
    record Context(Set<String> volumes, Set<String> claims, String restartPolicy, boolean hostNetwork,
            boolean template) {}

    private ContainerValidation() {}

    static void validate(Check spec, Context context) {
        Set<String> names = new HashSet<>();
        Set<String> hostPorts = new HashSet<>();
        for (String list : new String[]{"containers", "initContainers", "ephemeralContainers"}) {
            spec.at(list).items(container -> {
                container.at("name").required().named(Names::dns1123Label);
                if (!container.at("name").empty() && !names.add(container.at("name").text())) {
                    container.at("name").duplicate();
                }
                container(container, list, context, list.equals("containers") ? hostPorts : new HashSet<>());
            });
        }
    }

    private static void container(Check container, String list, Context context, Set<String> hostPorts) {
        Check image = container.at("image");
        if (image.empty() && !context.template() || image.empty() && list.equals("ephemeralContainers")) {
            image.required();
        } else if (!image.text().equals(image.text().strip())) {
            image.invalid("must not have leading or trailing whitespace");
        } else if (image.empty()) {
            image.required();
        }
        container.at("imagePullPolicy").required().oneOf(PULL_POLICIES);
        container.at("terminationMessagePolicy").required().oneOf("File", "FallbackToLogsOnError");
        container.at("terminationMessagePath").required();
        restart(container, list);
        ports(container.at("ports"), context, hostPorts);
        environment(container);
        mounts(container, context);
        ResourceValidation.container(container.at("resources"), context.claims());
        boolean probes = list.equals("containers") || container.at("restartPolicy").is("Always");
        for (String probe : new String[]{"livenessProbe", "readinessProbe", "startupProbe"}) {
            Check check = container.at(probe);
            if (check.present() && !probes) {
                check.forbidden("must not be set for containers without restartPolicy=Always");
            } else if (check.present()) {
                probe(check, probe);
            }
        }
        lifecycle(container, probes);
        securityContext(container.at("securityContext"));
        container.at("resizePolicy").items(policy -> {
            Check at = container.at("resizePolicy");
            if (!List.of("cpu", "memory").contains(policy.at("resourceName").text())) {
                at.fresh().add(FieldError.notSupported(at.path(), policy.at("resourceName").text(),
                        List.of("cpu", "memory")));
            }
            if (!List.of("NotRequired", "RestartContainer").contains(policy.at("restartPolicy").text())) {
                at.fresh().add(FieldError.notSupported(at.path(), policy.at("restartPolicy").text(),
                        List.of("NotRequired", "RestartContainer")));
            }
        });
    }

    private static void restart(Check container, String list) {
        Check policy = container.at("restartPolicy");
        switch (list) {
            case "initContainers", "containers" -> policy.oneOf("Always", "Never", "OnFailure");
            default -> {
                if (policy.present()) {
                    policy.forbidden("cannot be set for an Ephemeral Container");
                }
            }
        }
    }

    private static void ports(Check ports, Context context, Set<String> hostPorts) {
        Set<String> names = new HashSet<>();
        ports.items(port -> {
            Check name = port.at("name").named(Names::portName);
            if (!name.empty() && name.passed() && !names.add(name.text())) {
                name.duplicate();
            }
            Check number = port.at("containerPort");
            if (number.number() == 0) {
                number.add(FieldError.required(number.path(), ""));
            } else {
                number.range(1, 65535);
            }
            Check hostPort = port.at("hostPort");
            if (hostPort.number() != 0) {
                hostPort.range(1, 65535);
                String key = port.at("hostIP").text() + "/" + port.at("protocol").text() + "/" + hostPort.number();
                if (hostPort.passed() && !hostPorts.add(key)) {
                    hostPort.add(FieldError.duplicate(hostPort.path(), key));
                }
                if (context.hostNetwork() && hostPort.number() != number.number()) {
                    hostPort.fresh().invalid("must match `containerPort` when `hostNetwork` is true");
                }
            }
            port.at("protocol").required().oneOf(PROTOCOLS);
        });
    }

    private static void environment(Check container) {
        container.at("env").items(variable -> {
            variable.at("name").required().named(Names::relaxedEnvironmentVariable);
            Check from = variable.at("valueFrom");
            if (from.present()) {
                source(variable, from);
            }
        });
        container.at("envFrom").items(source -> {
            source.at("prefix").named(Names::relaxedEnvironmentVariable);
            boolean map = source.at("configMapRef").present();
            boolean secret = source.at("secretRef").present();
            if (map && secret) {
                container.at("envFrom").invalid("may not have more than one field specified at a time");
            } else if (!map && !secret) {
                container.at("envFrom").invalid("must specify one of: `configMapRef` or `secretRef`");
            }
            for (String reference : new String[]{"configMapRef", "secretRef"}) {
                if (source.at(reference).present()) {
                    source.at(reference).at("name").required().named(Names::dns1123Subdomain);
                }
            }
        });
    }

    private static void source(Check variable, Check from) {
        int sources = 0;
        for (String field : new String[]{"fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef",
                "fileKeyRef"}) {
            sources += from.at(field).present() ? 1 : 0;
        }
        if (from.at("fieldRef").present()) {
            fieldPath(from.at("fieldRef"), FIELD_PATHS);
        }
        if (from.at("resourceFieldRef").present()) {
            resourceField(from.at("resourceFieldRef"));
        }
        for (String reference : new String[]{"configMapKeyRef", "secretKeyRef"}) {
            if (from.at(reference).present()) {
                from.at(reference).at("name").required().named(Names::dns1123Subdomain);
                from.at(reference).at("key").required().named(Names::configMapKey);
            }
        }
        if (!variable.at("value").empty() && sources != 0) {
            from.add(FieldError.invalid(from.path(), "", "may not be specified when `value` is not empty"));
        } else if (sources > 1) {
            from.add(FieldError.invalid(from.path(), "", "may not have more than one field specified at a time"));
        } else if (sources == 0) {
            from.add(FieldError.invalid(from.path(), "",
                    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"));
        }
    }

    /** A reference to a field of the pod; {@code allowed} are the whole paths, labels and annotations go by key. */
    static void fieldPath(Check reference, Set<String> allowed) {
        reference.at("apiVersion").required();
        Check path = reference.at("fieldPath").required();
        if (path.empty()) {
            return;
        }
        String text = path.text();
        int bracket = text.indexOf("['");
        if (bracket > 0 && text.endsWith("']")) {
            String key = text.substring(bracket + 2, text.length() - 2);
            switch (text.substring(0, bracket)) {
                case "metadata.annotations" -> path
                        .matches(ignored -> Names.qualifiedName(key.toLowerCase(Locale.ROOT)));
                case "metadata.labels" -> path.matches(ignored -> Names.qualifiedName(key));
                default -> path.invalid("does not support subscript");
            }
        } else if (!allowed.contains(text)) {
            boolean known = text.equals("metadata.labels") || text.equals("metadata.annotations");
            if (known) {
                path.add(FieldError.notSupported(path.path(), text, allowed));
            } else {
                path.invalid("error converting fieldPath: field label not supported: " + text);
            }
        }
    }

    static void resourceField(Check reference) {
        Check resource = reference.at("resource").required();
        if (!resource.empty() && !RESOURCE_FIELDS.contains(resource.text())
                && !resource.text().startsWith("requests.hugepages-")
                && !resource.text().startsWith("limits.hugepages-")) {
            resource.oneOf(RESOURCE_FIELDS);
        }
    }

    private static void mounts(Check container, Context context) {
        Set<String> paths = new HashSet<>();
        Check mounts = container.at("volumeMounts");
        mounts.items(mount -> {
            mount.at("name").required();
            if (!mount.at("name").empty() && !context.volumes().contains(mount.at("name").text())) {
                mount.at("name").notFound();
            }
            Check path = mount.at("mountPath").required();
            if (!path.empty() && !paths.add(path.text())) {
                path.invalid("must be unique");
            }
            String sub = mount.at("subPath").text();
            if (sub.startsWith("/")) {
                mounts.fresh().at("subPath").add(FieldError.invalid(mounts.path() + ".subPath", sub,
                        "must be a relative path"));
            } else if (List.of(sub.split("/")).contains("..")) {
                mounts.fresh().at("subPath").add(FieldError.invalid(mounts.path() + ".subPath", sub,
                        "must not contain '..'"));
            }
            Check expression = mount.at("subPathExpr");
            if (!expression.empty() && !sub.isEmpty()) {
                expression.invalid("subPathExpr and subPath are mutually exclusive");
            }
            mount.at("mountPropagation").oneOf("Bidirectional", "HostToContainer", "None");
        });
        container.at("volumeDevices").items(device -> {
            device.at("name").required();
            device.at("devicePath").required();
            if (!device.at("name").empty() && !context.volumes().contains(device.at("name").text())) {
                device.at("name").notFound();
            }
        });
    }

    private static void probe(Check probe, String kind) {
        for (String field : new String[]{"initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold",
                "failureThreshold"}) {
            probe.at(field).min(0);
        }
        handler(probe, List.of("exec", "httpGet", "tcpSocket", "grpc"));
        if (!kind.equals("readinessProbe") && probe.at("successThreshold").number() > 1) {
            probe.at("successThreshold").invalid("must be 1");
        }
        Check grace = probe.at("terminationGracePeriodSeconds");
        if (grace.present() && kind.equals("readinessProbe")) {
            grace.invalid("must not be set for readinessProbes");
        } else if (grace.present() && grace.number() <= 0) {
            grace.invalid("must be greater than 0");
        }
    }

    private static void lifecycle(Check container, boolean allowed) {
        Check lifecycle = container.at("lifecycle");
        if (!lifecycle.present()) {
            return;
        }
        if (!allowed) {
            lifecycle.forbidden("must not be set for containers without restartPolicy=Always");
            return;
        }
        for (String hook : new String[]{"postStart", "preStop"}) {
            if (lifecycle.at(hook).present()) {
                handler(lifecycle.at(hook), List.of("exec", "httpGet", "tcpSocket", "sleep"));
            }
        }
    }

    private static void handler(Check handler, List<String> kinds) {
        handler.exactlyOne(kinds,
                none -> none.add(FieldError.required(none.path(), "must specify a handler type")));
        if (handler.at("exec").present() && handler.at("exec").at("command").empty()) {
            handler.at("exec").at("command").required();
        }
        Check get = handler.at("httpGet");
        if (get.present()) {
            get.at("path").required();
            port(get.at("port"));
            get.at("scheme").oneOf("HTTP", "HTTPS");
            get.at("httpHeaders").items(header -> {
                for (String message : Names.httpHeader(header.at("name").text())) {
                    get.at("httpHeaders").invalidKey(header.at("name").text(), message);
                }
            });
        }
        if (handler.at("tcpSocket").present()) {
            port(handler.at("tcpSocket").at("port"));
        }
        if (handler.at("grpc").present()) {
            port(handler.at("grpc").at("port"));
        }
    }

    /** A port by number or name. */
    static void port(Check port) {
        JsonNode value = port.value();
        if (value.isString()) {
            port.matches(Names::portName);
        } else {
            for (String message : Names.portNumber(port.number())) {
                port.invalid(message);
            }
        }
    }

    private static void securityContext(Check context) {
        if (!context.present()) {
            return;
        }
        context.at("runAsUser").range(0, Integer.MAX_VALUE);
        context.at("runAsGroup").range(0, Integer.MAX_VALUE);
        context.at("procMount").oneOf("Default", "Unmasked");
        PodSpecValidation.profiles(context);
        boolean escalationRefused = context.at("allowPrivilegeEscalation").present()
                && !context.at("allowPrivilegeEscalation").isTrue();
        if (escalationRefused && context.at("privileged").isTrue()) {
            context.invalid("cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
        }
        boolean administrator = context.at("capabilities").at("add").value().valueStream()
                .anyMatch(capability -> capability.stringValue("").equals("CAP_SYS_ADMIN"));
        if (escalationRefused && administrator) {
            context.invalid("cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
        }
    }
}
