package io.myriad.api;

/**
 * Names a kind of object, such as {@code apps/v1 Deployment}.
 *
 * @param group the API group, empty for the core group
 * @param version such as {@code v1}
 * @param kind such as {@code Deployment}
 */
public record GroupVersionKind(String group, String version, String kind) {
    /** The {@code apiVersion} of objects of this kind: {@code v1} or {@code apps/v1}. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** The kind that an object's {@code apiVersion} and {@code kind} name. */
    public static GroupVersionKind of(String apiVersion, String kind) {
        int slash = apiVersion.indexOf('/');
        return slash < 0
                ? new GroupVersionKind("", apiVersion, kind)
                : new GroupVersionKind(apiVersion.substring(0, slash), apiVersion.substring(slash + 1), kind);
    }

    @Override
    public String toString() {
        return apiVersion() + " " + kind;
    }
}
