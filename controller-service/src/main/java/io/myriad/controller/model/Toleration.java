package io.myriad.controller.model;

/**
 * A pod's toleration.
 *
 * @param key the taint's key, or empty for all
 * @param exists whether any value will do (operator Exists)
 * @param value the value wanted with operator Equal
 * @param effect the effect tolerated, or empty for all
 * @param seconds for how long NoExecute is tolerated, -1 for ever
 */
public record Toleration(String key, boolean exists, String value, String effect, long seconds) {
    /** Whether it tolerates the taint, as upstream's ToleratesTaint. */
    public boolean tolerates(Taint taint) {
        if (!effect.isEmpty() && !effect.equals(taint.effect())) {
            return false;
        }
        if (!key.isEmpty() && !key.equals(taint.key())) {
            return false;
        }
        return exists || value.equals(taint.value());
    }
}
