package io.myriad.cli.cluster;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.myriad.cli.settings.ClusterSize;

/**
 * A cluster: everything that follows from its settings and its ports. A value; {@link ClusterState} is how it is kept on disk.
 *
 * @param name
 *            its name
 * @param size
 *            how many of what
 * @param ports
 *            what its services listen on
 * @param directory
 *            where it lives
 */
public record Cluster(String name, ClusterSize size, Ports ports, ClusterDirectory directory) {
    /** Everything listens on the loopback interface only. */
    public static final String ADDRESS = "127.0.0.1";
    /** Nodes are called {@code node-0}, {@code node-1}, ... */
    public static final String NODE_NAME_PREFIX = "node-";
    /** The one process of a cluster that has one of each. */
    public static final String ALL_IN_ONE = "all-in-one";
    private static final String ALL_IN_ONE_MAIN_CLASS = "io.myriad.allinone.AllInOneApplication";

    /** The context, cluster and user in kubeconfig files. */
    public String contextName() {
        return "myriad-" + name;
    }

    /** All instances of all services, those that others depend on first. */
    public Stream<Component> components() {
        return Stream.of(ServiceKind.values()).flatMap(this::components);
    }

    /** All instances of a service. */
    public Stream<Component> components(ServiceKind kind) {
        return components(size, kind);
    }

    private static Stream<Component> components(ClusterSize size, ServiceKind kind) {
        int count = kind.count(size);
        return IntStream.rangeClosed(1, count).mapToObj(number -> new Component(kind, number, count));
    }

    /** All instances that a cluster of a size has. */
    static Stream<Component> components(ClusterSize size) {
        return Stream.of(ServiceKind.values()).flatMap(kind -> components(size, kind));
    }

    /** The instance that a user calls by this name. */
    public Optional<Component> component(String componentName) {
        return components().filter(component -> component.name().equals(componentName)).findFirst();
    }

    /** The flags of an instance. */
    public List<String> flags(Component component) {
        return component.kind().flags(this, component);
    }

    /** A port. */
    public int port(Component component, Port port) {
        return ports.of(component, port);
    }

    /** The HTTPS URL of a port. */
    public String url(Component component, Port port) {
        return "https://" + ADDRESS + ":" + port(component, port);
    }

    /** The API servers. */
    public List<String> apiServerUrls() {
        return components(ServiceKind.APISERVER).map(server -> url(server, Port.SECURE)).toList();
    }

    /** Names and main classes of the processes, those that others depend on first. */
    public List<ProcessSpec> processes() {
        if (size.inOneProcess()) {
            return List.of(new ProcessSpec(ALL_IN_ONE, ALL_IN_ONE_MAIN_CLASS,
                    List.of("--arguments=" + directory.arguments()), components().toList()));
        }
        return components().map(component -> new ProcessSpec(component.name(), component.kind().mainClass(),
                flags(component), List.of(component))).toList();
    }

    /** The process that an instance runs in. */
    public ProcessSpec process(Component component) {
        return processes().stream().filter(process -> process.components().contains(component)).findFirst()
                .orElseThrow();
    }

    /** The names of the processes in the order in which they are stopped: groups that depend on the following ones, instances of a service together. */
    public List<List<String>> stopOrder() {
        if (size.inOneProcess()) {
            return List.of(List.of(ALL_IN_ONE));
        }
        List<List<String>> groups = new ArrayList<>();
        groups.add(components(ServiceKind.STORE).map(Component::name).toList());
        groups.add(components(ServiceKind.APISERVER).map(Component::name).toList());
        groups.add(Stream.of(ServiceKind.CONTROLLER, ServiceKind.SCHEDULER, ServiceKind.HOLLOW_NODES)
                .flatMap(this::components).map(Component::name).toList());
        Collections.reverse(groups);
        return groups;
    }

    /**
     * One operating system process of the cluster.
     *
     * @param name
     *            its name: the instance's, or {@link #ALL_IN_ONE}
     * @param mainClass
     *            the class that it runs
     * @param arguments
     *            its arguments
     * @param components
     *            what runs in it
     */
    public record ProcessSpec(String name, String mainClass, List<String> arguments, List<Component> components) {}
}
