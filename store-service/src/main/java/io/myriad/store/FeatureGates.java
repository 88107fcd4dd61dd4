package io.myriad.store;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.myriad.store.StoreOptions.InvalidOptionException;

/**
 * etcd's {@code --feature-gates}: {@code NAME=true,NAME=false}. A gate is accepted if what it says is so here; what this store does not do cannot be switched on, so that nobody relies on
 * it.
 *
 * @param on whether each gate is on
 */
record FeatureGates(Map<String, Boolean> on) {

    private enum Stage {
        ALPHA("AllAlpha"), BETA("AllBeta");

        private final String all;

        Stage(String all) {
            this.all = all;
        }
    }

    /**
     * A gate.
     *
     * @param otherwise whether it is on if nobody says so
     * @param missing what would have to be there for it to be switched on; null: nothing
     */
    private record Gate(Stage stage, boolean otherwise, @Nullable String missing) {}

    private static final Map<String, Gate> GATES = Map.of("CompactHashCheck", new Gate(Stage.ALPHA, false, null),
            "InitialCorruptCheck", new Gate(Stage.ALPHA, false, null), "StopGRPCServiceOnDefrag",
            new Gate(Stage.ALPHA, false, null), "FastLeaseKeepAlive", new Gate(Stage.BETA, true, null),
            "TxnModeWriteWithSharedBuffer", new Gate(Stage.BETA, true, null), "LeaseCheckpoint",
            new Gate(Stage.ALPHA, false, null), "LeaseCheckpointPersist", new Gate(Stage.ALPHA, false, null),
            "PriorityRequest",
            new Gate(Stage.ALPHA, false, "no request goes before another"), "SetMemberLocalAddr",
            new Gate(Stage.ALPHA, false, "members connect from any local address"));
    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

    /** Reads the flag's value, empty: all as by default. The texts are etcd's. */
    static FeatureGates of(String value) {
        Map<String, Boolean> given = new HashMap<>();
        for (String each : value.split(",")) {
            if (!each.isBlank()) {
                read(value, each.trim(), given);
            }
        }
        Map<String, Boolean> on = new HashMap<>();
        GATES.forEach((name, gate) -> {
            boolean isOn = given.getOrDefault(name, given.getOrDefault(gate.stage.all, gate.otherwise));
            if (isOn && gate.missing != null) {
                throw new InvalidOptionException(
                        "--feature-gates: " + name + " cannot be switched on: " + gate.missing);
            }
            on.put(name, isOn);
        });
        FeatureGates gates = new FeatureGates(Map.copyOf(on));
        if (gates.isOn("LeaseCheckpointPersist") && !gates.isOn("LeaseCheckpoint")) {
            throw new InvalidOptionException(
                    "enabling feature gate LeaseCheckpointPersist requires enabling feature gate LeaseCheckpoint");
        }
        return gates;
    }

    private static void read(String value, String gate, Map<String, Boolean> given) {
        String wrong = "invalid value \"" + value + "\" for --feature-gates: ";
        int separator = gate.indexOf('=');
        if (separator < 0) {
            throw new InvalidOptionException(wrong + "missing bool value for " + gate);
        }
        String name = gate.substring(0, separator).trim();
        String text = gate.substring(separator + 1).trim();
        Boolean isOn = parseBoolean(text);
        if (isOn == null) {
            throw new InvalidOptionException(wrong + "invalid value of " + name + "=" + text
                    + ", err: strconv.ParseBool: parsing \"" + text + "\": invalid syntax");
        }
        if (!GATES.containsKey(name) && !name.equals(Stage.ALPHA.all) && !name.equals(Stage.BETA.all)) {
            throw new InvalidOptionException(wrong + "unrecognized feature gate: " + name);
        }
        given.put(name, isOn);
    }

    boolean isOn(String name) {
        return on.getOrDefault(name, false);
    }

    /** What Go takes for true and false; null: neither. */
    static @Nullable Boolean parseBoolean(String text) {
        return TRUE.contains(text) ? Boolean.TRUE : FALSE.contains(text) ? Boolean.FALSE : null;
    }
}
