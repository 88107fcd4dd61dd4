package io.myriad.cli.kubeconfig;

import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

import io.myriad.cli.UserError;

/**
 * A kubeconfig file that belongs to the user, with whatever else is in it.
 *
 * <p>
 * It is edited as a tree of YAML nodes, so that everything that is not ours comes out as it went in: keys that no version of kubectl knows, the way scalars are
 * written, comments. A change holds the lock that kubectl and kind use as well ({@code FILE.lock}), and replaces the file at once, with mode 600. A symbolic link
 * stays one.
 */
public final class KubeconfigFile {
    private static final List<String> LISTS = List.of("clusters", "contexts", "users");
    private static final String CURRENT_CONTEXT = "current-context";
    private static final Duration LOCK_LIMIT = Duration.ofSeconds(5);
    private static final Duration LOCK_POLL = Duration.ofMillis(50);
    private static final int SIZE_LIMIT_CODE_POINTS = 64 << 20;

    private final Path file;

    /** A file, which need not be there yet. */
    public KubeconfigFile(Path file) {
        this.file = file;
    }

    /**
     * The file to write to: the flag's, else the first that {@code KUBECONFIG} names, else {@code ~/.kube/config}.
     *
     * @param flag
     *            what {@code --kubeconfig} says
     * @param environment
     *            the environment's variables
     */
    public static Path choose(Optional<Path> flag, Map<String, String> environment) {
        Optional<Path> variable = Stream.of(environment.getOrDefault("KUBECONFIG", "").split(File.pathSeparator))
                .filter(name -> !name.isEmpty()).findFirst()
                .map(Path::of);
        return flag.or(() -> variable).orElseGet(() -> Path.of(System.getProperty("user.home"), ".kube", "config"))
                .toAbsolutePath();
    }

    /**
     * Brings in the entries of another kubeconfig, in place of those with the same names, and makes its current context the current one.
     *
     * @param text
     *            the other one
     */
    public void merge(String text) throws IOException {
        MappingNode source = parse(text, "the cluster's kubeconfig");
        change(target -> {
            for (String list : List.of("apiVersion", "kind")) {
                if (value(target, list) == null) {
                    set(target, list, required(source, list));
                }
            }
            for (String list : LISTS) {
                SequenceNode entries = list(target, list);
                for (Node entry : list(source, list).getValue()) {
                    int position = position(entries, nameOf(entry));
                    if (position < 0) {
                        entries.getValue().add(entry);
                    } else {
                        entries.getValue().set(position, entry);
                    }
                }
            }
            set(target, CURRENT_CONTEXT, required(source, CURRENT_CONTEXT));
        });
    }

    /** Takes out the cluster, the user and the context of this name; where it was the current context there is none afterwards. */
    public void remove(String name) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        change(target -> {
            for (String list : LISTS) {
                if (value(target, list) instanceof SequenceNode entries) {
                    entries.getValue().removeIf(entry -> nameOf(entry).equals(name));
                    if (entries.getValue().isEmpty()) {
                        set(target, list, emptyList());
                    }
                }
            }
            if (value(target, CURRENT_CONTEXT) instanceof ScalarNode current && current.getValue().equals(name)) {
                set(target, CURRENT_CONTEXT,
                        new ScalarNode(Tag.STR, "", null, null, DumperOptions.ScalarStyle.DOUBLE_QUOTED));
            }
        });
    }

    private interface Change {
        void apply(MappingNode root);
    }

    private void change(Change change) throws IOException {
        Path target = Files.exists(file) ? file.toRealPath() : file;
        Path directory = target.getParent();
        if (directory == null) {
            throw new UserError(file + " is not a file");
        }
        Files.createDirectories(directory);
        Path lock = target.resolveSibling(target.getFileName() + ".lock");
        acquire(lock);
        try {
            MappingNode root = parse(Files.exists(target) ? Files.readString(target) : "", target.toString());
            change.apply(root);
            replace(target, directory, render(root));
        } finally {
            Files.deleteIfExists(lock);
        }
    }

    private static void acquire(Path lock) throws IOException {
        long deadlineNanos = System.nanoTime() + LOCK_LIMIT.toNanos();
        while (true) {
            try {
                Files.createFile(lock);
                return;
            } catch (FileAlreadyExistsException e) {
                if (System.nanoTime() > deadlineNanos) {
                    throw new UserError(lock
                            + " is there: another program is changing the kubeconfig, or one ended in the middle of it and the file can be removed",
                            e);
                }
            }
            try {
                Thread.sleep(LOCK_POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for " + lock, e);
            }
        }
    }

    private static void replace(Path target, Path directory, String text) throws IOException {
        Path temporary = Files.createTempFile(directory, ".config", ".tmp",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(temporary, text);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static MappingNode parse(String text, String source) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(SIZE_LIMIT_CODE_POINTS);
        options.setProcessComments(true);
        try {
            Node root = new Yaml(options).compose(new StringReader(text));
            if (root instanceof MappingNode mapping) {
                return mapping;
            }
            if (root == null || root instanceof ScalarNode scalar && scalar.getValue().isEmpty()) {
                return new MappingNode(Tag.MAP, new ArrayList<>(), DumperOptions.FlowStyle.BLOCK);
            }
        } catch (YAMLException e) {
            // Falls through: the parser's message may quote the file's content, which holds secrets.
        }
        throw new UserError(source + " is not a kubeconfig file; it was not changed");
    }

    private static String render(MappingNode root) {
        DumperOptions options = new DumperOptions();
        options.setProcessComments(true);
        options.setSplitLines(false);
        Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()), new Representer(options), options);
        StringWriter text = new StringWriter();
        yaml.serialize(root, text);
        return text.toString();
    }

    private static @Nullable Node value(MappingNode mapping, String key) {
        for (NodeTuple entry : mapping.getValue()) {
            if (entry.getKeyNode() instanceof ScalarNode scalar && scalar.getValue().equals(key)) {
                return entry.getValueNode();
            }
        }
        return null;
    }

    private static Node required(MappingNode mapping, String key) {
        Node value = value(mapping, key);
        if (value == null) {
            throw new IllegalStateException("the cluster's kubeconfig has no " + key);
        }
        return value;
    }

    private static void set(MappingNode mapping, String key, Node value) {
        List<NodeTuple> entries = mapping.getValue();
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).getKeyNode() instanceof ScalarNode scalar && scalar.getValue().equals(key)) {
                entries.set(i, new NodeTuple(scalar, value));
                return;
            }
        }
        entries.add(new NodeTuple(new ScalarNode(Tag.STR, key, null, null, DumperOptions.ScalarStyle.PLAIN), value));
    }

    /** The list under a key; {@code null}, which kubectl writes for an empty one, becomes a list. */
    private static SequenceNode list(MappingNode mapping, String key) {
        if (value(mapping, key) instanceof SequenceNode sequence && !sequence.getValue().isEmpty()) {
            return sequence;
        }
        SequenceNode created = new SequenceNode(Tag.SEQ, new ArrayList<>(), DumperOptions.FlowStyle.BLOCK);
        set(mapping, key, created);
        return created;
    }

    private static SequenceNode emptyList() {
        return new SequenceNode(Tag.SEQ, new ArrayList<>(), DumperOptions.FlowStyle.FLOW);
    }

    private static String nameOf(Node entry) {
        return entry instanceof MappingNode mapping && value(mapping, "name") instanceof ScalarNode name
                ? name.getValue()
                : "";
    }

    private static int position(SequenceNode entries, String name) {
        for (int i = 0; i < entries.getValue().size(); i++) {
            if (nameOf(entries.getValue().get(i)).equals(name)) {
                return i;
            }
        }
        return -1;
    }
}
