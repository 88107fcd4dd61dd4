package io.myriad.apiserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.support.GenericApplicationContext;

import io.myriad.metrics.MetricsText;

/** Wires the server. */
final class ApiserverConfiguration {
    private ApiserverConfiguration() {}

    static void register(GenericApplicationContext context, ApiserverOptions options) {
        context.registerBean(ApiserverRuntime.class,
                () -> runtime(options, context.getBean(PrometheusMeterRegistry.class)));
        context.registerBean("apiserver", HealthIndicator.class, () -> {
            ApiserverRuntime runtime = context.getBean(ApiserverRuntime.class);
            return () -> health(runtime);
        });
    }

    /** Ready means that requests can be answered: as upstream, not without the store. */
    private static Health health(ApiserverRuntime runtime) {
        boolean started = runtime.started();
        boolean store = started && runtime.storeReachable();
        return (store ? Health.up() : Health.outOfService()).withDetail("started", started)
                .withDetail("store", store ? "reachable" : "not known to be reachable").build();
    }

    private static ApiserverRuntime runtime(ApiserverOptions options, PrometheusMeterRegistry metrics) {
        try {
            return new ApiserverRuntime(options, metrics, new MetricsText(metrics::scrape));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
