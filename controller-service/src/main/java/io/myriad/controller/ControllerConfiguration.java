package io.myriad.controller;

import java.io.IOException;
import java.nio.file.NoSuchFileException;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.springframework.boot.SpringBootConfiguration;
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
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.jvm.JvmMetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.system.SystemMetricsAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.actuate.endpoint.web.WebFluxHealthEndpointExtensionAutoConfiguration;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;

import io.myriad.metrics.MetricsText;

/** Wires the controllers; the list of what Spring configures is explicit because scanning for it costs start-up time. */
@SpringBootConfiguration(proxyBeanMethods = false)
@ImportAutoConfiguration({ConfigurationPropertiesAutoConfiguration.class,
        ApplicationAvailabilityAutoConfiguration.class,
        JacksonAutoConfiguration.class, CodecsAutoConfiguration.class, NettyReactiveWebServerAutoConfiguration.class,
        HttpHandlerAutoConfiguration.class, WebFluxAutoConfiguration.class, EndpointAutoConfiguration.class,
        WebEndpointAutoConfiguration.class, JacksonEndpointAutoConfiguration.class,
        ManagementContextAutoConfiguration.class, HealthContributorRegistryAutoConfiguration.class,
        HealthEndpointAutoConfiguration.class, AvailabilityProbesAutoConfiguration.class,
        WebFluxHealthEndpointExtensionAutoConfiguration.class, InfoContributorAutoConfiguration.class,
        InfoEndpointAutoConfiguration.class, MetricsAutoConfiguration.class,
        CompositeMeterRegistryAutoConfiguration.class, PrometheusMetricsExportAutoConfiguration.class,
        JvmMetricsAutoConfiguration.class, SystemMetricsAutoConfiguration.class})
class ControllerConfiguration {

    @Bean(destroyMethod = "close")
    ControllerService controllerService(ControllerOptions options, PrometheusMeterRegistry registry) {
        try {
            return new ControllerService(options, registry, new MetricsText(registry::scrape));
        } catch (NoSuchFileException e) {
            throw new ControllerStartException("there is no file " + e.getMessage());
        } catch (IOException e) {
            throw new ControllerStartException("cannot read a file: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new ControllerStartException(String.valueOf(e.getMessage()));
        }
    }

    /** Stops the controllers before anything else in the context, so that leadership is handed over at once. */
    @Bean
    SmartLifecycle controllersLifecycle(ControllerService service) {
        return new SmartLifecycle() {
            private volatile boolean running;

            @Override
            public void start() {
                service.start();
                running = true;
            }

            @Override
            public void stop() {
                running = false;
                service.close();
            }

            @Override
            public boolean isRunning() { return running; }
        };
    }

    /** Ready means that this replica could lead now; whether it does is a detail. */
    @Bean
    HealthIndicator controllersHealthIndicator(ControllerService service) {
        return () -> (service.ready() ? Health.up() : Health.outOfService()).withDetail("leading", service.leading())
                .withDetail("leader", service.leader()).build();
    }
}
