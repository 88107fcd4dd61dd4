package io.myriad.cli.settings;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

import io.myriad.cli.UserError;

/**
 * A cluster's settings as a YAML file:
 *
 * <pre>
 * apiVersion: config.myriad.io/v1alpha1
 * kind: Cluster
 * name: big
 * nodes: 1000
 * </pre>
 *
 * <p>
 * Strict: an unknown key, a key given twice or a value that is not valid is an error with file and line. A half-understood file would create another cluster than the
 * one its author meant.
 */
public final class ConfigFile {
    /** The version of this format. */
    static final String API_VERSION = "config.myriad.io/v1alpha1";
    /** The kind of object in it. */
    static final String KIND = "Cluster";
    private static final int SIZE_LIMIT_BYTES = 1 << 20;

    private ConfigFile() {}

    /**
     * The settings that the file gives.
     *
     * @throws UserError
     *             naming file, line and key if the file cannot be read, is not YAML or is not such a file
     */
    public static Map<Setting, String> read(Path file) {
        try {
            if (Files.size(file) > SIZE_LIMIT_BYTES) {
                throw new UserError(file + ": is larger than " + SIZE_LIMIT_BYTES + " bytes: not a configuration file");
            }
            try (Reader reader = Files.newBufferedReader(file)) {
                return settings(file, new Yaml(new LoaderOptions()).compose(reader));
            }
        } catch (NoSuchFileException e) {
            throw new UserError(file + ": no such file", e);
        } catch (IOException e) {
            throw new UserError(file + ": cannot be read: " + e.getMessage(), e);
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw new UserError(file + ":" + line + ": is not YAML: " + e.getProblem(), e);
        }
    }

    private static Map<Setting, String> settings(Path file, Node root) {
        if (!(root instanceof MappingNode mapping)) {
            throw new UserError(file + ": is empty or not a mapping; it begins with 'apiVersion: " + API_VERSION
                    + "' and 'kind: " + KIND + "'");
        }
        Map<Setting, String> settings = new EnumMap<>(Setting.class);
        Map<String, String> header = new HashMap<>();
        for (NodeTuple entry : mapping.getValue()) {
            String place = file + ":" + (entry.getKeyNode().getStartMark().getLine() + 1);
            String key = scalar(entry.getKeyNode(), place);
            String value = scalar(entry.getValueNode(), place + ": " + key);
            boolean again;
            if (key.equals("apiVersion") || key.equals("kind")) {
                again = header.put(key, value) != null;
            } else {
                Setting setting = Setting.of(key).orElseThrow(() -> new UserError(
                        place + ": unknown key '" + key + "'; known keys: apiVersion, kind, " + knownKeys()));
                again = settings.put(setting, setting.check(value, place + ": " + key)) != null;
            }
            if (again) {
                throw new UserError(place + ": key '" + key + "' is given twice");
            }
        }
        require(file, header, "apiVersion", API_VERSION);
        require(file, header, "kind", KIND);
        return settings;
    }

    private static void require(Path file, Map<String, String> header, String key, String expected) {
        String value = header.get(key);
        if (value == null) {
            throw new UserError(file + ": key '" + key + "' is missing: '" + key + ": " + expected + "'");
        }
        if (!value.equals(expected)) {
            throw new UserError(file + ": " + key + " '" + value + "' is not known: this version reads '" + key + ": "
                    + expected + "'");
        }
    }

    private static String scalar(Node node, String place) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw new UserError(place + ": must be a single value");
    }

    private static String knownKeys() {
        return Arrays.stream(Setting.values()).map(Setting::key).collect(Collectors.joining(", "));
    }
}
