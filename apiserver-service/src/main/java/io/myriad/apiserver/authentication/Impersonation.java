package io.myriad.apiserver.authentication;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.apiserver.authorization.Authorizer;

/** Lets a user act as another one, when the {@code Impersonate-*} headers ask for it and the authorizer allows it. */
public final class Impersonation {
    private static final String PREFIX = "impersonate-";
    private static final String EXTRA_PREFIX = "impersonate-extra-";
    private static final String ACCOUNT_PREFIX = "system:serviceaccount:";

    private final Authorizer authorizer;

    public Impersonation(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    /**
     * The user that a request acts as.
     *
     * @param user who sends it
     * @param headers every header of the request, by lower-case name
     * @return {@code user} when no header asks for another
     * @throws StatusException 403 when it is not allowed, 400 when the headers contradict each other
     */
    public User apply(User user, Map<String, List<String>> headers) {
        String name = first(headers, PREFIX + "user");
        String uid = first(headers, PREFIX + "uid");
        List<String> groups = headers.getOrDefault(PREFIX + "group", List.of());
        Map<String, List<String>> extra = extra(headers);
        if (name.isEmpty()) {
            if (!uid.isEmpty() || !groups.isEmpty() || !extra.isEmpty()) {
                throw new StatusException(Status.badRequest("requested impersonation without impersonating a user"));
            }
            return user;
        }
        String[] account = name.startsWith(ACCOUNT_PREFIX) ? name.split(":", 4) : new String[0];
        if (account.length == 4) {
            require(user, account[2], "", "serviceaccounts", "", account[3]);
        } else {
            require(user, "", "", "users", "", name);
        }
        groups.forEach(group -> require(user, "", "", "groups", "", group));
        extra.forEach((key, values) -> values.forEach(
                value -> require(user, "", "authentication.k8s.io", "userextras", key, value)));
        if (!uid.isEmpty()) {
            require(user, "", "authentication.k8s.io", "uids", "", uid);
        }
        List<String> effective = new ArrayList<>(groups);
        if (account.length == 4 && groups.isEmpty()) {
            effective.add("system:serviceaccounts");
            effective.add("system:serviceaccounts:" + account[2]);
        }
        if (name.equals(User.ANONYMOUS.name())) {
            addOnce(effective, "system:unauthenticated");
        } else {
            addOnce(effective, "system:authenticated");
        }
        return new User(name, uid, List.copyOf(effective), extra);
    }

    private void require(User user, String namespace, String group, String resource, String subresource, String name) {
        Authorizer.Decision decision = authorizer.authorize(new Authorizer.Attributes(user, "impersonate", namespace,
                group, "v1", resource, subresource, name, "", ""));
        if (!decision.allowed()) {
            String groupResource = group.isEmpty() ? resource : resource + "." + group;
            throw new StatusException(new Status(403, StatusReason.FORBIDDEN,
                    groupResource + " \"" + name + "\" is forbidden: User \"" + user.name()
                            + "\" cannot impersonate resource \"" + resource + "\" in API group \"" + group
                            + (namespace.isEmpty()
                                    ? "\" at the cluster scope"
                                    : "\" in the namespace \"" + namespace + "\""),
                    new Status.Details(name, group, resource, "", List.of(), 0)));
        }
    }

    private static Map<String, List<String>> extra(Map<String, List<String>> headers) {
        Map<String, List<String>> extra = new LinkedHashMap<>();
        headers.forEach((header, values) -> {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith(EXTRA_PREFIX)) {
                extra.put(URLDecoder.decode(lower.substring(EXTRA_PREFIX.length()), StandardCharsets.UTF_8), values);
            }
        });
        return extra;
    }

    private static void addOnce(List<String> groups, String group) {
        if (!groups.contains(group)) {
            groups.add(group);
        }
    }

    private static String first(Map<String, List<String>> headers, String name) {
        List<String> values = headers.getOrDefault(name, List.of());
        return values.isEmpty() ? "" : values.getFirst();
    }
}
