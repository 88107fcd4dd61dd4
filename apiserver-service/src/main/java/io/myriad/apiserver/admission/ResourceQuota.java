package io.myriad.apiserver.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.quota.ObjectUsage;
import io.myriad.api.quota.QuotaScopes;
import io.myriad.api.value.Quantity;

/**
 * Refuses what would exceed a quota of its namespace, and counts what it lets through in the quota's status. Objects that
 * go away, and writes that fail after this, are counted again by the controller; until then a quota may count too much,
 * never too little. Writes in one namespace with quotas take turns.
 */
final class ResourceQuota implements AdmissionPlugin {
    private static final int LOCKS = 64;
    /** How often the count is made again because others write the same quota. */
    private static final int MAX_ATTEMPTS = 16;
    /** Resources that every container must name once a quota limits them. */
    private static final Set<String> COMPUTE = Set.of("cpu", "memory", "requests.cpu", "requests.memory",
            "limits.cpu", "limits.memory");

    /** What no quota counts: what comes by itself, and what is not stored. */
    private static final Set<String> UNCOUNTED = Set.of("namespaces", "events", "events.events.k8s.io",
            "localsubjectaccessreviews.authorization.k8s.io");

    private final Followed<QuotaCounter.Counted> quotas;
    private final QuotaCounter counter;
    private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

    /**
     * @param quotas the quotas
     * @param counter writes down what is used
     */
    ResourceQuota(Followed<QuotaCounter.Counted> quotas, QuotaCounter counter) {
        this.quotas = quotas;
        this.counter = counter;
        for (int i = 0; i < LOCKS; i++) {
            locks[i] = new ReentrantLock();
        }
    }

    @Override
    public String name() {
        return "ResourceQuota";
    }

    @Override
    public void validate(Attributes attributes) {
        ObjectNode object = attributes.object();
        if (object == null || attributes.namespace().isEmpty() || !counts(attributes)) {
            return;
        }
        List<QuotaCounter.Counted> applying = quotas.in(attributes.namespace());
        if (applying.isEmpty()) {
            return;
        }
        ReentrantLock lock = locks[Math.floorMod(attributes.namespace().hashCode(), LOCKS)];
        lock.lock();
        try {
            charge(attributes, object, applying);
        } finally {
            lock.unlock();
        }
    }

    /** New objects count; of changed ones those whose size counts. */
    private static boolean counts(Attributes attributes) {
        String resource = attributes.resource().groupResource();
        return switch (attributes.operation()) {
            case CREATE -> attributes.subresource().isEmpty() && !UNCOUNTED.contains(resource);
            case UPDATE -> attributes.subresource().isEmpty() && ObjectUsage.isMeasured(resource)
                    || attributes.subresource().equals("resize");
            case DELETE, CONNECT -> false;
        };
    }

    private void charge(Attributes attributes, ObjectNode object, List<QuotaCounter.Counted> applying) {
        String resource = attributes.resource().groupResource();
        Map<String, Quantity> usage = ObjectUsage.of(resource, object);
        ObjectNode old = attributes.oldObject();
        if (old != null) {
            usage = difference(usage, ObjectUsage.of(resource, old));
        }
        List<QuotaCounter.Counted> fitting = new ArrayList<>();
        for (QuotaCounter.Counted quota : applying) {
            if (QuotaScopes.match(quota.object().path("spec"), resource, object)) {
                fitting.add(quota);
            }
        }
        // First all are asked, then all are charged, so that a refusal by one costs the others nothing.
        for (QuotaCounter.Counted quota : fitting) {
            check(attributes, object, counter.newest(quota), usage);
        }
        if (attributes.dryRun()) {
            return;
        }
        for (QuotaCounter.Counted quota : fitting) {
            write(attributes, object, counter.newest(quota), usage);
        }
    }

    private static Map<String, Quantity> difference(Map<String, Quantity> now, Map<String, Quantity> before) {
        Map<String, Quantity> result = new TreeMap<>(now);
        before.forEach((name, amount) -> result.merge(name, amount.negated(), Quantity::plus));
        return result;
    }

    private void write(Attributes attributes, ObjectNode object, QuotaCounter.Counted quota,
            Map<String, Quantity> usage) {
        QuotaCounter.Counted current = quota;
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Map<String, Quantity> added = check(attributes, object, current, usage);
            if (added.isEmpty() || counter.add(current, added)) {
                return;
            }
            QuotaCounter.Counted again = counter.reread(current);
            if (again == null) {
                return;
            }
            current = again;
        }
        throw new StatusException(Status.conflict("resourcequotas", quota.name(),
                "too many writers at once, try again"));
    }

    /** What the quota has to count, or a refusal. */
    private static Map<String, Quantity> check(Attributes attributes, ObjectNode object, QuotaCounter.Counted quota,
            Map<String, Quantity> usage) {
        JsonNode status = quota.object().path("status");
        Map<String, Quantity> added = new TreeMap<>();
        List<String> exceeded = new ArrayList<>();
        Set<String> unknown = new TreeSet<>();
        boolean pod = attributes.resource().groupResource().equals("pods");
        if (pod) {
            requireCompute(attributes, object, quota.name(), status.path("hard"));
        }
        status.path("hard").forEachEntry((name, hard) -> {
            Quantity wanted = usage.get(name);
            if (wanted == null || wanted.isZero()) {
                return;
            }
            if (!status.path("used").has(name)) {
                unknown.add(name);
                return;
            }
            added.put(name, wanted);
            Quantity used = Quantity.parse(status.path("used").path(name).asString());
            Quantity limit = Quantity.parse(hard.asString());
            if (wanted.signum() > 0 && used.plus(wanted).compareTo(limit) > 0) {
                exceeded.add(name);
            }
        });
        if (!unknown.isEmpty()) {
            throw refused(attributes, "status unknown for quota: " + quota.name() + ", resources: "
                    + String.join(",", unknown));
        }
        if (!exceeded.isEmpty()) {
            throw refused(attributes, "exceeded quota: " + quota.name() + ", requested: "
                    + shown(exceeded, name -> String.valueOf(usage.get(name))) + ", used: "
                    + shown(exceeded, name -> status.path("used").path(name).asString()) + ", limited: "
                    + shown(exceeded, name -> status.path("hard").path(name).asString()));
        }
        return added;
    }

    private static void requireCompute(Attributes attributes, ObjectNode pod, String quota, JsonNode hard) {
        List<String> missing = new ArrayList<>();
        for (String name : hard.propertyNames()) {
            if (COMPUTE.contains(name)) {
                List<String> containers = lacking(pod.path("spec"), name);
                if (!containers.isEmpty()) {
                    missing.add(name + " for: " + String.join(",", containers));
                }
            }
        }
        if (!missing.isEmpty()) {
            throw refused(attributes, "failed quota: " + quota + ": must specify " + String.join("; ", missing));
        }
    }

    private static List<String> lacking(JsonNode spec, String name) {
        String list = name.startsWith("limits.") ? "limits" : "requests";
        String resource = name.substring(name.indexOf('.') + 1);
        if (spec.path("resources").path(list).has(resource)) {
            return List.of();
        }
        Set<String> lacking = new TreeSet<>();
        for (String containers : new String[]{"containers", "initContainers"}) {
            for (JsonNode container : spec.path(containers)) {
                if (!container.path("resources").path(list).has(resource)) {
                    lacking.add(container.path("name").asString(""));
                }
            }
        }
        return List.copyOf(lacking);
    }

    private interface Text {
        String of(String name);
    }

    private static String shown(List<String> names, Text text) {
        return String.join(",", names.stream().map(name -> name + "=" + text.of(name)).toList());
    }

    private static StatusException refused(Attributes attributes, String why) {
        return new StatusException(
                Status.forbidden(attributes.resource().groupResource(), attributes.name(), why));
    }
}
