package io.myriad.control.serving;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.StatusException;
import io.myriad.control.client.ApiClient;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.TransportException;

/**
 * Who may read a component's metrics: whoever the API server says may {@code get} the path {@code /metrics}, such as the members of the group {@code system:monitoring}. A client
 * shows a certificate, or a token that the API server reviews. Answers are kept for ten seconds, as upstream keeps them; and longer while the API server does not answer, because
 * that is when metrics are wanted most. Thread-safe.
 */
public final class MetricsReaders {
    private static final Logger log = LoggerFactory.getLogger(MetricsReaders.class);

    private static final GroupVersionResource TOKEN_REVIEWS = new GroupVersionResource("authentication.k8s.io", "v1",
            "tokenreviews");
    private static final GroupVersionResource ACCESS_REVIEWS = new GroupVersionResource("authorization.k8s.io", "v1",
            "subjectaccessreviews");
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int CLIENTS_MAX = 64;

    /** What a client may do. */
    public enum Answer {
        /** Read. */
        YES,
        /** Nobody knows the client. */
        UNKNOWN_CLIENT,
        /** The client is known and may not. */
        NO,
        /** The API server does not say. */
        NOT_ANSWERED
    }

    /** Asks the API server. */
    interface Reviews {
        /** The review with its status. */
        ObjectNode create(GroupVersionResource resource, ObjectNode review);
    }

    private record User(String name, List<String> groups) {}

    private record Known(Answer answer, long untilNanos) {}

    private final Reviews reviews;
    private final LongSupplier nanoTime;
    private final LinkedHashMap<Object, Known> known = new LinkedHashMap<>();

    /** @param client one whose user may create reviews */
    public MetricsReaders(ApiClient client) {
        this((resource, review) -> client.create(ApiPath.of(resource), review), System::nanoTime);
    }

    MetricsReaders(Reviews reviews, LongSupplier nanoTime) {
        this.reviews = reviews;
        this.nanoTime = nanoTime;
    }

    /**
     * Whether a client may read.
     *
     * @param certificate the client's, verified; or null
     * @param token what it sent as bearer; or null
     */
    public Answer mayRead(@Nullable X509Certificate certificate, @Nullable String token) {
        Object client = certificate != null ? certificate : token;
        if (client == null) {
            return Answer.UNKNOWN_CLIENT;
        }
        Known before;
        synchronized (known) {
            before = known.get(client);
        }
        if (before != null && nanoTime.getAsLong() - before.untilNanos < 0) {
            return before.answer;
        }
        Answer answer;
        try {
            User user = certificate != null ? user(certificate) : user(String.valueOf(token));
            answer = user == null ? Answer.UNKNOWN_CLIENT : ask(user);
        } catch (StatusException | TransportException e) {
            log.warn("nobody says who may read metrics: {}", e.getMessage());
            return before == null ? Answer.NOT_ANSWERED : before.answer;
        }
        synchronized (known) {
            known.remove(client);
            known.put(client, new Known(answer, nanoTime.getAsLong() + KEPT_NANOS));
            if (known.size() > CLIENTS_MAX) {
                known.pollFirstEntry();
            }
        }
        return answer;
    }

    /** The common name is the user, organizations are the groups. */
    private static @Nullable User user(X509Certificate certificate) {
        String name = "";
        List<String> groups = new ArrayList<>();
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                switch (part.getType()) {
                    case "CN" -> name = part.getValue().toString();
                    case "O" -> groups.add(part.getValue().toString());
                    default -> {}
                }
            }
        } catch (InvalidNameException e) {
            return null;
        }
        if (name.isEmpty()) {
            return null;
        }
        groups.add("system:authenticated");
        return new User(name, groups);
    }

    private @Nullable User user(String token) {
        ObjectNode review = JsonNodeFactory.instance.objectNode().put("apiVersion", TOKEN_REVIEWS.apiVersion())
                .put("kind", "TokenReview");
        review.putObject("spec").put("token", token);
        JsonNode status = reviews.create(TOKEN_REVIEWS, review).path("status");
        if (!status.path("authenticated").asBoolean(false)) {
            return null;
        }
        List<String> groups = new ArrayList<>();
        status.path("user").path("groups").forEach(group -> groups.add(group.asString()));
        return new User(status.path("user").path("username").asString(""), groups);
    }

    private Answer ask(User user) {
        ObjectNode review = JsonNodeFactory.instance.objectNode().put("apiVersion", ACCESS_REVIEWS.apiVersion())
                .put("kind", "SubjectAccessReview");
        ObjectNode spec = review.putObject("spec").put("user", user.name);
        user.groups.forEach(spec.putArray("groups")::add);
        spec.putObject("nonResourceAttributes").put("path", "/metrics").put("verb", "get");
        boolean allowed = reviews.create(ACCESS_REVIEWS, review).path("status").path("allowed").asBoolean(false);
        return allowed ? Answer.YES : Answer.NO;
    }
}
