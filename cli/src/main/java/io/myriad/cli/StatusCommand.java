package io.myriad.cli;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

import picocli.CommandLine.ParseResult;

import io.myriad.cli.api.Management;
import io.myriad.cli.cluster.Cluster;
import io.myriad.cli.cluster.Cluster.ProcessSpec;
import io.myriad.cli.cluster.Component;
import io.myriad.cli.cluster.Port;
import io.myriad.cli.cluster.ServiceKind;
import io.myriad.cli.process.Death;
import io.myriad.cli.process.ProcessIdentity;
import io.myriad.cli.process.Supervisor;
import io.myriad.cli.settings.Durations;
import io.myriad.cli.terminal.Json;
import io.myriad.cli.terminal.TextTable;

/** {@code status}: what runs, how it is, and what has died. */
final class StatusCommand implements Action {
    private static final int DEATHS_SHOWN = 5;

    /** One service of the cluster, as it is now. */
    private record ServiceStatus(Component component, String process, boolean running, boolean ready, String leader,
            long pid, OptionalLong residentBytes) {}

    @Override
    public void run(ParseResult arguments, Session session) throws IOException {
        Cluster cluster = session.clusters().load(Commands.clusterName(arguments, session)).cluster();
        Supervisor supervisor = cluster.directory().supervisor();
        List<ServiceStatus> services = new ArrayList<>();
        for (ProcessSpec process : cluster.processes()) {
            Optional<ProcessIdentity> identity = supervisor.process(process.name());
            OptionalLong residentBytes = identity.map(ProcessIdentity::residentBytes).orElse(OptionalLong.empty());
            for (Component component : process.components()) {
                Management management = new Management(cluster.port(component, Port.MANAGEMENT));
                boolean running = identity.isPresent();
                services.add(new ServiceStatus(component, process.name(), running, running && management.isReady(),
                        running ? leader(component, management) : "-",
                        identity.map(ProcessIdentity::pid).orElse(0L), residentBytes));
            }
        }
        Optional<ProcessIdentity> guard = supervisor.supervisor();
        switch (Commands.output(arguments)) {
            case json -> session.terminal().out().println(Json.of(json(cluster, services, guard, supervisor.deaths())));
            case text -> session.terminal().out()
                    .print(text(cluster, services, guard, supervisor.deaths(), session.clock().instant()));
        }
    }

    /** Whether an instance leads: by the gauge that upstream's programs have as well; where there is one only, there is nothing to lead. */
    private static String leader(Component component, Management management) {
        Optional<String> gauge = switch (component.kind()) {
            case STORE -> Optional.of("etcd_server_is_leader");
            case CONTROLLER, SCHEDULER -> Optional.of("leader_election_master_status");
            case APISERVER, HOLLOW_NODES -> Optional.empty();
        };
        if (gauge.isEmpty() || component.count() == 1) {
            return "-";
        }
        return management.isGaugeSet(gauge.get()) ? "yes" : "no";
    }

    private static String text(Cluster cluster, List<ServiceStatus> services, Optional<ProcessIdentity> guard,
            List<Death> deaths, Instant now) {
        boolean running = services.stream().anyMatch(ServiceStatus::running);
        StringBuilder text = new StringBuilder("Cluster " + cluster.name() + ": " + (running ? "running" : "stopped"));
        text.append(", API at ").append(String.join(" ", cluster.apiServerUrls())).append(", kubectl context ")
                .append(cluster.contextName()).append("\n\n");
        TextTable table = new TextTable("SERVICE", "STATE", "HEALTH", "LEADER", "PORTS", "PROCESS", "PID", "MEMORY",
                "FAILURES");
        for (ServiceStatus service : services) {
            long failures = deaths.stream().filter(death -> death.name().equals(service.process()) && death.isFailure())
                    .count();
            table.row(service.component().name(), service.running() ? "running" : "stopped",
                    service.running() ? service.ready() ? "ready" : "not ready" : "-",
                    service.leader(), ports(cluster, service.component()), service.process(),
                    service.pid() == 0 ? "-" : Long.toString(service.pid()),
                    service.residentBytes().isPresent() ? (service.residentBytes().getAsLong() >> 20) + " MiB" : "-",
                    Long.toString(failures));
        }
        text.append(table);
        if (running && guard.isEmpty()) {
            text.append(
                    "\nThe supervisor does not run: a process that ends is not started again. 'myriad stop' and 'myriad start' mend that.\n");
        }
        if (!deaths.isEmpty()) {
            text.append("\nEnds of processes, latest last:\n");
            deaths.stream().skip(Math.max(0, deaths.size() - DEATHS_SHOWN))
                    .forEach(death -> text.append(line(death, now)));
        }
        return text.toString();
    }

    private static String line(Death death, Instant now) {
        String line = "  " + Durations.age(Duration.between(death.time(), now)) + " ago " + death.name() + " (pid "
                + death.pid() + ") after " + Durations.age(death.ran())
                + ": " + death.cause();
        return line + (death.isFailure() && !death.lastLine().isEmpty() ? "; its last words: " + death.lastLine() : "")
                + "\n";
    }

    private static String ports(Cluster cluster, Component component) {
        return component.kind().ports().stream().map(port -> port.key() + " " + cluster.port(component, port))
                .collect(Collectors.joining(", "));
    }

    private static Map<String, Object> json(Cluster cluster, List<ServiceStatus> services,
            Optional<ProcessIdentity> guard, List<Death> deaths) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", cluster.name());
        json.put("context", cluster.contextName());
        json.put("servers", cluster.apiServerUrls());
        json.put("nodes", cluster.size().nodes());
        json.put("running", services.stream().anyMatch(ServiceStatus::running));
        json.put("supervisorPid", guard.map(ProcessIdentity::pid).orElse(0L));
        json.put("services", services.stream().map(service -> json(cluster, service)).toList());
        json.put("deaths", deaths.stream().map(StatusCommand::json).toList());
        return json;
    }

    private static Map<String, Object> json(Cluster cluster, ServiceStatus service) {
        Component component = service.component();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", component.name());
        json.put("process", service.process());
        json.put("running", service.running());
        json.put("ready", service.ready());
        if (component.kind() != ServiceKind.APISERVER && component.kind() != ServiceKind.HOLLOW_NODES) {
            json.put("leader", service.running() && (component.count() == 1 || service.leader().equals("yes")));
        }
        Map<String, Object> ports = new LinkedHashMap<>();
        component.kind().ports().forEach(port -> ports.put(port.key(), cluster.port(component, port)));
        json.put("ports", ports);
        json.put("pid", service.pid());
        json.put("residentBytes", service.residentBytes().orElse(0));
        return json;
    }

    private static Map<String, Object> json(Death death) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("time", death.time());
        json.put("process", death.name());
        json.put("pid", death.pid());
        json.put("ranSeconds", death.ran().toSeconds());
        json.put("cause", death.cause());
        json.put("failure", death.isFailure());
        json.put("lastLine", death.lastLine());
        return json;
    }
}
