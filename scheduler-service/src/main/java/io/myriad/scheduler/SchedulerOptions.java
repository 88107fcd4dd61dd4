package io.myriad.scheduler;

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
import io.myriad.control.serving.Serving;

/**
 * What the scheduler is told by its flags: kube-scheduler's, with its names, defaults and meaning, and our own
 * {@code --servers}, {@code --scheduler-name} and {@code --management-port}. Flags that would do nothing here are not
 * accepted.
 *
 * @param kubeconfig how to reach the API; null for the service account of the pod this runs in
 * @param servers API servers to use instead of the kubeconfig's
 * @param schedulerName pods that name it are scheduled
 * @param election null when there is nobody to compete with
 * @param serving where health and metrics are served over TLS; its port is 0 for not at all
 * @param managementPort actuator's port on the loopback, 0 for none
 */
public record SchedulerOptions(@Nullable Path kubeconfig, List<URI> servers, String schedulerName,
        @Nullable Election election, Serving serving, int managementPort) {
    /**
     * How a leader is elected.
     *
     * @param namespace where the Lease is
     * @param name the Lease's name
     */
    public record Election(String namespace, String name, long leaseDurationMillis, long renewDeadlineMillis,
            long retryPeriodMillis) {}

    /** A flag or value that cannot be used; its message names it and fits one line. */
    public static final class InvalidOptionException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InvalidOptionException(String message) {
            super(message, null, false, false);
        }
    }

    public SchedulerOptions {
        servers = List.copyOf(servers);
    }

    /** Reads flags. */
    public static SchedulerOptions parse(String... arguments) {
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
        CommandSpec spec = CommandSpec.create().name("kube-scheduler");
        for (String text : List.of("--kubeconfig", "--servers", "--scheduler-name",
                "--leader-elect-lease-duration", "--leader-elect-renew-deadline", "--leader-elect-retry-period",
                "--leader-elect-resource-name", "--leader-elect-resource-namespace", "--bind-address", "--secure-port",
                "--tls-cert-file", "--tls-private-key-file", "--client-ca-file", "--management-port")) {
            spec.addOption(OptionSpec.builder(text).type(String.class).arity("1").build());
        }
        spec.addOption(OptionSpec.builder("--leader-elect").type(boolean.class).arity("0..1").fallbackValue("true")
                .build());
        return spec;
    }

    /** Turns parsed text into values. */
    private record Reader(ParseResult result) {
        SchedulerOptions read() {
            Path certificate = file("--tls-cert-file");
            Path key = file("--tls-private-key-file");
            if ((certificate == null) != (key == null)) {
                throw new InvalidOptionException("--tls-cert-file and --tls-private-key-file must be given together");
            }
            return new SchedulerOptions(file("--kubeconfig"), servers(),
                    text("--scheduler-name", "default-scheduler"), election(), new Serving(
                            text("--bind-address", "127.0.0.1"), port("--secure-port", 10259), certificate, key,
                            file("--client-ca-file")),
                    port("--management-port", 8084));
        }

        private @Nullable Election election() {
            Boolean elect = result.matchedOptionValue("--leader-elect", Boolean.TRUE);
            if (elect == null || !elect) {
                return null;
            }
            long lease = millis("--leader-elect-lease-duration", "15s");
            long renew = millis("--leader-elect-renew-deadline", "10s");
            long retry = millis("--leader-elect-retry-period", "2s");
            if (lease <= renew) {
                throw new InvalidOptionException(
                        "--leader-elect-lease-duration must be longer than --leader-elect-renew-deadline");
            }
            if (renew * 10 <= retry * 12) {
                throw new InvalidOptionException(
                        "--leader-elect-renew-deadline must be longer than 1.2 times --leader-elect-retry-period");
            }
            return new Election(text("--leader-elect-resource-namespace", "kube-system"),
                    text("--leader-elect-resource-name", "kube-scheduler"), lease, renew, retry);
        }

        private String text(String option, String otherwise) {
            String value = result.matchedOptionValue(option, otherwise);
            return value == null ? otherwise : value;
        }

        private @Nullable Path file(String option) {
            String value = text(option, "");
            return value.isEmpty() ? null : Path.of(value);
        }

        private int port(String option, int otherwise) {
            String value = text(option, Integer.toString(otherwise));
            try {
                int port = Integer.parseInt(value);
                if (port >= 0 && port <= 65_535) {
                    return port;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw new InvalidOptionException(
                    "invalid value \"" + value + "\" for " + option + ": a port from 0 to 65535 is expected");
        }

        private long millis(String option, String otherwise) {
            String value = text(option, otherwise);
            try {
                long millis = GoDuration.parse(value) / 1_000_000;
                if (millis > 0) {
                    return millis;
                }
            } catch (IllegalArgumentException e) {
                // said below
            }
            throw new InvalidOptionException(
                    "invalid value \"" + value + "\" for " + option + ": a duration such as 15s is expected");
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
            throw new InvalidOptionException(
                    "invalid value \"" + value + "\" for --servers: https://HOST:PORT is expected");
        }
    }
}
