package io.myriad.apiserver.custom;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The order of API versions by preference: stable before beta before alpha, and newer before older ones of the same
 * level; other names come last, in the order of the alphabet.
 */
final class VersionOrder {
    private static final Pattern VERSION = Pattern.compile("v([1-9][0-9]{0,8})(?:(alpha|beta)([1-9][0-9]{0,8}))?");

    private VersionOrder() {}

    /** Negative when {@code one} is preferred to {@code other}. */
    static int compare(String one, String other) {
        Matcher first = VERSION.matcher(one);
        Matcher second = VERSION.matcher(other);
        boolean known = first.matches();
        if (known != second.matches()) {
            return known ? -1 : 1;
        }
        if (!known) {
            return one.compareTo(other);
        }
        int byLevel = Integer.compare(level(second), level(first));
        int byMajor = Long.compare(Long.parseLong(second.group(1)), Long.parseLong(first.group(1)));
        return byLevel != 0 ? byLevel : byMajor != 0 ? byMajor : Long.compare(minor(second), minor(first));
    }

    private static int level(Matcher version) {
        return version.group(2) == null ? 2 : version.group(2).equals("beta") ? 1 : 0;
    }

    private static long minor(Matcher version) {
        return version.group(3) == null ? 0 : Long.parseLong(version.group(3));
    }
}
