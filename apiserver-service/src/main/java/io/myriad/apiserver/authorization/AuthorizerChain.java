package io.myriad.apiserver.authorization;

import java.util.ArrayList;
import java.util.List;

import io.myriad.apiserver.authentication.User;

/**
 * Asks authorizers in turn: the first that allows decides. Members of {@code system:masters} may do everything, whatever
 * the authorizers say, so that a broken policy can be mended.
 */
public final class AuthorizerChain implements Authorizer {
    /** The group whose members may do everything. */
    public static final String MASTERS = "system:masters";

    private static final Rule EVERY_RESOURCE = new Rule(List.of("*"), List.of("*"), List.of("*"), List.of(), List.of());
    private static final Rule EVERY_PATH = new Rule(List.of("*"), List.of(), List.of(), List.of(), List.of("*"));

    private final List<Authorizer> authorizers;

    public AuthorizerChain(List<Authorizer> authorizers) {
        this.authorizers = List.copyOf(authorizers);
    }

    @Override
    public Decision authorize(Attributes attributes) {
        if (attributes.user().groups().contains(MASTERS)) {
            return new Decision(true, "", "");
        }
        List<String> reasons = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        for (Authorizer authorizer : authorizers) {
            Decision decision = authorizer.authorize(attributes);
            if (decision.allowed()) {
                return decision;
            }
            if (!decision.reason().isEmpty()) {
                reasons.add(decision.reason());
            }
            if (!decision.evaluationError().isEmpty()) {
                errors.add(decision.evaluationError());
            }
        }
        return new Decision(false, String.join("\n", reasons), String.join("\n", errors));
    }

    @Override
    public List<Rule> rulesFor(User user, String namespace) {
        List<Rule> rules = new ArrayList<>();
        if (user.groups().contains(MASTERS)) {
            rules.add(EVERY_RESOURCE);
            rules.add(EVERY_PATH);
        }
        for (Authorizer authorizer : authorizers) {
            rules.addAll(authorizer.rulesFor(user, namespace));
        }
        if (user.groups().contains(MASTERS)) {
            // A default role says the same of the masters; what is said of everybody else stays as the roles have it.
            rules.subList(2, rules.size()).removeAll(List.of(EVERY_RESOURCE, EVERY_PATH));
        }
        return rules;
    }
}
