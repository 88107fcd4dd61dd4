package io.myriad.cli.cluster;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

import io.myriad.cli.UserError;
import io.myriad.cli.settings.ClusterSize;
import io.myriad.cli.settings.Setting;

/**
 * What is kept of a cluster on disk, in {@code cluster.yaml}.
 *
 * @param cluster
 *            the cluster
 * @param kubeconfig
 *            the file that its context was merged into
 * @param generation
 *            counts the changes of what runs; the all-in-one process reports the one it has come to
 * @param restarts
 *            by instance, the generation that asked for its last restart
 */
public record ClusterState(Cluster cluster, Path kubeconfig, int generation, Map<String, Integer> restarts) {
    private static final String FORMAT = "state.myriad.io/v1";

    /** The state of a cluster on disk. */
    public ClusterState {
        restarts = Map.copyOf(restarts);
    }

    /** The next generation, with another cluster. */
    public ClusterState with(Cluster changed) {
        return new ClusterState(changed, kubeconfig, generation + 1, restarts);
    }

    /** The next generation, which restarts an instance. */
    public ClusterState withRestart(Component component) {
        Map<String, Integer> changed = new TreeMap<>(restarts);
        changed.put(component.name(), generation + 1);
        return new ClusterState(cluster, kubeconfig, generation + 1, changed);
    }

    /** Writes it, all at once. */
    public void write() throws IOException {
        StringBuilder text = new StringBuilder(
                "# Kept by the myriad command.\nformat: " + FORMAT + "\nname: " + cluster.name() + "\n");
        cluster.size().values()
                .forEach((setting, value) -> text.append(setting.key()).append(": ").append(value).append('\n'));
        text.append("kubeconfig: '").append(kubeconfig.toString().replace("'", "''")).append("'\n");
        text.append("generation: ").append(generation).append('\n');
        append(text, "restarts", restarts);
        append(text, "ports", cluster.ports().numbers());
        Path file = cluster.directory().state();
        Path temporary = file.resolveSibling("cluster.yaml.new");
        Files.writeString(temporary, text);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void append(StringBuilder text, String key, Map<String, Integer> numbers) {
        text.append(key).append(":");
        if (numbers.isEmpty()) {
            text.append(" {}");
        }
        new TreeMap<>(numbers).forEach((name, number) -> text.append("\n  ").append(name).append(": ").append(number));
        text.append('\n');
    }

    /**
     * Reads it.
     *
     * @throws UserError
     *             if it was written by a newer version or is damaged
     */
    static ClusterState read(ClusterDirectory directory) throws IOException {
        Path file = directory.state();
        Map<String, String> values = new LinkedHashMap<>();
        Map<String, Integer> restarts = new TreeMap<>();
        Map<String, Integer> ports = new TreeMap<>();
        try (Reader reader = Files.newBufferedReader(file)) {
            if (!(new Yaml(new LoaderOptions()).compose(reader) instanceof MappingNode root)) {
                throw new UserError(file + " is damaged: not a mapping");
            }
            for (NodeTuple entry : root.getValue()) {
                switch (text(entry.getKeyNode())) {
                    case "restarts" -> readNumbers(entry.getValueNode(), restarts);
                    case "ports" -> readNumbers(entry.getValueNode(), ports);
                    default -> values.put(text(entry.getKeyNode()), text(entry.getValueNode()));
                }
            }
            if (!FORMAT.equals(values.get("format"))) {
                throw new UserError(file + " has the format '" + values.get("format")
                        + "'; this version of myriad reads '" + FORMAT + "'");
            }
            Map<Setting, String> settings = new EnumMap<>(Setting.class);
            for (Setting setting : Setting.values()) {
                String value = values.get(setting.key());
                if (value != null) {
                    settings.put(setting, setting.check(value, file + ": " + setting.key()));
                }
            }
            Cluster cluster = new Cluster(required(values, "name", file), ClusterSize.of(settings), new Ports(ports),
                    directory);
            return new ClusterState(cluster, Path.of(required(values, "kubeconfig", file)),
                    Integer.parseInt(required(values, "generation", file)), restarts);
        } catch (YAMLException | NumberFormatException e) {
            throw new UserError(file + " is damaged: " + e.getMessage(), e);
        }
    }

    private static String required(Map<String, String> values, String key, Path file) {
        String value = values.get(key);
        if (value == null) {
            throw new UserError(file + " is damaged: no " + key);
        }
        return value;
    }

    private static void readNumbers(Node node, Map<String, Integer> numbers) {
        if (node instanceof MappingNode mapping) {
            mapping.getValue().forEach(
                    entry -> numbers.put(text(entry.getKeyNode()), Integer.valueOf(text(entry.getValueNode()))));
        }
    }

    private static String text(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }
}
