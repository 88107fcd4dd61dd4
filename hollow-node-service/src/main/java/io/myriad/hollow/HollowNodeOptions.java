package io.myriad.hollow;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

import io.myriad.api.value.GoDuration;
import io.myriad.api.value.Quantity;
import io.myriad.control.serving.Serving;
import io.myriad.hollow.core.NodeProfile;

/**
 * What the simulated nodes are told by their flags. To change the number of nodes the process is started again with
 * another {@code --nodes}: nodes that exist are taken over with their running pods, new ones join, and those beyond the
 * number are left alone like machines that were switched off; who switches them off for good deletes their Node objects.
 *
 * @param kubeconfig how to reach the API; null for the service account of the pod this runs in
 * @param servers API servers to use instead of the kubeconfig's
 * @param nodes how many nodes there are
 * @param serving where the kubelets' API is served over TLS; its port is 0 for not at all
 * @param managementPort actuator's port on the loopback, 0 for none
 */
public record HollowNodeOptions(@Nullable Path kubeconfig, List<URI> servers, int nodes, NodeProfile profile,
        Serving serving, int managementPort) {
    /** A flag or value that cannot be used; its message names it and fits one line. */
    public static final class InvalidOptionException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InvalidOptionException(String message) {
            super(message, null, false, false);
        }
    }

    public HollowNodeOptions {
        servers = List.copyOf(servers);
    }

    /** Reads flags. */
    public static HollowNodeOptions parse(String... arguments) {
        CommandLine command = new CommandLine(specification()).setOverwrittenOptionsAllowed(true);
        try {
            return new Reader(command.parseArgs(arguments)).read();
        } catch (CommandLine.UnmatchedArgumentException e) {
            throw new InvalidOptionException("unknown flag: " + e.getUnmatched().getFirst());
        } catch (CommandLine.ParameterException e) {
            throw new InvalidOptionException(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private static CommandSpec specification() {
        CommandSpec spec = CommandSpec.create().name("hollow-nodes");
        for (String text : List.of("--kubeconfig", "--servers", "--nodes", "--node-name-prefix", "--cpu", "--memory",
                "--pods", "--node-lease-duration-seconds", "--node-status-update-frequency", "--pod-start-delay",
                "--pod-stop-delay", "--bind-address", "--secure-port", "--tls-cert-file", "--tls-private-key-file",
                "--client-ca-file", "--management-port")) {
            spec.addOption(OptionSpec.builder(text).type(String.class).arity("1").build());
        }
        return spec;
    }

    /** Turns parsed text into values. */
    private record Reader(ParseResult result) {
        HollowNodeOptions read() {
            Path certificate = file("--tls-cert-file");
            Path key = file("--tls-private-key-file");
            if ((certificate == null) != (key == null)) {
                throw new InvalidOptionException("--tls-cert-file and --tls-private-key-file must be given together");
            }
            NodeProfile profile = new NodeProfile(text("--node-name-prefix", "node-"),
                    quantity("--cpu", "32").milliValue(), quantity("--memory", "256Gi").value(),
                    number("--pods", 110, 1, 32_000), number("--node-lease-duration-seconds", 40, 4, 3_600),
                    millis("--node-status-update-frequency", "5m"), millis("--pod-start-delay", "100ms"),
                    millis("--pod-stop-delay", "100ms"), number("--secure-port", 10250, 0, 65_535));
            int nodes = number("--nodes", 10, 0, NodeProfile.nodesMax(profile.pods()));
            return new HollowNodeOptions(file("--kubeconfig"), servers(), nodes, profile,
                    new Serving(text("--bind-address", "127.0.0.1"), profile.kubeletPort(), certificate, key,
                            file("--client-ca-file")),
                    number("--management-port", 8085, 0, 65_535));
        }

        private String text(String option, String otherwise) {
            String value = result.matchedOptionValue(option, otherwise);
            return value == null ? otherwise : value;
        }

        private @Nullable Path file(String option) {
            String value = text(option, "");
            return value.isEmpty() ? null : Path.of(value);
        }

        private int number(String option, int otherwise, int least, int most) {
            String value = text(option, Integer.toString(otherwise));
            try {
                int number = Integer.parseInt(value);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw wrong(option, value, "a number from " + least + " to " + most);
        }

        private Quantity quantity(String option, String otherwise) {
            String value = text(option, otherwise);
            try {
                Quantity quantity = Quantity.parse(value);
                if (quantity.signum() > 0) {
                    return quantity;
                }
            } catch (IllegalArgumentException e) {
                // said below
            }
            throw wrong(option, value, "a quantity such as " + otherwise);
        }

        private long millis(String option, String otherwise) {
            String value = text(option, otherwise);
            try {
                long millis = GoDuration.parse(value) / 1_000_000;
                if (millis >= 0) {
                    return millis;
                }
            } catch (IllegalArgumentException e) {
                // said below
            }
            throw wrong(option, value, "a duration such as " + otherwise);
        }

        private List<URI> servers() {
            List<URI> servers = new ArrayList<>();
            for (String each : text("--servers", "").split(",")) {
                if (!each.isBlank()) {
                    servers.add(server(each.trim()));
                }
            }
            return servers;
        }

        private static URI server(String value) {
            try {
                URI url = new URI(value);
                if (url.getHost() != null && ("https".equals(url.getScheme()) || "http".equals(url.getScheme()))) {
                    return url;
                }
            } catch (URISyntaxException e) {
                // said below
            }
            throw wrong("--servers", value, "https://HOST:PORT");
        }

        private static InvalidOptionException wrong(String option, String value, String expected) {
            return new InvalidOptionException(
                    "invalid value \"" + value + "\" for " + option + ": " + expected + " is expected");
        }
    }
}
