package io.myriad.roles;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.integration.leader.event.OnGrantedEvent;

import io.myriad.apiserver.ApiserverApplication;
import io.myriad.store.StoreApplication;

import static org.assertj.core.api.Assertions.assertThat;

/** The role over an API server of this project's own, which plays the cluster around. */
class RoleTest {
    private static final String TOKEN = "a-token-for-this-test";
    private static final String POD = "controller-0";
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    private Path directory;
    private ConfigurableApplicationContext store;
    private ConfigurableApplicationContext apiserver;
    private KubernetesClient client;

    /** A service that knows nothing of roles. */
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ConfigurationPropertiesAutoConfiguration.class)
    static class Service {}

    @BeforeEach
    void startApi() throws IOException {
        String storeUrl = "http://127.0.0.1:" + freePort();
        String peerUrl = "http://127.0.0.1:" + freePort();
        int port = freePort();
        Path tokens = directory.resolve("tokens.csv");
        Files.writeString(tokens, TOKEN + ",admin,1,system:masters\n");
        store = StoreApplication.start("--name=s", "--data-dir=" + directory.resolve("store"),
                "--listen-client-urls=" + storeUrl, "--advertise-client-urls=" + storeUrl,
                "--listen-peer-urls=" + peerUrl, "--initial-advertise-peer-urls=" + peerUrl,
                "--initial-cluster=s=" + peerUrl, "--management-port=0");
        apiserver = ApiserverApplication.start("--etcd-servers=" + storeUrl, "--bind-address=127.0.0.1",
                "--secure-port=" + port, "--cert-dir=" + directory.resolve("certificates"),
                "--token-auth-file=" + tokens, "--authorization-mode=RBAC",
                "--disable-admission-plugins=ServiceAccount",
                "--management-port=0");
        Config config = new ConfigBuilder(Config.empty()).withMasterUrl("https://127.0.0.1:" + port)
                .withTrustCerts(true).withDisableHostnameVerification(true).withOauthToken(TOKEN)
                .withNamespace("default").build();
        client = new KubernetesClientBuilder().withConfig(config).build();
    }

    @AfterEach
    void stopApi() {
        client.close();
        apiserver.close();
        store.close();
    }

    @Test
    void theOnlyReplicaHasTheRoleAndSaysSo() throws Exception {
        readyPod();
        CompletableFuture<String> granted = new CompletableFuture<>();
        try (ConfigurableApplicationContext service = service("KUBERNETES_SERVICE_HOST", "127.0.0.1", granted)) {
            assertThat(granted.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("controller");
            ConfigMap leaders = client.configMaps().inNamespace("default").withName("myriad-leaders").get();
            assertThat(leaders.getData()).containsEntry("leader.id.controller", POD);
            Info.Builder info = new Info.Builder();
            service.getBeansOfType(InfoContributor.class).values().forEach(each -> each.contribute(info));
            assertThat(info.build().getDetails().toString()).contains("isLeader=true", POD);
        }
    }

    @Test
    void outsideOfAPodNothingIsThere() {
        try (ConfigurableApplicationContext service = service("SOMETHING_ELSE", "1", new CompletableFuture<>())) {
            assertThat(service.getBeansOfType(RoleConfiguration.class)).isEmpty();
            assertThat(service.getBeansOfType(InfoContributor.class)).isEmpty();
        }
    }

    private ConfigurableApplicationContext service(String variable, String value, CompletableFuture<String> granted) {
        SpringApplication application = new SpringApplication(Service.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setDefaultProperties(Map.of("spring.application.name", "controller", variable, value,
                "spring.cloud.kubernetes.leader.update-period", "1s"));
        application.addInitializers(context -> {
            ((GenericApplicationContext) context).registerBean(KubernetesClient.class, () -> client);
            context.addApplicationListener(event -> {
                if (event instanceof OnGrantedEvent grant) {
                    granted.complete(grant.getRole());
                }
            });
        });
        return application.run();
    }

    /** The election asks whether the pods of candidates are ready. */
    private void readyPod() {
        client.pods().inNamespace("default").resource(new PodBuilder().withNewMetadata().withName(POD).endMetadata()
                .withNewSpec().addNewContainer().withName("c").withImage("i").endContainer().endSpec().build())
                .create();
        Pod ready = client.pods().inNamespace("default").withName(POD).get();
        ready.setStatus(new PodBuilder(ready).editOrNewStatus().withPhase("Running").addNewCondition()
                .withType("Ready").withStatus("True").endCondition().endStatus().build().getStatus());
        client.pods().inNamespace("default").resource(ready).updateStatus();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
