package io.myriad.scheduler.model;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A pod's leave to run on nodes with certain taints.
 *
 * @param key the taint's key, or empty for any
 * @param operator how the values are compared
 * @param value compared with the taint's value
 * @param effect the taint's effect, or null for any
 */
public record Toleration(String key, Operator operator, String value, Taint.@Nullable Effect effect) {
    /** How a toleration's value is compared. */
    public enum Operator {
        EQUAL,
        EXISTS,
        /** An operator this scheduler does not know; it tolerates nothing. */
        UNKNOWN
    }

    public boolean tolerates(Taint taint) {
        if (effect != null && effect != taint.effect() || !key.isEmpty() && !key.equals(taint.key())) {
            return false;
        }
        return switch (operator) {
            case EQUAL -> value.equals(taint.value());
            case EXISTS -> true;
            case UNKNOWN -> false;
        };
    }

    /** Whether one of the tolerations tolerates the taint. */
    public static boolean tolerated(List<Toleration> tolerations, Taint taint) {
        for (int i = 0; i < tolerations.size(); i++) {
            if (tolerations.get(i).tolerates(taint)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the taints leave a pod with these tolerations onto the node. */
    public static boolean admitted(List<Toleration> tolerations, List<Taint> taints) {
        for (int i = 0; i < taints.size(); i++) {
            if (taints.get(i).forbids() && !tolerated(tolerations, taints.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** How many taints advise against the node: those that only prefer and are not tolerated. */
    public static int discouraged(List<Toleration> tolerations, List<Taint> taints) {
        int count = 0;
        for (int i = 0; i < taints.size(); i++) {
            if (!taints.get(i).forbids() && !tolerated(tolerations, taints.get(i))) {
                count++;
            }
        }
        return count;
    }
}
