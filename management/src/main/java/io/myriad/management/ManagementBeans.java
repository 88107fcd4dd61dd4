package io.myriad.management;

import java.net.InetAddress;
import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.actuate.info.InfoEndpoint;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.health.application.LivenessStateHealthIndicator;
import org.springframework.boot.health.application.ReadinessStateHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.registry.DefaultHealthContributorRegistry;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.boot.web.server.reactive.ReactiveWebServerFactory;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.server.reactive.HttpHandler;

/** The beans that every service has. */
final class ManagementBeans {
    private ManagementBeans() {}

    static void register(GenericApplicationContext context, int port) {
        context.registerBean(PrometheusMeterRegistry.class,
                () -> new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        if (port == 0) {
            return;
        }
        context.registerBean(JvmMeters.class, () -> new JvmMeters(context.getBean(MeterRegistry.class)));
        context.registerBean(ApplicationAvailabilityBean.class, ApplicationAvailabilityBean::new);
        context.registerBean(HealthGroups.READINESS_STATE, HealthIndicator.class,
                () -> new ReadinessStateHealthIndicator(context.getBean(ApplicationAvailability.class)));
        context.registerBean(HealthGroups.LIVENESS_STATE, HealthIndicator.class,
                () -> new LivenessStateHealthIndicator(context.getBean(ApplicationAvailability.class)));
        context.registerBean(ReactiveWebServerFactory.class, () -> server(port));
        context.registerBean(HttpHandler.class, () -> handler(context));
    }

    private static ReactiveWebServerFactory server(int port) {
        NettyReactiveWebServerFactory factory = new NettyReactiveWebServerFactory(port);
        factory.setAddress(InetAddress.getLoopbackAddress());
        factory.setShutdown(Shutdown.IMMEDIATE);
        return factory;
    }

    private static ManagementHandler handler(GenericApplicationContext context) {
        DefaultHealthContributorRegistry contributors = new DefaultHealthContributorRegistry();
        context.getBeansOfType(HealthIndicator.class).forEach(contributors::registerContributor);
        return new ManagementHandler(HealthGroups.endpoint(contributors),
                new InfoEndpoint(List.copyOf(context.getBeansOfType(InfoContributor.class).values())),
                context.getBean(PrometheusMeterRegistry.class));
    }
}
