package io.myriad.apiserver.custom;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import tools.jackson.databind.JsonNode;

import io.myriad.api.FieldError;
import io.myriad.api.value.Names;

/** What must hold for the conversion that a definition names. */
final class ConversionRules {
    private static final String AT = "spec.conversion.";
    private static final Set<String> KNOWN_REVIEWS = Set.of("v1", "v1beta1");

    private final JsonNode conversion;
    private final List<FieldError> errors;

    ConversionRules(JsonNode conversion, List<FieldError> errors) {
        this.conversion = conversion;
        this.errors = errors;
    }

    void check() {
        if (!conversion.isObject()) {
            return;
        }
        String strategy = conversion.path("strategy").stringValue("");
        JsonNode client = conversion.path("webhook").path("clientConfig");
        JsonNode versions = conversion.path("webhook").path("conversionReviewVersions");
        switch (strategy) {
            case "" -> errors.add(FieldError.required(AT + "strategy", ""));
            case "Webhook" -> {
                checkClient(client);
                checkReviewVersions(versions);
            }
            case "None" -> {}
            default -> errors.add(FieldError.notSupported(AT + "strategy", strategy, List.of("None", "Webhook")));
        }
        if (!strategy.equals("Webhook")) {
            if (client.isObject()) {
                errors.add(FieldError.forbidden(AT + "webhookClientConfig",
                        "should not be set when strategy is not set to Webhook"));
            }
            if (!versions.isEmpty()) {
                errors.add(FieldError.forbidden(AT + "conversionReviewVersions",
                        "should not be set when strategy is not set to Webhook"));
            }
        }
    }

    private void checkClient(JsonNode client) {
        if (!client.isObject()) {
            errors.add(FieldError.required(AT + "webhookClientConfig", "required when strategy is set to Webhook"));
            return;
        }
        boolean url = client.hasNonNull("url");
        if (url == client.hasNonNull("service")) {
            errors.add(FieldError.required(AT + "webhookClientConfig", "exactly one of url or service is required"));
        } else if (url) {
            checkUrl(client.path("url").stringValue(""));
        } else {
            JsonNode service = client.path("service");
            for (String field : List.of("name", "namespace")) {
                if (service.path(field).stringValue("").isEmpty()) {
                    errors.add(FieldError.required(AT + "webhookClientConfig.service." + field, ""));
                }
            }
            long port = service.path("port").longValue(443);
            Names.portNumber(port).forEach(problem -> errors.add(FieldError
                    .invalid(AT + "webhookClientConfig.service.port", port, "port is not valid: " + problem)));
        }
    }

    private void checkUrl(String url) {
        String at = AT + "webhookClientConfig.url";
        try {
            URI parsed = new URI(url);
            if (!"https".equals(parsed.getScheme())) {
                errors.add(FieldError.invalid(at, parsed.getScheme() == null ? "" : parsed.getScheme(),
                        "'https' is the only allowed URL scheme; desired format: https://host[/path]"));
            } else if (parsed.getHost() == null) {
                errors.add(FieldError.invalid(at, "", "host must be specified; desired format: https://host[/path]"));
            } else if (parsed.getUserInfo() != null || parsed.getQuery() != null || parsed.getFragment() != null) {
                errors.add(FieldError.invalid(at, url,
                        "user information, query parameters and fragments are not permitted in the URL"));
            }
        } catch (URISyntaxException broken) {
            errors.add(FieldError.required(at, "url must be a valid URL: " + broken.getReason()));
        }
    }

    private void checkReviewVersions(JsonNode versions) {
        String at = AT + "conversionReviewVersions";
        if (versions.isEmpty()) {
            errors.add(FieldError.required(at, ""));
            return;
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < versions.size(); i++) {
            String version = versions.get(i).stringValue("");
            String place = at + "[" + i + "]";
            if (!seen.add(version)) {
                errors.add(FieldError.invalid(place, version, "duplicate version"));
            } else {
                Names.dns1035Label(version)
                        .forEach(problem -> errors.add(FieldError.invalid(place, version, problem)));
            }
        }
        if (seen.stream().noneMatch(KNOWN_REVIEWS::contains)) {
            errors.add(FieldError.invalid(at, versions, "must include at least one of v1, v1beta1"));
        }
    }
}
