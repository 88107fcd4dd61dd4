package io.myriad.apiserver.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * The checks behind {@code /livez}, {@code /readyz} and {@code /healthz}. The names are upstream's where monitoring
 * knows them; a check that upstream has for a step of its start-up is true when this server has done the same.
 */
public final class HealthChecks {
    /** Where a check counts. */
    public enum Where {
        EVERYWHERE, ONLY_READY, NOT_READY
    }

    private record Check(Where where, BooleanSupplier good) {}

    private final Map<String, Check> checks = new ConcurrentHashMap<>();
    private final List<String> order;

    /** @param order the names of all checks, in the order in which they are shown */
    public HealthChecks(List<String> order) {
        this.order = List.copyOf(order);
    }

    /** Sets a check; until it is set it fails. */
    public HealthChecks set(String name, Where where, BooleanSupplier good) {
        if (!order.contains(name)) {
            throw new IllegalArgumentException("unknown check: " + name);
        }
        checks.put(name, new Check(where, good));
        return this;
    }

    /** The results of an endpoint's checks by name: {@code livez}, {@code readyz}, {@code healthz}. */
    Map<String, Boolean> run(String endpoint, List<String> excluded) {
        Map<String, Boolean> results = new LinkedHashMap<>();
        for (String name : order) {
            Check check = checks.get(name);
            if (counts(check, endpoint) && !excluded.contains(name)) {
                results.put(name, check != null && check.good().getAsBoolean());
            }
        }
        return results;
    }

    private static boolean counts(@Nullable Check check, String endpoint) {
        boolean ready = endpoint.equals("readyz");
        if (check == null) {
            return ready;
        }
        return switch (check.where()) {
            case EVERYWHERE -> true;
            case ONLY_READY -> ready;
            case NOT_READY -> !ready;
        };
    }

    /** Whether the server takes traffic. */
    public boolean ready() {
        return run("readyz", List.of()).values().stream().allMatch(Boolean::booleanValue);
    }
}
