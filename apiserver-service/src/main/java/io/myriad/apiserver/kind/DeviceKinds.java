package io.myriad.apiserver.kind;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.value.Names;
import io.myriad.api.value.Timestamps;

/** Dynamic resource allocation. */
final class DeviceKinds {
    private DeviceKinds() {}

    static Strategy claim() {
        return DeclaredStrategy.withStatus().statusKeepsMetadata()
                .defaults(claim -> claimDefaults(claim.path("spec"))).rules(check -> claim(check.at("spec")))
                .statusRules((check, old) -> {
                    Check status = check.at("status");
                    if (!status.at("reservedFor").empty() && !status.at("allocation").present()) {
                        status.at("reservedFor").forbidden("may not be specified when `allocated` is not set");
                    }
                })
                .updateRules((check, old) -> check.at("spec").unchanged(old.path("spec")));
    }

    static Strategy taintRule(InstantSource clock) {
        return DeclaredStrategy.withStatus().statusKeepsMetadata().generation().defaults(rule -> {
            if (rule.path("spec").path("taint") instanceof ObjectNode taint && Defaults.absent(taint, "timeAdded")) {
                taint.put("timeAdded", Timestamps.format(clock.instant().truncatedTo(ChronoUnit.SECONDS)));
            }
        });
    }

    static Strategy claimTemplate() {
        return DeclaredStrategy.plain().defaults(template -> claimDefaults(template.path("spec").path("spec")))
                .rules(check -> claim(check.at("spec").at("spec")))
                .updateRules((check, old) -> check.at("spec").unchanged(old.path("spec")));
    }

    private static void claimDefaults(JsonNode spec) {
        for (JsonNode request : spec.path("devices").path("requests")) {
            if (request.path("exactly") instanceof ObjectNode exactly) {
                requestDefaults(exactly);
            }
            for (JsonNode alternative : request.path("firstAvailable")) {
                if (alternative instanceof ObjectNode object) {
                    requestDefaults(object);
                }
            }
        }
    }

    private static void requestDefaults(ObjectNode request) {
        Defaults.text(request, "allocationMode", "ExactCount");
        if (request.path("allocationMode").stringValue("").equals("ExactCount")) {
            Defaults.positive(request, "count", 1);
        }
        for (JsonNode toleration : request.path("tolerations")) {
            if (toleration instanceof ObjectNode object) {
                Defaults.text(object, "operator", "Equal");
            }
        }
    }

    private static void claim(Check spec) {
        Check requests = spec.at("devices").at("requests");
        Set<String> names = new HashSet<>();
        requests.items(request -> {
            Check name = request.at("name").required().named(Names::dns1123Label);
            if (!name.empty() && name.passed() && !names.add(name.text())) {
                request.add(FieldError.duplicate(request.path(), name.text()));
            }
            boolean exactly = request.at("exactly").present();
            boolean alternatives = !request.at("firstAvailable").empty();
            if (!exactly && !alternatives) {
                request.add(FieldError.required(request.path(),
                        "exactly one of `exactly` or `firstAvailable` is required"));
            } else if (exactly && alternatives) {
                request.invalid(
                        "exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set");
            } else if (exactly) {
                request(request.at("exactly"));
            } else {
                request.at("firstAvailable").items(DeviceKinds::request);
            }
        });
        spec.at("devices").at("constraints").items(constraint -> constraint.at("requests").items(request -> {
            String named = request.text().contains("/")
                    ? request.text().substring(0, request.text().indexOf('/'))
                    : request.text();
            if (!names.contains(named)) {
                request.invalid("must be the name of a request in the claim");
            }
        }));
    }

    private static void request(Check request) {
        request.at("deviceClassName").required().named(Names::dns1123Subdomain);
        selectors(request.at("selectors"));
        Check count = request.at("count");
        switch (request.at("allocationMode").text()) {
            case "ExactCount" -> {
                if (count.number() <= 0) {
                    count.invalid("must be greater than zero");
                }
            }
            case "All" -> {
                if (count.number() != 0) {
                    count.invalid("must not be specified when allocationMode is 'All'");
                }
            }
            default -> request.at("allocationMode").oneOf("All", "ExactCount");
        }
    }

    private static void selectors(Check selectors) {
        selectors.items(selector -> {
            Check cel = selector.at("cel");
            if (!cel.present()) {
                cel.required();
            } else if (cel.at("expression").required().passed()) {
                cel.at("expression").matches(Expressions::syntaxErrors);
            }
        });
    }

    static Strategy deviceClass() {
        return DeclaredStrategy.plain().generation().rules(check -> selectors(check.at("spec").at("selectors")));
    }

    static Strategy slice() {
        return DeclaredStrategy.plain().generation().rules(check -> {
            Check spec = check.at("spec");
            spec.at("driver").required().named(Names::dns1123Subdomain);
            spec.at("pool").at("name").required();
            if (spec.at("pool").at("resourceSliceCount").number() <= 0) {
                spec.at("pool").at("resourceSliceCount").fresh().add(FieldError
                        .invalid("spec.pool.resourceSliceCount", 0, "must be greater than zero"));
            }
            int places = (spec.at("nodeName").empty() ? 0 : 1) + (spec.at("nodeSelector").present() ? 1 : 0)
                    + (spec.at("allNodes").isTrue() ? 1 : 0) + (spec.at("perDeviceNodeSelection").isTrue() ? 1 : 0);
            if (places > 1) {
                spec.invalid("exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is "
                        + "required, but multiple fields are set");
            } else if (places == 0) {
                spec.add(FieldError.required(spec.path(), "exactly one of `nodeName`, `nodeSelector`, `allNodes`, "
                        + "`perDeviceNodeSelection` is required"));
            }
            spec.at("devices").items(device -> device.at("name").required().named(Names::dns1123Label));
            spec.at("devices").unique("", device -> device.path("name").stringValue(""));
        }).selectable(Map.of("spec.nodeName", List.of("spec", "nodeName"), "spec.driver", List.of("spec", "driver")));
    }
}
