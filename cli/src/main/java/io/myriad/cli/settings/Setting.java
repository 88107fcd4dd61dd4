package io.myriad.cli.settings;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

import io.myriad.cli.UserError;

/**
 * One thing that a user can set when a cluster is created. The table is the only place that knows the keys: the flag {@code --key}, the variable {@code MYRIAD_KEY}
 * and the key in the file are all made from it, and so are the help texts.
 */
public enum Setting {
    /** The cluster's name, part of its directory and of its kubeconfig context. */
    NAME("name", "NAME", "myriad", "name of the cluster; its kubeconfig context is myriad-NAME") {
        @Override
        String complaint(String value) {
            return NAME_PATTERN.matcher(value).matches()
                    ? ""
                    : "must be at most 50 lower-case letters, digits and '-', starting and ending with a letter or digit";
        }
    },
    /** Number of hollow nodes. */
    NODES("nodes", "N", "10", "number of simulated nodes") {
        @Override
        String complaint(String value) {
            return numberComplaint(value, 0, Limits.NODES);
        }
    },
    /** Number of store members. */
    STORES("stores", "1|3", "1", "number of store members, 1 or 3") {
        @Override
        String complaint(String value) {
            return value.equals("1") || value.equals("3") ? "" : "must be 1 or 3";
        }
    },
    /** Number of API servers. */
    APISERVERS("apiservers", "N", "1", "number of API servers") {
        @Override
        String complaint(String value) {
            return numberComplaint(value, 1, Limits.REPLICAS);
        }
    },
    /** Number of controller replicas. */
    CONTROLLERS("controllers", "N", "1", "number of controller replicas, of which one leads; 0: none") {
        @Override
        String complaint(String value) {
            return numberComplaint(value, 0, Limits.REPLICAS);
        }
    },
    /** Number of scheduler replicas. */
    SCHEDULERS("schedulers", "N", "1", "number of scheduler replicas, of which one leads; 0: none") {
        @Override
        String complaint(String value) {
            return numberComplaint(value, 0, Limits.REPLICAS);
        }
    },
    /** Whether every service gets a process of its own even where there is one of each. */
    SEPARATE("separate", "true|false", "false",
            "start a process per service; by itself so when a number above is greater than 1") {
        @Override
        String complaint(String value) {
            return value.equals("true") || value.equals("false") ? "" : "must be true or false";
        }
    },
    /** How long to wait for the nodes of a cluster to be ready. */
    WAIT("wait", "DURATION", "2m",
            "how long to wait for all nodes to be ready, such as 90s or 2m; 0s: return as soon as the API server is ready") {
        @Override
        String complaint(String value) {
            return Durations.parse(value).isPresent() ? "" : "must be a duration such as 90s, 2m or 1h30m";
        }
    };

    private static final Pattern NAME_PATTERN = Pattern.compile("[a-z0-9]([-a-z0-9]{0,48}[a-z0-9])?");

    /** Bounds that keep a typing error from starting a thousand processes. */
    static final class Limits {
        static final int NODES = 100_000;
        static final int REPLICAS = 9;

        private Limits() {}
    }

    private final String key;
    private final String placeholder;
    private final String defaultValue;
    private final String description;

    Setting(String key, String placeholder, String defaultValue, String description) {
        this.key = key;
        this.placeholder = placeholder;
        this.defaultValue = defaultValue;
        this.description = description;
    }

    /** What is wrong with a value, empty if nothing is. */
    abstract String complaint(String value);

    /** The key in a file. */
    public String key() {
        return key;
    }

    /** The flag, with its dashes. */
    public String flag() {
        return "--" + key;
    }

    /** The environment variable. */
    public String variable() {
        return "MYRIAD_" + key.toUpperCase(Locale.ROOT);
    }

    /** What stands for the value in help texts. */
    public String placeholder() {
        return placeholder;
    }

    /** The value when nobody sets one. */
    public String defaultValue() {
        return defaultValue;
    }

    /** One line for help texts. */
    public String description() {
        return description;
    }

    /**
     * Returns the value if it is valid.
     *
     * @param source
     *            where the value was given, such as {@code --nodes} or {@code MYRIAD_NODES}
     * @throws UserError
     *             naming source and value otherwise
     */
    public String check(String value, String source) {
        String complaint = complaint(value);
        if (!complaint.isEmpty()) {
            throw new UserError(source + ": '" + value + "' is not valid: " + complaint);
        }
        return value;
    }

    private static String numberComplaint(String value, int minimum, int maximum) {
        try {
            int number = Integer.parseInt(value);
            if (number >= minimum && number <= maximum) {
                return "";
            }
        } catch (NumberFormatException e) {
            // Falls through to the same complaint as a number out of bounds.
        }
        return "must be a number from " + minimum + " to " + maximum;
    }

    /** The setting with this key. */
    static Optional<Setting> of(String key) {
        for (Setting setting : values()) {
            if (setting.key.equals(key)) {
                return Optional.of(setting);
            }
        }
        return Optional.empty();
    }

    /** A valid duration's value. */
    static Duration duration(String value) {
        return Durations.parse(value).orElseThrow();
    }
}
