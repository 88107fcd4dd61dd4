package io.myriad.apiserver.kind;

import java.math.BigDecimal;
import java.util.List;
import java.util.Set;

import io.myriad.api.FieldError;
import io.myriad.api.value.Names;
import io.myriad.api.value.Quantity;

/** Resource requests and limits. */
final class ResourceValidation {
    private static final Set<String> OF_CONTAINERS = Set.of("cpu", "memory", "ephemeral-storage");
    private static final String HUGE_PAGES = "hugepages-";

    private ResourceValidation() {}

    static void container(Check resources, Set<String> claims) {
        if (!resources.present()) {
            return;
        }
        for (String list : new String[]{"limits", "requests"}) {
            resources.at(list).entries((name, quantity) -> {
                name(quantity, name);
                if (quantity.passed()) {
                    amount(quantity, name);
                }
            });
        }
        requestsWithinLimits(resources);
        hugePages(resources);
        resources.at("claims").items(claim -> {
            claim.at("name").required();
            if (!claim.at("name").empty() && !claims.contains(claim.at("name").text())) {
                claim.add(FieldError.notFound(claim.path(), claim.at("name").text()));
            }
        });
        resources.at("claims").unique("", claim -> claim.path("name").stringValue("") + "/"
                + claim.path("request").stringValue(""));
    }

    private static void name(Check quantity, String name) {
        List<String> problems = Names.qualifiedName(name);
        if (!problems.isEmpty()) {
            quantity.invalidKey(name, problems.getFirst());
        } else if (name.indexOf('/') < 0 && !OF_CONTAINERS.contains(name) && !name.startsWith(HUGE_PAGES)) {
            if (isStandard(name)) {
                quantity.invalidKey(name, "must be a standard resource for containers");
            } else {
                quantity.fresh().invalidKey(name, "must be a standard resource type or fully qualified");
                quantity.invalidKey(name, "must be a standard resource for containers");
            }
        }
    }

    private static boolean isStandard(String name) {
        return Set.of("storage", "pods", "services", "secrets", "configmaps", "persistentvolumeclaims",
                "resourcequotas", "replicationcontrollers", "services.nodeports", "services.loadbalancers")
                .contains(name);
    }

    /** An amount fits its resource: extended ones are whole. */
    static void amount(Check check, String name) {
        check.quantity();
        Quantity quantity = check.parsed();
        if (isExtended(name) && quantity != null && quantity.milliValue() % 1000 != 0) {
            check.invalid("must be an integer");
        }
    }

    /** Whether a resource is counted in whole units that are not shared beyond their number. */
    static boolean isExtended(String name) {
        int slash = name.indexOf('/');
        return slash > 0 && !name.substring(0, slash).endsWith("kubernetes.io") && !name.startsWith("requests.");
    }

    static void requestsWithinLimits(Check resources) {
        Check requests = resources.at("requests");
        Check limits = resources.at("limits");
        requests.entries((name, request) -> {
            Quantity wanted = request.parsed();
            Quantity limit = limits.key(name).parsed();
            boolean whole = isExtended(name) || name.startsWith(HUGE_PAGES);
            if (wanted == null || limit == null) {
                if (whole && wanted != null) {
                    limits.fresh().add(FieldError.required(limits.path(),
                            "Limit must be set for non overcommitable resources"));
                }
            } else if (whole && wanted.compareTo(limit) != 0) {
                requests.fresh().invalidKey(wanted.toString(), "must be equal to " + name + " limit of " + limit);
            } else if (wanted.compareTo(limit) > 0) {
                requests.fresh().invalidKey(wanted.toString(),
                        "must be less than or equal to " + name + " limit of " + limit);
            }
        });
    }

    private static void hugePages(Check resources) {
        boolean pages = false;
        boolean others = false;
        for (String list : new String[]{"limits", "requests"}) {
            for (String name : resources.at(list).value().propertyNames()) {
                pages |= name.startsWith(HUGE_PAGES);
                others |= name.equals("cpu") || name.equals("memory");
            }
        }
        if (pages && !others) {
            resources.forbidden("HugePages require cpu or memory");
        }
    }

    /** Whether a quantity is a whole number. */
    static boolean isWhole(Quantity quantity) {
        return quantity.amount().remainder(BigDecimal.ONE).signum() == 0;
    }
}
