package io.myriad.apiserver.admission;

import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.apiserver.storage.ObjectLookup;

/**
 * Gives pods a service account and mounts its token: a projected volume with a token bound to the pod, the cluster's
 * certificate authority, and the namespace.
 */
final class ServiceAccountAdmission implements AdmissionPlugin {
    private static final GroupVersionResource ACCOUNTS = new GroupVersionResource("", "v1", "serviceaccounts");
    private static final String DEFAULT_ACCOUNT = "default";
    private static final String MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
    private static final String VOLUME_PREFIX = "kube-api-access-";
    /** An hour, and the seven seconds by which kubelets recognise the default. */
    private static final long TOKEN_SECONDS = 3607;
    private static final int SUFFIX_LENGTH = 5;
    private static final String SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
    private static final int MODE = 0644;

    private final ObjectLookup lookup;
    private final RandomGenerator random;

    ServiceAccountAdmission(ObjectLookup lookup, RandomGenerator random) {
        this.lookup = lookup;
        this.random = random;
    }

    @Override
    public String name() {
        return "ServiceAccount";
    }

    @Override
    public void admit(Attributes attributes) {
        ObjectNode pod = Pods.created(attributes);
        if (pod == null || Pods.isMirror(pod)) {
            return;
        }
        ObjectNode spec = pod.withObjectProperty("spec");
        if (spec.path("serviceAccountName").stringValue("").isEmpty()) {
            spec.put("serviceAccountName", DEFAULT_ACCOUNT);
        }
        String name = spec.path("serviceAccountName").stringValue("");
        // Both names are stored: the older one is how old clients know it.
        spec.put("serviceAccount", name);
        ObjectNode account = account(attributes.namespace(), name);
        if (account == null) {
            throw new StatusException(Status.forbidden("pods", attributes.name(), "error looking up service account "
                    + attributes.namespace() + "/" + name + ": serviceaccount \"" + name + "\" not found"));
        }
        if (mountsToken(account, spec)) {
            mountToken(spec);
        }
        if (spec.path("imagePullSecrets").isEmpty() && !account.path("imagePullSecrets").isEmpty()) {
            ArrayNode secrets = spec.putArray("imagePullSecrets");
            account.path("imagePullSecrets").forEach(secret -> secrets.add(secret.deepCopy()));
        }
    }

    private @Nullable ObjectNode account(String namespace, String name) {
        ObjectNode cached = lookup.cached(ACCOUNTS, namespace, name);
        return cached != null ? cached : lookup.current(ACCOUNTS, namespace, name);
    }

    private static boolean mountsToken(JsonNode account, JsonNode spec) {
        JsonNode ofPod = spec.path("automountServiceAccountToken");
        return ofPod.isBoolean()
                ? ofPod.booleanValue()
                : account.path("automountServiceAccountToken").booleanValue(true);
    }

    private void mountToken(ObjectNode spec) {
        String volume = existingVolume(spec);
        boolean needed = false;
        String name = volume == null ? VOLUME_PREFIX + suffix() : volume;
        for (String list : new String[]{"initContainers", "containers"}) {
            for (JsonNode container : spec.path(list)) {
                needed |= mount((ObjectNode) container, name);
            }
        }
        if (needed && volume == null) {
            ArrayNode volumes = spec.withArrayProperty("volumes");
            volumes.add(tokenVolume(volumes.objectNode(), name));
        }
    }

    private static @Nullable String existingVolume(JsonNode spec) {
        for (JsonNode volume : spec.path("volumes")) {
            String name = volume.path("name").stringValue("");
            if (name.startsWith(VOLUME_PREFIX)) {
                return name;
            }
        }
        return null;
    }

    private static boolean mount(ObjectNode container, String volume) {
        for (JsonNode mount : container.path("volumeMounts")) {
            if (mount.path("mountPath").stringValue("").equals(MOUNT_PATH)) {
                return false;
            }
        }
        ArrayNode mounts = container.withArrayProperty("volumeMounts");
        mounts.addObject().put("mountPath", MOUNT_PATH).put("name", volume).put("readOnly", true);
        return true;
    }

    private static ObjectNode tokenVolume(ObjectNode volume, String name) {
        volume.put("name", name);
        ObjectNode projected = volume.putObject("projected");
        projected.put("defaultMode", MODE);
        ArrayNode sources = projected.putArray("sources");
        sources.addObject().putObject("serviceAccountToken").put("expirationSeconds", TOKEN_SECONDS).put("path",
                "token");
        ObjectNode authority = sources.addObject().putObject("configMap");
        authority.putArray("items").addObject().put("key", "ca.crt").put("path", "ca.crt");
        authority.put("name", "kube-root-ca.crt");
        ObjectNode item = sources.addObject().putObject("downwardAPI").putArray("items").addObject();
        item.putObject("fieldRef").put("apiVersion", "v1").put("fieldPath", "metadata.namespace");
        item.put("path", "namespace");
        return volume;
    }

    private String suffix() {
        StringBuilder suffix = new StringBuilder(SUFFIX_LENGTH);
        for (int i = 0; i < SUFFIX_LENGTH; i++) {
            suffix.append(SUFFIX_ALPHABET.charAt(random.nextInt(SUFFIX_ALPHABET.length())));
        }
        return suffix.toString();
    }

    @Override
    public void validate(Attributes attributes) {
        if (!attributes.resource().equals(new GroupVersionResource("", "v1", "pods"))
                || attributes.operation() != Operation.CREATE || attributes.object() == null) {
            return;
        }
        ObjectNode pod = attributes.object();
        if (attributes.subresource().isEmpty() && Pods.isMirror(pod)
                && !pod.path("spec").path("serviceAccountName").stringValue("").isEmpty()) {
            throw new StatusException(Status.forbidden("pods", attributes.name(),
                    "a mirror pod may not reference service accounts"));
        }
    }
}
