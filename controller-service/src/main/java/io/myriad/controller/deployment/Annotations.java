package io.myriad.controller.deployment;

import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/** The annotations with which a Deployment marks its ReplicaSets; names and rules are upstream's, kubectl reads them. */
final class Annotations {
    static final String REVISION = "deployment.kubernetes.io/revision";
    static final String REVISION_HISTORY = "deployment.kubernetes.io/revision-history";
    static final String DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas";
    static final String MAX_REPLICAS = "deployment.kubernetes.io/max-replicas";
    /** Asks for a rollback to a revision, 0 for the one before; from the first versions of this API. */
    static final String ROLLBACK_TO = "deprecated.deployment.rollback.to";
    private static final int HISTORY_CHARS_MAX = 2000;

    /** A ReplicaSet has its own of these; all others are copied from the Deployment. */
    private static final Set<String> OWN = Set.of("kubectl.kubernetes.io/last-applied-configuration", REVISION,
            REVISION_HISTORY, DESIRED_REPLICAS, MAX_REPLICAS, ROLLBACK_TO);

    private Annotations() {}

    /** Copies the Deployment's annotations and makes the ReplicaSet the newest revision. */
    static void update(Map<String, String> replicaSet, Map<String, String> deployment, long newRevision) {
        deployment.forEach((key, value) -> {
            if (!OWN.contains(key)) {
                replicaSet.put(key, value);
            }
        });
        String old = replicaSet.get(REVISION);
        long oldRevision = number(old);
        if (old != null && !old.isEmpty() && oldRevision == 0 && !old.equals("0")) {
            return; // not ours to repair
        }
        if (oldRevision < newRevision) {
            replicaSet.put(REVISION, Long.toString(newRevision));
            if (old != null) {
                remember(replicaSet, old);
            }
        }
    }

    /** A revision that is rolled back to keeps its former numbers, the oldest dropped when there are too many. */
    private static void remember(Map<String, String> replicaSet, String old) {
        String history = replicaSet.getOrDefault(REVISION_HISTORY, "");
        String longer = history.isEmpty() ? old : history + "," + old;
        while (longer.length() > HISTORY_CHARS_MAX && longer.indexOf(',') >= 0) {
            longer = longer.substring(longer.indexOf(',') + 1);
        }
        replicaSet.put(REVISION_HISTORY, longer);
    }

    /** Whether a ReplicaSet has this annotation of its own rather than from its Deployment. */
    static boolean isOwn(String name) {
        return OWN.contains(name);
    }

    static void setReplicas(Map<String, String> replicaSet, int desired, int max) {
        replicaSet.put(DESIRED_REPLICAS, Integer.toString(desired));
        replicaSet.put(MAX_REPLICAS, Integer.toString(max));
    }

    /** A number that is not negative; 0 where there is none. */
    static long number(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return 0;
        }
        return Long.parseLong(text);
    }
}
