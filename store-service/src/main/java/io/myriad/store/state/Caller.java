package io.myriad.store.state;

/**
 * Who makes a call.
 *
 * @param name of the user, empty for somebody who has not said who he is
 * @param authRevision the revision of users and roles at which that was found out
 */
public record Caller(String name, long authRevision) {

    /** Somebody who has not said who he is. */
    public static final Caller NOBODY = new Caller("", 0);
}
