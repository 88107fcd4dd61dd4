package io.myriad.controller;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

import io.myriad.api.value.GoDuration;
import io.myriad.control.serving.Serving;

/**
 * What the controllers are told by their flags; names, meaning and, but for concurrency, defaults are those of
 * kube-controller-manager. Its flags that would do nothing here are not accepted.
 *
 * @param kubeconfig how to reach the API; null: as a pod is told
 * @param servers API servers to use instead of the kubeconfig's
 * @param election whether replicas elect a leader, and by which lease
 * @param controllers which controllers run, as {@code *}, {@code name} and {@code -name}
 * @param serviceAccountKey the private key that signs tokens in Secrets; null: none are made
 * @param rootAuthority the file with the authorities that pods are given to trust the API; null: none is published
 * @param concurrency how many objects of a kind are worked on at a time, by flag
 * @param nodes when nodes count as lost and how fast they are emptied
 * @param terminatedPodsMax ended pods that are kept; 0 for all
 * @param serving where health and metrics are served over TLS; its port is 0 for not at all
 * @param managementPort the port of health and metrics without TLS on the loopback; 0 for none
 */
public record ControllerOptions(@Nullable Path kubeconfig, List<URI> servers, Election election,
        List<String> controllers, @Nullable Path serviceAccountKey, @Nullable Path rootAuthority,
        Map<String, Integer> concurrency, Nodes nodes, int terminatedPodsMax, Serving serving, int managementPort) {

    /** Leader election. */
    public record Election(boolean enabled, long leaseDurationMillis, long renewDeadlineMillis, long retryPeriodMillis,
            String namespace, String name) {}

    /** Node lifecycle. */
    public record Nodes(long monitorPeriodMillis, long monitorGracePeriodMillis, double evictionRate,
            double secondaryEvictionRate, double unhealthyZoneThreshold, int largeClusterNodes) {}

    /** A flag or value that cannot be used; its message names it and fits one line. */
    public static final class InvalidOptionException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InvalidOptionException(String message) {
            super(message, null, false, false);
        }
    }

    /** Flags that say how many objects are worked on at a time. Reconciling waits for the API nearly all the time. */
    private static final Map<String, Integer> CONCURRENCY = concurrencyDefaults();

    private static Map<String, Integer> concurrencyDefaults() {
        Map<String, Integer> defaults = new LinkedHashMap<>();
        defaults.put("--concurrent-deployment-syncs", 32);
        defaults.put("--concurrent-replicaset-syncs", 32);
        defaults.put("--concurrent-rc-syncs", 8);
        defaults.put("--concurrent-service-endpoint-syncs", 16);
        defaults.put("--concurrent-endpoint-syncs", 16);
        defaults.put("--concurrent-namespace-syncs", 10);
        defaults.put("--concurrent-gc-syncs", 32);
        defaults.put("--concurrent-serviceaccount-token-syncs", 5);
        return defaults;
    }

    private static CommandSpec specification() {
        CommandSpec spec = CommandSpec.create().name("controller-service");
        text(spec, "--kubeconfig", "");
        text(spec, "--servers", "");
        flag(spec, "--leader-elect", true);
        text(spec, "--leader-elect-lease-duration", "15s");
        text(spec, "--leader-elect-renew-deadline", "10s");
        text(spec, "--leader-elect-retry-period", "2s");
        text(spec, "--leader-elect-resource-namespace", "kube-system");
        text(spec, "--leader-elect-resource-name", "kube-controller-manager");
        text(spec, "--controllers", "*");
        text(spec, "--service-account-private-key-file", "");
        text(spec, "--root-ca-file", "");
        CONCURRENCY.forEach((name, value) -> text(spec, name, value.toString()));
        text(spec, "--node-monitor-period", "5s");
        text(spec, "--node-monitor-grace-period", "50s");
        text(spec, "--node-eviction-rate", "0.1");
        text(spec, "--secondary-node-eviction-rate", "0.01");
        text(spec, "--unhealthy-zone-threshold", "0.55");
        text(spec, "--large-cluster-size-threshold", "50");
        text(spec, "--terminated-pod-gc-threshold", "12500");
        text(spec, "--bind-address", "127.0.0.1");
        text(spec, "--secure-port", "10257");
        text(spec, "--tls-cert-file", "");
        text(spec, "--tls-private-key-file", "");
        text(spec, "--client-ca-file", "");
        text(spec, "--management-port", "8083");
        return spec;
    }

    private static void text(CommandSpec spec, String name, String value) {
        spec.addOption(OptionSpec.builder(name).type(String.class).arity("1").defaultValue(value).build());
    }

    private static void flag(CommandSpec spec, String name, boolean value) {
        spec.addOption(OptionSpec.builder(name).type(boolean.class).arity("0..1").fallbackValue("true")
                .defaultValue(Boolean.toString(value)).build());
    }

    /** Reads flags. */
    public static ControllerOptions parse(String... arguments) {
        try {
            return new Reader(new CommandLine(specification()).parseArgs(arguments)).read();
        } catch (CommandLine.ParameterException e) {
            throw new InvalidOptionException(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private static final class Reader {
        private final ParseResult result;

        Reader(ParseResult result) {
            this.result = result;
        }

        ControllerOptions read() {
            Map<String, Integer> concurrency = new LinkedHashMap<>();
            CONCURRENCY.keySet().forEach(name -> concurrency.put(name, integer(name, 1, 10_000)));
            if ((file("--tls-cert-file") == null) != (file("--tls-private-key-file") == null)) {
                throw new InvalidOptionException("--tls-cert-file and --tls-private-key-file must be given together");
            }
            List<String> controllers = list("--controllers");
            ControllerNames.check(controllers);
            Election election = new Election(Boolean.TRUE.equals(result.matchedOptionValue("--leader-elect", true)),
                    millis("--leader-elect-lease-duration"), millis("--leader-elect-renew-deadline"),
                    millis("--leader-elect-retry-period"), text("--leader-elect-resource-namespace"),
                    text("--leader-elect-resource-name"));
            return new ControllerOptions(file("--kubeconfig"), servers(), election, controllers,
                    file("--service-account-private-key-file"), file("--root-ca-file"), concurrency,
                    new Nodes(millis("--node-monitor-period"), millis("--node-monitor-grace-period"),
                            number("--node-eviction-rate"), number("--secondary-node-eviction-rate"),
                            number("--unhealthy-zone-threshold"),
                            integer("--large-cluster-size-threshold", 0, Integer.MAX_VALUE)),
                    integer("--terminated-pod-gc-threshold", 0, Integer.MAX_VALUE),
                    new Serving(text("--bind-address"), integer("--secure-port", 0, 65535), file("--tls-cert-file"),
                            file("--tls-private-key-file"), file("--client-ca-file")),
                    integer("--management-port", 0, 65535));
        }

        private String text(String name) {
            String value = result.matchedOptionValue(name, null);
            return value != null ? value : String.valueOf(result.commandSpec().findOption(name).defaultValue());
        }

        private List<String> list(String name) {
            return Arrays.stream(text(name).split(",")).map(String::strip).filter(part -> !part.isEmpty()).toList();
        }

        private @Nullable Path file(String name) {
            return text(name).isEmpty() ? null : Path.of(text(name));
        }

        private List<URI> servers() {
            List<URI> servers = new ArrayList<>();
            for (String server : list("--servers")) {
                URI uri;
                try {
                    uri = URI.create(server);
                } catch (IllegalArgumentException e) {
                    throw invalid("--servers", server, "a URL is expected");
                }
                if (!"https".equals(uri.getScheme()) && !"http".equals(uri.getScheme()) || uri.getHost() == null) {
                    throw invalid("--servers", server, "a URL like https://127.0.0.1:6443 is expected");
                }
                servers.add(uri);
            }
            return List.copyOf(servers);
        }

        private long millis(String name) {
            try {
                long nanos = GoDuration.parse(text(name));
                if (nanos > 0) {
                    return nanos / 1_000_000;
                }
            } catch (IllegalArgumentException e) {
                // said below
            }
            throw invalid(name, text(name), "a duration like 15s is expected");
        }

        private int integer(String name, int least, int most) {
            try {
                int value = Integer.parseInt(text(name));
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw invalid(name, text(name), "a number from " + least + " to " + most + " is expected");
        }

        private double number(String name) {
            try {
                double value = Double.parseDouble(text(name));
                if (value >= 0 && Double.isFinite(value)) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw invalid(name, text(name), "a number that is not negative is expected");
        }

        private static InvalidOptionException invalid(String name, String value, String why) {
            return new InvalidOptionException("invalid value \"" + value + "\" for " + name + ": " + why);
        }
    }
}
