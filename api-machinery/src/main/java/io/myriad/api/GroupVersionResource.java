package io.myriad.api;

/**
 * Names a resource of the API, such as {@code apps/v1 deployments}: what paths and discovery speak of.
 *
 * @param group the API group, empty for the core group
 * @param version such as {@code v1}
 * @param resource the lower-case plural, such as {@code deployments}
 */
public record GroupVersionResource(String group, String version, String resource) {
    /** The group and version as {@code apiVersion} writes them. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** The resource and its group as RBAC and errors write them: {@code deployments.apps}, {@code pods}. */
    public String groupResource() {
        return group.isEmpty() ? resource : resource + "." + group;
    }

    @Override
    public String toString() {
        return apiVersion() + " " + resource;
    }
}
