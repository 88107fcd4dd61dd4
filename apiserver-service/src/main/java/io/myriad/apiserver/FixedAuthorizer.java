package io.myriad.apiserver;

import java.util.List;

import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.authorization.Authorizer;

/** Permits everything or nothing: the modes {@code AlwaysAllow} and {@code AlwaysDeny}. */
record FixedAuthorizer(boolean allows) implements Authorizer {
    @Override
    public Decision authorize(Attributes attributes) {
        return new Decision(allows, allows ? "" : "Everything is forbidden.", "");
    }

    @Override
    public List<Rule> rulesFor(User user, String namespace) {
        return allows
                ? List.of(new Rule(List.of("*"), List.of("*"), List.of("*"), List.of(), List.of()),
                        new Rule(List.of("*"), List.of(), List.of(), List.of(), List.of("*")))
                : List.of();
    }
}
