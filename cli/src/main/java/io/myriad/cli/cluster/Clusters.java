package io.myriad.cli.cluster;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import io.myriad.cli.UserError;
import io.myriad.cli.settings.ClusterSettings;
import io.myriad.cli.settings.ClusterSize;

/**
 * The clusters on this machine: the directories under {@code ~/.myriad/clusters}, or {@code $MYRIAD_HOME/clusters}.
 */
public final class Clusters {
    private final Path directory;

    private Clusters(Path directory) {
        this.directory = directory;
    }

    /** The clusters of a user. */
    public static Clusters of(Map<String, String> environment) {
        String home = environment.get("MYRIAD_HOME");
        Path root = home == null || home.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".myriad")
                : Path.of(home).toAbsolutePath();
        return new Clusters(root.resolve("clusters"));
    }

    /** The names of all clusters, sorted. */
    public List<String> names() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> Files.exists(new ClusterDirectory(entry).state()))
                    .map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    /** The key of the user in all their clusters. */
    public UserKey userKey() {
        return new UserKey(directory.resolveSibling("user.key"));
    }

    /** Whether there is a cluster of this name. */
    public boolean exists(String name) {
        return Files.exists(directory(name).root());
    }

    /** The directory of a cluster, which need not be there. */
    public ClusterDirectory directory(String name) {
        return new ClusterDirectory(directory.resolve(name));
    }

    /**
     * Reads a cluster.
     *
     * @throws UserError
     *             if there is none of this name
     */
    public ClusterState load(String name) throws IOException {
        if (!Files.exists(directory(name).state())) {
            List<String> names = names();
            throw new UserError("there is no cluster '" + name + "'"
                    + (names.isEmpty() ? "" : "; there are: " + String.join(", ", names)));
        }
        return ClusterState.read(directory(name));
    }

    /**
     * Makes the directory of a new cluster and writes its state.
     *
     * @param kubeconfig
     *            the file that its context will be merged into
     * @param random
     *            where the choice of ports comes from
     * @throws UserError
     *             if the name is taken; nothing has been changed then
     */
    public ClusterState create(ClusterSettings settings, Path kubeconfig, RandomGenerator random) throws IOException {
        ClusterDirectory cluster = directory(settings.name());
        // Two clusters that are created at the same moment must not choose the same ports.
        try (Lock allPorts = lock("")) {
            cluster.create();
            Ports ports = Ports.none().withPortsFor(Cluster.components(settings.size()), takenPorts(), random);
            ClusterState state = new ClusterState(new Cluster(settings.name(), settings.size(), ports, cluster),
                    kubeconfig, 1, Map.of());
            state.write();
            return state;
        } catch (FileAlreadyExistsException e) {
            throw new UserError("cluster '" + settings.name()
                    + "' exists already; nothing was changed. Another name: --name NAME; away with it: myriad delete cluster --name "
                    + settings.name(), e);
        }
    }

    /** The same cluster with another number of nodes, and with ports for what it did not have before. */
    public Cluster resized(Cluster cluster, ClusterSize size, RandomGenerator random) throws IOException {
        try (Lock allPorts = lock("")) {
            Ports ports = cluster.ports().withPortsFor(Cluster.components(size), takenPorts(), random);
            return new Cluster(cluster.name(), size, ports, cluster.directory());
        }
    }

    /** Removes a cluster's directory; its processes have been stopped before. */
    public void delete(String name) throws IOException {
        directory(name).delete();
    }

    private Set<Integer> takenPorts() throws IOException {
        Set<Integer> taken = new TreeSet<>();
        for (String name : names()) {
            taken.addAll(ClusterState.read(directory(name)).cluster().ports().numbers().values());
        }
        return taken;
    }

    /**
     * Takes the lock under which a cluster is changed.
     *
     * @param name
     *            the cluster; empty: the lock over all of them
     * @throws UserError
     *             if another process has it
     */
    public Lock lock(String name) throws IOException {
        Path locks = Files.createDirectories(directory.resolveSibling("locks"));
        FileChannel channel = FileChannel.open(locks.resolve((name.isEmpty() ? "ports" : "cluster-" + name) + ".lock"),
                StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = name.isEmpty() ? channel.lock() : channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new UserError("another myriad command is changing cluster '" + name + "' right now");
        }
        return new Lock(channel);
    }

    /** A lock that is held until it is closed, or until the process ends. */
    public static final class Lock implements AutoCloseable {
        private final FileChannel channel;

        private Lock(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
