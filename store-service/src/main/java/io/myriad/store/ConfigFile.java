package io.myriad.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

import io.myriad.store.StoreOptions.InvalidOptionException;

/**
 * etcd's {@code --config-file}: YAML with a key for each flag, except that the flags for TLS are in two sections. Where there is one, flags and variables do not count.
 */
final class ConfigFile {

    private static final int MAX_BYTES = 1 << 20;
    /** How the keys of a section are called as flags. */
    private static final Map<String, String> SECTIONS = Map.of("client-transport-security", "",
            "peer-transport-security",
            "peer-");

    private ConfigFile() {}

    /** The flags that say the same; throws with a message for the user if the file cannot be used. */
    static String[] flags(Path file) {
        Object content;
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new InvalidOptionException("--config-file: " + file + " has more than " + MAX_BYTES + " bytes");
            }
            content = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
        } catch (IOException e) {
            throw new InvalidOptionException("--config-file: " + file + " cannot be read: " + e.getMessage());
        } catch (YAMLException e) {
            throw new InvalidOptionException("--config-file: " + file + " is no YAML: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
        List<String> flags = new ArrayList<>();
        if (content != null) {
            section(file, content).forEach((key, value) -> {
                String prefix = SECTIONS.get(key);
                if (prefix == null) {
                    add(flags, String.valueOf(key), value);
                } else if (value != null) {
                    section(file, value).forEach((part, given) -> add(flags, prefix + part, given));
                }
            });
        }
        return flags.toArray(new String[0]);
    }

    private static Map<?, ?> section(Path file, Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new InvalidOptionException(
                "--config-file: " + file + ": keys with values are expected in place of " + value);
    }

    /** What is left empty is left to its default, as in etcd's sample file. */
    private static void add(List<String> flags, String flag, @Nullable Object value) {
        if (value instanceof List<?> several) {
            flags.add("--" + flag + "=" + String.join(",", several.stream().map(String::valueOf).toList()));
        } else if (value != null && !value.toString().isEmpty()) {
            flags.add("--" + flag + "=" + value);
        }
    }
}
