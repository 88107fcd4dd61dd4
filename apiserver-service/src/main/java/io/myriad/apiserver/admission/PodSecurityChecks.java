package io.myriad.apiserver.admission;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * The checks of the pod security standards, each of which says why a pod fails it. Pure; safe for any thread. See <a
 * href="https://kubernetes.io/docs/concepts/security/pod-security-standards/">the standards</a>, of which these are the
 * latest version.
 */
final class PodSecurityChecks {
    private static final Set<String> CAPABILITIES = Set.of("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID",
            "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT");
    private static final Set<String> SYSCTLS = Set.of("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range",
            "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
            "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem");
    private static final Set<String> SELINUX_TYPES = Set.of("", "container_t", "container_init_t", "container_kvm_t",
            "container_engine_t");
    private static final Set<String> VOLUMES = Set.of("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral",
            "image", "persistentVolumeClaim", "projected", "secret");
    private static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";

    private final JsonNode metadata;
    private final JsonNode spec;
    private final List<JsonNode> containers = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();

    private PodSecurityChecks(JsonNode metadata, JsonNode spec) {
        this.metadata = metadata;
        this.spec = spec;
        for (String list : new String[]{"initContainers", "containers", "ephemeralContainers"}) {
            spec.path(list).forEach(containers::add);
        }
    }

    /**
     * Why a pod, or what a template makes, is not allowed at a level.
     *
     * @return the failed checks, for people; empty when it is allowed
     */
    static List<String> violations(PodSecurityLevel level, JsonNode metadata, JsonNode spec) {
        PodSecurityChecks checks = new PodSecurityChecks(metadata, spec);
        switch (level) {
            case PRIVILEGED -> {}
            case BASELINE -> checks.baseline();
            case RESTRICTED -> {
                checks.baseline();
                checks.restricted();
            }
        }
        return List.copyOf(checks.violations);
    }

    private void baseline() {
        hostNamespaces();
        containers("privileged", context -> context.path("securityContext").path("privileged").booleanValue(false),
                "must not set securityContext.privileged=true");
        containers("non-default capabilities", container -> !allowed(container.path("securityContext")
                .path("capabilities").path("add"), CAPABILITIES),
                "must not include anything but the default capabilities in securityContext.capabilities.add");
        volumes("hostPath volumes", volume -> volume.hasNonNull("hostPath"));
        containers("hostPort", PodSecurityChecks::usesHostPort, "uses host ports");
        containers("probe or lifecycle host", PodSecurityChecks::namesHost,
                "must not set host in probes and lifecycle hooks");
        appArmor();
        both("seLinuxOptions", PodSecurityChecks::forbiddenLabels, "set forbidden securityContext.seLinuxOptions");
        containers("procMount", container -> !container.path("securityContext").path("procMount")
                .asString("Default").equals("Default"), "must not set securityContext.procMount");
        both("seccompProfile", context -> type(context, "seccompProfile").equals("Unconfined"),
                "must not set securityContext.seccompProfile.type to \"Unconfined\"");
        both("hostProcess", context -> context.path("windowsOptions").path("hostProcess").booleanValue(false),
                "must not set securityContext.windowsOptions.hostProcess=true");
        List<String> sysctls = new ArrayList<>();
        for (JsonNode sysctl : spec.path("securityContext").path("sysctls")) {
            if (!SYSCTLS.contains(sysctl.path("name").asString(""))) {
                sysctls.add(sysctl.path("name").asString(""));
            }
        }
        if (!sysctls.isEmpty()) {
            violations.add("forbidden sysctls (" + String.join(", ", sysctls) + ")");
        }
    }

    private void restricted() {
        volumes("restricted volume types", volume -> volume.propertyNames().stream()
                .anyMatch(field -> !field.equals("name") && volume.hasNonNull(field) && !VOLUMES.contains(field)));
        JsonNode ofPod = spec.path("securityContext");
        boolean windows = spec.path("os").path("name").asString("").equals("windows");
        if (!windows) {
            containers("allowPrivilegeEscalation != false",
                    container -> container.path("securityContext").path("allowPrivilegeEscalation").booleanValue(true),
                    "must set securityContext.allowPrivilegeEscalation=false");
            containers("unrestricted capabilities", PodSecurityChecks::keepsCapabilities,
                    "must set securityContext.capabilities.drop=[\"ALL\"] and add NET_BIND_SERVICE alone");
        }
        containers("runAsNonRoot != true", container -> !inherited(container, ofPod, "runAsNonRoot")
                .booleanValue(false), "must set securityContext.runAsNonRoot=true");
        both("runAsUser=0",
                context -> context.path("runAsUser").isNumber() && context.path("runAsUser").longValue() == 0,
                "must not set runAsUser=0");
        if (!windows) {
            containers("seccompProfile", container -> {
                String type = inherited(container, ofPod, "seccompProfile").path("type").asString("");
                return !type.equals("RuntimeDefault") && !type.equals("Localhost");
            }, "must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"");
        }
    }

    private void hostNamespaces() {
        List<String> used = new ArrayList<>();
        for (String field : new String[]{"hostNetwork", "hostPID", "hostIPC"}) {
            if (spec.path(field).booleanValue(false)) {
                used.add(field + "=true");
            }
        }
        if (!used.isEmpty()) {
            violations.add("host namespaces (" + String.join(", ", used) + ")");
        }
    }

    private static boolean usesHostPort(JsonNode container) {
        return container.path("ports").valueStream().anyMatch(port -> port.path("hostPort").intValue(0) != 0);
    }

    private static boolean namesHost(JsonNode container) {
        for (JsonNode handler : List.of(container.path("livenessProbe"), container.path("readinessProbe"),
                container.path("startupProbe"), container.path("lifecycle").path("postStart"),
                container.path("lifecycle").path("preStop"))) {
            if (!handler.path("httpGet").path("host").asString("").isEmpty()
                    || !handler.path("tcpSocket").path("host").asString("").isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static boolean forbiddenLabels(JsonNode context) {
        JsonNode options = context.path("seLinuxOptions");
        return !SELINUX_TYPES.contains(options.path("type").asString(""))
                || !options.path("user").asString("").isEmpty() || !options.path("role").asString("").isEmpty();
    }

    private void appArmor() {
        Set<String> annotations = new TreeSet<>();
        metadata.path("annotations").forEachEntry((key, value) -> {
            String profile = value.asString("");
            if (key.startsWith(APP_ARMOR) && !profile.isEmpty() && !profile.equals("runtime/default")
                    && !profile.startsWith("localhost/")) {
                annotations.add(key + "=\"" + profile + "\"");
            }
        });
        if (!annotations.isEmpty()) {
            violations.add("forbidden AppArmor profiles (" + String.join(", ", annotations) + ")");
        }
        both("forbidden AppArmor profile", context -> type(context, "appArmorProfile").equals("Unconfined"),
                "must not set securityContext.appArmorProfile.type to \"Unconfined\"");
    }

    private static boolean keepsCapabilities(JsonNode container) {
        JsonNode capabilities = container.path("securityContext").path("capabilities");
        boolean dropsAll = capabilities.path("drop").valueStream().anyMatch(one -> one.asString("").equals("ALL"));
        return !dropsAll || !allowed(capabilities.path("add"), Set.of("NET_BIND_SERVICE"));
    }

    private static boolean allowed(JsonNode list, Set<String> known) {
        return list.valueStream().allMatch(one -> known.contains(one.asString("")));
    }

    private static String type(JsonNode context, String profile) {
        return context.path(profile).path("type").asString("");
    }

    /** What counts for a container: its own setting, else the pod's. */
    private static JsonNode inherited(JsonNode container, JsonNode ofPod, String field) {
        JsonNode own = container.path("securityContext").path(field);
        return own.isMissingNode() || own.isNull() ? ofPod.path(field) : own;
    }

    private void containers(String what, Predicate<JsonNode> fails, String why) {
        report(what, false, fails, MissingNode.getInstance(), why);
    }

    /** A setting that pods and containers have. */
    private void both(String what, Predicate<JsonNode> fails, String why) {
        report(what, true, fails, spec.path("securityContext"), why);
    }

    private void report(String what, boolean ofContexts, Predicate<JsonNode> fails, JsonNode podContext, String why) {
        Set<String> guilty = new LinkedHashSet<>();
        for (JsonNode container : containers) {
            if (fails.test(ofContexts ? container.path("securityContext") : container)) {
                guilty.add("\"" + container.path("name").asString("") + "\"");
            }
        }
        boolean pod = ofContexts && podContext.isObject() && fails.test(podContext);
        if (guilty.isEmpty() && !pod) {
            return;
        }
        String who = guilty.isEmpty()
                ? ""
                : (guilty.size() == 1 ? "container " : "containers ") + String.join(", ", guilty);
        violations.add(what + " (" + (pod ? "pod" + (who.isEmpty() ? "" : " and ") : "") + who + " " + why + ")");
    }

    private void volumes(String what, Predicate<JsonNode> forbidden) {
        List<String> names = new ArrayList<>();
        for (JsonNode volume : spec.path("volumes")) {
            if (forbidden.test(volume)) {
                names.add("\"" + volume.path("name").asString("") + "\"");
            }
        }
        if (!names.isEmpty()) {
            violations.add(what + " (" + (names.size() == 1 ? "volume " : "volumes ") + String.join(", ", names) + ")");
        }
    }
}
