package io.myriad.control.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;

/**
 * What a server serves, asked by aggregated discovery (two requests) and remembered. Thread-safe.
 */
public final class Discovery {
    private static final String ACCEPT = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    /**
     * A resource.
     *
     * @param name group, version and plural
     * @param kind the kind of its objects
     * @param namespaced whether they live in namespaces
     * @param verbs what can be done with them
     */
    public record ApiResource(GroupVersionResource name, GroupVersionKind kind, boolean namespaced,
            Set<String> verbs) {}

    /** What was found at one time. */
    public static final class Snapshot {
        private final List<ApiResource> preferred;
        private final Map<GroupVersionKind, ApiResource> byKind;
        private final List<String> missing;
        private final long startedNanos;

        private Snapshot(List<ApiResource> preferred, Map<GroupVersionKind, ApiResource> byKind, List<String> missing,
                long startedNanos) {
            this.preferred = List.copyOf(preferred);
            this.byKind = Map.copyOf(byKind);
            this.missing = List.copyOf(missing);
            this.startedNanos = startedNanos;
        }

        /** Each resource once, in the version its group prefers. */
        public List<ApiResource> preferred() {
            return preferred;
        }

        /** The resource of a kind, in exactly this version; null where there is none. */
        public @Nullable ApiResource kind(GroupVersionKind kind) {
            return byKind.get(kind);
        }

        /** Group versions that could not be asked, because an extension server is away. */
        public List<String> missing() {
            return missing;
        }

        /** When asking began; what was served then is in here. */
        public long startedNanos() {
            return startedNanos;
        }
    }

    private final ApiClient client;
    private final LongSupplier nanoTime;
    private @Nullable Snapshot last;

    public Discovery(ApiClient client, LongSupplier nanoTime) {
        this.client = client;
        this.nanoTime = nanoTime;
    }

    /** What is served, as of {@code sinceNanos} or later; asks only when what is known is older. */
    public synchronized Snapshot since(long sinceNanos) {
        Snapshot known = last;
        if (known != null && known.startedNanos - sinceNanos >= 0) {
            return known;
        }
        long started = nanoTime.getAsLong();
        Collector collector = new Collector();
        for (String path : List.of("/api", "/apis")) {
            collector.read(client.send(ApiRequest.of("GET", path).withAccept(ACCEPT)).tree());
        }
        Snapshot found = new Snapshot(collector.preferred, collector.byKind, collector.missing, started);
        last = found;
        return found;
    }

    /** What is served, as of any time; asks only the first time. */
    public synchronized Snapshot known() {
        Snapshot known = last;
        return known != null ? known : since(nanoTime.getAsLong());
    }

    private static final class Collector {
        final List<ApiResource> preferred = new ArrayList<>();
        final Map<GroupVersionKind, ApiResource> byKind = new HashMap<>();
        final List<String> missing = new ArrayList<>();

        void read(ObjectNode list) {
            for (JsonNode group : list.path("items")) {
                String name = group.path("metadata").path("name").asString("");
                Set<String> seen = new HashSet<>();
                for (JsonNode version : group.path("versions")) { // the preferred one comes first
                    String versionName = version.path("version").asString("");
                    if (version.path("freshness").asString("").equals("Stale")) {
                        missing.add(name + "/" + versionName);
                    }
                    for (JsonNode resource : version.path("resources")) {
                        ApiResource found = resource(name, versionName, resource);
                        byKind.putIfAbsent(found.kind, found);
                        if (seen.add(found.name.resource())) {
                            preferred.add(found);
                        }
                    }
                }
            }
        }

        private static ApiResource resource(String group, String version, JsonNode resource) {
            JsonNode kind = resource.path("responseKind");
            String kindGroup = kind.path("group").asString("");
            String kindVersion = kind.path("version").asString("");
            boolean own = kindVersion.isEmpty();
            Set<String> verbs = new HashSet<>();
            resource.path("verbs").forEach(verb -> verbs.add(verb.asString("")));
            return new ApiResource(
                    new GroupVersionResource(group, version, resource.path("resource").asString("")),
                    new GroupVersionKind(own ? group : kindGroup, own ? version : kindVersion,
                            kind.path("kind").asString("")),
                    resource.path("scope").asString("").equals("Namespaced"), Set.copyOf(verbs));
        }
    }
}
