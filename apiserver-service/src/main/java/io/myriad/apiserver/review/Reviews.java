package io.myriad.apiserver.review;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.apiserver.authentication.Authenticator;
import io.myriad.apiserver.authentication.ServiceAccountTokens;
import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.authorization.Authorizer;

/** Answers reviews of access, of oneself, and of tokens. */
public final class Reviews {
    private static final Set<String> RESOURCES = Set.of("selfsubjectaccessreviews", "subjectaccessreviews",
            "localsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews", "tokenreviews");

    private final Authorizer authorizer;
    private final Authenticator authenticator;
    private final @Nullable ServiceAccountTokens tokens;
    private final List<String> audiences;
    private final InstantSource clock;

    /**
     * @param authenticator checks the tokens of token reviews
     * @param tokens checks service account tokens for the audiences that a review names; null without
     * @param audiences the audiences that this server stands for
     */
    public Reviews(Authorizer authorizer, Authenticator authenticator, @Nullable ServiceAccountTokens tokens,
            List<String> audiences, InstantSource clock) {
        this.authorizer = authorizer;
        this.authenticator = authenticator;
        this.tokens = tokens;
        this.audiences = List.copyOf(audiences);
        this.clock = clock;
    }

    /** Whether a resource is a review. */
    public static boolean answers(String group, String resource) {
        return (group.equals("authorization.k8s.io") || group.equals("authentication.k8s.io"))
                && RESOURCES.contains(resource);
    }

    /**
     * Fills in the {@code status} of a review.
     *
     * @param resource the resource's plural
     * @param review the decoded review, changed in place
     * @param user who asks
     * @param namespace the request's namespace, or empty
     * @throws StatusException 422 when the question makes no sense
     */
    public void answer(String resource, ObjectNode review, User user, String namespace) {
        // Reviews have no identity, but clients see their empty metadata.
        review.withObjectProperty("metadata");
        switch (resource) {
            case "selfsubjectaccessreviews" -> access(review, user);
            case "subjectaccessreviews" -> access(review, subject(review));
            case "localsubjectaccessreviews" -> {
                String asked = review.path("spec").path("resourceAttributes").path("namespace").stringValue("");
                if (!asked.equals(namespace)) {
                    throw invalid(review, FieldError.invalid("spec.resourceAttributes.namespace", asked,
                            "must match metadata.namespace"));
                }
                access(review, subject(review));
            }
            case "selfsubjectrulesreviews" -> rules(review, user);
            case "selfsubjectreviews" -> {
                review.withObjectProperty("metadata").put("creationTimestamp",
                        clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
                userInfo(review.putObject("status").putObject("userInfo"), user);
            }
            case "tokenreviews" -> token(review);
            default -> throw new IllegalArgumentException("not a review: " + resource);
        }
    }

    private void access(ObjectNode review, User user) {
        JsonNode spec = review.path("spec");
        boolean resource = spec.path("resourceAttributes").isObject();
        boolean path = spec.path("nonResourceAttributes").isObject();
        if (resource == path) {
            throw invalid(review, FieldError.invalid("spec", spec,
                    "exactly one of nonResourceAttributes or resourceAttributes must be specified"));
        }
        Authorizer.Decision decision = authorizer.authorize(resource
                ? ofResource(user, spec.path("resourceAttributes"))
                : ofPath(user, spec.path("nonResourceAttributes")));
        ObjectNode status = review.putObject("status").put("allowed", decision.allowed());
        if (!decision.reason().isEmpty()) {
            status.put("reason", decision.reason());
        }
        if (!decision.evaluationError().isEmpty()) {
            status.put("evaluationError", decision.evaluationError());
        }
    }

    private static Authorizer.Attributes ofResource(User user, JsonNode asked) {
        return new Authorizer.Attributes(user, text(asked, "verb"), text(asked, "namespace"), text(asked, "group"),
                text(asked, "version"), text(asked, "resource"), text(asked, "subresource"), text(asked, "name"), "",
                text(asked.path("fieldSelector"), "rawSelector"));
    }

    private static Authorizer.Attributes ofPath(User user, JsonNode asked) {
        return new Authorizer.Attributes(user, text(asked, "verb"), "", "", "", "", "", "", text(asked, "path"), "");
    }

    private static User subject(ObjectNode review) {
        JsonNode spec = review.path("spec");
        List<String> groups = strings(spec.path("groups"));
        String name = text(spec, "user");
        if (name.isEmpty() && groups.isEmpty()) {
            throw invalid(review,
                    FieldError.invalid("spec.user", "", "at least one of user or group must be specified"));
        }
        Map<String, List<String>> extra = new LinkedHashMap<>();
        spec.path("extra").forEachEntry((key, values) -> extra.put(key, strings(values)));
        return new User(name, text(spec, "uid"), groups, extra);
    }

    private void rules(ObjectNode review, User user) {
        String namespace = text(review.path("spec"), "namespace");
        if (namespace.isEmpty()) {
            throw new StatusException(Status.badRequest("no namespace on request"));
        }
        // As upstream, which answers without the question.
        review.putObject("spec");
        ObjectNode status = review.putObject("status");
        ArrayNode resources = status.putArray("resourceRules");
        ArrayNode paths = status.putArray("nonResourceRules");
        status.put("incomplete", false);
        // Rules that several bindings give are said once.
        for (Authorizer.Rule rule : new LinkedHashSet<>(authorizer.rulesFor(user, namespace))) {
            if (!rule.resources().isEmpty()) {
                ObjectNode row = resources.addObject();
                put(row, "verbs", rule.verbs());
                put(row, "apiGroups", rule.apiGroups());
                put(row, "resources", rule.resources());
                if (!rule.resourceNames().isEmpty()) {
                    put(row, "resourceNames", rule.resourceNames());
                }
            }
            if (!rule.nonResourceUrls().isEmpty()) {
                ObjectNode row = paths.addObject();
                put(row, "verbs", rule.verbs());
                put(row, "nonResourceURLs", rule.nonResourceUrls());
            }
        }
    }

    private void token(ObjectNode review) {
        JsonNode spec = review.path("spec");
        String token = text(spec, "token");
        if (token.isEmpty()) {
            throw new StatusException(Status.badRequest("token is required for TokenReview in authentication"));
        }
        List<String> wanted = strings(spec.path("audiences"));
        User user = null;
        List<String> accepted = new ArrayList<>();
        if (tokens != null) {
            for (String audience : wanted.isEmpty() ? audiences : wanted) {
                User found = tokens.review(token, List.of(audience));
                if (found != null) {
                    user = found;
                    accepted.add(audience);
                }
            }
        }
        if (user == null && (wanted.isEmpty() || wanted.stream().anyMatch(audiences::contains))) {
            user = authenticator.authenticate(new Authenticator.Credentials(List.of(), token));
            accepted.addAll(audiences);
        }
        // The token goes back to nobody, and an unknown one is told apart from a missing one only by its error.
        ObjectNode status = review.putObject("status");
        if (user == null || user.name().equals(User.ANONYMOUS.name())) {
            status.putObject("user");
            status.put("error", "invalid bearer token");
            return;
        }
        status.put("authenticated", true);
        userInfo(status.putObject("user"), user);
        put(status, "audiences", accepted);
    }

    private static void userInfo(ObjectNode info, User user) {
        info.put("username", user.name());
        if (!user.uid().isEmpty()) {
            info.put("uid", user.uid());
        }
        put(info, "groups", user.groups());
        if (!user.extra().isEmpty()) {
            ObjectNode extra = info.putObject("extra");
            user.extra().forEach((key, values) -> put(extra, key, values));
        }
    }

    private static void put(ObjectNode object, String field, List<String> values) {
        ArrayNode array = object.putArray(field);
        values.forEach(array::add);
    }

    private static String text(JsonNode object, String field) {
        return object.path(field).stringValue("");
    }

    private static List<String> strings(JsonNode array) {
        List<String> result = new ArrayList<>(array.size());
        array.forEach(element -> result.add(element.asString()));
        return List.copyOf(result);
    }

    private static StatusException invalid(ObjectNode review, FieldError error) {
        GroupVersionKind kind = GroupVersionKind.of(text(review, "apiVersion"), "");
        return new StatusException(Status.invalid(kind, "", List.of(error)));
    }
}
