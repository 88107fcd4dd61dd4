package io.myriad.apiserver.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.apiserver.authentication.Authenticator;
import io.myriad.apiserver.authentication.Impersonation;
import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.authorization.Authorizer;

/**
 * What every request goes through, in upstream's order: an id, who sends it, whom it acts as, whether there is room,
 * whether it is allowed; then the route. Whatever fails ends in a Status, whatever breaks in a 500 and a line in the log
 * with the id of the answer.
 */
public final class ApiFrontend implements CallHandler {
    private static final Logger log = LoggerFactory.getLogger(ApiFrontend.class);
    private static final int MAX_AUDIT_ID_LENGTH = 64;
    private static final long SLOW_MILLIS = 1000;
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");

    /**
     * What decides about requests.
     *
     * @param authenticator tells who sends a request
     * @param certificates verifies client certificates for it
     * @param frontProxy the proxy that names users in headers, or null
     * @param impersonation lets users act as others
     * @param authorizer decides what they may do
     */
    record Guards(Authenticator authenticator, ClientCertificates certificates, @Nullable FrontProxy frontProxy,
            Impersonation impersonation, Authorizer authorizer) {}

    private final Guards guards;
    private final RequestLimits limits;
    private final Router router;
    private final AnswerWriter answers;
    private final RequestMetrics metrics;
    private final FlowHeaders flows;
    private final double goAwayChance;
    private final Verbosity verbosity;
    private final RandomGenerator random;

    ApiFrontend(Guards guards, RequestLimits limits, Router router, AnswerWriter answers, RequestMetrics metrics,
            FlowHeaders flows, double goAwayChance, Verbosity verbosity, RandomGenerator random) {
        this.guards = guards;
        this.limits = limits;
        this.router = router;
        this.answers = answers;
        this.metrics = metrics;
        this.flows = flows;
        this.goAwayChance = goAwayChance;
        this.verbosity = verbosity;
        this.random = random;
    }

    @Override
    public void handle(HttpCall call) {
        String auditId = auditId(call);
        call.responseHeaders().set("Audit-Id", auditId).set("Cache-Control", "no-cache, private");
        if (goAwayChance > 0 && random.nextDouble() < goAwayChance) {
            call.closeConnectionGracefully();
        }
        RequestInfo info = RequestInfo.of(call.method(), call.path(), call.query());
        Runnable finished = metrics.started(call, info);
        try {
            serve(call, info);
        } catch (StatusException refused) {
            if (!call.answered()) {
                answers.writeFailure(call, refused.status());
            }
        } catch (ChunkedBody.ClientGoneException gone) {
            log.debug("{} {}: {}", call.method(), call.path(), gone.getMessage());
        } catch (RuntimeException broken) {
            log.error("{} {} failed, audit id {}", call.method(), call.path(), auditId, broken);
            if (!call.answered()) {
                answers.writeFailure(call, Status.internal("the request failed, audit id " + auditId));
            }
        } finally {
            finished.run();
            report(call, info);
        }
    }

    private static String auditId(HttpCall call) {
        String sent = call.header("Audit-Id");
        return sent.isEmpty() || sent.length() > MAX_AUDIT_ID_LENGTH
                || !sent.chars().allMatch(c -> c > 0x20 && c < 0x7f)
                        ? UUID.randomUUID().toString()
                        : sent;
    }

    private void serve(HttpCall call, RequestInfo info) {
        User user = impersonated(call, authenticated(call));
        flows.put(call, info, user);
        if (!METHODS.contains(call.method()) && info.isResource()) {
            throw ResourceEndpoint.methodNotAllowed();
        }
        Runnable release = limits.acquire(info, user);
        if (release == null) {
            metrics.dropped(info);
            throw new StatusException(new Status(429, StatusReason.TOO_MANY_REQUESTS,
                    "Too many requests, please try again later.",
                    new Status.Details("", "", "", "", List.of(), 1)));
        }
        try {
            authorize(info, call, user);
            router.route(call, info, user);
        } finally {
            release.run();
        }
    }

    private User authenticated(HttpCall call) {
        FrontProxy proxy = guards.frontProxy();
        User named = proxy == null ? null : proxy.user(call);
        if (named != null) {
            return named;
        }
        boolean verified = guards.certificates().verify(call.peerCertificates());
        String authorization = call.header("Authorization");
        String token = authorization.regionMatches(true, 0, "Bearer ", 0, 7)
                ? authorization.substring(7).strip()
                : WebSocketHandshake.token(call);
        User user = guards.authenticator().authenticate(new Authenticator.Credentials(
                verified ? call.peerCertificates() : List.of(), token == null || token.isEmpty() ? null : token));
        // A certificate that nobody vouches for is a wrong credential, not none.
        boolean unknownCertificate = !verified && !call.peerCertificates().isEmpty();
        if (user == null || unknownCertificate && user.equals(User.ANONYMOUS)) {
            throw new StatusException(Status.of(StatusReason.UNAUTHORIZED, "Unauthorized"));
        }
        return user;
    }

    private User impersonated(HttpCall call, User user) {
        Map<String, List<String>> headers = null;
        for (Map.Entry<String, String> header : call.headers()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (name.startsWith("impersonate-")) {
                headers = headers == null ? new HashMap<>() : headers;
                headers.computeIfAbsent(name, any -> new ArrayList<>(1)).add(header.getValue());
            }
        }
        return headers == null ? user : guards.impersonation().apply(user, headers);
    }

    private void authorize(RequestInfo info, HttpCall call, User user) {
        String verb = info.verb();
        Authorizer.Decision decision = guards.authorizer().authorize(new Authorizer.Attributes(user, verb,
                info.namespace(), info.group(), info.version(), info.resource(), info.subresource(), info.name(),
                info.isResource() ? "" : info.path(), info.isResource() ? call.query().text("fieldSelector") : ""));
        if (!decision.allowed()) {
            throw new StatusException(forbidden(info, user, decision.reason()));
        }
    }

    private static Status forbidden(RequestInfo info, User user, String reason) {
        String why = reason.isEmpty() ? "" : ": " + reason;
        if (!info.isResource()) {
            return StatusTree.general(StatusReason.FORBIDDEN, "forbidden: User \"" + user.name() + "\" cannot "
                    + info.verb() + " path \"" + info.path() + "\"" + why);
        }
        String resource = info.subresource().isEmpty()
                ? info.resource()
                : info.resource() + "/" + info.subresource();
        String groupResource = info.group().isEmpty() ? info.resource() : info.resource() + "." + info.group();
        return Status.forbidden(groupResource, info.name(), "User \"" + user.name() + "\" cannot " + info.verb()
                + " resource \"" + resource + "\" in API group \"" + info.group() + "\""
                + (info.namespace().isEmpty()
                        ? " at the cluster scope"
                        : " in the namespace \"" + info.namespace() + "\"")
                + why);
    }

    /** A line for requests that failed on our side or took long; the query is left out, it may carry secrets. */
    private void report(HttpCall call, RequestInfo info) {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - call.startNanos());
        boolean slow = millis >= SLOW_MILLIS && !info.verb().equals("watch");
        int level = verbosity.level();
        if (call.status() >= 500 || slow || level >= 6 || level >= 4 && call.status() >= 400) {
            log.info("{} {} {} in {} ms from {}", call.method(), call.path(), call.status(), millis,
                    call.remoteAddress());
        }
    }
}
