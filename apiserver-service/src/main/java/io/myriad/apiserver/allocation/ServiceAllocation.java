package io.myriad.apiserver.allocation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.apiserver.registry.WriteHooks;

/**
 * Gives services their cluster address and node ports while they are written, and takes back what they stop using. What
 * was reserved for a write that fails is given back at once.
 */
public final class ServiceAllocation implements WriteHooks {
    private static final GroupVersionKind SERVICE = new GroupVersionKind("", "v1", "Service");
    private static final String HEADLESS = "None";

    private final AddressAllocator addresses;
    private final PortBitmap ports;

    public ServiceAllocation(AddressAllocator addresses, PortBitmap ports) {
        this.addresses = addresses;
        this.ports = ports;
    }

    @Override
    public Outcome beforeWrite(ObjectNode service, @Nullable ObjectNode old, boolean dryRun) {
        List<Runnable> undo = new ArrayList<>();
        List<Runnable> confirm = new ArrayList<>();
        try {
            address(service, old, dryRun, undo, confirm);
            nodePorts(service, old, dryRun, undo, confirm);
        } catch (StatusException refused) {
            undo.forEach(Runnable::run);
            throw refused;
        }
        return stored -> (stored ? confirm : undo).forEach(Runnable::run);
    }

    private void address(ObjectNode service, @Nullable ObjectNode old, boolean dryRun, List<Runnable> undo,
            List<Runnable> confirm) {
        ObjectNode spec = service.withObjectProperty("spec");
        String before = old == null ? "" : clusterIp(old.path("spec"));
        if (spec.path("type").stringValue("").equals("ExternalName")) {
            if (!before.isEmpty() && clusterIp(spec).isEmpty()) {
                confirm.add(() -> addresses.release(before));
            }
            return;
        }
        String wanted = spec.path("clusterIP").stringValue("");
        if (wanted.equals(HEADLESS) || !before.isEmpty()) {
            return;
        }
        String namespace = service.path("metadata").path("namespace").stringValue("");
        String name = service.path("metadata").path("name").stringValue("");
        if (wanted.isEmpty()) {
            String given = addresses.allocate(namespace, name);
            if (dryRun) {
                addresses.release(given);
            } else {
                undo.add(() -> addresses.release(given));
            }
            spec.put("clusterIP", given).putArray("clusterIPs").add(given);
            return;
        }
        switch (dryRun ? addresses.probe(wanted) : addresses.reserve(wanted, namespace, name)) {
            case RESERVED -> {
                if (!dryRun) {
                    undo.add(() -> addresses.release(wanted));
                }
            }
            case TAKEN -> throw invalid(name, "spec.clusterIPs", wanted,
                    "failed to allocate IP " + wanted + ": provided IP is already allocated");
            // Validation says what is wrong with a text that is no address; one outside of the range is refused here.
            case OUT_OF_RANGE -> {
                if (wanted.matches("\\d+\\.\\d+\\.\\d+\\.\\d+|[0-9a-fA-F:]*:[0-9a-fA-F:.]*")) {
                    throw invalid(name, "spec.clusterIPs", wanted, "failed to allocate IP " + wanted
                            + ": the provided IP is not in the valid range");
                }
            }
        }
    }

    private static String clusterIp(JsonNode spec) {
        String address = spec.path("clusterIP").stringValue("");
        return address.equals(HEADLESS) ? "" : address;
    }

    private void nodePorts(ObjectNode service, @Nullable ObjectNode old, boolean dryRun, List<Runnable> undo,
            List<Runnable> confirm) {
        ObjectNode spec = service.withObjectProperty("spec");
        Set<Integer> held = old == null ? new HashSet<>() : nodePorts(old.path("spec"));
        Set<Integer> kept = new HashSet<>();
        if (usesNodePorts(spec)) {
            String name = service.path("metadata").path("name").stringValue("");
            int index = 0;
            for (JsonNode port : spec.path("ports")) {
                int wanted = port.path("nodePort").intValue(0);
                if (wanted != 0) {
                    reserve(name, "spec.ports[" + index + "].nodePort", wanted, held, kept, dryRun, undo);
                    kept.add(wanted);
                } else if (allocates(spec)) {
                    int given = allocate(dryRun, undo);
                    ((ObjectNode) port).put("nodePort", given);
                    kept.add(given);
                }
                index++;
            }
        }
        healthPort(spec, held, kept, dryRun, undo);
        for (int port : held) {
            if (!kept.contains(port)) {
                confirm.add(() -> ports.release(port));
            }
        }
    }

    private void reserve(String name, String field, int port, Set<Integer> held, Set<Integer> kept, boolean dryRun,
            List<Runnable> undo) {
        // Two ports of a service may share a number when their protocols differ.
        if (held.contains(port) || kept.contains(port)) {
            return;
        }
        if (!ports.inRange(port)) {
            throw invalid(name, field, port, "provided port is not in the valid range");
        }
        if (dryRun ? ports.isTaken(port) : !ports.reserve(port)) {
            throw invalid(name, field, port, "provided port is already allocated");
        }
        if (!dryRun) {
            undo.add(() -> ports.release(port));
        }
    }

    private int allocate(boolean dryRun, List<Runnable> undo) {
        int given = ports.allocate();
        if (dryRun) {
            ports.release(given);
        } else {
            undo.add(() -> ports.release(given));
        }
        return given;
    }

    private void healthPort(ObjectNode spec, Set<Integer> held, Set<Integer> kept, boolean dryRun,
            List<Runnable> undo) {
        boolean needed = spec.path("type").stringValue("").equals("LoadBalancer")
                && spec.path("externalTrafficPolicy").stringValue("").equals("Local");
        int wanted = spec.path("healthCheckNodePort").intValue(0);
        if (needed && wanted == 0) {
            int given = allocate(dryRun, undo);
            spec.put("healthCheckNodePort", given);
            kept.add(given);
        } else if (needed) {
            reserve("", "spec.healthCheckNodePort", wanted, held, kept, dryRun, undo);
            kept.add(wanted);
        }
    }

    private static boolean usesNodePorts(JsonNode spec) {
        String type = spec.path("type").stringValue("");
        return type.equals("NodePort") || type.equals("LoadBalancer");
    }

    private static boolean allocates(JsonNode spec) {
        return !spec.path("type").stringValue("").equals("LoadBalancer")
                || spec.path("allocateLoadBalancerNodePorts").booleanValue(true);
    }

    private static Set<Integer> nodePorts(JsonNode spec) {
        Set<Integer> result = new HashSet<>();
        for (JsonNode port : spec.path("ports")) {
            int number = port.path("nodePort").intValue(0);
            if (number != 0) {
                result.add(number);
            }
        }
        int health = spec.path("healthCheckNodePort").intValue(0);
        if (health != 0) {
            result.add(health);
        }
        return result;
    }

    @Override
    public void afterDelete(ObjectNode service) {
        String address = clusterIp(service.path("spec"));
        if (!address.isEmpty()) {
            addresses.release(address);
        }
        nodePorts(service.path("spec")).forEach(ports::release);
    }

    private static StatusException invalid(String name, String field, Object value, String detail) {
        return new StatusException(Status.invalid(SERVICE, name, List.of(FieldError.invalid(field, value, detail))));
    }
}
