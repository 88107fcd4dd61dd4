package io.myriad.apiserver.kind;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import tools.jackson.databind.JsonNode;

import io.myriad.api.value.Names;

/** What creators of pods and of templates are told about specs that are accepted all the same. */
final class PodWarnings {
    static final String APP_ARMOR_PREFIX = "container.apparmor.security.beta.kubernetes.io/";

    private static final Map<String, String> NODE_LABELS = Map.of("beta.kubernetes.io/arch",
            "deprecated since v1.14; use \"kubernetes.io/arch\" instead", "beta.kubernetes.io/os",
            "deprecated since v1.14; use \"kubernetes.io/os\" instead", "failure-domain.beta.kubernetes.io/region",
            "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead",
            "failure-domain.beta.kubernetes.io/zone",
            "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead", "beta.kubernetes.io/instance-type",
            "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead");
    private static final Map<String, String> VOLUMES = Map.ofEntries(
            Map.entry("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
            Map.entry("gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"),
            Map.entry("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
            Map.entry("flocker", "deprecated in v1.22, non-functional in v1.25+"),
            Map.entry("storageos", "deprecated in v1.22, non-functional in v1.25+"),
            Map.entry("quobyte", "deprecated in v1.22, non-functional in v1.25+"),
            Map.entry("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
            Map.entry("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
            Map.entry("rbd", "deprecated in v1.28, non-functional in v1.31+"));
    private static final Map<String, String> ANNOTATIONS = Map.of("scheduler.alpha.kubernetes.io/critical-pod",
            "non-functional in v1.16+; use the \"priorityClassName\" field instead",
            "seccomp.security.alpha.kubernetes.io/pod",
            "non-functional in v1.27+; use the \"seccompProfile\" field instead",
            "security.alpha.kubernetes.io/sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead",
            "security.alpha.kubernetes.io/unsafe-sysctls",
            "non-functional in v1.11+; use the \"sysctls\" field instead");

    private final List<String> texts = new ArrayList<>();

    private PodWarnings() {}

    static List<String> ofPod(JsonNode pod) {
        PodWarnings warnings = new PodWarnings();
        String name = pod.path("metadata").path("name").stringValue("");
        List<String> problems = name.indexOf('.') >= 0
                ? List.of("must not contain dots")
                : name.isEmpty() ? List.of() : Names.dns1123Label(name);
        if (!problems.isEmpty()) {
            warnings.add("metadata.name", "this is used in the Pod's hostname, which can result in surprising behavior;"
                    + " a DNS label is recommended: " + problems);
        }
        warnings.look("", pod);
        return warnings.texts;
    }

    /** @param at the template's path, such as {@code spec.template} */
    static List<String> ofTemplate(String at, JsonNode template) {
        PodWarnings warnings = new PodWarnings();
        warnings.look(at + ".", template);
        return warnings.texts;
    }

    private void add(String at, String text) {
        texts.add(at + ": " + text);
    }

    private void look(String prefix, JsonNode pod) {
        JsonNode spec = pod.path("spec");
        String at = prefix + "spec";
        annotations(prefix + "metadata.annotations", pod.path("metadata").path("annotations"));
        spec.path("nodeSelector").forEachEntry((key, value) -> nodeLabel(at + ".nodeSelector[" + key + "]", key));
        nodeAffinity(at + ".affinity.nodeAffinity", spec.path("affinity").path("nodeAffinity"));
        each(at + ".topologySpreadConstraints", spec.path("topologySpreadConstraints"), (path, constraint) -> {
            nodeLabel(path + ".topologyKey", constraint.path("topologyKey").stringValue(""));
            if (!constraint.hasNonNull("labelSelector")) {
                add(path + ".labelSelector", "a null labelSelector results in matching no pod");
            }
        });
        each(at + ".volumes", spec.path("volumes"), (path, volume) -> VOLUMES.forEach((source, text) -> {
            if (volume.hasNonNull(source)) {
                add(path + "." + source, text);
            }
        }));
        Set<String> secrets = new HashSet<>();
        each(at + ".imagePullSecrets", spec.path("imagePullSecrets"), (path, secret) -> {
            String name = secret.path("name").stringValue("");
            if (name.isEmpty()) {
                add(path + ".name", "invalid empty name \"\"");
            } else if (!secrets.add(name)) {
                add(path + ".name", "duplicate name \"" + name + "\"");
            }
        });
        Set<String> addresses = new HashSet<>();
        each(at + ".hostAliases", spec.path("hostAliases"), (path, alias) -> {
            String address = alias.path("ip").stringValue("");
            if (!addresses.add(address)) {
                add(path + ".ip", "duplicate ip \"" + address + "\"");
            }
        });
        for (String list : new String[]{"initContainers", "containers"}) {
            each(at + "." + list, spec.path(list), this::container);
        }
    }

    private void annotations(String at, JsonNode annotations) {
        annotations.forEachEntry((key, value) -> {
            String text = ANNOTATIONS.get(key);
            if (text != null) {
                add(at + "[" + key + "]", text);
            } else if (key.startsWith("container.seccomp.security.alpha.kubernetes.io/")) {
                add(at + "[" + key + "]", "non-functional in v1.27+; use the \"seccompProfile\" field instead");
            } else if (key.startsWith(APP_ARMOR_PREFIX)) {
                add(at + "[" + key + "]", "deprecated since v1.30; use the \"appArmorProfile\" field instead");
            }
        });
    }

    private void nodeLabel(String at, String label) {
        String text = NODE_LABELS.get(label);
        if (text != null) {
            add(at, text);
        }
    }

    private void nodeAffinity(String at, JsonNode affinity) {
        String required = at + ".requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
        each(required, affinity.path("requiredDuringSchedulingIgnoredDuringExecution").path("nodeSelectorTerms"),
                this::term);
        each(at + ".preferredDuringSchedulingIgnoredDuringExecution",
                affinity.path("preferredDuringSchedulingIgnoredDuringExecution"),
                (path, preferred) -> term(path + ".preference", preferred.path("preference")));
    }

    private void term(String at, JsonNode term) {
        each(at + ".matchExpressions", term.path("matchExpressions"),
                (path, expression) -> nodeLabel(path + ".key", expression.path("key").stringValue("")));
    }

    private void container(String at, JsonNode container) {
        Set<String> names = new HashSet<>();
        each(at + ".env", container.path("env"), (path, variable) -> {
            String name = variable.path("name").stringValue("");
            if (!names.add(name)) {
                add(path, "hides previous definition of \"" + name + "\", which may be dropped when using apply");
            }
        });
        Map<String, String> ports = new HashMap<>();
        each(at + ".ports", container.path("ports"), (path, port) -> {
            String key = port.path("containerPort").asString("") + "/" + port.path("protocol").stringValue("TCP") + "/"
                    + port.path("hostIP").stringValue("") + "/" + port.path("hostPort").asString("");
            String first = ports.putIfAbsent(key, path);
            if (first != null) {
                add(path, "duplicate port definition with " + first);
            }
        });
    }

    private interface Item {
        void look(String at, JsonNode item);
    }

    private static void each(String at, JsonNode list, Item look) {
        for (int i = 0; i < list.size(); i++) {
            look.look(at + "[" + i + "]", list.path(i));
        }
    }
}
