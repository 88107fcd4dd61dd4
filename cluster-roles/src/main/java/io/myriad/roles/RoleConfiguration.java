package io.myriad.roles;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.kubernetes.fabric8.leader.Fabric8LeaderAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.integration.leader.event.OnGrantedEvent;
import org.springframework.integration.leader.event.OnRevokedEvent;

/** Takes part in the election of the cluster around, and says how it ends. */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration(Fabric8LeaderAutoConfiguration.class)
class RoleConfiguration {
    private static final Logger log = LoggerFactory.getLogger(RoleConfiguration.class);

    /** As the pod's service account. */
    @Bean
    @ConditionalOnMissingBean
    KubernetesClient kubernetesClient() {
        return new KubernetesClientBuilder().build();
    }

    @EventListener
    void granted(OnGrantedEvent event) {
        log.info("this replica has the role {}", event.getRole());
    }

    @EventListener
    void revoked(OnRevokedEvent event) {
        log.info("this replica has the role {} no more", event.getRole());
    }
}
