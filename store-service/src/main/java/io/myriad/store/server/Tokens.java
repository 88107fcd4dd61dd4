package io.myriad.store.server;

import org.jspecify.annotations.Nullable;

import io.myriad.store.state.AuthState;
import io.myriad.store.state.Caller;

/** Tokens that say who somebody is, after he has shown his password once. Thread-safe; no member has to remember any. */
interface Tokens {

    /** A new token of a user; null if this member only checks what others have issued. */
    @Nullable
    String issue(String user, AuthState state);

    /** Whether a token stands for the revision at which it was issued, so that any change of users and roles makes it old. */
    boolean arePinned();

    /** Whose a token is; null if it is not valid. */
    @Nullable
    Caller verify(String token, AuthState state);
}
