package io.myriad.apiserver.authentication;

import java.util.List;
import java.util.Map;

/**
 * Who sends a request.
 *
 * @param name the user name
 * @param uid a unique id, or empty
 * @param groups the groups, {@code system:authenticated} or {@code system:unauthenticated} included
 * @param extra further facts, such as credential ids
 */
public record User(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
    /** The user of requests without credentials. */
    public static final User ANONYMOUS = new User("system:anonymous", "", List.of("system:unauthenticated"), Map.of());
}
