package io.myriad.apiserver.review;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.apiserver.authentication.TokenIssuer;

/** Answers the {@code token} subresource of service accounts: defaults, checks and issues. */
public final class TokenRequests {
    private static final GroupVersionKind KIND = new GroupVersionKind("authentication.k8s.io", "v1", "TokenRequest");
    private static final long DEFAULT_SECONDS = 3600;
    private static final long MIN_SECONDS = 600;
    private static final long MAX_SECONDS = 1L << 32;

    private final TokenIssuer issuer;
    private final List<String> audiences;
    private final InstantSource clock;

    /** @param audiences the audiences of requests that name none */
    public TokenRequests(TokenIssuer issuer, List<String> audiences, InstantSource clock) {
        this.clock = clock;
        this.issuer = issuer;
        this.audiences = List.copyOf(audiences);
    }

    /**
     * Fills in the request's defaults and status.
     *
     * @param request the decoded TokenRequest, changed in place
     * @param account the ServiceAccount that the token is for
     */
    public void answer(ObjectNode request, ObjectNode account) {
        JsonNode owner = account.path("metadata");
        ObjectNode metadata = request.withObjectProperty("metadata");
        String sentName = metadata.path("name").stringValue("");
        String sentNamespace = metadata.path("namespace").stringValue("");
        String name = owner.path("name").stringValue("");
        String namespace = owner.path("namespace").stringValue("");
        if (!sentName.isEmpty() && !sentName.equals(name)
                || !sentNamespace.isEmpty() && !sentNamespace.equals(namespace)) {
            throw new StatusException(Status.badRequest("the name and namespace of the request must match the URL"));
        }
        metadata.put("name", name).put("namespace", namespace);
        metadata.set("uid", owner.path("uid"));
        ObjectNode spec = request.withObjectProperty("spec");
        if (spec.path("audiences").isEmpty()) {
            ArrayNode list = spec.putArray("audiences");
            audiences.forEach(list::add);
        }
        if (!spec.hasNonNull("expirationSeconds")) {
            spec.put("expirationSeconds", DEFAULT_SECONDS);
        }
        if (!spec.has("boundObjectRef")) {
            spec.putNull("boundObjectRef");
        }
        long seconds = spec.path("expirationSeconds").longValue(DEFAULT_SECONDS);
        if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
            String detail = seconds < MIN_SECONDS
                    ? "may not specify a duration less than 10 minutes"
                    : "may not specify a duration larger than 2^32 seconds";
            throw new StatusException(Status.invalid(KIND, "",
                    List.of(FieldError.invalid("spec.expirationSeconds", seconds, detail))));
        }
        issuer.issue(request, account);
        metadata.put("creationTimestamp", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
