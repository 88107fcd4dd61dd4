package io.myriad.cli.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import io.myriad.cli.UserError;

/**
 * The ports of a cluster. They are chosen once, when it is created, so that its addresses stay the same over restarts.
 *
 * <p>
 * They are taken from below the range in which operating systems choose ports for outgoing connections (32768 and up on Linux, 49152 and up elsewhere): one of those
 * could occupy the port of a stopped cluster at any time.
 *
 * @param numbers
 *            port numbers by {@code component/port}
 */
public record Ports(Map<String, Integer> numbers) {
    private static final int FIRST = 20_000;
    private static final int LAST = 32_767;
    private static final int ATTEMPTS = 10_000;

    /** Ports by {@code component/port}. */
    public Ports {
        numbers = Map.copyOf(numbers);
    }

    /** No ports. */
    public static Ports none() {
        return new Ports(Map.of());
    }

    /**
     * Adds ports for the instances that have none.
     *
     * @param components
     *            instances, with or without ports
     * @param taken
     *            ports of other clusters, running or not
     * @param random
     *            where the choice comes from
     */
    Ports withPortsFor(Stream<Component> components, Set<Integer> taken, RandomGenerator random) {
        Map<String, Integer> all = new TreeMap<>(numbers);
        Set<Integer> occupied = new TreeSet<>(taken);
        occupied.addAll(numbers.values());
        components.forEach(component -> {
            for (Port port : component.kind().ports()) {
                all.computeIfAbsent(key(component, port), absent -> choose(occupied, random));
            }
        });
        return new Ports(all);
    }

    private static int choose(Set<Integer> occupied, RandomGenerator random) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = random.nextInt(FIRST, LAST + 1);
            if (!occupied.contains(port) && isFree(port)) {
                occupied.add(port);
                return port;
            }
        }
        throw new UserError("no free port found between " + FIRST + " and " + LAST);
    }

    /** Whether nobody listens on a port of the loopback interface. */
    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // Connections of an earlier listener that are still closing do not occupy the port for a new one.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException occupied) {
            return false;
        }
    }

    /** One port of the cluster that somebody else occupies, as {@code component/port number}. */
    public Optional<String> firstOccupied() {
        return new TreeMap<>(numbers).entrySet().stream().filter(entry -> !isFree(entry.getValue()))
                .map(entry -> entry.getKey() + " " + entry.getValue()).findFirst();
    }

    int of(Component component, Port port) {
        Integer number = numbers.get(key(component, port));
        if (number == null) {
            throw new IllegalStateException("no port " + key(component, port));
        }
        return number;
    }

    private static String key(Component component, Port port) {
        return component.name() + "/" + port.key();
    }
}
