package io.myriad.management;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.ApiVersion;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.boot.actuate.info.InfoEndpoint;
import org.springframework.boot.health.actuate.endpoint.CompositeHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointWebExtension;
import org.springframework.boot.health.actuate.endpoint.IndicatedHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.SystemHealthDescriptor;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Actuator's endpoints, at their usual paths: {@code /actuator/health[/GROUP][/COMPONENT]}, {@code /actuator/info},
 * {@code /actuator/prometheus}. Health indicators are asked on the event loop, so they must not block.
 */
final class ManagementHandler implements HttpHandler {
    private static final String ROOT = "/actuator";
    private static final String HEALTH = ROOT + "/health";
    private static final String INFO = ROOT + "/info";
    private static final String PROMETHEUS = ROOT + "/prometheus";
    private static final String ACTUATOR_JSON = "application/vnd.spring-boot.actuator.v3+json";
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final HealthEndpointWebExtension health;
    private final InfoEndpoint info;
    private final PrometheusMeterRegistry metrics;

    ManagementHandler(HealthEndpointWebExtension health, InfoEndpoint info, PrometheusMeterRegistry metrics) {
        this.health = health;
        this.info = info;
        this.metrics = metrics;
    }

    @Override
    public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
        if (request.getMethod() != HttpMethod.GET && request.getMethod() != HttpMethod.HEAD) {
            return empty(response, 405);
        }
        String path = request.getPath().value();
        String at = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return switch (at) {
            case ROOT -> json(response, 200, links(request.getURI().resolve(ROOT).toString()));
            case INFO -> json(response, 200, info.info());
            case PROMETHEUS -> scrape(request, response);
            case HEALTH -> health(response, "");
            default -> at.startsWith(HEALTH + "/")
                    ? health(response, at.substring(HEALTH.length()))
                    : empty(response, 404);
        };
    }

    private Mono<Void> health(ServerHttpResponse response, String below) {
        String[] names = Arrays.stream(below.split("/")).filter(name -> !name.isEmpty()).toArray(String[]::new);
        WebEndpointResponse<HealthDescriptor> answer = health.health(ApiVersion.V3, WebServerNamespace.SERVER,
                SecurityContext.NONE, names);
        HealthDescriptor body = answer.getBody();
        return body == null ? empty(response, answer.getStatus()) : json(response, answer.getStatus(), tree(body));
    }

    private static Map<String, Object> tree(HealthDescriptor descriptor) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("status", descriptor.getStatus().getCode());
        if (descriptor instanceof CompositeHealthDescriptor composite && composite.getComponents() != null) {
            Map<String, Object> components = new LinkedHashMap<>();
            composite.getComponents().forEach((name, component) -> components.put(name, tree(component)));
            tree.put("components", components);
        }
        if (descriptor instanceof IndicatedHealthDescriptor indicated && indicated.getDetails() != null
                && !indicated.getDetails().isEmpty()) {
            tree.put("details", indicated.getDetails());
        }
        if (descriptor instanceof SystemHealthDescriptor system && system.getGroups() != null) {
            tree.put("groups", system.getGroups());
        }
        return tree;
    }

    private static Map<String, Object> links(String root) {
        Map<String, Object> links = new LinkedHashMap<>();
        links.put("self", Map.of("href", root, "templated", false));
        for (String path : new String[]{HEALTH, INFO, PROMETHEUS}) {
            String name = path.substring(ROOT.length() + 1);
            links.put(name, Map.of("href", root + "/" + name, "templated", false));
        }
        links.put("health-path", Map.of("href", root + "/health/{*path}", "templated", true));
        return Map.of("_links", links);
    }

    private Mono<Void> scrape(ServerHttpRequest request, ServerHttpResponse response) {
        String accepted = request.getHeaders().getFirst("Accept");
        // With the version that the client named: exporters and scrapers negotiate it here.
        String type = accepted != null && accepted.contains(OPEN_METRICS)
                ? OPEN_METRICS + "; version=1.0.0; charset=utf-8"
                : PROMETHEUS_TEXT;
        return body(response, 200, type, metrics.scrape(type).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static Mono<Void> json(ServerHttpResponse response, int status, Object value) {
        return body(response, status, ACTUATOR_JSON, JsonMapper.shared().writeValueAsBytes(value));
    }

    private static Mono<Void> body(ServerHttpResponse response, int status, @Nullable String type, byte[] bytes) {
        response.setStatusCode(HttpStatusCode.valueOf(status));
        if (type != null) {
            response.getHeaders().set("Content-Type", type);
        }
        response.getHeaders().setContentLength(bytes.length);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(bytes)));
    }

    private static Mono<Void> empty(ServerHttpResponse response, int status) {
        response.setStatusCode(HttpStatusCode.valueOf(status));
        return response.setComplete();
    }
}
