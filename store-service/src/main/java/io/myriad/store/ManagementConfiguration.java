package io.myriad.store;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jackson.JacksonEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.info.InfoContributorAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.info.InfoEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.jvm.JvmMetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.system.SystemMetricsAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.actuate.web.server.NettyReactiveManagementContextAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.actuate.endpoint.web.WebFluxHealthEndpointExtensionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.myriad.store.raft.ReplicatedLog;
import io.myriad.store.server.StoreMember;

/** Health and metrics on the management port; not there without one, because it takes longer to start than the store itself. Nothing is scanned: what is wanted is listed. */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({ApplicationAvailabilityAutoConfiguration.class,
        ConfigurationPropertiesAutoConfiguration.class,
        NettyReactiveWebServerAutoConfiguration.class, HttpHandlerAutoConfiguration.class,
        WebFluxAutoConfiguration.class, CodecsAutoConfiguration.class, JacksonAutoConfiguration.class,
        EndpointAutoConfiguration.class, WebEndpointAutoConfiguration.class, JacksonEndpointAutoConfiguration.class,
        ManagementContextAutoConfiguration.class, NettyReactiveManagementContextAutoConfiguration.class,
        HealthContributorRegistryAutoConfiguration.class, HealthEndpointAutoConfiguration.class,
        AvailabilityProbesAutoConfiguration.class, WebFluxHealthEndpointExtensionAutoConfiguration.class,
        InfoContributorAutoConfiguration.class, InfoEndpointAutoConfiguration.class, MetricsAutoConfiguration.class,
        PrometheusMetricsExportAutoConfiguration.class, JvmMetricsAutoConfiguration.class,
        SystemMetricsAutoConfiguration.class})
class ManagementConfiguration {

    /** Who leads, beside what Java tells; the rest is on the store's own page. */
    @Bean
    MeterBinder storeLeadership(StoreService service) {
        return registry -> {
            Gauge.builder("etcd_server_has_leader", service, self -> leadership(self).known() ? 1 : 0)
                    .register(registry);
            Gauge.builder("etcd_server_is_leader", service, self -> leadership(self).local() ? 1 : 0)
                    .register(registry);
        };
    }

    private static ReplicatedLog.Leadership leadership(StoreService service) {
        StoreMember member = service.member();
        return member == null ? ReplicatedLog.Leadership.NONE : member.log().leadership();
    }

    /** Ready means that a leader is known and that this member can write. */
    @Bean
    HealthIndicator store(StoreService service) {
        return () -> {
            StoreMember member = service.member();
            if (member == null || !member.log().leadership().known()) {
                return Health.outOfService().withDetail("leader", "none").build();
            }
            String failure = member.failure();
            return (failure == null ? Health.up() : Health.down().withDetail("failure", failure))
                    .withDetail("leader", Long.toHexString(member.log().leadership().leaderId())).build();
        };
    }
}
