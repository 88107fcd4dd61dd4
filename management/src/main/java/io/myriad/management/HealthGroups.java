package io.myriad.management;

import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.health.actuate.endpoint.AdditionalHealthEndpointPath;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointWebExtension;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.registry.HealthContributorRegistry;

/**
 * The groups of health: {@code readiness} is all that the indicators know, {@code liveness} only that the context lives: a
 * service that waits for another one is not ready, but a restart would not help it.
 */
final class HealthGroups {
    static final String READINESS_STATE = "readinessState";
    static final String LIVENESS_STATE = "livenessState";
    private static final Duration SLOW = Duration.ofSeconds(10);

    private HealthGroups() {}

    static HealthEndpointWebExtension endpoint(HealthContributorRegistry contributors) {
        return new HealthEndpointWebExtension(contributors, null, HealthEndpointGroups.of(new Group(name -> true),
                Map.of("readiness", new Group(name -> !name.equals(LIVENESS_STATE)), "liveness",
                        new Group(LIVENESS_STATE::equals))),
                SLOW);
    }

    /** A group that shows everything: the port is for the machine's administrator. */
    private record Group(Predicate<String> members) implements HealthEndpointGroup {
        @Override
        public boolean isMember(String name) {
            return members.test(name);
        }

        @Override
        public boolean showComponents(SecurityContext security) {
            return true;
        }

        @Override
        public boolean showDetails(SecurityContext security) {
            return true;
        }

        @Override
        public StatusAggregator getStatusAggregator() { return StatusAggregator.getDefault(); }

        @Override
        public HttpCodeStatusMapper getHttpCodeStatusMapper() { return HttpCodeStatusMapper.getDefault(); }

        @Override
        public @Nullable AdditionalHealthEndpointPath getAdditionalPath() { return null; }
    }
}
