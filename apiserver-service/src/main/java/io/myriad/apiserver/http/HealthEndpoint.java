package io.myriad.apiserver.http;

import java.util.List;
import java.util.Map;

/** Serves the health checks as text, as upstream writes it. */
final class HealthEndpoint {
    private final HealthChecks checks;

    HealthEndpoint(HealthChecks checks) {
        this.checks = checks;
    }

    /** Whether the path is one of these. */
    static boolean serves(String path) {
        for (String root : List.of("/livez", "/readyz", "/healthz")) {
            if (path.equals(root) || path.startsWith(root + "/")) {
                return true;
            }
        }
        return false;
    }

    void serve(HttpCall call) {
        String path = call.path();
        int slash = path.indexOf('/', 1);
        String endpoint = slash < 0 ? path.substring(1) : path.substring(1, slash);
        String single = slash < 0 ? "" : path.substring(slash + 1);
        if (single.isEmpty()) {
            all(call, endpoint);
            return;
        }
        Boolean good = checks.run(endpoint, List.of()).get(single);
        if (good == null) {
            PlainText.notFound(call);
        } else if (good) {
            PlainText.respond(call, 200, "ok", false);
        } else {
            PlainText.respond(call, 500, "internal server error: " + single + " failed\n", true);
        }
    }

    private void all(HttpCall call, String endpoint) {
        List<String> excluded = call.query().all("exclude");
        Map<String, Boolean> results = checks.run(endpoint, excluded);
        boolean good = results.values().stream().allMatch(Boolean::booleanValue);
        StringBuilder text = new StringBuilder();
        results.forEach((name, passed) -> text.append(passed ? "[+]" : "[-]").append(name)
                .append(passed ? " ok\n" : " failed: reason withheld\n"));
        excluded.forEach(name -> text.append("[+]").append(name).append(" excluded: ok\n"));
        if (!good) {
            PlainText.respond(call, 500, text.append(endpoint).append(" check failed\n").toString(), true);
        } else if (call.query().has("verbose")) {
            PlainText.respond(call, 200, text.append(endpoint).append(" check passed\n").toString(), true);
        } else {
            PlainText.respond(call, 200, "ok", true);
        }
    }
}
