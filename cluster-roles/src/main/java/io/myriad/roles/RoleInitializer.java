package io.myriad.roles;

import java.util.Map;

import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Adds the role to a service's context. Spring finds it by {@code META-INF/spring.factories}; it does nothing outside of a pod.
 */
public final class RoleInitializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    private static final String IN_A_POD = "KUBERNETES_SERVICE_HOST";
    private static final String SETTINGS = "spring.cloud.kubernetes.leader.";

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        if (!environment.containsProperty(IN_A_POD)) {
            return;
        }
        String service = environment.getProperty("spring.application.name", "controller");
        // The weakest of all sources: variables of the pod, such as SPRING_CLOUD_KUBERNETES_LEADER_CONFIGMAPNAME, win.
        environment.getPropertySources().addLast(new MapPropertySource("cluster-roles",
                Map.of(SETTINGS + "role", service, SETTINGS + "config-map-name", "myriad-leaders",
                        SETTINGS + "update-period", "10s")));
        new AnnotatedBeanDefinitionReader((BeanDefinitionRegistry) context.getBeanFactory(), environment)
                .register(RoleConfiguration.class);
    }
}
