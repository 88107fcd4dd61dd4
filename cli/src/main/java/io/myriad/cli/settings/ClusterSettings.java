package io.myriad.cli.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What was asked for: a setting's value is the flag's, else the variable's, else the file's, else the default.
 *
 * @param name
 *            the cluster's name
 * @param size
 *            how many of what
 * @param waitLimit
 *            how long to wait for the nodes to be ready; zero: not at all
 */
public record ClusterSettings(String name, ClusterSize size, Duration waitLimit) {

    /** The variable that names a file when the flag {@code --config} does not. */
    public static final String CONFIG_VARIABLE = "MYRIAD_CONFIG";

    /**
     * Brings the sources together.
     *
     * @param flags
     *            the values of the flags that were given
     * @param environment
     *            the environment's variables
     * @param configFile
     *            the file that {@code --config} names
     * @throws io.myriad.cli.UserError
     *             naming the source and the value if a value is not valid, also when another source overrides it
     */
    public static ClusterSettings resolve(Map<Setting, String> flags, Map<String, String> environment,
            Optional<Path> configFile) {
        Map<Setting, String> values = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            values.put(setting, setting.defaultValue());
        }
        configFile
                .or(() -> Optional.ofNullable(environment.get(CONFIG_VARIABLE)).filter(file -> !file.isEmpty())
                        .map(Path::of))
                .ifPresent(file -> values.putAll(ConfigFile.read(file)));
        for (Setting setting : Setting.values()) {
            String value = environment.get(setting.variable());
            if (value != null && !value.isEmpty()) {
                values.put(setting, setting.check(value, setting.variable()));
            }
        }
        flags.forEach((setting, value) -> values.put(setting, setting.check(value, setting.flag())));
        return of(values);
    }

    private static ClusterSettings of(Map<Setting, String> values) {
        return new ClusterSettings(text(values, Setting.NAME), ClusterSize.of(values),
                Setting.duration(text(values, Setting.WAIT)));
    }

    static String text(Map<Setting, String> values, Setting setting) {
        String value = values.get(setting);
        return value == null ? setting.defaultValue() : value;
    }
}
