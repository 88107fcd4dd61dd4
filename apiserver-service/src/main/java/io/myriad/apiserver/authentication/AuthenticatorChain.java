package io.myriad.apiserver.authentication;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Asks authenticators in turn; the first that knows the credentials decides. Authenticated users join {@code
 * system:authenticated}. Requests without credentials are anonymous, where that is allowed; wrong credentials are never.
 */
public final class AuthenticatorChain implements Authenticator {
    private static final String AUTHENTICATED = "system:authenticated";

    private final List<Authenticator> authenticators;
    private final boolean anonymousAllowed;

    /**
     * @param authenticators in the order in which they are asked
     * @param anonymousAllowed whether requests without credentials are served, as {@link User#ANONYMOUS}
     */
    public AuthenticatorChain(List<Authenticator> authenticators, boolean anonymousAllowed) {
        this.authenticators = List.copyOf(authenticators);
        this.anonymousAllowed = anonymousAllowed;
    }

    @Override
    public @Nullable User authenticate(Credentials credentials) {
        for (Authenticator authenticator : authenticators) {
            User user = authenticator.authenticate(credentials);
            if (user != null) {
                return authenticated(user);
            }
        }
        // A certificate that no authenticator takes does not make a request worse than one without any.
        return credentials.bearerToken() == null && anonymousAllowed ? User.ANONYMOUS : null;
    }

    private static User authenticated(User user) {
        if (user.groups().contains(AUTHENTICATED) || user.name().equals(User.ANONYMOUS.name())) {
            return user;
        }
        List<String> groups = new ArrayList<>(user.groups());
        groups.add(AUTHENTICATED);
        return new User(user.name(), user.uid(), List.copyOf(groups), user.extra());
    }
}
